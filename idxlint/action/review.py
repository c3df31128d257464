"""Fixes as suggestions on the lines that a pull request has changed.

Source: GitHub's manual, "REST API endpoints for pull request reviews" and "Incorporating feedback".
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from idxlint.action import suggestion, workflow
from idxlint.action.event import Pull, dig
from idxlint.action.rest import Client

_MOST = 30
"""How many suggestions one review makes; the rest is in the comment."""

Key = tuple[str, int, str]


def suggest(client: Client, request: Pull, findings: Iterable[dict[str, Any]]) -> None:
    """Post a review with the fixes that can be suggested and are not suggested yet."""
    pulls = f"/repos/{request.repository}/pulls/{request.number}"
    fixable = [finding for finding in findings if finding["fix"] is not None]
    if not fixable:
        return
    patches = {
        name: patch
        for file in client.pages(f"{pulls}/files")
        if isinstance(name := file.get("filename"), str) and isinstance(patch := file.get("patch"), str)
    }
    comments = list(_comments(fixable, patches))

    def operation() -> None:
        known = _known(client, f"{pulls}/comments") if comments else frozenset()
        new = [comment for comment in comments if _key(comment) not in known]
        if new:
            client.call("POST", f"{pulls}/reviews", _review(request, new[:_MOST]))
        if len(new) > _MOST:
            workflow.notice(
                f"{_MOST} of {len(new)} fixes are suggested on their lines; the comment lists all of them"
            )

    client.insist(operation)


def ours(comment: dict[str, Any], login: str) -> bool:
    """Whether a comment is by the token's user, or by an app if that is all that can be known of the token."""
    if login:
        return bool(dig(comment, "user", "login") == login)
    return bool(dig(comment, "user", "type") == "Bot")


def _review(request: Pull, comments: list[dict[str, Any]]) -> dict[str, Any]:
    words = "a fix" if len(comments) == 1 else f"{len(comments)} fixes"
    whole = {"event": "COMMENT", "body": f"idxlint suggests {words}.", "comments": comments}
    return {**whole, "commit_id": request.head} if request.head else whole


def _comments(findings: Iterable[dict[str, Any]], patches: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    texts: dict[str, str | None] = {}
    for finding in findings:
        path = str(finding["path"])
        if path not in patches:
            continue
        if path not in texts:
            texts[path] = _text(path)
        made = suggestion.comment(finding, texts[path] or "", patches[path])
        if made is not None:
            yield made


def _text(path: str) -> str | None:
    """A file as the report counts in it; None for one in another encoding."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return None


def _known(client: Client, path: str) -> frozenset[Key]:
    """The suggestions that are there and still stand on a line of the diff."""
    marked = [comment for comment in client.pages(path) if suggestion.MARKER in str(comment.get("body"))]
    login = client.login() if marked else ""
    return frozenset(_key(comment) for comment in marked if ours(comment, login))


def _key(comment: dict[str, Any]) -> Key:
    body = str(comment.get("body")).replace("\r\n", "\n").strip()
    return str(comment.get("path")), comment.get("line") or 0, body
