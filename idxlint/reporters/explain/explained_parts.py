"""An explanation in parts that belong together: the statements of a transaction, or those that run each on its own."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from idxlint.model import LOCK_MODES, FileGap, value
from idxlint.model.explained import Explained, ExplainedTransaction, Explanation, HeldLock, LockStretch

SHOWN = 3
"""How many pieces of work are named for a lock; the others are counted."""


@value
class Numbered:
    """A statement with its number in the report."""

    number: int
    statement: Explained


@dataclass(slots=True)
class ReportPart:
    """Statements and gaps of a file in their order. transaction: what they share, if anything."""

    transaction: ExplainedTransaction | None
    items: list[Numbered | FileGap] = field(default_factory=list)

    @property
    def statements(self) -> list[Numbered]:
        """The statements without the gaps."""
        return [item for item in self.items if isinstance(item, Numbered)]


@value
class HeldThrough:
    """A lock on a relation in a transaction, and the work of its statements while none is stronger there.

    strongest: there is none that is stronger on this relation; overtaken: else the one that comes behind
    works: the numbers of the first statements that work; more: how many others there are
    """

    lock: LockStretch
    strongest: bool
    overtaken: LockStretch | None
    works: Sequence[int]
    more: int


def parts(explanation: Explanation) -> Iterator[tuple[str, list[ReportPart]]]:
    """The files that were read, each with its parts."""
    statements: dict[str, list[Numbered]] = {path: [] for path in explanation.paths}
    gaps: dict[str, list[FileGap]] = {path: [] for path in explanation.paths}
    for number, statement in enumerate(explanation.statements):
        statements[statement.source.path].append(Numbered(number, statement))
    for gap in explanation.gaps:
        gaps[gap.source.path].append(gap)
    transactions = {one.number: one for one in explanation.transactions}
    for path, its in statements.items():
        yield path, _parts(its, gaps[path], transactions)


def _parts(
    statements: list[Numbered], gaps: list[FileGap], transactions: dict[int, ExplainedTransaction]
) -> list[ReportPart]:
    made: list[ReportPart] = []
    ahead = sorted(gaps, key=lambda entry: entry.gap.span, reverse=True)
    direction = None
    for entry in statements:
        transaction = transactions.get(entry.statement.transaction)
        start = entry.statement.span.start
        while made and ahead and ahead[-1].gap.span.start <= start:
            made[-1].items.append(ahead.pop())
        if not made or made[-1].transaction is not transaction or direction is not entry.statement.direction:
            made.append(ReportPart(transaction))
        direction = entry.statement.direction
        while ahead and ahead[-1].gap.span.start <= start:
            made[-1].items.append(ahead.pop())
        made[-1].items.append(entry)
    if ahead:
        made = made or [ReportPart(None)]
        made[-1].items += reversed(ahead)
    return made


def held(transaction: ExplainedTransaction) -> list[list[HeldThrough]]:
    """By relation: the strongest lock, and those before it that block somebody while statements work."""
    groups = groupby(transaction.stretches, key=lambda stretch: stretch.relation)
    found = [_held([*stretches], transaction.works) for _, stretches in groups]
    return sorted(found, key=_most)


def _most(rows: Sequence[HeldThrough]) -> tuple[int, int]:
    """What sorts the strongest lock first, and of equal ones the first."""
    return next((-strength(row.lock.mode), row.lock.first) for row in rows if row.strongest)


def _held(stretches: Sequence[LockStretch], works: Sequence[int]) -> list[HeldThrough]:
    best = max(stretches, key=lambda stretch: strength(stretch.mode))
    rows = []
    for number, lock in enumerate(stretches):
        ahead = stretches[number + 1] if number + 1 < len(stretches) else None
        overtaken = ahead if ahead and strength(ahead.mode) > strength(lock.mode) else None
        first = bisect_left(works, lock.first)
        last = bisect_left(works, lock.last) if overtaken else bisect_right(works, lock.last)
        if lock is best or (lock.blocks and not lock.new and last > first):
            shown = works[first : min(last, first + SHOWN)]
            rows.append(HeldThrough(lock, lock is best, overtaken, shown, last - first - len(shown)))
    return rows


def strength(mode: str) -> int:
    """Where a lock mode stands among the others."""
    return LOCK_MODES.index(mode)


def grouped(locks: Sequence[HeldLock]) -> Iterator[list[HeldLock]]:
    """Locks that differ in their relation only, together; the strongest first, and tables before indexes."""

    def key(lock: HeldLock) -> tuple[int, str, int, bool]:
        return -strength(lock.mode), lock.until, lock.until_line or 0, lock.new

    ordered = sorted(locks, key=lambda lock: (*key(lock), lock.index))
    for _, same in groupby(ordered, key=key):
        yield [*same]
