"""What `idxlint explain` says of statements and transactions."""

from idxlint.model.migration import Direction
from idxlint.model.source import Source, Span
from idxlint.model.value import value


@value
class HeldLock:
    """A lock on a relation that existed before the statement's transaction.

    mode: PostgreSQL's own name; blocks: the statements of other sessions that wait meanwhile
    until: statement, commit, file or run; until_line: of what ends it, where the file says so
    work: build, scan, rewrite, wait or none
    """

    relation: str
    mode: str
    blocks: tuple[str, ...]
    until: str
    until_line: int | None
    work: str


@value
class Explained:
    """One statement.

    kind: as "create-index"; runs: autocommit, transaction, implicit-transaction, pipeline or function
    transaction: the number of the transaction that it runs in, counted through the report
    known: all that it does is known; else there are no locks
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


@value
class Explanation:
    """All statements, in the order in which they run."""

    statements: tuple[Explained, ...]
