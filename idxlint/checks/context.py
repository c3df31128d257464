"""Where an operation happens: all that a check may ask.

A check cannot read a file, a flag or a clock: it sees one operation, its statement, and the session and
schema as they are before it.
"""

import re

from idxlint.model import Send, Source, Unit, value
from idxlint.sql.meaning.operations import DropIndex, DropInvalid, Operation, Transaction, Where
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.rewriting import Scene, blank
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import Name, Statement, parse

_COMMENT = re.compile(r"--[^\r\n]*|/\*.*?\*/", re.DOTALL)


@value
class Context:
    """Where an operation happens.

    steps: the statements of the unit that could matter; at: the one that is being judged, in `steps`
    fresh: the files in which a table is new; postgres: the oldest major that has to be served
    runner: the migration tool, as messages name it
    """

    source: Source
    unit: Unit
    session: Session
    steps: tuple[Step, ...]
    at: int
    fresh: frozenset[str]
    postgres: int
    runner: str = "psql"

    @property
    def schema(self) -> Schema:
        """What exists before the operation."""
        return self.session.schema

    def is_new(self, table: Name) -> bool:
        """Whether nobody can be using the table yet."""
        return self.unit.on_empty or self.schema.is_new(table, self.fresh)

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
        return Scene(self.source.text, self.unit.span, self.session.block, self.steps, self.at)

    def dropped_before(self, index: Name, *, plainly: bool = False) -> bool:
        """Whether an earlier statement clears a leftover of the index away, so that running again repairs it.

        plainly: DROP INDEX IF EXISTS without CONCURRENTLY counts as well
        """
        wanted = self.schema.resolve_index(index).name
        for step in self.steps[: self.at]:
            for operation in step.operations:
                if isinstance(operation, DropInvalid):
                    return True
                match operation:
                    case DropIndex(if_exists=True, indexes=indexes) if operation.concurrently or plainly:
                        if any(name.name == wanted for name in indexes):
                            return True
        return False

    def company(self, statement: Statement) -> tuple[bool, bool]:
        """Whether other statements stand before and after it in what the runner sends as one."""
        for piece in self.unit.pieces:
            if piece.span.start <= statement.start < piece.span.end or piece.span.start == statement.start:
                parsed = parse(piece.sql)
                sent = [other.sql for other in parsed.statements]
                if statement.sql in sent:  # a call may mean several pieces at one place
                    at = sent.index(statement.sql)
                    return at > 0, at < len(sent) - 1 or bool(parsed.gaps)
        start, end = self.unit.message(statement.start)
        text = self.source.text
        return not blank(text[start : statement.start]), not blank(text[statement.end : end])

    def checked_after(self) -> bool:
        """Whether something behind the statement looks at indisvalid."""
        rest = self.source.text[self.steps[self.at].statement.end : self.unit.span.end]
        return "indisvalid" in rest and "indisvalid" in _COMMENT.sub("", rest)

    def sent_beside(self, statement: Statement) -> bool:
        """Whether the runner sends a statement together with others."""
        together = self.unit.send is not Send.STATEMENT or bool(self.unit.messages)
        return together and any(self.company(statement))

    def begun(self) -> bool:
        """Whether the file says BEGIN inside the runner's transaction, where that has no effect yet."""
        before = (operation for step in self.steps[: self.at] for operation in step.operations)
        return any(isinstance(operation, Transaction) and operation.verb == "BEGIN" for operation in before)


def in_body(operation: Operation) -> bool:
    """Whether the operation stands in a DO block or a function, where no statement can be rewritten alone."""
    return operation.where is not Where.TOP


def when(operation: Operation) -> str:
    """Words for when an operation happens, to put before a message."""
    return "when this function is called, " if operation.where is Where.FUNCTION else ""
