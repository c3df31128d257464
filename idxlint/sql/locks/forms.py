"""From an operation to the forms of the lock table, and to what it names."""

from collections.abc import Iterator

from idxlint.sql.locks.relatives import Cast
from idxlint.sql.meaning import column_operations as col
from idxlint.sql.meaning import operations as op
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name

Form = tuple[str, Cast]
UNKNOWN = "unknown"
"""A form that the table does not have."""


def forms(operation: op.Operation, schema: Schema) -> Iterator[Form]:
    """The forms of one operation; none for what locks nothing that was there."""
    if operation.where is not op.Where.TOP:
        yield UNKNOWN, Cast()
        return
    match operation:
        case op.BuildIndex() | op.DropIndex() | op.Reindex() | op.AttachIndex():
            yield from _index(operation, schema)
        case op.AddConstraint():
            yield from _add_constraint(operation, schema)
        case op.CreateTable():
            yield from _create(operation, schema)
        case op.DropTable(tables=tables):
            for name in tables:
                yield "DROP TABLE", Cast(schema.resolve(name))
        case op.AttachPartition(parent=parent, partition=child):
            yield "ATTACH PARTITION", Cast(schema.resolve(parent), schema.resolve(child))
        case op.DetachPartition(parent=parent, partition=child):
            form = "DETACH PARTITION CONCURRENTLY" if operation.concurrently else "DETACH PARTITION"
            yield form, Cast(schema.resolve(parent), schema.resolve(child))
        case op.Rename():
            yield from _rename(operation, schema)
        case op.SetSchema(table=table):
            yield "ALTER TABLE SET SCHEMA", Cast(schema.resolve(table))
        case op.DropConstraint(table=table):
            yield "DROP CONSTRAINT", Cast(schema.resolve(table), only=_only(operation))
        case col.Touch():
            yield from _touch(operation, schema)
        case op.DropSchema() | op.Unresolved() | op.DropInvalid():
            yield UNKNOWN, Cast()
        case op.Vacuum() | op.Transaction() | op.SetParameter() | op.Refresh():
            return  # a refresh has a Touch beside it
        case _:
            yield from _column(operation, schema)


def _only(operation: op.Operation) -> bool:
    return bool(getattr(operation, "only", False))


def _index(operation: op.Operation, schema: Schema) -> Iterator[Form]:
    match operation:
        case op.BuildIndex(table=table):
            full = schema.resolve(table)
            concurrently = operation.concurrently and full.schema != "pg_temp"
            only = " ON ONLY" if operation.only and schema.is_partitioned(full) else ""
            yield f"CREATE INDEX{' CONCURRENTLY' if concurrently else only}", Cast(full, only=bool(only))
        case op.DropIndex(indexes=indexes):
            form = "DROP INDEX CONCURRENTLY" if operation.concurrently else "DROP INDEX"
            for name in indexes:
                yield form, Cast(index=schema.resolve_index(name))
        case op.Reindex(target=target):
            yield _reindex(operation, schema, target)
        case op.AttachIndex(parent=parent, index=index):
            named = Cast(index=schema.resolve_index(parent), other_index=schema.resolve_index(index))
            yield "ALTER INDEX ATTACH PARTITION", named


def _reindex(operation: op.Reindex, schema: Schema, target: Name | None) -> Form:
    concurrently = " CONCURRENTLY" if operation.concurrently else ""
    if target is None or operation.kind not in ("INDEX", "TABLE"):
        return UNKNOWN, Cast()
    if operation.kind == "TABLE":
        full = schema.resolve(target)
        if schema.is_partitioned(full):
            return "REINDEX of a partitioned table", Cast(full)
        return f"REINDEX TABLE{concurrently}", Cast(full)
    index = schema.index(target)
    if index and schema.is_partitioned(index.table):
        return "REINDEX of a partitioned table", Cast(index.table)
    return f"REINDEX INDEX{concurrently}", Cast(index=schema.resolve_index(target))


