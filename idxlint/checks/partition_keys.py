"""What PostgreSQL refuses on a partitioned table because it lacks columns of the partition key."""

from collections.abc import Iterator, Sequence

from idxlint.checks.context import Context
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, CreateTable, Made

_EXCLUDE_SINCE = 17
"""Older majors take no exclusion constraint on a partitioned table at all."""

Unkeyed = tuple[str, Sequence[str], Sequence[str | None]]
"""What has to be unique, the columns that are its keys, and those of the partition key that it lacks (None: an
expression)."""


def without_key(op: BuildIndex | AddConstraint | CreateTable, ctx: Context) -> Iterator[Unkeyed]:
    """The unique indexes and constraints that a statement makes, and PostgreSQL refuses for their columns."""
    if isinstance(op, CreateTable):
        stands = op.if_not_exists and ctx.schema.table(op.table)
        key = () if stands or op.made is not Made.TABLE else op.partition_key
    else:
        builds = op.unique if isinstance(op, BuildIndex) else op.constraint.builds
        partitioned = builds and ctx.schema.is_partitioned(op.table)
        key = ctx.schema.catalogue.partition_key(op.table) if partitioned else ()
    for kind, columns in _unique(op, ctx) if key else ():
        if lacking := [column for column in key if column not in columns]:
            yield kind, columns, lacking


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
