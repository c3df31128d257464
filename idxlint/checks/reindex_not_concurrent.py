"""An index is rebuilt without CONCURRENTLY."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body, when
from idxlint.checks.fixes import fix_by
from idxlint.checks.no_relation import no_relation
from idxlint.model import Hit
from idxlint.sql.meaning.operations import Reindex
from idxlint.sql.rewrite.recipes import reindex_concurrently
from idxlint.sql.text import Statement, place

_FIRST_14 = 14


@check("reindex-not-concurrent", Reindex, concurrent=False)
def reindex_not_concurrent(op: Reindex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """REINDEX locks the table against writes and the index against everything, planning included."""
    if _new(op, ctx) or _is_skipped(op, ctx):
        return
    at = place(stmt, "REINDEX", op.near)
    what = op.kind.lower() if op.target is None else f"{op.kind.lower()} {op.target}"
    named = op.target if op.kind in ("TABLE", "INDEX") else None
    if named and (refused := no_relation("to rebuild it", op, named, at, ctx, what)):
        yield refused
        return
    system = op.kind == "SYSTEM"
    fix = None
    if not system and not in_body(op):
        rewriting = reindex_concurrently(ctx.source.text, stmt, op)
        fix = fix_by(ctx, "rebuild it CONCURRENTLY", rewriting, concurrent=True)
    yield Hit(
        f"{when(op)}rebuilding {what} blocks writes until {ctx.until(op)},"
        " and reads as well, because planning opens every index",
        at=at,
        subject=what,
        fix=fix,
        help=("REINDEX SYSTEM has no concurrent form: run it in a maintenance window",) if system else (),
    )


def _is_skipped(op: Reindex, ctx: Context) -> bool:
    """Whether it is a partitioned table, which PostgreSQL skips before 14 (IDX409)."""
    table = op.target if op.kind == "TABLE" and ctx.postgres < _FIRST_14 else None
    return table is not None and ctx.schema.is_partitioned(table)


def _new(op: Reindex, ctx: Context) -> bool:
    if op.target is None:
        return False
    if op.kind == "TABLE":
        return ctx.is_new(op.target)
    index = ctx.schema.index(op.target) if op.kind == "INDEX" else None
    return index is not None and ctx.is_new(index.table)
