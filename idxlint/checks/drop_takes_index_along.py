"""DROP COLUMN drops the indexes of the column under its own lock."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.model import Direction, Hit
from idxlint.sql.meaning.column_operations import AlterColumn, ColumnChange
from idxlint.sql.state.index_columns import mentions
from idxlint.sql.state.relations import Index
from idxlint.sql.text import Statement, place, quoted


@check("drop-takes-index-along", AlterColumn)
def drop_takes_index_along(op: AlterColumn, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The column's own removal is quick; an index can be dropped before, without blocking anybody."""
    if op.change is not ColumnChange.DROP or ctx.unit.direction is Direction.DOWN or ctx.is_new(op.table):
        return
    indexes = [*_droppable(op, ctx)]
    if not indexes:
        return
    names = ", ".join(quoted(index.name.name) for index in indexes)
    yield Hit(
        f"{when(op)}dropping column {quoted(op.column)} drops {names} along and blocks reads and writes of"
        f" {op.table} until {ctx.until(op)}",
        at=place(stmt, "DROP", op.near),
        subject=f"{op.table}.{op.column}",
        help=tuple(
            f"before it, outside a transaction: DROP INDEX CONCURRENTLY {index.name.short};"
            for index in indexes
        ),
    )


def _droppable(op: AlterColumn, ctx: Context) -> Iterator[Index]:
    """The indexes over the column that have a concurrent drop: no constraint's, and no partitioned one."""
    table = ctx.schema.resolve(op.table)
    for index in ctx.schema.standing(table):
        if not index.constraint and not index.partitioned and mentions(index, op.column):
            yield index
