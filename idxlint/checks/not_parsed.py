"""PostgreSQL's grammar refuses a text, so nobody judged it."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Gap, Hit, Reason, Severity
from idxlint.sql.text import Statement


@check("not-parsed", Gap)
def not_parsed(gap: Gap, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """One finding for each gap that PostgreSQL would stop at; one a file for another database's SQL."""
    if gap.reason not in (Reason.SYNTAX, Reason.DIALECT, Reason.ENCODING):
        return
    note = Severity.NOTE if gap.reason is Reason.DIALECT else None
    words = " ".join(ctx.source.text[stmt.start : stmt.end].split())[:60]
    yield Hit(f"not judged: {gap.message}", at=gap.span, subject=words, severity=note)
