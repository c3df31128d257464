"""What a statement meets whose table or index the history has ended: PostgreSQL refuses it."""

from idxlint.checks.context import Context
from idxlint.model import Hit, Span
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.text import Name


def no_relation(doing: str, op: Operation, name: Name, at: Span, ctx: Context, subject: str) -> Hit | None:
    """The hit for work on a table or index that certainly does not exist any more; None where it may.

    doing: what is refused, as in "building orders_status_idx". The SQLSTATE is that of PostgreSQL 12 to 18.
    """
    gone = ctx.gone(op, name)
    if not gone:
        return None
    return Hit(
        f"PostgreSQL refuses {doing}: {name} does not exist (42P01); {gone} it, and nothing makes it again",
        at=at,
        subject=subject,
        help=("create it first, or name the table that has taken its place",),
    )
