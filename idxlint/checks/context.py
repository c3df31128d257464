"""What a check is, and all that it may ask.

A check cannot read a file, a flag or a clock: it sees one operation, its statement, and the session and
schema as they are before it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from idxlint.model import Fix, Hit, Safety, Send, Source, Unit, value
from idxlint.sql.meaning.operations import DropIndex, DropInvalid, Operation, Transaction, Where
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.rewriting import Rewriting, Scene, blank
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

    @property
    def until(self) -> str:
        """When the locks of a blocking statement go."""
        if self.session.block:
            return "the transaction ends"
        return "it is done" if self.unit.send is Send.STATEMENT else "all that is sent with it is done"

    @property
    def scene(self) -> Scene:
        """What a rewriting has to know of the surroundings."""
        return Scene(self.source.text, self.unit.span, self.session.block, self.steps, self.at)

    def dropped_before(self, index: Name) -> bool:
        """Whether an earlier statement clears a leftover of the index away, so that running again repairs it."""
        wanted = self.schema.resolve_index(index).name
        for step in self.steps[: self.at]:
            for operation in step.operations:
                if isinstance(operation, DropInvalid):
                    return True
                match operation:
                    case DropIndex(concurrently=True, if_exists=True, indexes=indexes):
                        if any(name.name == wanted for name in indexes):
                            return True
        return False

    def company(self, statement: Statement) -> tuple[bool, bool]:
        """Whether other statements stand before and after it in what the runner sends as one."""
        for piece in self.unit.pieces:
            if piece.span.start <= statement.start < piece.span.end or piece.span.start == statement.start:
                parsed = parse(piece.sql)
                found = [one.sql for one in parsed.statements]
                if statement.sql in found:  # a call may mean several pieces at one place
                    at = found.index(statement.sql)
                    return at > 0, at < len(found) - 1 or bool(parsed.gaps)
        start, end = self.unit.message(statement.start)
        text = self.source.text
        return not blank(text[start : statement.start]), not blank(text[statement.end : end])

    def checked_after(self) -> bool:
        """Whether something behind the statement looks at indisvalid."""
        rest = self.source.text[self.steps[self.at].statement.end : self.unit.span.end]
        return "indisvalid" in rest and "indisvalid" in _COMMENT.sub("", rest)

    def fix(
        self, title: str, rewriting: Rewriting | None, *, safe: bool = False, concurrent: bool = False
    ) -> Fix | None:
        """A fix out of a rewriting, or none where the file leaves no room for it.

        concurrent: what it writes has to stand outside a transaction block and under no timeout
        """
        if rewriting is None or self.unit.pieces:  # what stands in another language is not ours to rewrite
            return None
        if concurrent and not self._may_stand_here(rewriting):
            return None
        if concurrent and (timeouts := self._timeouts()):
            rewriting = rewriting.without_timeouts(timeouts)
        wrapped = self.session.block is not None and self.session.block.opened is None
        edits = self.scene.edits(rewriting, leave=concurrent and not wrapped)
        if concurrent and wrapped and self.unit.directive:
            edits = (self.unit.directive, *edits)
        lock = self.unit.lock
        beyond = concurrent and lock is not None and not lock.hangs
        return Fix(title, Safety.SAFE if safe else Safety.UNSAFE, edits, beyond) if edits else None

    def _may_stand_here(self, rewriting: Rewriting) -> bool:
        """Whether the runner sends what is written so that PostgreSQL takes it."""
        block = self.session.block
        if block is not None and block.opened is None and (self.unit.directive is None or self.begun()):
            return False
        more = bool(rewriting.before or rewriting.after)
        if self.unit.whole_on_drop and _drops(rewriting) and (more or any(self.company(rewriting.statement))):
            return False
        if self.unit.send is Send.STATEMENT:
            more = more and self.unit.message(rewriting.statement.start) in self.unit.held
        return not more and not self.sent_beside(rewriting.statement)

    def sent_beside(self, statement: Statement) -> bool:
        """Whether the runner sends a statement together with others."""
        together = self.unit.send is not Send.STATEMENT or bool(self.unit.messages)
        return together and any(self.company(statement))

    def begun(self) -> bool:
        """Whether the file says BEGIN inside the runner's transaction, where that has no effect yet."""
        before = (one for step in self.steps[: self.at] for one in step.operations)
        return any(isinstance(one, Transaction) and one.verb == "BEGIN" for one in before)

    def _timeouts(self) -> tuple[tuple[str, str], ...]:
        """The timeouts that would still be in force behind the transaction block."""
        return tuple((name, setting.value) for name, setting in self.session.timeouts(lasting=True))


Form = tuple[type, bool]
Run = Callable[[Any, Statement, Context], Iterator[Hit]]


@value
class Check:
    """A check and what it is called for.

    name: that of its page in the rule book
    concurrent: only the form with CONCURRENTLY, or only the one without; None for both
    """

    name: str
    on: tuple[type, ...]
    run: Run
    concurrent: bool | None = None


def check(name: str, *on: type, concurrent: bool | None = None) -> Callable[[Run], Check]:
    """Make a function the check of a rule; registers nothing."""
    return lambda function: Check(name, on, function, concurrent)


def form(subject: object) -> Form:
    """What a check is looked up by: the type of an operation, and whether it says CONCURRENTLY."""
    return type(subject), getattr(subject, "concurrently", False)


def in_body(operation: Operation) -> bool:
    """Whether the operation stands in a DO block or a function, where no statement can be rewritten alone."""
    return operation.where is not Where.TOP


def _drops(rewriting: Rewriting) -> bool:
    texts = (*rewriting.before, rewriting.statement.sql, *rewriting.after)
    return any(text[:10].upper() == "DROP INDEX" for text in texts)


def when(operation: Operation) -> str:
    """Words for when an operation happens, to put before a message."""
    return "when this function is called, " if operation.where is Where.FUNCTION else ""
