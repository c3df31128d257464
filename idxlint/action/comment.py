"""The step that keeps one comment on the pull request. Whatever GitHub says, it fails nothing: it is a notice."""

import json
import os
from typing import Any

from idxlint.action import review, workflow
from idxlint.action.event import Pull, pull
from idxlint.action.inputs import Inputs
from idxlint.action.lint import home
from idxlint.action.rest import Client, GitHubError
from idxlint.model import ExitCode

MARKER = "<!-- idxlint -->"
LIMIT = 65_536
"""How many characters a comment may have; GitHub refuses more ("Body is too long")."""

_API = "https://api.github.com"


def step(inputs: Inputs) -> int:
    """Create or update the comment, and with `comment: review` suggest the fixes."""
    request = pull()
    if request is None:
        return ExitCode.CLEAN
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    if not token:
        workflow.notice("no comment on the pull request: no token")
        return ExitCode.CLEAN
    said = "no comment on the pull request"
    try:
        client = Client(os.environ.get("GITHUB_API_URL") or _API, token)
        findings = json.loads((home() / "report.json").read_bytes())["findings"]
        failed = set(os.environ.get("IDXLINT_CODES", "").split()) - {"0"}
        _keep(client, request, body(), new=bool(findings or failed))
        said = "no fixes suggested on their lines"
        if inputs.comment == "review":
            review.suggest(client, request, findings)
    except GitHubError as error:
        workflow.notice(f"{said}: {error}".replace(token, "***"))
    return ExitCode.CLEAN


def body() -> str:
    """The comment: the report and what live mode saw, as far as there is room."""
    report = (home() / "report.md").read_text("utf-8").removeprefix(MARKER).lstrip("\n")
    proofs = home() / "live.md"
    proved = proofs.read_text("utf-8") if proofs.exists() else ""
    for text in (
        f"{report}\n{proved}",
        f"{report}\nThe report of live mode is too long for a comment; {_run()}.",
        f"The report is too long for a comment; {_run()}.",
    ):
        whole = f"{MARKER}\n{text}".strip()
        if len(whole) <= LIMIT:
            break
    return whole


def _run() -> str:
    """Where the summary is."""
    server, repository, run = (
        os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    return f"see [the run]({server}/{repository}/actions/runs/{run})" if run.isdecimal() else "see the run"


def _keep(client: Client, request: Pull, text: str, *, new: bool) -> None:
    """Have the pull request say this once. new: whether it has to be said where nothing was said before."""
    issues = f"/repos/{request.repository}/issues"

    def operation() -> None:
        old = _old(client, f"{issues}/{request.number}/comments")
        if old is None and new:
            client.call("POST", f"{issues}/{request.number}/comments", {"body": text})
        elif old is not None and not _same(old.get("body"), text):
            client.call("PATCH", f"{issues}/comments/{old['id']}", {"body": text})

    client.insist(operation)


def _old(client: Client, path: str) -> dict[str, Any] | None:
    """Our comment. One of somebody else who begins with our marker is not ours."""
    marked = [old for old in client.pages(path) if str(old.get("body")).startswith(MARKER)]
    if not marked:
        return None
    login = client.login()
    return next((old for old in marked if review.ours(old, login) and type(old.get("id")) is int), None)


def _same(old: object, new: str) -> bool:
    """Whether GitHub holds this text, whose line ends it may have changed."""
    return str(old).replace("\r\n", "\n").strip() == new.strip()
