"""What one statement locks and does, against the schema that it meets."""

from collections.abc import Sequence
from enum import StrEnum

from idxlint.model import value
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name


class Work(StrEnum):
    """What a statement does with a relation while it holds the lock on it; the heaviest last."""

    NONE = "none"
    WAIT = "wait"
    SCAN = "scan"
    BUILD = "build"
    REWRITE = "rewrite"


@value
class Taken:
    """A lock on a relation that existed before; mode is PostgreSQL's own name. index: it is on an index."""

    relation: Name
    mode: str
    work: Work = Work.NONE
    index: bool = False


@value
class Effects:
    """What one statement does to the server.

    known: everything that it does is in the table; else the rest is empty
    taken: the strongest lock on each relation; builds, rewrites, drops, creates: relations by their full names
    rows: it changes or reads rows without a bound that the text shows
    refuses_transaction: PostgreSQL refuses it inside a transaction block
    """

    known: bool = True
    taken: tuple[Taken, ...] = ()
    builds: tuple[Name, ...] = ()
    rewrites: tuple[Name, ...] = ()
    drops: tuple[Name, ...] = ()
    creates: tuple[Name, ...] = ()
    rows: bool = False
    refuses_transaction: bool = False


def effects(operations: Sequence[Operation], schema: Schema, postgres: int) -> Effects:
    """What the operations of one statement do, before they are replayed; postgres: the server's major release."""
    raise NotImplementedError
