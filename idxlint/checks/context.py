"""Where an operation happens: all that a check may ask.

A check cannot read a file, a flag or a clock: it sees one operation, its statement, and the session and
schema as they are before it.
"""

from collections.abc import Sequence
from dataclasses import field

from idxlint.model import NameGuard, Send, Source, Unit, value
from idxlint.sql.locks.ledger import Ledger
from idxlint.sql.meaning.operations import BuildIndex, Operation, Where
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.rewriting import Scene
from idxlint.sql.rewrite.surroundings import Surroundings
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import Name, Statement


@value
class Context:
    """Where an operation happens.

    around: the unit's statements that could matter, and what stands between them
    at: the one that is being judged, in `steps`
    fresh: the files in which a table is new; postgres: the oldest major that has to be served
    runner: the migration tool, as messages name it
    held: the locks of earlier statements of the transaction
    """

    source: Source
    unit: Unit
    session: Session
    around: Surroundings
    at: int
    fresh: frozenset[str]
    postgres: int
    runner: str = "psql"
    held: Ledger = field(default_factory=Ledger)

    @property
    def steps(self) -> Sequence[Step]:
        """The statements of the unit that could matter."""
        return self.around.steps

    @property
    def schema(self) -> Schema:
        """What exists before the operation."""
        return self.session.schema

    def is_new(self, table: Name) -> bool:
        """Whether nobody can be using the table yet."""
        return self.unit.on_empty or self.schema.is_new(table, self.fresh)

    def gone(self, operation: Operation, name: Name) -> str:
        """What has certainly ended the table or index that an operation works on, in words; else ""."""
        gone = self.schema.gone(name) if operation.sure and operation.where is not Where.FUNCTION else None
        if gone is None:
            return ""
        here = gone.path == self.source.path
        where = f"line {self.source.position(gone.start).line}" if here else gone.path
        return f"{where} {gone.verb}"

    def needs_no_care(self, build: BuildIndex) -> bool:
        """Whether a concurrent build blocks nobody and leaves nothing: its table is new, or does not exist."""
        return self.is_new(build.table) or bool(self.gone(build, build.table))

    def until(self, operation: Operation) -> str:
        """When the locks of a blocking operation go; a body holds them to the end of the transaction it runs in."""
        if operation.where is Where.FUNCTION:
            return "the transaction that calls it ends"
        if self.session.block:
            return "the transaction ends"
        if operation.where is Where.DO:
            return "the transaction of the DO block ends"
        return "it is done" if self.unit.send is Send.STATEMENT else "everything sent with it is done"

    @property
    def scene(self) -> Scene:
        """What a rewriting has to know of the surroundings."""
        return Scene(self.around, self.session.block, self.at)

    def dropped_before(self, index: Name, *, plainly: bool = False) -> bool:
        """Whether an earlier statement clears a leftover of the index away, so that running again repairs it.

        plainly: DROP INDEX IF EXISTS without CONCURRENTLY counts as well
        """
        wanted = self.schema.resolve_index(index).name
        return self.around.dropped_before(wanted, self.at, plainly=plainly)

    def passed_over(self, statement: Statement, index: Name) -> NameGuard | None:
        """What makes the next run leave a build out where a failed one has left its index, if anything does."""
        step = self.steps[self.at]
        guard = self.around.guard(next((inner for inner in step.body if inner.statement is statement), step))
        if guard is None or not guard.is_about(index.name):
            return None
        checked = self.around.looked_at_behind() if self.unit.guard else self.checked_after()
        return None if checked else guard

    def company(self, statement: Statement) -> tuple[bool, bool]:
        """Whether other statements stand before and after it in what the runner sends as one."""
        return self.around.company(statement)

    def checked_after(self) -> bool:
        """Whether something behind the statement looks at indisvalid."""
        return self.around.looked_at(self.steps[self.at].statement.end)

    def sent_beside(self, statement: Statement) -> bool:
        """Whether the runner sends a statement together with others."""
        together = self.unit.send is not Send.STATEMENT or bool(self.unit.messages)
        return together and any(self.company(statement))

    def begun(self) -> bool:
        """Whether the file says BEGIN inside the runner's transaction, where that has no effect yet."""
        return self.around.begun(self.at)


def in_body(operation: Operation) -> bool:
    """Whether the operation stands in a DO block or a function, where no statement can be rewritten alone."""
    return operation.where is not Where.TOP


def when(operation: Operation) -> str:
    """Words for when an operation happens, to put before a message."""
    return "when this function is called, " if operation.where is Where.FUNCTION else ""
