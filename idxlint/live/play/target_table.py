"""Which table a statement works on, as the server resolves the names in it."""

from collections.abc import Container, Iterator

from idxlint.live.seed import probes
from idxlint.live.server.connection import DatabaseSession
from idxlint.model import value
from idxlint.model.evidence import DML
from idxlint.sql.meaning.column_operations import AddColumn, AlterColumn, Touch, ValidateConstraint
from idxlint.sql.meaning.operations import (
    AddConstraint,
    AttachIndex,
    AttachPartition,
    BuildIndex,
    DetachPartition,
    DropConstraint,
    DropIndex,
    Operation,
    Reindex,
)
from idxlint.sql.text import Name

_RELATION = """
SELECT t.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.relname),
       n.nspname || '.' || t.relname
FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
JOIN pg_catalog.pg_class t ON t.oid = coalesce(i.indrelid, c.oid)
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE c.oid = pg_catalog.to_regclass(%s) AND n.nspname !~ '^pg_' AND t.relkind IN ('r', 'p')"""
"""A materialized view is left out: nobody writes to it, and LOCK TABLE refuses it."""


@value
class TargetTable:
    """A table. quoted: as SQL has it, name: as people read it; both with the schema."""

    oid: int
    quoted: str
    name: str


def find_target(
    session: DatabaseSession, standing: Container[int], operations: tuple[Operation, ...]
) -> TargetTable | None:
    """The first standing table that is named, or whose index is; None where there is nobody yet to be blocked.

    session: the migration's own, whose search_path counts; standing: what was there before the migration, by oid
    """
    for operation in operations:
        for name in _names(operation):
            quoted = ".".join('"' + part.replace('"', '""') + '"' for part in name if part)
            for row in session.rows(_RELATION, quoted):
                table = TargetTable(*row)
                if table.oid in standing:
                    return table
    return None


def _names(operation: Operation) -> Iterator[Name]:
    match operation:
        case BuildIndex(table=table) | AddConstraint(table=table) | DropConstraint(table=table):
            yield table
        case AddColumn(table=table) | AlterColumn(table=table) | ValidateConstraint(table=table):
            yield table
        case Touch(relations=names):
            yield from names
        case DropIndex(indexes=names):
            yield from names
        case Reindex(kind="INDEX" | "TABLE", target=Name() as name):
            yield name
        case AttachPartition(parent=parent, partition=name):  # the parent is not locked against readers
            yield from (name, parent)
        case AttachIndex(parent=name) | DetachPartition(partition=name):
            yield name


def probe_statements(session: DatabaseSession, table: TargetTable) -> dict[str, str]:
    """The probes of a table, by kind; a kind that it does not allow is missing."""
    connection = session.connection
    by_kind = {
        "SELECT": f"SELECT * FROM {table.quoted} LIMIT 1",
        "INSERT": probes.insert(connection, table.quoted, 1_000_000),
        "UPDATE": probes.update(connection, table.quoted, 0),
        "DELETE": probes.delete(connection, table.quoted, 1),
    }
    return {kind: sql for kind in DML if (sql := by_kind[kind])}
