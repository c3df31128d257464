"""What the earlier statements of a transaction hold, and what they have done under it."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from idxlint.model import value
from idxlint.sql.locks.effects import LONG, Effects, Taken, Work
from idxlint.sql.locks.modes import blocks_writers, stronger
from idxlint.sql.meaning.column_operations import AddColumn
from idxlint.sql.meaning.operations import DropIndex, Operation
from idxlint.sql.text import Name, Statement

IsNew = Callable[[Name], bool]
Put = Callable[[dict[Any, Any], Any, Any], None]


@value
class Held:
    """A lock that stops the writers of an existing relation until the transaction ends, and who took it."""

    relation: Name
    mode: str
    statement: Statement
    operations: Sequence[Operation]


class Ledger:
    """The blocking locks of the transaction that is open, which is a message where no block is.

    PostgreSQL gives locks back when the transaction ends, and when it goes back to a savepoint that was set
    before them (Explicit Locking): `put` of the schema takes the entries back together with the schema.
    A lock on a new table stops nobody and is not entered, nor is one on a table that is dropped.

    locks: the strongest lock on each relation, and the first statement that took it
    """

    def __init__(self) -> None:
        self._place: tuple[int, Hashable] = (0, None)
        self.locks: dict[Name, Held] = {}
        self._marks: dict[str, Any] = {}

    @property
    def strongest(self) -> Held | None:
        """The strongest lock that no rule about its own statement wants out of the transaction; the first such."""
        mark: Held | None = self._marks.get("strongest")
        return mark

    @property
    def worked(self) -> bool:
        """Whether an earlier statement has worked under the strongest lock."""
        return "worked" in self._marks

    @property
    def several(self) -> bool:
        """Whether the locks are those of several statements, on different relations."""
        return "several" in self._marks

    def move(self, transaction: int, message: Callable[[], Hashable]) -> None:
        """Go on to a statement. transaction: the number of the open block, or 0; message: what it is sent in.

        A BEGIN makes a block of the implicit transaction of its message, locks included.
        """
        before, parcel = self._place
        if transaction and transaction == before:
            return
        self._place = (transaction, message())
        if before or parcel is None or parcel != self._place[1]:
            self.locks, self._marks = {}, {}

    def enter(
        self,
        effects: Effects,
        statement: Statement,
        operations: Sequence[Operation],
        is_new: IsNew,
        put: Put,
    ) -> None:
        """Enter what a statement does; is_new: as it was before it."""
        if self.strongest and not self.worked and works(effects, is_new):
            put(self._marks, "worked", True)
        taken = blocking(effects, is_new)
        if self.locks and not self.several and any(lock.relation not in self.locks for lock in taken):
            put(self._marks, "several", True)
        dropping = any(isinstance(operation, DropIndex) for operation in operations)
        adding = any(isinstance(operation, AddColumn) for operation in operations)
        for lock in taken:
            held = Held(lock.relation, lock.mode, statement, operations)
            if _is_stronger(held, self.locks.get(lock.relation)):
                put(self.locks, lock.relation, held)
            # Where its own rule moves it to; a new column stays here without its constraint.
            elsewhere = dropping or (lock.work is Work.BUILD and not adding)
            if not elsewhere and _is_stronger(held, self.strongest):
                put(self._marks, "strongest", held)


def blocking(effects: Effects, is_new: IsNew) -> list[Taken]:
    """The locks that stop writers of tables that were there before and stay."""
    return [
        lock
        for lock in effects.taken
        if blocks_writers(lock.mode)
        and not lock.index
        and lock.relation not in effects.drops
        and not is_new(lock.relation)
    ]


def works(effects: Effects, is_new: IsNew) -> bool:
    """Whether a statement works on existing tables for longer than its own locks tell.

    What builds, scans or rewrites while its own lock stops writers has a rule of its own.
    """
    there = [lock for lock in effects.taken if not is_new(lock.relation)]
    busy = [lock for lock in there if lock.work in LONG]
    if any(blocks_writers(lock.mode) for lock in busy):
        return False
    return bool(busy) or (effects.rows and bool(there))


def _is_stronger(held: Held, than: Held | None) -> bool:
    return than is None or (than.mode != held.mode and stronger(held.mode, than.mode) == held.mode)
