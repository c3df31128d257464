"""From a text to its statements, without losing a character.

PostgreSQL's own parser reads the text in windows. What it refuses is cut into stretches and read one by one, and
what cannot be read even so is a gap. Everything outside statements and gaps is white space, a comment, or a
semicolon.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from idxlint.model import Gap, Span, record
from idxlint.sql.text.gaps import outside, readable, unreadable
from idxlint.sql.text.splitter import Refusal, code_stop, split
from idxlint.sql.text.statement import Statement

if TYPE_CHECKING:
    from idxlint.sql.text.salvage import Reading, Salvage

# What reads refused text is imported where it is needed: most files have none, and its expressions are costly.

Keep = Callable[[str, int, int], bool]
"""Whether a statement is wanted: asked with a text and the start and end of the statement in it."""

_WHOLE = 1 << 20
_WINDOW = 1 << 19
_SMALL = 1 << 10
_BOUNDARY = re.compile(r";[ \t]*[\r\n]+(?=[A-Za-z-])")
_ANY_BOUNDARY = re.compile(r";[ \t]*[\r\n]")


@record
class Parsed:
    r"""A text as PostgreSQL would read it; all places are code points of the whole text.

    statements: those that were wanted, in order; count: all of them
    gaps: what nobody can judge, in order. None overlaps another, and none overlaps a statement but NUL
        characters inside it. A gap without length stands where a semicolon is missing.
    placeholders: an identifier as the parser reads it: what is written there
    joined: where psql's `\;` is: the statements around it go in one message
    generated: statements whose result is executed (`\gexec`)
    """

    statements: tuple[Statement, ...] = ()
    count: int = 0
    gaps: tuple[Gap, ...] = ()
    placeholders: Mapping[str, str] = field(default_factory=dict)
    joined: tuple[int, ...] = ()
    generated: tuple[Span, ...] = ()


def everything(text: str, start: int, end: int) -> bool:  # noqa: ARG001
    """Every statement is wanted."""
    return True


def parse(text: str, span: Span | None = None, keep: Keep = everything) -> Parsed:
    """The statements and gaps of a text, or of a part of it; it takes every text.

    `keep` is asked with the text that the parser saw, which may be a window of the whole, and the start and
    end of a statement in it; a statement that it does not want is only counted.
    """
    base, end = span or (0, len(text))
    reader = _Reader(readable(text[base:end]), base, keep)
    reader.run()
    return reader.result(text[base:end])


class _Reader:
    """Walks through a text once and gathers what it finds."""

    def __init__(self, text: str, base: int, keep: Keep) -> None:
        self._text = text
        self._base = base
        self._keep = keep
        self._statements: list[Statement] = []
        self._count = 0
        self._gaps: list[Gap] = []
        self._names: dict[str, str] = {}
        self._joined: list[int] = []
        self._generated: list[Span] = []

    def run(self) -> None:
        """Read in windows. A window whose end is inside a literal, a comment or a body does not parse."""
        at, size, salvage = 0, _WINDOW, None
        while at < len(self._text):
            stop = self._window(at, size)
            window = self._text[at:stop]
            rows = stop < len(self._text) and ("stdin" in window or "STDIN" in window)
            verdict = Refusal("", None) if rows else split(window)
            if not isinstance(verdict, Refusal):
                self._take(window, at, verdict)
                at, size = stop, min(size * 2, _WINDOW)
                continue
            salvage = salvage or _salvage(self._text)
            error = stop if verdict.at is None else at + verdict.at
            for reading in salvage.read(at, error, stop):
                self._enter(reading)
                at = reading.after
            size = _SMALL

    def _window(self, at: int, size: int) -> int:
        if len(self._text) - at <= (_WHOLE if size == _WINDOW else 2 * size):
            return len(self._text)
        near = _BOUNDARY.search(self._text, at + size, at + 2 * size)
        near = near or _ANY_BOUNDARY.search(self._text, at + size)
        return near.end() if near else len(self._text)

    def _enter(self, reading: "Reading") -> None:
        """Enter what became of a refused part."""
        for sql, start, spans in reading.taken:
            self._take(sql, start, spans)
        self._gaps += reading.gaps
        for identifier, written in reading.names.items():
            self._names.setdefault(identifier, written)
        if reading.joined is not None:
            self._joined.append(self._base + reading.joined)
        if reading.generated:
            self._generated.append(_moved(reading.generated, self._base))

    def _take(self, sql: str, offset: int, spans: list[Span]) -> None:
        """Enter the statements of a text that the parser took and that begins at an offset."""
        self._count += len(spans)
        shift = offset + self._base
        for start, end in spans:
            if self._keep(sql, start, end):
                stop = code_stop(sql, start, end)
                self._statements.append(Statement(start + shift, stop + shift, sql[start:stop]))

    def result(self, raw: str) -> Parsed:
        """Everything in order; `raw` is the text before it was made readable."""
        broken = unreadable(raw)
        gaps = self._all_gaps(broken) if self._gaps or broken else []
        return Parsed(
            tuple(self._statements),
            self._count,
            tuple(replace(gap, span=_moved(gap.span, self._base)) for gap in gaps),
            self._names,
            tuple(self._joined),
            tuple(self._generated),
        )

    def _all_gaps(self, broken: list[Gap]) -> list[Gap]:
        """The gaps in order, each character in one of them only."""
        from idxlint.sql.text.dialect import merged

        gaps = merged(self._text, sorted(self._gaps, key=lambda gap: gap.span), self._count)
        return sorted([*gaps, *outside(broken, [gap.span for gap in gaps])], key=lambda gap: gap.span)


def _salvage(text: str) -> "Salvage":
    from idxlint.sql.text.salvage import Salvage

    return Salvage(text)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
