"""IF NOT EXISTS, or another test for the name, takes the INVALID index of a failed run for a finished one."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.model import Hit, NameGuard
from idxlint.sql.meaning.operations import BuildIndex, Where
from idxlint.sql.rewrite.recipes import build_concurrently
from idxlint.sql.text import Name, Statement, place, quoted


@check("if-not-exists-hides-invalid", BuildIndex, concurrent=True)
def if_not_exists_hides_invalid(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The second run says "already exists, skipping" and ends well, whatever state the index is in."""
    name = ctx.schema.index_name(op)
    guard = ctx.passed_over(stmt, name)
    if not (op.if_not_exists or guard) or ctx.needs_no_care(op):
        return
    if in_body(op) and op.where is not Where.DBLINK:
        return
    if ctx.dropped_before(name) or ctx.checked_after() or ctx.schema.is_partitioned(op.table):
        return
    if guard and not op.if_not_exists:
        if ctx.session.block is None or op.where is Where.DBLINK:  # else it is refused
            yield _guarded(op, name, guard, stmt, ctx)
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


def _guarded(op: BuildIndex, name: Name, guard: NameGuard, stmt: Statement, ctx: Context) -> Hit:
    line = ctx.source.position(guard.span.start).line
    what = "the name" if guard.asked else "the columns"
    return Hit(
        f"a failed build leaves {quoted(name.name)} INVALID, and {guard.words} in line {line}, which asks for"
        f" {what} only, makes the next run skip it while the index is INVALID",
        at=place(stmt, "CONCURRENTLY", op.near),
        subject=f"{op.table}.{name.name}",
        help=(
            "ask for a valid index: join pg_index, and test indisvalid",
            f"or run DROP INDEX CONCURRENTLY IF EXISTS {name} first, whatever the test says",
        ),
    )
