"""From an operation to the forms of the lock table, and to what it names."""

from collections.abc import Iterator

from idxlint.sql.locks.column_forms import Form, column_forms, never_null
from idxlint.sql.locks.partition_indexes import PartitionIndexes
from idxlint.sql.locks.relatives import Cast, Relatives
from idxlint.sql.locks.row import On
from idxlint.sql.meaning import column_operations as col
from idxlint.sql.meaning import operations as op
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name

UNKNOWN = "unknown"
"""A form that the table does not have."""


def forms(operation: op.Operation, schema: Schema) -> Iterator[Form]:
    """The forms of one operation; none for what locks nothing that was there.

    Where it happens makes no difference: who asks knows whether a body is run.
    """
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
            yield from _attach(operation, schema.resolve(parent), schema.resolve(child), schema)
        case op.DetachPartition():
            yield from _detach(operation, schema)
        case op.Rename():
            yield from _rename(operation, schema)
        case op.SetSchema(table=table):
            yield "ALTER TABLE SET SCHEMA", Cast(schema.resolve(table))
        case op.DropConstraint():
            yield from _drop_constraint(operation, schema)
        case col.Touch():
            yield from _touch(operation, schema)
        case op.Refresh(view=view):
            form = "REFRESH MATERIALIZED VIEW" + (" CONCURRENTLY" if operation.concurrently else "")
            yield form, Cast(schema.resolve(view))
        case op.DropSchema() | op.Unresolved() | op.DropInvalid():
            yield UNKNOWN, Cast()
        case op.Vacuum() | op.Transaction() | op.SetParameter() | col.Hang():
            return
        case _:
            yield from column_forms(operation, schema)


def _attach(operation: op.AttachPartition, parent: Name, child: Name, schema: Schema) -> Iterator[Form]:
    cast = Cast(parent, child)
    proven = _proves(operation.bound, parent, child, schema)
    yield f"ATTACH PARTITION{' with a proving CHECK' if proven else ''}", cast
    around = Relatives(schema)
    for shared in {*around.of(On.REFERENCED, Cast(parent))} & {*around.of(On.REFERENCED, Cast(child))}:
        yield "ATTACH PARTITION that merges a foreign key", Cast(shared)
    if PartitionIndexes(schema).lacks(parent, child):
        yield "ATTACH PARTITION that builds an index", cast


def _detach(operation: op.DetachPartition, schema: Schema) -> Iterator[Form]:
    cast = Cast(parent := schema.resolve(operation.parent), schema.resolve(operation.partition))
    if operation.concurrently:
        yield "DETACH PARTITION CONCURRENTLY", cast
        return
    yield "DETACH PARTITION", cast
    if any(Relatives(schema).of(On.REFERENCING, Cast(parent))):
        yield "DETACH PARTITION of a referenced table", cast


def _proves(bound: tuple[tuple[str, ...], ...], parent: Name, child: Name, schema: Schema) -> bool:
    """Whether a validated CHECK says of a table, in the words of a bound, that all its rows are inside."""
    key, *more = schema.catalogue.partition_key(parent) or (None,)
    if not bound or key is None or more or not never_null(child, key, schema):
        return False
    said: set[str] = set()
    for link in schema.kinship.of(child):
        if link.kin is col.Kin.CHECKS:
            standing = schema.catalogue.constraint(child, link.label)
            if standing is None or not standing.constraint.not_valid:
                said.update(link.columns)
    return all(any(form.replace(op.KEY, key) in said for form in alternatives) for alternatives in bound)


def _only(operation: op.Operation) -> bool:
    return bool(getattr(operation, "only", False))


def _index(operation: op.Operation, schema: Schema) -> Iterator[Form]:
    match operation:
        case op.BuildIndex(table=table):
            full = schema.resolve(table)
            concurrently = operation.concurrently and full.schema != "pg_temp"
            only = " ON ONLY" if operation.only and schema.is_partitioned(full) else ""
            new = Index(schema.index_name(operation), full, operation)
            form = f"CREATE INDEX{' CONCURRENTLY' if concurrently else only}"
            yield form, Cast(full, only=bool(only), build=new)
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
            columns = schema.catalogue.index_columns(full, index.name)
            if kind == "PRIMARY KEY" and not (
                columns and all(never_null(full, one, schema) for one in columns)
            ):
                yield "ADD PRIMARY KEY USING INDEX over nullable columns", Cast(full)
        case "PRIMARY KEY":
            proven = not operation.column and all(
                schema.catalogue.is_not_null(full, column) for column in constraint.columns
            )
            form = f"ADD PRIMARY KEY{' over NOT NULL columns' if proven else ''}"
            yield form, Cast(full, only=only, build=_owned(full, operation))
            if only and not proven:  # children are made NOT NULL, or have to be so already
                yield "SET NOT NULL that a CHECK proves", Cast(full)
        case kind:
            yield f"ADD {kind}", Cast(full, only=only, build=_owned(full, operation))


