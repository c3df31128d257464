"""What stands around each statement of a unit, made once for all of them.

The same is asked of every statement: whether something before it has dropped the index, where its block ends, what
is said in between. Whoever looked through the file for each answer would take time that grows with its square.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from idxlint.model import NameGuard, Piece, Send, Span, Unit
from idxlint.sql.meaning.operations import DropIndex, DropInvalid, Operation, Transaction
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.spoken_words import SpokenWords
from idxlint.sql.text import Statement, parse

_BLANK = re.compile(r"(?:[ \t\r\n\f\v;]|--[^\r\n]*+|/\*.*?\*/)*+", re.DOTALL)
_COMMENT = re.compile(r"--[^\r\n]*|/\*.*?\*/", re.DOTALL)
_ENDS = ("COMMIT", "ROLLBACK", "ROLLBACK TO", "PREPARE")
_BREAKING = tuple(
    re.compile(rf"{word}(?<!\w{word})\b{rest}")
    for word, rest in (
        ("rename", ""),
        ("drop", r"(?!\s+index\b)"),
        ("set", r"\s+schema\b"),
        ("references", ""),
        ("including", ""),
        ("on", r"\s+conflict\b"),
    )
)
"""Each begins with a word of its own, and is looked for in lower case: four times as fast as all in one pattern."""

_LOOKS = "indisvalid"
_NEVER = 1 << 62

T = TypeVar("T")


class Message(NamedTuple):
    """A piece of another language as it is sent: its statements, and the number of the first of equal ones."""

    first: Mapping[str, int]
    statements: int
    gaps: bool


class Surroundings:
    """The text and the statements of a unit; a statement is meant by its number."""

    def __init__(self, text: str, unit: Unit, steps: Sequence[Step]) -> None:
        self.text, self.unit, self.steps = text, unit, steps
        self._known: dict[str, Any] = {}
        self._words = SpokenWords(text)

    def once(self, name: str, make: Callable[[Sequence[Step]], T]) -> T:
        """What a check makes out of the statements, made when it is first asked for."""
        if name not in self._known:
            self._known[name] = make(self.steps)
        made: T = self._known[name]
        return made

    # -- what stands before

    def dropped_before(self, index: str, at: int, *, plainly: bool = False) -> bool:
        """Whether an earlier statement clears a leftover of the index away; plainly: without CONCURRENTLY, too."""
        guards = [(None, True), (index, True), *([(index, False)] if plainly else [])]
        return min(self._guards.get(guard, _NEVER) for guard in guards) < at

    @cached_property
    def _guards(self) -> dict[tuple[str | None, bool], int]:
        """The first statement that drops a leftover, by the index (None for any) and whether it is concurrent."""
        first: dict[tuple[str | None, bool], int] = {}
        for at, step in enumerate(self.steps):
            if self.guard(step):  # left out together with the build
                continue
            for operation in step.operations:
                match operation:
                    case DropInvalid():
                        first.setdefault((None, True), at)
                    case DropIndex(if_exists=True, indexes=indexes):
                        for name in indexes:
                            first.setdefault((name.name, operation.concurrently), at)
        return first

    def guard(self, step: Step) -> NameGuard | None:
        """What has to hold for a statement to be sent, where that asks for an index by its name alone."""
        if step.guard or not self._guarded:
            return step.guard or self.unit.guard
        pieces = (self.unit.pieces[at].guard for at in self._pieces_at(step.statement.start))
        return next(filter(None, pieces), self.unit.guard)

    @cached_property
    def _guarded(self) -> bool:
        return any(piece.guard for piece in self.unit.pieces)

    def begun(self, at: int) -> bool:
        """Whether an earlier statement is a BEGIN."""
        return self.once("begun", _first_begin) < at

    # -- what stands behind

    def closing(self, at: int) -> Statement | None:
        """The COMMIT of the block that a statement is in; None where it ends in another way."""
        return self._closings[at]

    @cached_property
    def _closings(self) -> list[Statement | None]:
        closings: list[Statement | None] = []
        ahead: Statement | None = None
        for step in reversed(self.steps):
            closings.append(ahead)
            ending = next((operation for operation in step.operations if _ends(operation)), None)
            if isinstance(ending, Transaction):
                ahead = step.statement if ending.verb == "COMMIT" and not ending.chain else None
        return closings[::-1]

    def looked_at(self, start: int) -> bool:
        """Whether something from a place on, which is in no comment, looks at indisvalid in none either."""
        end = self.unit.span.end
        last = self.text.rfind(_LOOKS, start, end) if self._looks else -1
        if last < 0:
            return False
        at = bisect_right(self._comments, (start, _NEVER)) - 1
        if at >= 0 and start < self._comments[at][1]:  # what a literal holds was taken for a comment
            return _LOOKS in _COMMENT.sub("", self.text[start:end])
        return self._looks[-1] >= start

    def looked_at_between(self, start: int, end: int) -> bool:
        """Whether something between two places looks at indisvalid."""
        at = bisect_left(self._looks, start)
        return at < len(self._looks) and self._looks[at] < end

    def looked_at_behind(self) -> bool:
        """Whether something behind the unit looks at indisvalid."""
        end = self.unit.span.end
        return self.text.find(_LOOKS, end) >= 0 and _LOOKS in _COMMENT.sub("", self.text[end:])

    @cached_property
    def _comments(self) -> list[tuple[int, int]]:
        return [comment.span() for comment in _COMMENT.finditer(self.text, *self.unit.span)]

    @cached_property
    def _looks(self) -> list[int]:
        """Where indisvalid stands outside of comments."""
        start, end = self.unit.span
        if self.text.find(_LOOKS, start, end) < 0:
            return []
        places: list[int] = []
        for comment, after in [*self._comments, (end, end)]:
            places += _places(self.text, start, comment)
            start = after
        return places

    # -- what stands between

    def speaks_of(self, word: str, start: int, end: int) -> bool:
        """Whether a word stands in a part of the text, whatever its case."""
        return self._words.spoken(word, start, end)

    def breaks(self, table: str | None, start: int, end: int) -> bool:
        """Whether what stands there would fail if a statement about the table came after it."""
        if table is not None and not self.speaks_of(table, start, end):
            return False
        at = bisect_left(self._breaking, (start, 0))
        return at < len(self._breaking) and self._breaking[at][1] <= end

    @cached_property
    def _breaking(self) -> list[tuple[int, int]]:
        return sorted(word.span() for pattern in _BREAKING for word in pattern.finditer(self._words.lower))

    # -- what is sent together

    def company(self, statement: Statement) -> tuple[bool, bool]:
        """Whether other statements stand before and after one in what the runner sends as one."""
        for at in self._pieces_at(statement.start):
            message = self._message(at)
            number = message.first.get(statement.sql)
            if number is not None:  # a call may mean several pieces at one place
                return number > 0, number < message.statements - 1 or message.gaps
        start, end = self.unit.message(statement.start)
        return not blank(self.text, start, statement.start), not blank(self.text, statement.end, end)

    def parcel(self, statement: Statement) -> Hashable:
        """What a statement is sent in: equal for all statements of one message, None where it is one by itself."""
        unit = self.unit
        if unit.send is Send.STATEMENT and not unit.messages:
            return None
        if not unit.pieces:
            message = unit.message(statement.start)
            alone = unit.send is Send.STATEMENT and message == unit.span != unit.messages[0]
            return None if alone else message
        pieces = self._pieces_at(statement.start)
        return next((at for at in pieces if statement.sql in self._message(at).first), None)

    def _message(self, at: int) -> Message:
        return self.once(f"piece {at}", lambda _: _sent(self.unit.pieces[at]))

    def _pieces_at(self, start: int) -> Sequence[int]:
        """The pieces in which a place is, in their order."""
        places, numbers = self._pieces
        at = bisect_right(places, start, key=lambda span: span.start) - 1
        if at < 0:
            return ()
        return numbers[at] if start < places[at].end or start == places[at].start else ()

    @cached_property
    def _pieces(self) -> tuple[list[Span], list[list[int]]]:
        """The places of the pieces in order, and the pieces at each."""
        numbers: dict[Span, list[int]] = {}
        for number, piece in enumerate(self.unit.pieces):
            numbers.setdefault(piece.span, []).append(number)
        places = sorted(numbers)
        return places, [numbers[place] for place in places]

    @cached_property
    def held(self) -> frozenset[Span]:
        """The messages that stay one, whatever is written into them."""
        return frozenset(self.unit.held)


def blank(text: str, start: int = 0, end: int | None = None) -> bool:
    """Whether a part of a text says nothing."""
    stop = len(text) if end is None else end
    match = _BLANK.match(text, start, max(start, stop))
    return match is not None and match.end() >= stop


def _ends(operation: Operation) -> bool:
    return isinstance(operation, Transaction) and operation.verb in _ENDS


def _first_begin(steps: Sequence[Step]) -> int:
    begins = (
        at
        for at, step in enumerate(steps)
        for operation in step.operations
        if isinstance(operation, Transaction) and operation.verb == "BEGIN"
    )
    return next(begins, _NEVER)


def _places(text: str, start: int, end: int) -> list[int]:
    return [word.start() for word in re.compile(_LOOKS).finditer(text, start, end)]


def _sent(piece: Piece) -> Message:
    parsed = parse(piece.sql)
    first: dict[str, int] = {}
    for number, statement in enumerate(parsed.statements):
        first.setdefault(statement.sql, number)
    return Message(first, len(parsed.statements), bool(parsed.gaps))
