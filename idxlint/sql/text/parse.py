"""From a text to its statements, without losing a character.

PostgreSQL's own parser reads the text in windows. What it refuses is cut into pieces and read one by one, and
what cannot be read even so is a gap. Everything outside statements and gaps is white space, a comment, or a
semicolon.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from idxlint.model import Gap, Reason, Span
from idxlint.sql.text.decode import nul_gaps
from idxlint.sql.text.splitter import Refused, code_stop, spans, split
from idxlint.sql.text.statement import Statement

if TYPE_CHECKING:
    from idxlint.sql.text.pieces import Piece

# What reads refused text is imported where it is needed: most files have none, and its expressions are costly.

Keep = Callable[[str, int, int], bool]

_WHOLE = 1 << 20
_WINDOW = 1 << 19
_SMALL = 1 << 10
_AGAIN = 32
_BOUNDARY = re.compile(r";[ \t]*[\r\n]+(?=[A-Za-z-])")
_ANY_BOUNDARY = re.compile(r";[ \t]*[\r\n]")
_SURROGATE = re.compile("[\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
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
    """Keep each statement."""
    return True


def parse(text: str, span: Span | None = None, keep: Keep = everything) -> Parsed:
    """The statements and gaps of a text, or of a part of it; it takes every text.

    `keep` is asked with the text that the parser saw, which may be a window of the whole, and the start and
    end of a statement in it; a statement that it does not want is only counted.
    """
    base, end = span or (0, len(text))
    reader = _Reader(_clean(text[base:end]), base, keep)
    reader.run()
    return reader.result(text[base:end])


def cut(text: str, span: Span | None = None) -> tuple[tuple[Span, ...], tuple[Gap, ...]]:
    """Where all statements and gaps of a text are."""
    parsed = parse(text, span)
    return tuple(Span(one.start, one.end) for one in parsed.statements), parsed.gaps


def _clean(text: str) -> str:
    """The text without what cannot be handed to the parser, equally long."""
    text = text.replace("\0", " ")
    return text if _encodable(text) else _SURROGATE.sub(lambda run: "\ufffd" * len(run[0]), text)


def _encodable(text: str) -> bool:
    """Whether there is no half of a UTF-16 pair in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Reader:
    """Walks through a text once and gathers what it finds."""

    def __init__(self, text: str, base: int, keep: Keep) -> None:
        self._text = text
        self._base = base
        self._keep = keep
        # Text may be read again behind literals that never end, but not so often that time grows with its square.
        self._restarts = _AGAIN * len(text)
        self._statements: list[Statement] = []
        self._count = 0
        self._gaps: list[Gap] = []
        self._names: dict[str, str] = {}
        self._joined: list[int] = []
        self._generated: list[Span] = []

    def run(self) -> None:
        """Read in windows. A window whose end is inside a literal, a comment or a body does not parse."""
        at, size = 0, _WINDOW
        while at < len(self._text):
            stop = self._window(at, size)
            window = self._text[at:stop]
            rows = stop < len(self._text) and ("stdin" in window or "STDIN" in window)
            found = Refused("", None) if rows else split(window)
            if isinstance(found, Refused):
                at = self._slowly(at, stop if found.at is None else at + found.at, stop)
                size = _SMALL
            else:
                self._emit(window, at, spans(found, 0))
                at, size = stop, min(size * 2, _WINDOW)

    def _window(self, at: int, size: int) -> int:
        if len(self._text) - at <= (_WHOLE if size == _WINDOW else 2 * size):
            return len(self._text)
        near = _BOUNDARY.search(self._text, at + size, at + 2 * size)
        near = near or _ANY_BOUNDARY.search(self._text, at + size)
        return near.end() if near else len(self._text)

    def _slowly(self, at: int, error: int, stop: int) -> int:
        """Read on until the piece with the error is behind; what is before it parses in one go."""
        from idxlint.sql.text.pieces import piece

        begin, now = at, None
        while at < stop:
            now = piece(self._text, at, len(self._text))
            if now.gaps or now.joined or now.after > error:
                break
            at, now = now.after, None
        reached = self._batch(begin, at)
        return self._salvage(now) if now and reached == at else reached

    def _batch(self, at: int, end: int) -> int:
        """Read pieces that should all be good; where reading goes on."""
        from idxlint.sql.text.pieces import piece

        part = self._text[at:end]
        found = split(part)
        if not isinstance(found, Refused):
            self._emit(part, at, spans(found, 0))
            return end
        while at < end:
            at = self._salvage(piece(self._text, at, len(self._text)))
        return at

    def _salvage(self, now: "Piece") -> int:
        from idxlint.sql.text import salvage

        reading, after = salvage.read(self._text, now, restart=self._restarts > 0)
        if after < now.after:
            self._restarts -= now.after - now.start
        for sql, start, found in reading.parts:
            self._emit(sql, start, [Span(one.start - start, one.end - start) for one in found])
        statements = [one for _, _, found in reading.parts for one in found]
        self._gaps += reading.gaps
        for identifier, written in reading.names.items():
            self._names.setdefault(identifier, written)
        if after == now.after and now.joined:
            self._joined.append(self._base + now.end)
        if after == now.after and now.generated and statements:
            self._generated.append(Span(*(place + self._base for place in statements[-1])))
        return after

    def _emit(self, sql: str, offset: int, found: list[Span]) -> None:
        self._count += len(found)
        shift = offset + self._base
        for start, end in found:
            if self._keep(sql, start, end):
                stop = code_stop(sql, start, end)
                self._statements.append(Statement(start + shift, stop + shift, sql[start:stop]))

    def result(self, raw: str) -> Parsed:
        """Everything in order; `raw` is the text before it was cleaned."""
        unreadable = _unreadable(raw)
        gaps = self._found(unreadable) if self._gaps or unreadable else []
        return Parsed(
            tuple(self._statements),
            self._count,
            tuple(
                replace(gap, span=Span(gap.span.start + self._base, gap.span.end + self._base))
                for gap in gaps
            ),
            self._names,
            tuple(self._joined),
            tuple(self._generated),
        )

    def _found(self, unreadable: list[Gap]) -> list[Gap]:
        """The gaps in order, each character in one of them only."""
        from idxlint.sql.text import dialect, salvage

        gaps = dialect.merged(self._text, sorted(self._gaps, key=lambda gap: gap.span), self._count)
        broken = salvage.outside(unreadable, [gap.span for gap in gaps])
        return sorted([*gaps, *broken], key=lambda gap: gap.span)


def _unreadable(raw: str) -> list[Gap]:
    gaps = list(nul_gaps(raw))
    if not _encodable(raw):
        gaps += [
            Gap(Span(*run.span()), Reason.ENCODING, "half a UTF-16 character")
            for run in _SURROGATE.finditer(raw)
        ]
    return gaps
