"""A directive that should take the file out of the runner's transaction is not read by the runner."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Hit, Misread, Severity
from idxlint.sql.text import Statement


@check("opt-out-not-read", Misread)
def opt_out_not_read(misread: Misread, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Spelling, place or tool are wrong; the runner says nothing and wraps the file all the same."""
    words = " ".join(ctx.source.text[stmt.start : stmt.end].split())[:60]
    if misread.read:
        yield Hit(misread.message, at=misread.span, subject=words, severity=Severity.NOTE)
        return
    yield Hit(f"{ctx.runner} ignores this opt-out: {misread.message}", at=misread.span, subject=words)
