"""Why PostgreSQL does not take an index for a constraint, if it does not (transformIndexConstraint)."""

import re

from idxlint.checks.context import Context
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, IndexColumn
from idxlint.sql.state.relations import Index
from idxlint.sql.text import Name, cut, quoted

_OTHER_CLASS = re.compile(
    r"(?:\w+\.)?(?:(?:text|varchar|bpchar)_pattern_ops|varchar_ops|record_image_ops|cidr_ops)\Z"
)
"""Operator classes that are no type's default for B-trees (pg_opclass.dat)."""

_MISSING = object()


def refusal(op: AddConstraint, ctx: Context) -> tuple[str, tuple[str, ...]] | None:
    """What is wrong with the index of USING INDEX, and what to write; None where nothing is, as far as is known."""
    if op.constraint.using_index is None or not op.sure:
        return None
    table = ctx.schema.resolve(op.table)
    return _why(op, Name(table.schema, cut(op.constraint.using_index)), table, ctx)


def _why(op: AddConstraint, full: Name, table: Name, ctx: Context) -> tuple[str, tuple[str, ...]] | None:
    """What is wrong with the index, and what to write."""
    if ctx.schema.is_partitioned(table):
        recipe = f"ALTER TABLE {op.table} ADD {_named(op)}{op.constraint.kind} (…);"
        first = "add the constraint to each partition with an index of its own"
        return "it is not supported on a partitioned table (0A000)", (
            f"{first}, then to the parent, which adopts them: {recipe}",
        )
    known = ctx.schema.indexes.get(full, _MISSING)
    if known is None:
        if not ctx.session.complete:
            return None
        return "there is no such index any more (42704)", (_build(op, full, ()),)
    index = ctx.schema.index(full)
    if index is None:
        return None
    if index.table != table:
        return f"it is an index of {quoted(index.table.name)} (55000)", (_build(op, full, ()),)
    if index.constraint:
        return "a constraint owns it already (55000)", ("leave the statement out",)
    return _unfit(op, index, ctx.postgres)


def _unfit(op: AddConstraint, index: Index, postgres: int) -> tuple[str, tuple[str, ...]] | None:
    build = index.build
    if build is None:
        return None
    columns = tuple(column.name for column in build.columns if column.name)
    plain = _build(op, index.name, columns) if len(columns) == len(build.columns) else ""
    if build.partial or not plain:
        what = "it is a partial index (42809)" if build.partial else "it contains an expression (42809)"
        return what, ("the unique index enforces its rule without a constraint: leave the statement out",)
    if not build.unique:
        return "it is not unique (42809)", (plain,)
    if column := next((one for one in build.columns if _sorts_otherwise(one, postgres)), None):
        return f"{quoted(column.label)} does not have the default sorting in it (42809)", (plain,)
    if op.constraint.kind == "PRIMARY KEY" and _distinct_nulls(build, postgres):
        return "a primary key does not take NULLS NOT DISTINCT (42P16)", (plain,)
    return None


def _sorts_otherwise(column: IndexColumn, postgres: int) -> bool:
    """Collations are compared from PostgreSQL 13 on."""
    other = bool(_OTHER_CLASS.match(column.opclass))
    return bool(column.order) or other or (bool(column.collation) and postgres >= 13)


def _distinct_nulls(build: BuildIndex, postgres: int) -> bool:
    return build.nulls_not_distinct and postgres >= 16


def _named(op: AddConstraint) -> str:
    return f"CONSTRAINT {quoted(op.constraint.name)} " if op.constraint.name else ""


def _build(op: AddConstraint, full: Name, columns: tuple[str, ...]) -> str:
    """The index that the constraint takes."""
    name = quoted(op.constraint.name or full.name)
    listed = ", ".join(map(quoted, columns)) or "…"
    return f"build the index first: CREATE UNIQUE INDEX CONCURRENTLY {name} ON {op.table} ({listed});"
