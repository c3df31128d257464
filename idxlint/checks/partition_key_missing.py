"""A unique index or constraint on a partitioned table lacks the partition key."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.model import Hit
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, CreateTable
from idxlint.sql.text import Name, Statement, place, quoted

_EXCLUDE_SINCE = 17


@check("partition-key-missing", BuildIndex, AddConstraint, CreateTable)
def partition_key_missing(
    op: BuildIndex | AddConstraint | CreateTable, stmt: Statement, ctx: Context
) -> Iterator[Hit]:
    """PostgreSQL refuses it (0A000): each partition has an index of its own, and none sees the others' rows."""
    if isinstance(op, CreateTable):
        exists = op.if_not_exists and ctx.schema.table(op.table)
        key = () if exists or op.made.value != "table" else op.partition_key
    else:
        key = ctx.schema.catalogue.partition_key(op.table)
    if not key:
        return
    for kind, columns in _unique(op, ctx):
        if lacking := [column for column in key if column not in columns]:
            yield _hit(op, stmt, ctx, kind, columns, lacking)


def _unique(
    op: BuildIndex | AddConstraint | CreateTable, ctx: Context
) -> Iterator[tuple[str, Sequence[str]]]:
    """What has to be unique: its words, and the columns that are its own keys."""
    if isinstance(op, BuildIndex):
        if op.unique and not (op.if_not_exists and ctx.schema.index(ctx.schema.index_name(op))):
            yield "unique index", [column.name for column in op.columns if column.name]
        return
    for constraint in op.constraints if isinstance(op, CreateTable) else (op.constraint,):
        unique = constraint.kind in ("PRIMARY KEY", "UNIQUE") and constraint.using_index is None
        if unique or (constraint.kind == "EXCLUDE" and ctx.postgres >= _EXCLUDE_SINCE):
            yield constraint.kind, constraint.columns


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
    shown = Name(None, leaf.name) if leaf.schema == "public" else leaf
    listed = ", ".join(map(quoted, columns))
    name = quoted(f"{leaf.name}_{'_'.join(columns)}_key")
    return (
        "or make each partition unique by itself:",
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {shown} ({listed});",
    )
