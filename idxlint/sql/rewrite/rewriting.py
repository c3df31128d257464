"""Rewriting a statement where it stands, or out of the transaction block that it must not be in."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from idxlint.model import Edit, Span, value
from idxlint.sql.rewrite.surroundings import Surroundings, blank
from idxlint.sql.state.transaction import Block
from idxlint.sql.text import Statement

_END = re.compile(r"(?:[ \t]|/\*[^*]*\*/)*;")
_BEGIN = re.compile(r"begin|start", re.IGNORECASE)
_REST = re.compile(r"[ \t]*(?:\r\n|\n|\r|\Z)")


@value
class Rewriting:
    """What should stand instead of a statement.

    edits: inside the statement, in offsets of the file; before, after: statements without a semicolon
    needs: words that must not be spoken of between the statement and the end of its block, if it leaves it
    table: its table, which nothing there may rename, drop, or need the index of; None where it is unknown
    stays: the edited statement may stay in its block; only `before` and `after` have to leave
    bounded: the last statement locks everybody out for a moment, so that timeouts are right for it
    """

    statement: Statement
    edits: tuple[Edit, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    table: str | None = None
    stays: bool = False
    bounded: bool = False

    def without_timeouts(self, values: Sequence[tuple[str, str]], last: bool = True) -> "Rewriting":
        """The same with timeouts off before it, and set again behind it if it is the last in need."""
        off = tuple(f"SET {name} = 0" for name, _ in values)
        back = tuple(f"SET {name} = {_literal(value)}" for name, value in values) if last else ()
        if self.stays:
            return replace(self, after=(*off, *self.after[:-1], *back, *self.after[-1:]))
        if self.bounded:
            return replace(self, before=(*off, *self.before, *back))
        return replace(self, before=(*off, *self.before), after=(*self.after, *back))


@value
class Scene:
    """The block that a statement is in, and what stands around it; at: its number."""

    around: Surroundings
    block: Block | None
    at: int

    @property
    def text(self) -> str:
        """That of the file."""
        return self.around.text

    def edits(self, rewriting: Rewriting, *, leave: bool) -> tuple[Edit, ...]:
        """The edits that bring a rewriting about; none where that cannot be done in this file."""
        if not rewriting.statement.verbatim:
            return ()
        if leave and self.block is not None:
            return self._leave(rewriting)
        return self._in_place(rewriting)

    def _in_place(self, rewriting: Rewriting) -> tuple[Edit, ...]:
        statement = rewriting.statement
        if not rewriting.before and not rewriting.after:
            return rewriting.edits
        edits = list(rewriting.edits)
        indent = self._indent(statement.start)
        if rewriting.before:
            lines = "".join(f"{line};{indent}" for line in rewriting.before)
            edits.insert(0, Edit(statement.start, statement.start, lines))
        if rewriting.after:
            end = self._behind(statement.end)
            semicolon = ";" if end == statement.end else ""
            lines = "".join(f"{indent}{line};" for line in rewriting.after)
            edits.append(Edit(end, end, semicolon + lines))
        return _joined(edits)

    def _leave(self, rewriting: Rewriting) -> tuple[Edit, ...]:
        statement, closing = rewriting.statement, self.around.closing(self.at)
        opened = self.block.opened if self.block else None
        if opened is None or closing is None:
            return ()
        between = (self._behind(statement.end), closing.start)
        first = blank(self.text, self._behind(opened.end), statement.start)
        alone = first and _BEGIN.match(self.text, opened.start) and blank(self.text, *between)
        if alone and not rewriting.stays:
            around = (self._removal(opened), self._removal(closing))
            return tuple(sorted((*around, *self._in_place(rewriting))))
        if any(self.around.speaks_of(word, *between) for word in rewriting.needs):
            return ()
        if self.around.breaks(rewriting.table, *between):
            return ()
        end = self._behind(closing.end)
        indent = self._indent(closing.start)
        if rewriting.stays:
            moved, here = (*rewriting.before, *rewriting.after), rewriting.edits
        else:
            text = applied(self.text, rewriting.edits, Span(statement.start, statement.end))
            moved, here = (*rewriting.before, text, *rewriting.after), (self._removal(statement),)
        semicolon = ";" if end == closing.end else ""
        lines = semicolon + "".join(f"{indent}{line};" for line in moved)
        return (*here, Edit(end, end, lines))

    def _behind(self, end: int) -> int:
        """The place behind the statement's semicolon, or its own end where it has none."""
        semicolon = _END.match(self.text, end, self.around.unit.span.end)
        return semicolon.end() if semicolon else end

    def _removal(self, statement: Statement) -> Edit:
        """Take a statement away, with its line where it stands alone on it."""
        start, end = statement.start, self._behind(statement.end)
        line = self._line(start)
        rest = _REST.match(self.text, end)
        if not self.text[line:start].strip():
            return Edit(line, rest.end(), "") if rest else Edit(start, _blanks_end(self.text, end), "")
        while self.text[start - 1 : start] in (" ", "\t"):
            start -= 1
        return Edit(start, end, "")

    def _indent(self, start: int) -> str:
        """A line end as this file has them, and the white space before the statement's first word."""
        lead = self.text[self._line(start) : start]
        return _newline(self.text) + (lead if not lead.strip() else "")

    def _line(self, at: int) -> int:
        """Where the line begins that holds a place."""
        line = self.text.rfind("\n", 0, at) + 1
        return max(line, self.text.rfind("\r", line, at) + 1)


@lru_cache(maxsize=2)
def _newline(text: str) -> str:
    """The line end that a file has; looked up once for each file."""
    if "\r" not in text:
        return "\n"
    return "\r\n" if "\r\n" in text else "\n" if "\n" in text else "\r"


def _literal(value: str) -> str:
    return value if value.isdigit() else "'" + value.replace("'", "''") + "'"


def _blanks_end(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\t"):
        at += 1
    return at


def _joined(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Edits in order, insertions at one place made one."""
    joined: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if joined and joined[-1].start == joined[-1].end == edit.start:
            joined[-1] = Edit(edit.start, edit.end, joined[-1].text + edit.text)
        else:
            joined.append(edit)
    return tuple(joined)


def applied(text: str, edits: Sequence[Edit], span: Span | None = None) -> str:
    """The text, or the part of it in the span, after the edits."""
    start, end = span or Span(0, len(text))
    parts: list[str] = []
    for edit in sorted(edits):
        parts += (text[start : edit.start], edit.text)
        start = edit.end
    return "".join((*parts, text[start:end]))
