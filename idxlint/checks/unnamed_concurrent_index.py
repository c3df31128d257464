"""A concurrent build has no name for its index."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.rewrite.recipes import build_concurrently
from idxlint.sql.text import Statement, place, quoted


@check("unnamed-concurrent-index", BuildIndex, concurrent=True)
def unnamed_concurrent_index(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """PostgreSQL picks a free name each time, so every retry builds one more copy."""
    if op.index or in_body(op) or ctx.needs_no_care(op):
        return
    name = ctx.schema.index_name(op)
    rewriting = build_concurrently(ctx.source.text, stmt, op, name, guard=op.unique)
    yield Hit(
        f"the index has no name: after a failed build, each retry builds another copy on {op.table}"
        f" ({quoted(name.name)}, {quoted(name.name + '1')}, …)",
        at=place(stmt, "CONCURRENTLY", op.near),
        subject=f"{op.table}.{name.name}",
        fix=fix_by(
            ctx,
            "give it the name that PostgreSQL would choose",
            rewriting,
            safe=not op.unique,
            concurrent=op.unique,
        ),
    )
