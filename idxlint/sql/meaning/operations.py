"""What a statement does to an index or to what carries one: the words that checks are written in.

`describe` makes these from PostgreSQL's parse tree. Names stand as they were written; the schema resolves
them. `near` is where the operation begins inside the statement's sql, so that a check can look for the
words to underline from there on.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY
from enum import StrEnum

from idxlint.model import value
from idxlint.sql.text import Name


class Where(StrEnum):
    """Whether the server meets the operation at top level, inside a body, or in a session that a body opens."""

    TOP = "top"
    DO = "DO block"
    FUNCTION = "function"
    DBLINK = "another session"


@value
class Operation:
    """Anything that a statement does. where: see Where; sure: it happens whenever the statement runs."""

    _: KW_ONLY
    near: int = 0
    where: Where = Where.TOP
    sure: bool = True


@value
class IndexColumn:
    """A key column.

    name: None for an expression; label: what a name that PostgreSQL chooses has of it
    plain: a constraint could use it as it is
    order: "" for ASC NULLS LAST, else what differs from it: DESC is NULLS FIRST unless it says NULLS LAST
    opclass, collation: "" for the default; expression: its tree as text, without places
    """

    name: str | None
    label: str
    plain: bool = True
    order: str = ""
    opclass: str = ""
    collation: str = ""
    expression: str = ""


@value
class BuildIndex(Operation):
    """CREATE INDEX. predicate: its text, "" where it has none or none that can be cut out."""

    index: str | None
    table: Name
    columns: tuple[IndexColumn, ...]
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    method: str = "btree"
    partial: bool = False
    include: tuple[str, ...] = ()
    predicate: str = ""
    nulls_not_distinct: bool = False

    @property
    def name(self) -> Name | None:
        """The index's name in its table's schema, which is where PostgreSQL puts it."""
        return Name(self.table.schema, self.index) if self.index else None


@value
class DropIndex(Operation):
    """DROP INDEX."""

    indexes: tuple[Name, ...]
    concurrently: bool = False
    if_exists: bool = False
    cascade: bool = False


@value
class Reindex(Operation):
    """REINDEX. kind: INDEX, TABLE, SCHEMA, DATABASE or SYSTEM; target is None for a database."""

    kind: str
    target: Name | None
    concurrently: bool = False


@value
class Refresh(Operation):
    """REFRESH MATERIALIZED VIEW; with_data: without WITH NO DATA."""

    view: Name
    concurrently: bool = False
    with_data: bool = True


@value
class Constraint:
    """A constraint of a table. kind: PRIMARY KEY, UNIQUE, EXCLUDE, FOREIGN KEY, CHECK or NOT NULL.

    references: the table of a foreign key; not_nulls: the columns that a CHECK keeps from being null
    """

    kind: str
    name: str | None
    columns: tuple[str, ...] = ()
    using_index: str | None = None
    not_valid: bool = False
    temporal: bool = False
    references: Name | None = None
    not_nulls: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferrable: bool = False

    @property
    def builds(self) -> bool:
        """Whether PostgreSQL makes an index for it."""
        return self.kind in INDEXED and self.using_index is None


INDEXED = ("PRIMARY KEY", "UNIQUE", "EXCLUDE")


@value
class AddConstraint(Operation):
    """ALTER TABLE … ADD CONSTRAINT; column: the new column that it came with; if_exists: of the table."""

    table: Name
    constraint: Constraint
    column: str | None = None
    if_exists: bool = False
    only: bool = False


@value
class DropConstraint(Operation):
    """ALTER TABLE … DROP CONSTRAINT."""

    table: Name
    name: str
    only: bool = False


class Made(StrEnum):
    """What kind of relation a statement made."""

    TABLE = "table"
    MATVIEW = "materialized view"
    OTHER = "relation"


@value
class CreateTable(Operation):
    """CREATE TABLE in all its forms, SELECT INTO, CREATE MATERIALIZED VIEW; views too.

    with_data: not AS … WITH NO DATA
    partition_key: the columns of PARTITION BY, None for an expression
    text: the statement of a CREATE TABLE with columns, for whoever asks for them; placeholders: those in it
    """

    table: Name
    made: Made = Made.TABLE
    if_not_exists: bool = False
    temporary: bool = False
    partitioned: bool = False
    parent: Name | None = None
    constraints: tuple[Constraint, ...] = ()
    with_data: bool = True
    partition_key: tuple[str | None, ...] = ()
    text: str = ""
    placeholders: Mapping[str, str] | None = None


@value
class DropTable(Operation):
    """DROP TABLE, DROP MATERIALIZED VIEW, DROP VIEW."""

    tables: tuple[Name, ...]


@value
class Rename(Operation):
    """ALTER … RENAME TO. kind: table, index, constraint or schema; table: whose constraint it is."""

    kind: str
    old: Name
    new: str
    table: Name | None = None


@value
class SetSchema(Operation):
    """ALTER TABLE … SET SCHEMA."""

    table: Name
    schema: str


@value
class DropSchema(Operation):
    """DROP SCHEMA."""

    schemas: tuple[str, ...]


KEY = "{key}"
"""What stands for the column of the partition key in the terms of a bound."""


@value
class AttachPartition(Operation):
    """ALTER TABLE … ATTACH PARTITION; bound: its terms, for who reads statements completely (`describe_bounds`)."""

    parent: Name
    partition: Name
    bound: tuple[tuple[str, ...], ...] = ()


@value
class DetachPartition(Operation):
    """ALTER TABLE … DETACH PARTITION."""

    parent: Name
    partition: Name
    concurrently: bool = False


@value
class AttachIndex(Operation):
    """ALTER INDEX … ATTACH PARTITION."""

    parent: Name
    index: Name


@value
class Vacuum(Operation):
    """VACUUM, which refuses a transaction block."""


@value
class Transaction(Operation):
    """Transaction control.

    verb: BEGIN, COMMIT, ROLLBACK, PREPARE, SAVEPOINT, RELEASE or ROLLBACK TO
    chain: AND CHAIN; savepoint: its name
    """

    verb: str
    chain: bool = False
    savepoint: str = ""


@value
class SetParameter(Operation):
    """SET, SET LOCAL, RESET and set_config(); value is None for the default; name "all" is RESET ALL."""

    name: str
    value: str | None
    local: bool = False


@value
class DropInvalid(Operation):
    """A DO block that looks for invalid indexes and drops some: a guard (facts of real migrations)."""


@value
class Unresolved(Operation):
    """Text that is made into SQL while it runs, mentions an index operation, and could not be resolved."""

    length: int = 0
    what: str = "this string"
