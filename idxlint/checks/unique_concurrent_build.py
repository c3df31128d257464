"""A unique index is built CONCURRENTLY with nothing to clear a failed build away."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.rewrite.recipes import build_concurrently
from idxlint.sql.text import Statement, place, quoted


@check("unique-concurrent-build", BuildIndex, concurrent=True)
def unique_concurrent_build(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Duplicates make the build fail and leave an INVALID index that writes pay for, or fail on."""
    if not op.unique or in_body(op) or ctx.needs_no_care(op):
        return
    name = ctx.schema.index_name(op)
    # if-not-exists-hides-invalid speaks of what is hidden.
    hidden = (op.if_not_exists and not ctx.checked_after()) or ctx.passed_over(stmt, name)
    if hidden or ctx.dropped_before(name) or ctx.schema.is_partitioned(op.table):
        return
    rewriting = build_concurrently(ctx.source.text, stmt, op, name, guard=True)
    yield Hit(
        f"duplicates in {op.table} make the build of {quoted(name.name)} fail and leave an invalid index"
        " that slows or rejects writes until it is dropped",
        at=place(stmt, "UNIQUE", op.near),
        subject=f"{op.table}.{name.name}",
        fix=fix_by(ctx, "first drop what a failed build left", rewriting, concurrent=True),
        help=_recovery(op, str(name)),
    )


def _recovery(op: BuildIndex, name: str) -> tuple[str, ...]:
    columns = ", ".join(column.name for column in op.columns if column.name)
    if len([column for column in op.columns if column.name]) == len(op.columns):
        rows = f"SELECT {columns}, count(*) FROM {op.table} GROUP BY {columns} HAVING count(*) > 1;"
        if op.partial:
            rows = rows.replace(" GROUP BY", " WHERE … GROUP BY")
    else:
        rows = f"group {op.table} by the expressions of the index and look for count(*) > 1"
    return (
        f"before the build: {rows}",
        f"after a failed build: DROP INDEX CONCURRENTLY {name}; then build it again",
        f"check: SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass;",
    )