def _owned(table: Name, operation: op.AddConstraint) -> Index:
    """The index that a constraint makes."""
    name = Name(table.schema, constraint_name(table, operation.constraint))
    return Index(name, table, None, operation.constraint)


def _drop_constraint(operation: op.DropConstraint, schema: Schema) -> Iterator[Form]:
    full, only = schema.resolve(operation.table), _only(operation)
    index = Name(full.schema, operation.name)
    if (known := schema.index(index)) and known.table == full:
        yield "DROP CONSTRAINT of an index", Cast(full, index=index, only=only)
        if known.constraint and known.constraint.kind == "PRIMARY KEY":
            yield "DROP CONSTRAINT of a referenced key", Cast(full)
        return
    for link in schema.kinship.of(full):
        if link.kin is col.Kin.REFERENCES and link.one == full and link.label == operation.name:
            yield "DROP CONSTRAINT of a foreign key", Cast(full, link.other, only=only)
            return
    yield "DROP CONSTRAINT", Cast(full)  # with ONLY children are locked too, for they keep theirs


def _create(operation: op.CreateTable, schema: Schema) -> Iterator[Form]:
    if operation.parent:
        yield "CREATE TABLE PARTITION OF", Cast(schema.resolve(operation.parent))
    for constraint in operation.constraints:
        if constraint.references and constraint.references != operation.table:
            yield "CREATE TABLE REFERENCES", Cast(schema.resolve(constraint.references))


def _rename(operation: op.Rename, schema: Schema) -> Iterator[Form]:
    match operation.kind:
        case "index" if schema.table(operation.old):
            yield "ALTER TABLE RENAME", Cast(schema.resolve(operation.old))
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
    if touch.form == "TRUNCATE" and table and "TRUNCATE" in _events(table, schema):
        yield UNKNOWN, Cast()
    elif touch.form in _ON_ROWS and table:
        yield from _rows(touch, table, schema)
    elif touch.form == "DROP TYPE" and table:
        if schema.kinship.below(col.Kin.COMPOSITE, table):
            yield "DROP TYPE with columns", Cast(table)
    elif (
        touch.form.startswith("LOCK TABLE")
        and (known := schema.table(table or Name(None, "")))
        and (known.made is op.Made.OTHER)
    ):
        yield UNKNOWN, Cast()  # what the view reads is locked too
    elif touch.form == "DROP STATISTICS" and table:
        owners = schema.kinship.above(col.Kin.STATISTICS, table)
        yield touch.form, Cast((*owners, Name(None, f"the table of {table.name}"))[0])
    elif touch.form == "ALTER PUBLICATION SET" and other:
        for member in {other: None, **dict.fromkeys(schema.kinship.above(col.Kin.PUBLISHES, table or other))}:
            yield "ALTER PUBLICATION", Cast(member)
    else:
        yield touch.form, Cast(table, other, index, columns=touch.columns, only=touch.only)


_ON_ROWS = frozenset(
    ("INSERT", "INSERT ON CONFLICT", "UPDATE", "DELETE", "MERGE", "COPY FROM", "SELECT FOR UPDATE")
)


def _primary_key(table: Name, schema: Schema) -> set[str]:
    """The columns of a primary key."""
    owners = (index.constraint for name in schema.indexes_of(table) if (index := schema.index(name)))
    return {column for one in owners if one and one.kind == "PRIMARY KEY" for column in one.columns}


def _events(table: Name, schema: Schema) -> set[str]:
    """What fires triggers and rules of a table."""
    links = (link for link in schema.kinship.of(table) if link.kin is col.Kin.FIRES)
    return {event for link in links for event in link.columns}


def _rows(touch: col.Touch, table: Name, schema: Schema) -> Iterator[Form]:
    """A change of rows with the foreign keys that it may check; what triggers, rules and views do is not known."""
    known = schema.table(table)
    done = {touch.form.split()[0], "INSERT" if touch.form == "COPY FROM" else ""}
    if (known and known.made is op.Made.OTHER) or done & _events(table, schema):
        yield UNKNOWN, Cast()
        return
    yield touch.form, Cast(table, only=touch.only)
    if touch.form in ("SELECT FOR UPDATE", "MERGE"):
        return
    whole = touch.form.startswith(("INSERT", "COPY"))
    keys = _primary_key(table, schema) if touch.columns else set()
    for link in schema.kinship.of(table):
        if link.kin is not col.Kin.REFERENCES:
            continue
        if link.one == table and touch.form != "DELETE" and (whole or set(touch.columns) & set(link.columns)):
            yield "check of a foreign key", Cast(link.other)
        if link.other == table and (touch.form == "DELETE" or set(touch.columns) & keys):
            form = "action of a referencing key" if link.acts else "check of a referencing key"
            yield form, Cast(link.one)
