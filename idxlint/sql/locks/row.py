"""The words of the lock table: roles that relations play in a statement, and a row of the table."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from idxlint.model import value
from idxlint.sql.locks.outcome import Work

AX = "ACCESS EXCLUSIVE"
X = "EXCLUSIVE"
SRE = "SHARE ROW EXCLUSIVE"
S = "SHARE"
SUE = "SHARE UPDATE EXCLUSIVE"
RX = "ROW EXCLUSIVE"
RS = "ROW SHARE"


class On(StrEnum):
    """Which relation a lock is on, seen from what the statement names.

    TABLE and OTHER are named, in this order; a view, a sequence or a type with columns counts as a table.
    INDEX is a named index, and OWNER the table that it is on.
    """

    TABLE = "table"
    CHILDREN = "its partitions and inheritance children, on all levels"
    PARTITIONS = "its partitions, on all levels"
    INDEXES = "its indexes"
    CHILDREN_INDEXES = "the indexes of its partitions and inheritance children"
    STORED_INDEXES = "the indexes with entries: those of it and its children, but for partitioned ones"
    COLUMN_INDEXES = "the indexes over the column, of it and its children"
    COLUMN_SEQUENCES = "the sequences that the column owns"
    COLUMN_IDENTITY = "the sequence of the column, which is an identity column"
    COLUMN_REFERENCING = "the tables whose foreign keys reference the primary key that the column is in"
    COLUMN_REFERENCED = "the tables that foreign keys over the column reference"
    PARENT = "the table that it is a partition of"
    DEFAULT = "the default partition"
    PARENT_DEFAULT = "the default partition of the table that it is a partition of"
    BARE_PARTITIONS = "its partitions that have no index like the new one"
    ADOPTED = "the indexes of partitions that are like the new one, and become part of it"
    TYPED = "the tables of the type"
    SEQUENCES = "the sequences that its columns own"
    REFERENCED = "the tables that its foreign keys reference"
    REFERENCED_ALL = "those with their partitions"
    REFERENCED_STORED = "those with their partitions, partitioned ones left out"
    REFERENCING = "the tables whose foreign keys reference it, with their partitions"
    REFERENCING_ALL = "those, and the tables that reference them, and so on"
    REFERENCING_ALL_INDEXES = "the indexes of all those"
    REFERENCING_INDEXES = "the indexes of the tables whose foreign keys reference it"
    VIEWS = "the views and materialized views over it"
    VIEW_INDEXES = "the indexes of the materialized views over it"
    OTHER = "the second table"
    OTHER_CHILDREN = "the partitions and children of the second table"
    OTHER_INDEXES = "the indexes of the second table that are parts of the first table's"
    INDEX = "index"
    INDEX_CHILDREN = "the indexes of partitions under a partitioned index"
    OWNER = "table of the index"
    OWNER_PARTITIONS = "partitions of the table of the index"
    OTHER_INDEX = "the second index"


SINGLE = frozenset(
    (
        On.TABLE,
        On.PARENT,
        On.DEFAULT,
        On.PARENT_DEFAULT,
        On.REFERENCED,
        On.OTHER,
        On.INDEX,
        On.OWNER,
        On.OTHER_INDEX,
    )
)
"""The roles of what a statement names, and of what it could have named; the others grow with the schema."""

INDEXES = frozenset(
    (
        On.INDEXES,
        On.CHILDREN_INDEXES,
        On.STORED_INDEXES,
        On.COLUMN_INDEXES,
        On.OTHER_INDEXES,
        On.INDEX,
        On.INDEX_CHILDREN,
        On.OTHER_INDEX,
        On.REFERENCING_INDEXES,
        On.REFERENCING_ALL_INDEXES,
        On.VIEW_INDEXES,
        On.ADOPTED,
    )
)
"""The roles that indexes play."""


@value
class LockRow:
    """What a form of a statement locks, from one major to another.

    locks: the strongest mode that it holds before the end of its transaction, by role
    work: what it does with the relation meanwhile; a partitioned table has no rows of its own
    refuses_transaction: PostgreSQL refuses the form inside a transaction block
    """

    form: str
    locks: Mapping[On, str] = field(default_factory=dict)
    work: Mapping[On, Work] = field(default_factory=dict)
    since: int = 12
    until: int = 18
    refuses_transaction: bool = False
