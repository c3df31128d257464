"""The pull request of the tests: a checkout, the job for it, and what the job says of files."""

import json
from pathlib import Path

from tests.action import workflow
from tests.action.github_api import GitHub
from tests.action.workflow import Job, Used
from tests.helpers.repos import Repo

TABLE = "CREATE TABLE t (a int);\n"
OLD = "CREATE INDEX old_idx ON t (a);\n"
BAD = "SET lock_timeout = '2s';\n\nCREATE INDEX new_idx ON t (a DESC);\n"
MARKER = "<!-- idxlint -->"
SARIF = "idxlint.sarif"


def pull_request(repo: Repo, api: GitHub, temp: Path, packages: Path | None = None) -> Job:
    """A job for the pull request that the checkout is, with the payload of its event."""
    api.files = files(repo)
    pull = {"number": 7, "head": {"sha": repo.git("rev-parse", "HEAD")}}
    payload = temp / "event.json"
    payload.write_text(json.dumps({"action": "synchronize", "number": 7, "pull_request": pull}))
    return workflow.job(
        repo.root,
        temp / "runner",
        packages,
        GITHUB_EVENT_NAME="pull_request",
        GITHUB_EVENT_PATH=str(payload),
        GITHUB_BASE_REF="main",
        GITHUB_API_URL=api.api,
    )


def files(repo: Repo) -> list[dict[str, str]]:
    """What `GET /pulls/7/files` says: the patches begin at their first hunk."""
    names = repo.git("diff", "--name-only", "-z", "main", "HEAD").split("\0")
    patches = {name: repo.git("diff", "main", "HEAD", "--", name) for name in names if name}
    return [{"filename": name, "patch": patch[patch.index("@@") :]} for name, patch in patches.items()]


def annotated(used: Used) -> list[str]:
    """The annotations on files, in short."""
    found = used.commands("error", "warning", "notice")
    return [
        f"{one.name} {one.properties['file']}:{one.properties['line']}"
        for one in found
        if "file" in one.properties
    ]
