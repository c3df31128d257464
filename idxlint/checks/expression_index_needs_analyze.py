"""An index on an expression is built, and nothing collects statistics for it."""

import re
from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.model import Fix, Hit
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.text import Statement, place, quoted

_ANALYZE = re.compile(
    r"--[^\r\n]*|/\*.*?\*/|\b(?P<verb>analy[sz]e)\b(?:\s*\([^()]*\)|\s+verbose\b|\s*\))?(?P<names>[^;]*)",
    re.IGNORECASE | re.DOTALL,
)


@check("expression-index-needs-analyze", BuildIndex)
def expression_index_needs_analyze(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The statistics of an expression are collected by the first ANALYZE behind the build."""
    if all(column.name for column in op.columns) or ctx.is_new(op.table) or in_body(op):
        return
    analyzed = ctx.around.once("analyzed", lambda _: _analyzed(ctx.source.text))
    if any(at > stmt.end and (not names or _names(op.table.name, names)) for at, names in analyzed):
        return
    index = quoted(ctx.schema.index_name(op).name)
    yield Hit(
        f"{index} has no statistics on its expression until {op.table} is analyzed: the planner guesses how many"
        " rows a condition on it finds",
        at=place(stmt, "INDEX", op.near),
        subject=f"{op.table}.{index}",
        fix=_fix(op, stmt, ctx),
        help=(f"ANALYZE {op.table};",),
    )


def _fix(op: BuildIndex, stmt: Statement, ctx: Context) -> Fix | None:
    if op.near or (op.concurrently and (ctx.session.block or ctx.session.timeouts(lasting=True))):
        return None  # it has to leave its block, or the timeouts, first
    rewriting = Rewriting(stmt, after=(f"ANALYZE {op.table}",))
    return fix_by(ctx, "analyze the table", rewriting, safe=True, concurrent=op.concurrently)


def _analyzed(text: str) -> list[tuple[int, str]]:
    """Where a text says ANALYZE, alone or for VACUUM, and the names behind it; "" for all tables."""
    return [
        (match.start(), match["names"].strip().lower()) for match in _ANALYZE.finditer(text) if match["verb"]
    ]


def _names(table: str, names: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(table.lower())}(?![\w$])", names) is not None
