"""CREATE INDEX CONCURRENTLY IF NOT EXISTS keeps the INVALID index of a failed run and calls it success."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.rewrite.recipes import build_concurrently
from idxlint.sql.text import Statement, place, quoted


@check("if-not-exists-hides-invalid", BuildIndex, concurrent=True)
def if_not_exists_hides_invalid(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The second run says "already exists, skipping" and ends well, whatever state the index is in."""
    if not op.if_not_exists or in_body(op) or ctx.is_new(op.table):
        return
    name = ctx.schema.index_name(op)
    if ctx.dropped_before(name) or ctx.checked_after() or ctx.schema.is_partitioned(op.table):
        return
    rewriting = None
    if not ctx.schema.index(name):  # else the guard would drop what stands
        rewriting = build_concurrently(ctx.source.text, stmt, op, name, guard=True)
    yield Hit(
        f"a failed build leaves {quoted(name.name)} INVALID,"
        " and with IF NOT EXISTS the next run keeps it and reports success",
        at=place(stmt, "IF NOT EXISTS", op.near),
        subject=f"{op.table}.{name.name}",
        fix=fix_by(ctx, "drop the index if it exists, then build it", rewriting, concurrent=True),
        help=(f"check: SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass;",),
    )
