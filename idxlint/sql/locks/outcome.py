"""The words for what a statement locks and does."""

from enum import StrEnum

from idxlint.model import value
from idxlint.sql.locks.modes import stronger
from idxlint.sql.text import Name


class Work(StrEnum):
    """What a statement does with a relation while it holds the lock on it; the heaviest last."""

    NONE = "none"
    WAIT = "wait"
    SCAN = "scan"
    BUILD = "build"
    REWRITE = "rewrite"


_WORKS = tuple(Work)
LONG = (Work.SCAN, Work.BUILD, Work.REWRITE)
"""Work that takes the longer the larger the table is."""


@value
class Taken:
    """A lock on a relation that existed before; mode is PostgreSQL's own name. index: it is on an index.

    A relation without a schema is one whose name nobody knows: `the table of orders_at_idx`.
    TOAST tables are left out: no statement names them, and who may use the table may use its TOAST.
    """

    relation: Name
    mode: str
    work: Work = Work.NONE
    index: bool = False

    def joined(self, other: "Taken") -> "Taken":
        """Both as one: the stronger mode and the heavier work."""
        work = max(self.work, other.work, key=_WORKS.index)
        return Taken(self.relation, stronger(self.mode, other.mode), work, other.index)


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
