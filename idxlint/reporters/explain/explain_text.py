"""An explanation for a terminal, however narrow: each statement with its locks, then what the transaction holds."""

import sys
from collections.abc import Iterator
from shutil import get_terminal_size
from textwrap import wrap

from idxlint.model import FileGap, printable
from idxlint.model.explained import Explained, Explanation, HeldLock, LockStretch
from idxlint.reporters.explain.explain_words import (
    REFUSED,
    UNKNOWN,
    doing,
    grip,
    lasting,
    row,
    summary,
    title,
    under,
)
from idxlint.reporters.explain.explained_parts import Numbered, ReportPart, grouped, held, parts
from idxlint.reporters.parts.phrases import one_line

_BOLD, _DIM, _RED, _YELLOW, _BLUE = "1", "2", "31;1", "33;1", "36"
_WIDEST = 100
_NARROWEST = 40
_WHOLE = 10_000


class _Sheet:
    """Lays words out on lines of a width, with colours or without."""

    def __init__(self, colour: bool, width: int, encoding: str) -> None:
        self.colour = colour
        self.width = max(_NARROWEST, min(width, _WIDEST))
        self.dots = "…" if _can("…", encoding) else "..."

    def style(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def lines(self, text: str, indent: int, first: str = "", code: str = "") -> Iterator[str]:
        """A text broken into lines; first: its first words, which get a colour."""
        room = max(20, self.width - indent)
        broken = wrap(
            printable(text), room, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False
        )
        for number, line in enumerate(broken):
            begins = number == 0 and first and line.startswith(first)
            shown = self.style(code, first) + line[len(first) :] if begins else line
            yield f"{' ' * indent}{shown}\n"

    def sql(self, text: str, room: int) -> str:
        """A statement on one line, cut to a width."""
        return printable(one_line(text, max(10, room)).replace("…", self.dots))


def _can(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def render(
    explanation: Explanation, colour: bool = False, width: int | None = None, encoding: str | None = None
) -> Iterator[str]:
    """Every file with its statements and gaps, what was not read, and a summary.

    width: columns; those of the terminal, else 80
    """
    sheet = _Sheet(colour, width or get_terminal_size().columns, encoding or sys.stdout.encoding or "utf-8")
    for path, its in parts(explanation):
        margin = max((len(str(_line(item))) for part in its for item in part.items), default=0) + 4
        for number, part in enumerate(its):
            yield "" if number else sheet.style(_BOLD, printable(path)) + "\n"
            yield from _part(part, explanation.statements, margin, sheet)
    for unread in explanation.unread:
        yield f"not read: {printable(str(unread))}\n"
    yield from sheet.lines(summary(explanation), 0)


def _part(part: ReportPart, statements: tuple[Explained, ...], margin: int, sheet: _Sheet) -> Iterator[str]:
    if part.statements:
        said = title(part.transaction, part.statements[0].statement)
        yield from (f"{sheet.style(_DIM, line[:-1])}\n" for line in sheet.lines(said, 2))
    for item in part.items:
        if isinstance(item, Numbered):
            yield from _statement(item.statement, margin, sheet)
        else:
            yield from _gap(item, margin, sheet)
    if part.transaction and part.transaction.stretches:
        yield from _transaction(part, statements, sheet)
    yield "\n"


def _line(item: Numbered | FileGap) -> int:
    if isinstance(item, Numbered):
        return item.statement.line
    return item.source.position(item.gap.span.start).line


def _statement(statement: Explained, margin: int, sheet: _Sheet) -> Iterator[str]:
    inner = 2 if statement.runs == "function" else 0
    number = sheet.style(_DIM, f"{statement.line:>{margin}}")
    at = margin + 2 + inner
    yield f"{number}  {' ' * inner}{sheet.style(_BOLD, sheet.sql(statement.sql, sheet.width - at))}\n"
    if not statement.known:
        yield from sheet.lines(UNKNOWN, at + 2, "not known", _YELLOW)
    if statement.refused:
        yield from sheet.lines(REFUSED, at + 2, "PostgreSQL refuses it", _RED)
    for locks in grouped(statement.locks):
        yield from _locks(locks, statement, at + 2, sheet)
    if done := [*doing(statement)]:
        yield from sheet.lines(row(done), at + 2)


def _locks(locks: list[HeldLock], statement: Explained, indent: int, sheet: _Sheet) -> Iterator[str]:
    lock = locks[0]
    yield from sheet.lines(f"{lock.mode}{grip(locks, statement)}", indent, lock.mode, _colour(lock))


def _colour(lock: HeldLock | LockStretch) -> str:
    if lock.new or not lock.blocks:
        return _BLUE
    return _RED if "SELECT" in lock.blocks else _YELLOW


def _gap(entry: FileGap, margin: int, sheet: _Sheet) -> Iterator[str]:
    """Text that nobody could read, in its place."""
    source, (start, end) = entry.source, entry.gap.span
    number = sheet.style(_DIM, f"{source.position(start).line:>{margin}}")
    yield f"{number}  {sheet.sql(source.text[start : min(end, start + _WHOLE)], sheet.width - margin - 2)}\n"
    yield from sheet.lines(f"not read: {entry.gap.message}", margin + 4, "not read", _YELLOW)


def _transaction(part: ReportPart, statements: tuple[Explained, ...], sheet: _Sheet) -> Iterator[str]:
    """The strongest lock on each table, how long it is held, and the work meanwhile."""
    if part.transaction is None:
        return
    yield f"  {sheet.style(_DIM, 'the whole transaction:')}\n"
    for through in (one for locks in held(part.transaction) for one in locks):
        lock = through.lock
        said = f"{lock.mode} on {lock.relation} from {lasting(through, statements)}"
        yield from sheet.lines(said, 4, lock.mode, _colour(lock))
        if lock.blocks and (work := under(through, statements)):
            yield from sheet.lines(f"meanwhile: {work}", 6)
