"""The columns of an index are the leading ones of another."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.checks.indexes import NewIndex, Pair, new_index, where_built
from idxlint.checks.refused import is_refused
from idxlint.model import Hit
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex
from idxlint.sql.state.definitions import Definition
from idxlint.sql.text import Name, Statement, quoted


@check("redundant-index", BuildIndex, AddConstraint)
def redundant_index(op: BuildIndex | AddConstraint, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The longer index serves the queries of the shorter one; writes maintain both."""
    new = new_index(op, stmt, ctx)
    pair = _pair(new) if new else None
    if new is None or pair is None or is_refused(op, stmt, ctx):
        return
    spare, other = pair
    before, behind, instead = "this makes ", "", ""
    if spare == new.name:
        before, behind, instead = "", "is ", "leave the statement out, or "
    yield Hit(
        f"{when(op)}{before}{quoted(spare.name)} of {op.table} {behind}redundant:"
        f" {quoted(other.name)} begins with the same columns",
        at=where_built(op, stmt),
        subject=f"{op.table}.{spare.name}",
        help=(f"where no query needs the smaller one: {instead}DROP INDEX CONCURRENTLY {spare.short};",),
        lasts=Pair(new.table, other, spare, Definition.leads),
    )


def _pair(new: NewIndex) -> tuple[Name, Name] | None:
    """The index that is not needed and the one that serves for it; none of two that are equal."""
    if any(new.definition.is_served_by(known) for _, known in new.others):
        return None  # duplicate-index speaks
    for old, known in new.others:
        if new.definition.leads(known):
            return new.name, old.name
        if known.leads(new.definition):
            return old.name, new.name
    return None
