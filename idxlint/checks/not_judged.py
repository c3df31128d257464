"""A template or a string that is made while it runs mentions an index operation."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Gap, Hit, Reason, Span
from idxlint.sql.meaning.matter import INDEX_WORK
from idxlint.sql.meaning.operations import Operation, Unresolved
from idxlint.sql.text import Statement


@check("not-judged", Gap, Unresolved)
def not_judged(what: Gap | Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """It could not be resolved, so whether it blocks is for the reader to say."""
    text = ctx.source.text[stmt.start : stmt.end]
    words = " ".join(text.split())[:60]
    if isinstance(what, Unresolved):
        message = (
            f"{what.what} is known only at run time, and it mentions an index operation: review it yourself"
        )
        yield Hit(message, at=Span(stmt.start, stmt.end), subject=words)
    elif isinstance(what, Gap) and what.reason is Reason.TEMPLATE and INDEX_WORK.search(text):
        message = f"not judged, and it mentions an index operation: {what.message}"
        yield Hit(message, at=what.span, subject=words)
