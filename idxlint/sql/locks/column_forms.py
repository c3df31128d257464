"""From an operation on a column to the forms of the lock table."""

from collections.abc import Iterator

from idxlint.sql.locks.relatives import Cast
from idxlint.sql.locks.type_changes import rewrites
from idxlint.sql.meaning import column_operations as col
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name

Form = tuple[str, Cast]
"""A form's name in the lock table, and what the operation names."""


def column_forms(operation: Operation, schema: Schema) -> Iterator[Form]:
    """The forms of an operation on a column, a standing constraint, or the replica identity."""
    only = bool(getattr(operation, "only", False))
    match operation:
        case col.AddColumn(table=table, column=column):
            yield f"ADD COLUMN{_filled(column)}", Cast(schema.resolve(table), only=only)
        case col.AlterColumn(table=table, column=label):
            full = schema.resolve(table)
            only = only and operation.change is not col.ColumnChange.DROP  # which children are told of
            yield _changed(operation, full, schema), Cast(full, columns=(label,), only=only)
        case col.ValidateConstraint(table=table, name=name):
            full = schema.resolve(table)
            form, other = _validate(full, name, schema)
            yield form, Cast(full, other, only=only)
        case col.ReplicaIdentity(table=table, index=index):
            full = schema.resolve(table)
            if index:
                yield "REPLICA IDENTITY USING INDEX", Cast(full, index=Name(full.schema, index))
            else:
                yield "REPLICA IDENTITY", Cast(full)
        case _:
            yield "unknown", Cast()


def _filled(column: col.Column) -> str:
    """What the new column does to the rows that are there; a function that nobody knows counts as volatile."""
    if column.filled in _REWRITES:
        return " with a rewrite"
    return " with a scan" if column.not_null and column.filled is col.Filled.NULL else ""


def _changed(operation: col.AlterColumn, table: Name, schema: Schema) -> str:
    match operation.change:
        case col.ColumnChange.TYPE:  # with USING, whatever the type was
            before = None if operation.using else schema.catalogue.column(table, operation.column)
            again = rewrites(before.type if before else None, operation.type, using=operation.using)
            return "SET DATA TYPE" if again else "SET DATA TYPE without a rewrite"
        case col.ColumnChange.SET_NOT_NULL if never_null(table, operation.column, schema):
            return "SET NOT NULL that a CHECK proves"
    return str(operation.change)


def never_null(table: Name, column: str | None, schema: Schema) -> bool:
    """Whether a column is NOT NULL, or a validated CHECK says so."""
    if column is None:
        return False
    catalogue = schema.catalogue
    return bool(catalogue.is_not_null(table, column)) or catalogue.proves_not_null(table, column)


def _validate(table: Name, name: str, schema: Schema) -> tuple[str, Name | None]:
    standing = schema.catalogue.constraint(table, name)
    if standing is None:
        return "VALIDATE CONSTRAINT", None
    if not standing.constraint.not_valid:
        return "VALIDATE CONSTRAINT that is valid", None
    if standing.constraint.references:
        return "VALIDATE CONSTRAINT of a foreign key", schema.resolve(standing.constraint.references)
    return "VALIDATE CONSTRAINT", None


_REWRITES = frozenset((col.Filled.VOLATILE, col.Filled.STORED, col.Filled.IDENTITY, col.Filled.UNKNOWN))
