"""What `idxlint explain` says of statements and transactions."""

from idxlint.model.gap import FileGap, Unread
from idxlint.model.migration import Direction
from idxlint.model.source import Source, Span
from idxlint.model.value import value


@value
class HeldLock:
    """A lock on a relation that existed before the statement's transaction.

    mode: PostgreSQL's own name; blocks: the statements of other sessions that wait meanwhile
    until: what ends it: statement, commit, rollback, savepoint (a ROLLBACK TO), prepared (PREPARE TRANSACTION
        hands it on), message (all that is sent together), file or run (the runner's transaction), session (a BEGIN
        that nothing ends)
    until_line: of the statement that ends it, where the file has one
    work: build, scan, rewrite, wait or none
    index: the relation is an index; new: the file has made it, so that nobody uses it yet
    """

    relation: str
    mode: str
    blocks: tuple[str, ...]
    until: str
    until_line: int | None
    work: str
    index: bool = False
    new: bool = False


@value
class Explained:
    """One statement.

    kind: as "create-index"; runs: autocommit, transaction, implicit-transaction, pipeline or function
    transaction: the number of the transaction that it runs in, counted through the report
    known: all that it does is known; else there are no locks
    refuses_transaction: PostgreSQL refuses it in a transaction block, where it does nothing
    rows: it changes or reads rows without a bound that its text shows
    """

    source: Source
    span: Span
    sql: str
    kind: str
    direction: Direction
    runner: str
    runs: str
    transaction: int
    refuses_transaction: bool = False
    known: bool = True
    locks: tuple[HeldLock, ...] = ()
    builds: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    rows: bool = False

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.source.position(self.span.start).line

    @property
    def refused(self) -> bool:
        """Whether PostgreSQL refuses it where it stands."""
        return self.refuses_transaction and self.runs != "autocommit"


@value
class LockStretch:
    """The strongest lock on a relation while a part of a transaction runs.

    first, last: the numbers of the statements, counted through the report; a stronger lock or its end is the last
    until, until_line: of the lock itself; new: as in `HeldLock`
    """

    relation: str
    mode: str
    blocks: tuple[str, ...]
    first: int
    last: int
    until: str
    until_line: int | None
    new: bool = False


@value
class ExplainedTransaction:
    """Several statements that take effect together, and keep their locks until it ends.

    opened: BEGIN, runner (which wraps the file or the run), or message (all that is sent together)
    first, last: the numbers of its statements
    stretches: which lock is held when, by the relation; indexes are left out
    works: the numbers of the statements that build, scan, rewrite, or go through rows
    """

    number: int
    runs: str
    opened: str
    first: int
    last: int
    until: str
    until_line: int | None
    stretches: tuple[LockStretch, ...]
    works: tuple[int, ...]


@value
class Explanation:
    """All statements in the order in which they run, and what nobody could read.

    transactions: those that a runner, a BEGIN or a message makes
    paths: the files that were read; replayed, left_out, scope: as in a report
    """

    statements: tuple[Explained, ...] = ()
    transactions: tuple[ExplainedTransaction, ...] = ()
    gaps: tuple[FileGap, ...] = ()
    unread: tuple[Unread, ...] = ()
    paths: tuple[str, ...] = ()
    replayed: int = 0
    left_out: int = 0
    scope: str = ""

    @property
    def sent(self) -> list[Explained]:
        """The statements that a runner sends: those in a DO block are part of one."""
        return [statement for statement in self.statements if statement.runs != "function"]
