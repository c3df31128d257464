"""The inputs of the action, as its steps hand them on: INPUT_<NAME> in the environment."""

import os
import re
import shlex

from idxlint.model import Failure, record

_VERSION = re.compile(r"\d[\w.+!]*(?:\.\*)?", re.ASCII)
_COMMENTS = ("true", "false", "review")


@record
class Inputs:
    """What a workflow has written under `with`; "" is the default of each. See action.yml for what they mean."""

    paths: tuple[str, ...]
    since: str
    runner: str
    postgres: str
    fail_on: str
    live: bool
    version: str
    comment: str
    sarif_file: str
    args: tuple[str, ...]

    @classmethod
    def read(cls) -> "Inputs":
        """The inputs of this step; Failure for a value that is none."""
        version = _said("version")
        if version and not _VERSION.fullmatch(version):
            raise Failure(f"version: {version} is not a release, such as 0.1.0 or 0.1.*")
        return cls(
            paths=_words("paths"),
            since=_said("since"),
            runner=_said("runner"),
            postgres=_said("postgres"),
            fail_on=_said("fail-on"),
            live=_one_of("live", "false", ("true", "false")) == "true",
            version=version,
            comment=_one_of("comment", "true", _COMMENTS),
            sarif_file=_said("sarif-file"),
            args=_words("args"),
        )


def _said(name: str) -> str:
    return os.environ.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()


def _one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
    said = _said(name).lower() or default
    if said not in allowed:
        raise Failure(f"{name}: {said} is not {' or '.join(allowed)}")
    return said


def _words(name: str) -> tuple[str, ...]:
    """Words as a shell would cut them. Nothing is expanded: no shell ever sees them."""
    try:
        return tuple(shlex.split(_said(name)))
    except ValueError as error:
        raise Failure(f"{name}: {str(error).lower()}") from None
