"""One file: what its statements lock and do, in the transactions in which its runner sends them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from idxlint.engine.judge import Selection, at_top, certain, sessions
from idxlint.engine.open_transaction import End, LockDraft, OpenTransaction
from idxlint.engine.parsed_file import ParsedFile, ParsedUnit
from idxlint.engine.sent_together import together
from idxlint.engine.statement_kind import kind_of
from idxlint.model import Direction, Migration, Reason, Send, Span, Wrap
from idxlint.model.explained import Explained, ExplainedTransaction
from idxlint.sql.locks.effects import LONG, Effects, Taken, effects
from idxlint.sql.meaning.operations import CreateTable, DropInvalid, Operation, Transaction, Unresolved, Where
from idxlint.sql.meaning.step import Step
from idxlint.sql.state.relations import TEMP
from idxlint.sql.state.replay import apply
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name, Statement

_UNTIL = {"COMMIT": "commit", "ROLLBACK": "rollback", "PREPARE": "prepared"}
_UNKNOWN = Effects(known=False)
_NOTHING = Effects()
_REFUSED = Effects(refuses_transaction=True)
"""A statement that PostgreSQL refuses does nothing."""


@dataclass(slots=True)
class _Draft:
    """A statement whose locks have not ended."""

    statement: Statement
    effects: Effects
    runs: str
    transaction: int
    locks: list[LockDraft]


class Explainer:
    """Goes through files in their order and gathers what is said of them."""

    def __init__(self, selection: Selection) -> None:
        self.statements: list[Explained] = []
        self.transactions: list[ExplainedTransaction] = []
        self._selection = selection
        self._numbers = 0
        self._drafts: list[_Draft] = []
        self._open: OpenTransaction | None = None

    def file(self, parsed: ParsedFile, schema: Schema) -> None:
        """Explain a file and replay it over the schema."""
        for part, session in sessions(parsed, schema, self._selection):
            self._session, self._part, self._source = session, part, parsed.migration.source
            if session.block:
                self._begin("transaction", "runner", self._number)
            refused = part.unit.send is not Send.STATEMENT and _refused(parsed, part)
            for group in together(part):
                self._message(group, alone=len(group) == 1 and not refused)
            if self._open:
                until = "run" if part.unit.wrap is Wrap.RUN else "file"
                own = self._open.opened == "BEGIN"
                self._end(End("session" if own else until, None, self._number - 1))
            self._finish(parsed.migration, part.unit.direction)

    @property
    def _number(self) -> int:
        """The number of the next statement."""
        return len(self.statements) + len(self._drafts)

    # -- transactions

    def _begin(self, runs: str, opened: str, first: int) -> None:
        self._numbers += 1
        self._open = OpenTransaction(self._numbers, runs, opened, first)

    def _end(self, end: End) -> None:
        if self._open:
            self._open.close(end)
            if end.at >= self._open.first:
                self.transactions.append(self._open.finished(end))
        self._open = None

    def _message(self, group: Sequence[Step], *, alone: bool) -> None:
        """Statements that are sent together; those that stand in no block are one implicit transaction."""
        pipeline = self._part.unit.send is Send.PIPELINE
        for step in group:
            if not (alone or self._session.block or _begins(step)):
                self._session.begin(None)
                self._begin("pipeline" if pipeline else "implicit-transaction", "message", self._number)
            self._step(step)
        if self._open and self._open.opened == "message":
            self._end(End("message", None, self._number - 1))
            self._session.control(Transaction(verb="COMMIT"), group[-1].statement)

    def _control(self, operation: Transaction, statement: Statement, number: int) -> None:
        """Carry out transaction control; a block that is opened or closed is a transaction that begins or ends."""
        block = self._session.block
        names = bool(block and block.places.get(operation.savepoint))
        apply(self._session, operation, statement, self._source.path)
        end = End(_UNTIL.get(operation.verb, "savepoint"), self._line(statement), number)
        if self._session.block is not block:
            self._end(end)
            if self._session.block:
                self._numbers -= block is None  # BEGIN has taken a number already
                self._begin("transaction", "BEGIN", number + (block is not None))
        elif self._open and block:
            match operation.verb:
                case "BEGIN" if self._open.opened == "message":  # it is a block from here on
                    self._open.opened, self._open.runs = "BEGIN", "transaction"
                case "SAVEPOINT":
                    self._open.savepoint()
                case "RELEASE" if names:
                    self._open.release(len(block.savepoints))
                case "ROLLBACK TO" if names:
                    self._open.rollback_to(len(block.savepoints), end)

    def _line(self, statement: Statement) -> int:
        return self._source.position(statement.start).line

    # -- statements

    def _step(self, step: Step) -> None:
        number = self._number
        if step.where is Where.DO:
            self._do(step, number)
            return
        function = step.where is Where.FUNCTION  # what it would do is done when it is called
        self._record(step.statement, _NOTHING if function else self._effects(step.operations))
        for operation in step.operations:
            if isinstance(operation, Transaction):
                self._control(operation, step.statement, number)
                if self._open and self._open.first == number:  # BEGIN is the first of its transaction
                    self._drafts[-1].transaction = self._open.number
                    self._drafts[-1].runs = self._open.runs
            else:
                apply(self._session, operation, step.statement, self._source.path)

    def _do(self, step: Step, number: int) -> None:
        """A DO block: the statements in it, then what all of them do together, which stands before them."""
        alone = self._session.block is None
        if alone:
            self._session.begin(None)
        self._record(step.statement, _NOTHING)
        whole = self._drafts[-1]
        found: list[Effects] = []
        with self._session.schema.aside():
            for inner in step.body:
                found.append(self._effects(inner.operations))
                self._record(inner.statement, found[-1], whole)
                self._apply(inner, sure=True)
        for inner in step.body:
            self._apply(inner, sure=False)
        whole.effects = _merged(found)
        whole.locks = self._locks(whole.effects, number)
        if alone:
            self._session.control(Transaction(verb="COMMIT"), step.statement)

    def _apply(self, inner: Step, *, sure: bool) -> None:
        for operation in inner.operations:
            if not isinstance(operation, Transaction):
                made = sure and isinstance(operation, CreateTable)
                apply(
                    self._session,
                    certain(operation) if made else operation,
                    inner.statement,
                    self._source.path,
                )

    def _effects(self, operations: Sequence[Operation]) -> Effects:
        if any(isinstance(operation, Unresolved) for operation in operations):
            return _UNKNOWN
        # What the statements of a DO block lock is known one by one.
        told = [at_top(operation) for operation in operations if not isinstance(operation, DropInvalid)]
        found = effects(told, self._session.schema, self._selection.config.postgres)
        refused = found.refuses_transaction and self._session.block is not None
        return _REFUSED if refused else found

    def _record(self, statement: Statement, found: Effects, around: _Draft | None = None) -> None:
        """Enter a statement. around: the DO block that it stands in."""
        number = self._number
        if around is None and self._open is None:
            self._numbers += 1
        transaction = self._open.number if self._open else self._numbers
        runs = "function" if around else self._open.runs if self._open else "autocommit"
        locks = self._locks(found, number)
        self._drafts.append(_Draft(statement, found, runs, transaction, locks))
        if self._open and (found.rows or any(lock.taken.work in LONG and not lock.new for lock in locks)):
            self._open.works.append(number)

    def _locks(self, found: Effects, number: int) -> list[LockDraft]:
        """The locks of a statement on what was there before its transaction; they last as long as that does."""
        drafts = [LockDraft(one, number, self._is_new(one)) for one in found.taken if self._existed(one)]
        if self._open:
            for draft in drafts:
                self._open.take(draft)
        return drafts

    def _is_new(self, taken: Taken) -> bool:
        """Whether nobody can be using the relation yet, because the file has made it."""
        unit, fresh = self._part.unit, self._selection.fresh | {self._source.path}
        if unit.direction is Direction.DOWN:  # which runs long after the file has made it
            return False
        return unit.on_empty or (not taken.index and self._session.schema.is_new(taken.relation, fresh))

    def _existed(self, taken: Taken) -> bool:
        """Whether others could see the relation before the transaction began."""
        session, name = self._session, taken.relation
        known = session.schema.indexes.get(name) if taken.index else session.schema.tables.get(name)
        if name.schema == TEMP:
            return False
        if known is None or not session.block:
            return True
        return known.transaction != session.transaction

    def _finish(self, migration: Migration, direction: Direction) -> None:
        for draft in self._drafts:
            found, statement = draft.effects, draft.statement
            self.statements.append(
                Explained(
                    migration.source,
                    Span(statement.start, statement.end),
                    statement.sql,
                    kind_of(statement.sql),
                    direction,
                    migration.runner,
                    draft.runs,
                    draft.transaction,
                    found.refuses_transaction,
                    found.known,
                    tuple(lock.finished() for lock in draft.locks),
                    tuple(map(str, found.builds)),
                    tuple(map(str, found.rewrites)),
                    tuple(map(str, found.drops)),
                    tuple(map(str, found.creates)),
                    found.rows,
                )
            )
        self._drafts = []


def _begins(step: Step) -> bool:
    return any(isinstance(op, Transaction) and op.verb == "BEGIN" for op in step.operations)


def _refused(parsed: ParsedFile, part: ParsedUnit) -> bool:
    """Whether a part holds text that nobody could read, which is sent all the same."""
    start, end = part.unit.span
    return any(gap.reason is not Reason.PSQL and start <= gap.span.start < end for gap in parsed.gaps)


def _merged(found: Sequence[Effects]) -> Effects:
    """What several statements do together: the strongest lock on each relation, and the heaviest work."""
    if not all(one.known for one in found):
        return _UNKNOWN
    taken: dict[tuple[Name, bool], Taken] = {}
    for lock in (lock for one in found for lock in one.taken):
        before = taken.get(key := (lock.relation, lock.index))
        taken[key] = before.joined(lock) if before else lock
    return Effects(
        taken=tuple(taken.values()),
        builds=_all(one.builds for one in found),
        rewrites=_all(one.rewrites for one in found),
        drops=_all(one.drops for one in found),
        creates=_all(one.creates for one in found),
        rows=any(one.rows for one in found),
        refuses_transaction=any(one.refuses_transaction for one in found),
    )


def _all(rows: Iterable[tuple[Name, ...]]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(name for row in rows for name in row))
