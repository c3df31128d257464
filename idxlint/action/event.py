"""What started the workflow: the pull request, and the commit that it grew from.

Source: GitHub's manual, "Events that trigger workflows" and "Webhook events and payloads".
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from idxlint.model import record

_PULL = ("pull_request", "pull_request_target")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
OFF = "off"


@record
class Pull:
    """A pull request. repository: owner/name; head: the commit that was pushed, "" where it is not known."""

    repository: str
    number: int
    head: str


def pull() -> Pull | None:
    """The pull request that this job is for; None where it is for none."""
    if os.environ.get("GITHUB_EVENT_NAME") not in _PULL:
        return None
    number = dig(_payload(), "pull_request", "number")
    repository = os.environ.get("GITHUB_REPOSITORY", "")
    if type(number) is not int or number < 1 or not _REPOSITORY.fullmatch(repository):
        return None
    head = dig(_payload(), "pull_request", "head", "sha")
    return Pull(repository, number, head if isinstance(head, str) and _COMMIT.fullmatch(head) else "")


def since(asked: str) -> list[str]:
    """The option for what is reported on: as asked, else what a pull request or a merge group changes."""
    if asked == OFF:
        return []
    if asked:
        return [f"--since={asked}"]
    name = os.environ.get("GITHUB_EVENT_NAME")
    if name in _PULL:
        return ["--since=auto"]
    base = dig(_payload(), "merge_group", "base_sha") if name == "merge_group" else None
    return [f"--since={base}"] if isinstance(base, str) and _COMMIT.fullmatch(base) else []


def dig(value: Any, *keys: str) -> Any:
    """What stands under some keys, one in the other; None where one is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _payload() -> Any:
    try:
        return json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_bytes())
    except (KeyError, OSError, ValueError, RecursionError):
        return None
