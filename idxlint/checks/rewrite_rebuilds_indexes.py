"""A statement writes a table and all its indexes anew while nobody may use it."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.checks.doing import blocked, cause, operations_of, until, where_written, words_of
from idxlint.model import Hit
from idxlint.sql.locks.effects import Effects
from idxlint.sql.meaning.column_operations import AddColumn, AlterColumn, Filled, Touch
from idxlint.sql.meaning.operations import AddConstraint, Operation, Refresh
from idxlint.sql.text import Name, Statement, quoted

_MAY_FIT = ("text", "varchar", "bpchar", "numeric", "timestamp", "timestamptz", "citext", "varbit")
"""Types to which a change need not rewrite: it depends on the type that the column has."""


@check("rewrite-rebuilds-indexes", Effects)
def rewrite_rebuilds_indexes(done: Effects, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Every row is written into a new file, and each index is built again, under ACCESS EXCLUSIVE."""
    table = next((name for name in done.rewrites if not ctx.is_new(name)), None)
    if table is None:
        return
    op = cause(stmt, ctx, lambda effects: bool(effects.rewrites))
    if isinstance(op, Refresh) or _may_fit(op, table, ctx) or _is_key(op, stmt, ctx):
        return
    mode = next(lock.mode for lock in done.taken if lock.relation == table)
    shown, column = _shown(table, op), _column(op)
    yield Hit(
        f"{words_of(op)} rewrites {shown} with all its indexes"
        f" and blocks {blocked(mode)} until {until(stmt, ctx)}",
        at=where_written(op, stmt),
        subject=f"{shown}.{column}" if column else str(shown),
        help=_advice(op, shown),
    )


def _is_key(op: Operation, stmt: Statement, ctx: Context) -> bool:
    """Whether the new column is a primary key, of which another rule speaks."""
    return isinstance(op, AddColumn) and any(
        isinstance(one, AddConstraint)
        and one.column == op.column.name
        and one.constraint.kind == "PRIMARY KEY"
        for one in operations_of(stmt, ctx)
    )


def _may_fit(op: Operation, table: Name, ctx: Context) -> bool:
    """Whether the change may need no rewrite because nobody knows which type the column has."""
    if not isinstance(op, AlterColumn) or op.type is None or op.using:
        return False
    before = ctx.schema.catalogue.column(table, op.column)
    return (before is None or before.type is None) and op.type.name in _MAY_FIT


def _shown(table: Name, op: Operation) -> Name:
    """The table as the statement writes it."""
    if isinstance(op, Touch):
        return op.relations[0] if op.relations else table
    written: Name = getattr(op, "table", table)
    return written


def _column(op: Operation) -> str:
    match op:
        case AddColumn(column=column):
            return column.name
        case AlterColumn(column=label):
            return label
    return ""


def _advice(op: Operation, table: Name) -> tuple[str, ...]:
    """What to write instead, by what rewrites."""
    match op:
        case AlterColumn(column=column):
            return _by_new_column(table, column)
        case AddColumn(column=column):
            return _by_backfill(table, column.name, column.filled)
        case Touch(form="CLUSTER" | "VACUUM FULL"):
            return ("pg_repack does the same without the lock:", f"pg_repack --table={table}")
        case Touch(form="SET TABLESPACE"):
            return ("pg_repack moves it without the lock:", f"pg_repack --table={table} --tablespace=…")
    return ("run it in a maintenance window",)


def _by_new_column(table: Name, column: str) -> tuple[str, ...]:
    old, new = quoted(column), quoted(f"{column}_new")
    return (
        "add a column of the new type, keep it equal with a trigger, fill it in batches, and swap the names:",
        f"ALTER TABLE {table} ADD COLUMN {new} …;",
        f"UPDATE {table} SET {new} = {old} WHERE … AND {new} IS DISTINCT FROM {old};",
        f"ALTER TABLE {table} RENAME COLUMN {old} TO {quoted(f'{column}_old')};",
        f"ALTER TABLE {table} RENAME COLUMN {new} TO {old};",
    )


def _by_backfill(table: Name, column: str, filled: Filled) -> tuple[str, ...]:
    name = quoted(column)
    match filled:
        case Filled.STORED:
            return (
                "add a plain column, keep it up to date with a trigger, and fill it in batches:",
                f"ALTER TABLE {table} ADD COLUMN {name} …;",
                f"UPDATE {table} SET {name} = … WHERE … AND {name} IS NULL;",
            )
        case Filled.IDENTITY:
            sequence = quoted(f"{table.name}_{column}_seq")
            default = f"nextval('{sequence}')"
        case _:
            sequence, default = "", "…"
    made = (f"CREATE SEQUENCE {sequence};",) if sequence else ()
    return (
        "add it without the default, set that for new rows, and fill the old ones in batches:",
        *made,
        f"ALTER TABLE {table} ADD COLUMN {name} …;",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT {default};",
        f"UPDATE {table} SET {name} = DEFAULT WHERE … AND {name} IS NULL;",
    )
