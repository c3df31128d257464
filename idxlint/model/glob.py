"""Patterns for paths, as `.gitignore` has taught people to write them."""

import re
from functools import lru_cache


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern means a file, both with forward slashes and relative to the same folder.

    `*` and `?` stay inside one name, `**` crosses folders. A pattern without a slash means that name at
    any depth. A pattern that means a folder means everything below it.
    """
    return _compiled(pattern).match(path) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    trimmed = pattern.removeprefix("./").rstrip("/")
    anchored = "/" in trimmed
    trimmed = trimmed.lstrip("/")
    if trimmed in ("", "."):
        return re.compile("")
    head = "" if anchored else "(?:.*/)?"
    try:
        return re.compile(rf"(?s:{head}{_translated(trimmed)}(?:/.*)?\Z)")
    except re.error:  # a set that means nothing, such as [z-a], stands for itself
        return re.compile(rf"{head}{re.escape(trimmed)}(?:/.*)?\Z")


def _translated(pattern: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            out.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("**", at):
            out.append(".*")
            at += 2
        elif pattern[at] in "*?":
            out.append("[^/]*" if pattern[at] == "*" else "[^/]")
            at += 1
        elif pattern[at] == "[" and (end := pattern.find("]", at + 2)) > 0:
            out.append(_character_set(pattern[at + 1 : end]))
            at = end + 1
        else:
            out.append(re.escape(pattern[at]))
            at += 1
    return "".join(out)


def _character_set(inside: str) -> str:
    negated = inside[0] in "!^"
    body = inside[1:] if negated else inside
    # A dash between two characters is a range; the other signs mean themselves.
    safe = re.sub(r"([\\\[\]^&~|])", r"\\\1", body)
    return f"(?!/)[{'^' if negated else ''}{safe}]"
