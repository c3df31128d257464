"""One fix as a comment with a suggestion: which lines it replaces, and by what."""

import re
from typing import Any

MARKER = "<!-- idxlint suggestion -->"
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def comment(finding: dict[str, Any], text: str, patch: str) -> dict[str, Any] | None:
    """The comment for a review; None where a suggestion cannot stand.

    It has to replace whole lines that one hunk of the patch shows as they are in the file: the checkout may be
    a merge whose lines stand elsewhere than in the pull request.
    """
    if "\r" in text:  # what GitHub does with such line ends in a suggestion is written nowhere
        return None
    start, replaced, replacement = _replaced(finding, text)
    first = text.count("\n", 0, start) + 1
    last = first + replaced.count("\n")
    wanted = dict(enumerate(replaced.split("\n"), first))
    if not any(wanted.items() <= hunk.items() for hunk in hunks(patch)):
        return None
    lines = {"line": last, "side": "RIGHT"}
    if first != last:  # the first line has to come before the last
        lines |= {"start_line": first, "start_side": "RIGHT"}
    return {"path": finding["path"], **lines, "body": _body(finding, replacement)}


def hunks(patch: str) -> list[dict[int, str]]:
    """The lines of the new file in each hunk of a patch, by their numbers."""
    numbered: list[dict[int, str]] = []
    number = 0
    for line in patch.split("\n"):
        if head := _HUNK.match(line):
            number = int(head[1])
            numbered.append({})
        elif numbered and line[:1] in ("+", " "):
            numbered[-1][number] = line[1:]
            number += 1
    return numbered


def _replaced(finding: dict[str, Any], text: str) -> tuple[int, str, str]:
    """The whole lines of the statement and of all edits: where they start, what stands there, what comes there."""
    statement, edits = finding["statement"], finding["fix"]["edits"]
    at = _offset(text, finding["line"], finding["column"])
    begin = text.rfind(statement, max(0, at - len(statement)), at + len(statement))
    begins, ends = (begin, begin + len(statement)) if begin >= 0 else (at, at)
    start = text.rfind("\n", 0, min(begins, *(edit["start"] for edit in edits))) + 1
    end = max(ends, *(edit["end"] for edit in edits))
    if text[end - 1 : end] != "\n":
        end = text.find("\n", end) + 1 or len(text)
    pieces, done = [], start
    for edit in sorted(edits, key=lambda edit: (edit["start"], edit["end"])):
        pieces += [text[done : edit["start"]], edit["text"]]
        done = edit["end"]
    pieces.append(text[done:end])
    return start, text[start:end].removesuffix("\n"), "".join(pieces).removesuffix("\n")


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _body(finding: dict[str, Any], replacement: str) -> str:
    """Words of the migration stand between backticks, where they mean nothing to Markdown."""
    fix = finding["fix"]
    more = f"; unsafe: read `idxlint rule {finding['id']}` first" if fix["safety"] == "unsafe" else ""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", replacement)), default=0))
    new = f"{replacement}\n" if replacement else ""
    return (
        f"{MARKER}\n**{finding['severity']} {finding['id']}** {code(finding['message'])}\n\n"
        f"{code(fix['title'])}{more}\n\n{fence}suggestion\n{new}{fence}\n"
    )


def code(words: str) -> str:
    """Words as Markdown code, which pings nobody and links nowhere."""
    words = " ".join(words.split())
    ticks = "`" * (1 + max(map(len, re.findall("`+", words)), default=0))
    space = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{ticks}{space}{words}{space}{ticks}"
