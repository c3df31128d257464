"""A unique index or constraint on a partitioned table lacks the partition key."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.checks.partition_keys import without_key
from idxlint.model import Hit
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, CreateTable
from idxlint.sql.text import Name, Statement, place, quoted


@check("partition-key-missing", BuildIndex, AddConstraint, CreateTable)
def partition_key_missing(
    op: BuildIndex | AddConstraint | CreateTable, stmt: Statement, ctx: Context
) -> Iterator[Hit]:
    """PostgreSQL refuses it (0A000): each partition has an index of its own, and none sees the others' rows."""
    for kind, columns, lacking in without_key(op, ctx):
        yield _hit(op, stmt, ctx, kind, columns, lacking)


def _hit(
    op: BuildIndex | AddConstraint | CreateTable,
    stmt: Statement,
    ctx: Context,
    kind: str,
    columns: Sequence[str],
    lacking: Sequence[str | None],
) -> Hit:
    named = [column for column in lacking if column]
    what = f"{kind} ({', '.join(map(quoted, columns))})" if columns else kind
    if len(named) < len(lacking):
        why = "its partition key has an expression, which no unique constraint can have"
        help_: tuple[str, ...] = (
            "partition the table by plain columns, or make each partition unique by itself",
        )
    else:
        why = f"it lacks {', '.join(map(quoted, named))} of the partition key"
        every = ", ".join(map(quoted, dict.fromkeys((*columns, *named))))
        help_ = (
            f"unique over all partitions is only what has the partition key in it: ({every})",
            *_each(op, ctx, columns),
        )
    return Hit(
        f"{when(op)}PostgreSQL refuses {what} on partitioned table {op.table}: {why} (0A000)",
        at=place(stmt, "UNIQUE" if kind == "unique index" else kind.split(maxsplit=1)[0], op.near),
        subject=f"{op.table}.{kind}({','.join(columns)})",
        help=help_,
    )


def _each(
    op: BuildIndex | AddConstraint | CreateTable, ctx: Context, columns: Sequence[str]
) -> tuple[str, ...]:
    """How one partition is made unique by itself."""
    if isinstance(op, CreateTable) or not columns:
        return ()
    leaf = next(ctx.schema.leaves(op.table), None) or Name(None, "each_partition")
    shown = leaf.short
    listed = ", ".join(map(quoted, columns))
    name = quoted(f"{leaf.name}_{'_'.join(columns)}_key")
    return (
        "or make each partition unique by itself:",
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {shown} ({listed});",
    )
