"""What a statement does to the columns of a table, and what it only locks."""

from enum import StrEnum

from idxlint.model import value
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.text import Name


@value
class ColumnType:
    """A type as it was written: PostgreSQL's internal name (int4, varchar, timestamptz), its modifiers, [] or not."""

    name: str
    modifiers: tuple[str, ...] = ()
    array: bool = False


class Filled(StrEnum):
    """What a new column has in the rows that are there."""

    NULL = "null"
    CONSTANT = "a default that is computed once"
    VOLATILE = "a default that is computed for each row"
    UNKNOWN = "a default that calls a function nobody knows"
    STORED = "a stored generated column"
    VIRTUAL = "a virtual generated column"
    IDENTITY = "a sequence"


@value
class Column:
    """A column; type is None where its text says none that can be read."""

    name: str
    type: ColumnType | None = None
    not_null: bool = False
    filled: Filled = Filled.NULL


@value
class AddColumn(Operation):
    """ALTER TABLE … ADD COLUMN; its constraints that need a look of their own are operations beside it.

    only: ONLY, without inheritance children
    """

    table: Name
    column: Column
    if_not_exists: bool = False
    only: bool = False


class ColumnChange(StrEnum):
    """What ALTER TABLE does to one column."""

    DROP = "DROP COLUMN"
    RENAME = "RENAME COLUMN"
    TYPE = "SET DATA TYPE"
    SET_NOT_NULL = "SET NOT NULL"
    DROP_NOT_NULL = "DROP NOT NULL"


@value
class AlterColumn(Operation):
    """ALTER TABLE on one column. type, using: of SET DATA TYPE; new: the name that RENAME gives."""

    table: Name
    column: str
    change: ColumnChange
    type: ColumnType | None = None
    using: bool = False
    new: str = ""
    only: bool = False


@value
class ValidateConstraint(Operation):
    """ALTER TABLE … VALIDATE CONSTRAINT."""

    table: Name
    name: str
    only: bool = False


@value
class ReplicaIdentity(Operation):
    """ALTER TABLE … REPLICA IDENTITY; index: of USING INDEX, None for the other forms."""

    table: Name
    index: str | None = None


@value
class Touch(Operation):
    """A statement, or a subcommand, that only matters for what it locks and how long it works.

    form: its name in the lock table (`sql/locks`), as "CREATE TRIGGER" or "ALTER TABLE SET STATISTICS"
    relations: those that it names, in the order of the form's roles: the tables
    index: the index that it names; only: ONLY, without partitions and inheritance children
    columns: those of the first relation that it names or changes
    unbounded: it changes or reads rows without a bound that the text shows
    """

    form: str
    relations: tuple[Name, ...] = ()
    index: Name | None = None
    columns: tuple[str, ...] = ()
    only: bool = False
    unbounded: bool = False


class Kin(StrEnum):
    """How one relation hangs on another."""

    REFERENCES = "a foreign key of the first references the second"
    INHERITS = "the first is an inheritance child of the second"
    OWNED = "the first is a sequence that a column of the second owns"
    READS = "the first is a view or a materialized view over the second"
    DEFAULT = "the first is the default partition of the second"
    STATISTICS = "the first is a statistics object on the second"
    TYPED = "the first is a table of the second, which is a type"
    PUBLISHES = "the first is a publication that the second is in"
    COMPOSITE = "both are the same type with columns"
    KEYED = "the label is the only column of the partition key of both, which are the same table"
    CHECKS = "the columns are the terms of a CHECK of both, which are the same table; the label is its name"
    FIRES = "the first is a trigger or a rule on the second; the columns are what fires it"


@value
class Hang(Operation):
    """One relation hangs on another from now on, or ends to do so; the names of those that have one.

    label: tells several of a kind between the same two apart; columns: those of the table that it needs
    acts: a foreign key with an action that changes rows of its own table
    """

    kin: Kin
    one: Name
    other: Name
    label: str = ""
    columns: tuple[str, ...] = ()
    acts: bool = False
    ends: bool = False
