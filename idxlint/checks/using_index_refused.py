"""ADD CONSTRAINT … USING INDEX over an index that PostgreSQL does not take for it."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.checks.using_index import refusal
from idxlint.model import Hit
from idxlint.sql.meaning.operations import AddConstraint
from idxlint.sql.text import Statement, place, quoted


@check("using-index-refused", AddConstraint)
def using_index_refused(op: AddConstraint, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The constraint's own index would have another definition, so the one that stands is refused."""
    wanted, why = op.constraint.using_index, refusal(op, ctx)
    if wanted is None or why is None:
        return
    reason, help_ = why
    name = op.constraint.name or wanted
    yield Hit(
        f"{when(op)}PostgreSQL refuses {op.constraint.kind} USING INDEX {quoted(wanted)} on {op.table}: {reason}",
        at=place(stmt, "USING INDEX", op.near),
        subject=f"{op.table}.{name}",
        help=help_,
    )