def _add_constraint(operation: op.AddConstraint, schema: Schema) -> Iterator[Form]:
    constraint, full = operation.constraint, schema.resolve(operation.table)
    only, not_valid = _only(operation), " NOT VALID" if operation.constraint.not_valid else ""
    match constraint.kind:
        case "FOREIGN KEY":
            other = schema.resolve(constraint.references) if constraint.references else None
            valid = " NOT VALID" if operation.column else not_valid
            yield f"ADD FOREIGN KEY{valid}", Cast(full, other, only=only)
        case "CHECK" | "NOT NULL":
            yield f"ADD {constraint.kind}{not_valid}", Cast(full, only=only)
        case kind if constraint.using_index:
            index = Name(full.schema, constraint.using_index)
            renamed = constraint.name and constraint.name != constraint.using_index
            form = "ADD CONSTRAINT USING INDEX" + (" with another name" if renamed else "")
            yield form, Cast(full, index=index)
            if kind == "PRIMARY KEY":
                yield "ADD PRIMARY KEY USING INDEX over nullable columns", Cast(full)
        case "PRIMARY KEY":
            yield "ADD PRIMARY KEY", Cast(full, only=only)
        case kind:
            yield f"ADD {kind}", Cast(full, only=only)


def _create(operation: op.CreateTable, schema: Schema) -> Iterator[Form]:
    if operation.temporary:
        return
    if operation.parent:
        yield "CREATE TABLE PARTITION OF", Cast(schema.resolve(operation.parent))
    for constraint in operation.constraints:
        if constraint.references and constraint.references != operation.table:
            yield "CREATE TABLE REFERENCES", Cast(schema.resolve(constraint.references))


def _rename(operation: op.Rename, schema: Schema) -> Iterator[Form]:
    match operation.kind:
        case "table" if schema.index(operation.old) is None or schema.table(operation.old):
            yield "ALTER TABLE RENAME", Cast(schema.resolve(operation.old))
        case "table":
            yield "ALTER TABLE RENAME of an index", Cast(index=schema.resolve_index(operation.old))
        case "index":
            yield "ALTER INDEX RENAME", Cast(index=schema.resolve_index(operation.old))
        case "constraint" if operation.table:
            full = schema.resolve(operation.table)
            index = Name(full.schema, operation.old.name)
            if schema.index(index):
                yield "RENAME CONSTRAINT of an index", Cast(full, index=index)
            else:
                yield "RENAME CONSTRAINT", Cast(full)


def _touch(touch: col.Touch, schema: Schema) -> Iterator[Form]:
    names = [schema.resolve(name) for name in touch.relations]
    index = schema.resolve_index(touch.index) if touch.index else None
    table, other = (*names, None, None)[:2]
    yield touch.form, Cast(table, other, index, only=touch.only)


def _column(operation: op.Operation, schema: Schema) -> Iterator[Form]:
    match operation:
        case col.AddColumn(table=table, column=column):
            form = "ADD COLUMN with a rewrite" if column.filled in _REWRITES else "ADD COLUMN"
            if column.filled is col.Filled.UNKNOWN:
                form = "ADD COLUMN with a rewrite"
            yield form, Cast(schema.resolve(table), only=_only(operation))
        case col.AlterColumn(table=table, change=change):
            yield str(change), Cast(schema.resolve(table), only=_only(operation))
        case col.ValidateConstraint(table=table):
            yield "VALIDATE CONSTRAINT", Cast(schema.resolve(table), only=_only(operation))
        case col.ReplicaIdentity(table=table, index=index):
            full = schema.resolve(table)
            if index:
                yield "REPLICA IDENTITY USING INDEX", Cast(full, index=Name(full.schema, index))
            else:
                yield "REPLICA IDENTITY", Cast(full)
        case _:
            yield UNKNOWN, Cast()


_REWRITES = frozenset((col.Filled.VOLATILE, col.Filled.STORED, col.Filled.IDENTITY))
