"""A transaction while it is open: which locks it has taken, and what has ended them.

PostgreSQL keeps a lock until the transaction ends, or until ROLLBACK TO takes back the savepoint behind which it was
taken first (Explicit Locking, "Table-Level Locks"). So the locks are a stack, and each is put on it and taken off once.
"""

from dataclasses import dataclass, field

from idxlint.model import LOCK_MODES, value
from idxlint.model.explained import ExplainedTransaction, HeldLock, LockStretch
from idxlint.sql.locks.effects import Taken
from idxlint.sql.locks.modes import blocks


@value
class End:
    """What ends a lock, as in `HeldLock`; at: the number of the statement that does so, or of the last one before."""

    until: str
    line: int | None
    at: int


@dataclass(slots=True)
class LockDraft:
    """A lock while nothing has ended it. first: the statement that takes it; holder: what has taken it already."""

    taken: Taken
    first: int
    new: bool = False
    holder: "LockDraft | None" = None
    end: End | None = None

    def finished(self) -> HeldLock:
        """The lock of a transaction that has ended."""
        end = (self.holder or self).end or End("statement", None, self.first)
        mode, work = self.taken.mode, str(self.taken.work)
        name = self.taken.relation
        relation = str(name) if name.schema else name.name  # one that is only described has none
        return HeldLock(relation, mode, blocks(mode), end.until, end.line, work, self.taken.index, self.new)


@dataclass(slots=True)
class _StretchDraft:
    """A part of a transaction in which a lock is the strongest on its relation. last: None while it goes on."""

    lock: LockDraft
    first: int
    last: int | None = None

    def end(self, at: int) -> None:
        """End it, unless a stronger lock has done so."""
        self.last = at if self.last is None else self.last


@dataclass(slots=True)
class OpenTransaction:
    """A transaction that has not ended. opened, runs: as in `ExplainedTransaction`; first: its first statement."""

    number: int
    runs: str
    opened: str
    first: int
    works: list[int] = field(default_factory=list)
    _held: list[LockDraft] = field(default_factory=list)
    _holders: dict[tuple[object, str], LockDraft] = field(default_factory=dict)
    _strongest: dict[object, list[_StretchDraft]] = field(default_factory=dict)
    _stretches: list[_StretchDraft] = field(default_factory=list)
    _savepoints: list[int] = field(default_factory=list)

    def take(self, draft: LockDraft) -> None:
        """A statement takes a lock, or has it from an earlier one."""
        key = draft.taken.relation, draft.taken.mode
        if (holder := self._holders.get(key)) is not None:
            draft.holder = holder
            return
        self._holders[key] = draft
        self._held.append(draft)
        self._on_top(draft)

    def _on_top(self, draft: LockDraft) -> None:
        """Begin a stretch where the lock is stronger than those on the same relation."""
        stack = self._strongest.setdefault(draft.taken.relation, [])
        if stack and _strength(draft) <= _strength(stack[-1].lock):
            return
        if stack:
            stack[-1].end(draft.first)
        stack.append(self._begun(draft, draft.first))

    def _begun(self, draft: LockDraft, at: int) -> _StretchDraft:
        stretch = _StretchDraft(draft, at)
        self._stretches.append(stretch)
        return stretch

    def savepoint(self) -> None:
        """Set a savepoint."""
        self._savepoints.append(len(self._held))

    def release(self, left: int) -> None:
        """Forget savepoints, all but so many of the first ones; their locks stay."""
        del self._savepoints[left:]

    def rollback_to(self, left: int, end: End) -> None:
        """Go back to the last of so many savepoints, which stays; the locks behind it are released."""
        del self._savepoints[left:]
        self._end(self._savepoints[-1], end)

    def close(self, end: End) -> None:
        """End it, and all its locks."""
        self._end(0, end)

    def _end(self, left: int, end: End) -> None:
        """Take all locks but so many off the stack; what was covered by one of them is the strongest again."""
        uncovered: dict[object, list[_StretchDraft]] = {}
        while len(self._held) > left:
            draft = self._held.pop()
            draft.end = end
            relation = draft.taken.relation
            del self._holders[relation, draft.taken.mode]
            stack = self._strongest[relation]
            if stack[-1].lock is draft:
                stack.pop().end(end.at)
                uncovered[relation] = stack
        for stack in uncovered.values():
            if stack:
                stack[-1] = self._begun(stack[-1].lock, end.at)

    def finished(self, end: End) -> ExplainedTransaction:
        """The transaction, after its end."""
        stretches = sorted(
            (draft for draft in self._stretches if not draft.lock.taken.index),
            key=lambda draft: (str(draft.lock.taken.relation), draft.first),
        )
        return ExplainedTransaction(
            self.number,
            self.runs,
            self.opened,
            self.first,
            end.at,
            end.until,
            end.line,
            tuple(_stretch(draft) for draft in stretches),
            tuple(self.works),
        )


def _strength(draft: LockDraft) -> int:
    return LOCK_MODES.index(draft.taken.mode)


def _stretch(draft: _StretchDraft) -> LockStretch:
    lock, last = draft.lock.finished(), draft.first if draft.last is None else draft.last
    return LockStretch(
        lock.relation, lock.mode, lock.blocks, draft.first, last, lock.until, lock.until_line, lock.new
    )
