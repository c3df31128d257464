"""A concurrent build that fails leaves its name behind, and the second run fails on it."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.checks.refused import is_refused
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.rewrite.recipes import build_concurrently
from idxlint.sql.text import Statement, place, quoted


@check("retry-not-safe", BuildIndex, concurrent=True)
def retry_not_safe(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """A second run says "already exists"; other rules speak of a unique index, of IF NOT EXISTS and of no name."""
    if op.unique or op.if_not_exists or not op.index or in_body(op) or ctx.needs_no_care(op):
        return
    name = ctx.schema.index_name(op)
    if ctx.dropped_before(name) or ctx.passed_over(stmt, name) or is_refused(op, stmt, ctx):
        return
    rewriting = build_concurrently(ctx.source.text, stmt, op, name, guard=True)
    yield Hit(
        f"if the build of {quoted(name.name)} fails, the next run fails as well: the invalid index has its name"
        " (42P07)",
        at=place(stmt, "CONCURRENTLY", op.near),
        subject=f"{op.table}.{name.name}",
        fix=fix_by(ctx, "first drop what a failed build left", rewriting, concurrent=True),
        help=(f"in a statement of its own before it: DROP INDEX CONCURRENTLY IF EXISTS {name};",),
    )
