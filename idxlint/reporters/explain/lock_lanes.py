"""Where the bars of a transaction stand: a lane for each table, a row for each statement."""

from collections.abc import Sequence
from itertools import groupby

from idxlint.model import FileGap, value
from idxlint.model.explained import ExplainedTransaction, HeldLock, LockStretch
from idxlint.reporters.explain.explained_parts import HeldThrough, Numbered, ReportPart, held, strength

MOST = 12
"""Lanes that are drawn; the tables with weaker locks are only listed."""


@value
class Lane:
    """A table with its locks. number: as it stands in the list and above the lane; 0 for none."""

    number: int
    rows: Sequence[HeldThrough]


@value
class Bar:
    """A lock over the rows from first to last, last included; rows and lanes count from 1."""

    lane: int
    first: int
    last: int
    lock: HeldLock | LockStretch


def lanes(transaction: ExplainedTransaction) -> list[Lane]:
    """The tables of a transaction, the strongest locks first; the first of them have lanes."""
    return [Lane(number if number <= MOST else 0, rows) for number, rows in enumerate(held(transaction), 1)]


def bars(part: ReportPart, drawn: Sequence[Lane]) -> list[Bar]:
    """The bars of a transaction, or of statements that run each on its own, which share one lane."""
    rows = {item.number: row for row, item in enumerate(part.items, 1) if isinstance(item, Numbered)}
    if part.transaction is None:
        return [bar for item in part.items if isinstance(item, Numbered) for bar in _alone(item, rows)]
    numbers = {lane.rows[0].lock.relation: lane.number for lane in drawn if lane.number}
    made = []
    for relation, stretches in groupby(part.transaction.stretches, key=lambda stretch: stretch.relation):
        if relation in numbers:
            made += _in_lane(numbers[relation], [*stretches], rows)
    return made


def _in_lane(lane: int, stretches: Sequence[LockStretch], rows: dict[int, int]) -> list[Bar]:
    """The bars of one lane, which stand one below the other."""
    made = []
    for number, stretch in enumerate(stretches):
        following = stretches[number + 1].first if number + 1 < len(stretches) else None
        last = rows[stretch.last] - (following == stretch.last)
        first = rows[stretch.first]
        if last >= first:
            made.append(Bar(lane, first, last, stretch))
    return made


def _alone(item: Numbered, rows: dict[int, int]) -> list[Bar]:
    """The strongest lock of a statement on a table, in its own row."""
    locks = [lock for lock in item.statement.locks if not lock.index] or item.statement.locks
    if not locks:
        return []
    lock = max(locks, key=lambda lock: strength(lock.mode))
    row = rows[item.number]
    return [Bar(1, row, row, lock)]


def row_of(item: Numbered | FileGap) -> int:
    """The line of the file that an item stands on."""
    if isinstance(item, Numbered):
        return item.statement.line
    return item.source.position(item.gap.span.start).line
