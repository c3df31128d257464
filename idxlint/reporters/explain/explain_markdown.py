"""An explanation for a pull request: what each transaction holds, and behind a click its statements.

What comes from files stands in code, or has every sign of Markdown, HTML and of a mention escaped.
"""

from collections.abc import Iterable, Iterator

from idxlint.model import FileGap
from idxlint.model.explained import Explained, Explanation
from idxlint.reporters.explain.explain_words import (
    LIMITS,
    REFUSED,
    UNKNOWN,
    blocks,
    doing,
    grip,
    lasting,
    summary,
    title,
    under,
)
from idxlint.reporters.explain.explained_parts import Numbered, ReportPart, grouped, held, parts
from idxlint.reporters.parts.gfm import cell, code, prose
from idxlint.reporters.parts.phrases import counted, one_line, sentence

MARKER = "<!-- idxlint-explain -->"
"""The first line, by which the comment is found again and updated."""

LIMIT = 65_000
"""GitHub takes 65,536 characters; counted in bytes here, which are never fewer."""

_KEPT = 300
_SQL = 90
_OPEN = 10
"""Statements that are shown without a click."""


class _Room:
    """Counts what a comment has room for, and what it had none for."""

    def __init__(self) -> None:
        self._left = LIMIT - _KEPT
        self.missing = 0

    def has(self, text: str) -> bool:
        """Whether a text fits, which then takes its place."""
        size = len(text.encode("utf-8", "replace"))
        fits = size <= self._left
        self._left -= size if fits else 0
        return fits

    def filled(self, rows: Iterable[str]) -> Iterator[str]:
        """The rows that fit; the first that does not ends them."""
        full = False
        for row in rows:
            full = full or not self.has(row)
            self.missing += full
            if not full:
                yield row


def render(explanation: Explanation) -> Iterator[str]:
    """A comment that GitHub takes: what does not fit is counted and left out."""
    room = _Room()
    yield f"{MARKER}\n## idxlint explain\n\n{prose(summary(explanation))}\n\n"
    yield from room.filled(f"**not read:** {prose(str(unread))}\n\n" for unread in explanation.unread)
    for path, its in parts(explanation):
        head = f"### {code(path)}\n\n"
        if its and room.has(head):
            yield head
        for part in its:
            yield from _part(part, explanation.statements, room)
    if room.missing:
        said = counted(room.missing, "row has", "rows have")
        yield f"\n{said} no room in a comment; `--format json` and `--html` have all of them.\n\n"
    yield f"{LIMITS}\n"


def _part(part: ReportPart, statements: tuple[Explained, ...], room: _Room) -> Iterator[str]:
    first = part.statements[0].statement if part.statements else None
    head = f"**{prose(sentence(title(part.transaction, first)))}**\n\n" if first else ""
    folded = part.transaction is not None or len(part.items) > _OPEN
    before = f"<details><summary>{counted(len(part.items), 'statement')}</summary>\n\n" if folded else ""
    before += "| line | statement | locks | does |\n|---:|---|---|---|\n"
    after = "\n</details>\n\n" if folded else "\n"
    if not room.has(head + before + after):
        room.missing += len(part.items)
        return
    yield head
    if part.transaction:
        yield from _held(part, statements, room)
    yield before
    yield from room.filled(_row(item) for item in part.items)
    yield after


def _held(part: ReportPart, statements: tuple[Explained, ...], room: _Room) -> Iterator[str]:
    """The strongest lock on each table, how long it is held, and the work meanwhile."""
    if part.transaction is None or not part.transaction.stretches:
        return
    head = "| lock | on | held from | whom it blocks | meanwhile |\n|---|---|---|---|---|\n"
    if not room.has(head + "\n"):
        return
    yield head
    yield from room.filled(
        f"| {through.lock.mode} | {cell(through.lock.relation)} | {prose(lasting(through, statements))} "
        f"| {blocks(through.lock)} | {prose(under(through, statements))} |\n"
        for rows in held(part.transaction)
        for through in rows
    )
    yield "\n"


def _row(item: Numbered | FileGap) -> str:
    if isinstance(item, FileGap):
        start, end = item.gap.span
        text = one_line(item.source.text[start : min(end, start + 20 * _SQL)], _SQL)
        line = item.source.position(start).line
        return f"| {line} | {cell(text)} | **not read:** {prose(item.gap.message)} |  |\n"
    statement = item.statement
    inside = "↳ " if statement.runs == "function" else ""
    sql = cell(one_line(statement.sql, _SQL))
    locks, done = "<br>".join(_locks(statement)), prose("; ".join(doing(statement)))
    return f"| {statement.line} | {inside}{sql} | {locks} | {done} |\n"


def _locks(statement: Explained) -> Iterator[str]:
    if not statement.known:
        yield f"**{UNKNOWN}**"
    if statement.refused:
        yield f"**{REFUSED}**"
    for locks in grouped(statement.locks):
        yield f"{locks[0].mode}{prose(grip(locks, statement))}"
