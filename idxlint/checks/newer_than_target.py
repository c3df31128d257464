"""A form that the oldest release to be served does not know."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.checks.fixes import fix_by
from idxlint.model import Fix, Hit, Span
from idxlint.sql.meaning.column_operations import AddColumn
from idxlint.sql.meaning.operations import (
    AddConstraint,
    BuildIndex,
    CreateTable,
    DetachPartition,
    Operation,
    Reindex,
    Where,
)
from idxlint.sql.refusals.newer_forms import FORMS, may_be_newer, option, written
from idxlint.sql.rewrite.recipes import reindex_by_keyword
from idxlint.sql.text import Statement, find, tokens

_ON = (BuildIndex, Reindex, AddConstraint, AddColumn, CreateTable, DetachPartition)
_NEWEST = 18
_OF_INDEXES = 15
"""The releases that brought the latest form of any statement, and of CREATE INDEX, the commonest."""

_OF_14 = ("_minmax_multi_ops", "_bloom_ops")


@check("newer-than-target", *_ON)
def newer_than_target(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Every form of the statement that `postgres:` is too old for, each once."""
    if ctx.postgres >= (_OF_INDEXES if isinstance(op, BuildIndex) else _NEWEST):
        return
    if not may_be_newer(stmt.sql):
        return
    seen: set[str] = set()
    for form, span in _forms(op, stmt, ctx):
        since, sqlstate, instead = FORMS[form]
        if since <= ctx.postgres or form in seen:
            continue
        seen.add(form)
        at = Span(stmt.start + span.start, stmt.start + span.end) if span and stmt.verbatim else None
        yield Hit(
            f"{when(op)}PostgreSQL {ctx.postgres} refuses {form} ({sqlstate}): it came with {since}",
            at=at or Span(stmt.start, stmt.end),
            subject=form,
            fix=_fix(op, stmt, ctx) if form == "REINDEX (CONCURRENTLY)" else None,
            help=(
                *instead,
                f"or, where every server is {since} or later: postgres: {since} in idxlint's configuration",
            ),
        )


def _forms(op: Operation, stmt: Statement, ctx: Context) -> Iterator[tuple[str, Span | None]]:
    """The newer forms of an operation, and where they stand in the statement."""
    partitioned = isinstance(op, AddConstraint) and ctx.schema.is_partitioned(op.table)
    match op:
        case Reindex():
            yield from _reindex(op, stmt, ctx)
            return
        case DetachPartition(concurrently=True):
            yield "DETACH PARTITION CONCURRENTLY", find(stmt.sql, "CONCURRENTLY", op.near)
            return
        case BuildIndex(method="spgist", include=[_, *_]):
            yield "INCLUDE of an SP-GiST index", find(stmt.sql, "INCLUDE", op.near)
        case BuildIndex(method="brin") if any(column.opclass.endswith(_OF_14) for column in op.columns):
            yield "this operator class", None
        case AddConstraint(constraint=constraint) if partitioned and constraint.kind == "EXCLUDE":
            yield "an exclusion constraint on a partitioned table", find(stmt.sql, "EXCLUDE", op.near)
        case AddConstraint(constraint=constraint) if partitioned and constraint.kind == "FOREIGN KEY":
            if not_valid := find(stmt.sql, "NOT VALID", op.near):
                yield "a foreign key NOT VALID on a partitioned table", not_valid
        case CreateTable(partitioned=True) if any(one.kind == "EXCLUDE" for one in op.constraints):
            yield "an exclusion constraint on a partitioned table", find(stmt.sql, "EXCLUDE", op.near)
    if _is_first(op, stmt, ctx):
        yield from written(stmt.sql, depth=int(isinstance(op, CreateTable)))


def _reindex(op: Reindex, stmt: Statement, ctx: Context) -> Iterator[tuple[str, Span | None]]:
    row = tokens(stmt.sql)
    for name in ("CONCURRENTLY", "TABLESPACE"):
        if span := option(row, name):
            yield f"REINDEX ({name})", span
    if op.kind in ("DATABASE", "SYSTEM") and op.target is None:
        yield "REINDEX without a name", None
    index = ctx.schema.index(op.target) if op.kind == "INDEX" and op.target else None
    if index and index.partitioned:
        yield "REINDEX of a partitioned index", None


def _is_first(op: Operation, stmt: Statement, ctx: Context) -> bool:
    """Whether the words of the statement have not been looked at for an operation before this one."""
    step = ctx.steps[ctx.at]
    return step.statement is not stmt or next(one for one in step.operations if isinstance(one, _ON)) is op


def _fix(op: Operation, stmt: Statement, ctx: Context) -> Fix | None:
    """The same in the words that 12 takes as well; TABLESPACE has none."""
    if not isinstance(op, Reindex) or op.where is not Where.TOP or option(tokens(stmt.sql), "TABLESPACE"):
        return None
    return fix_by(ctx, "write it as 12 takes it", reindex_by_keyword(ctx.source.text, stmt, op), safe=True)
