"""An index has the definition of one that stands."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.checks.indexes import NewIndex, Pair, new_index, where_built
from idxlint.checks.refused import is_refused
from idxlint.model import Hit
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex
from idxlint.sql.state.definitions import Definition
from idxlint.sql.state.relations import Index
from idxlint.sql.text import Statement, quoted


@check("duplicate-index", BuildIndex, AddConstraint)
def duplicate_index(op: BuildIndex | AddConstraint, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Writes maintain both, and no query needs the second."""
    new = new_index(op, stmt, ctx)
    if new is None:
        return
    old = next((old for old, known in new.others if new.definition.is_served_by(known)), None)
    if old is None or is_refused(op, stmt, ctx):
        return
    yield Hit(
        f"{when(op)}{quoted(new.name.name)} has the same definition as {quoted(old.name.name)} of {op.table}:"
        " each write maintains both",
        at=where_built(op, stmt),
        subject=f"{op.table}.{new.name.name}",
        help=_help(op, new, old),
        lasts=Pair(new.table, old.name, new.name, Definition.is_served_by),
    )


def _help(op: BuildIndex | AddConstraint, new: NewIndex, old: Index) -> tuple[str, ...]:
    owned = old.constraint is not None
    if isinstance(op, AddConstraint) and not owned and old.build and old.build.unique:
        kind, name = op.constraint.kind, quoted(new.name.name)
        using = f"ALTER TABLE {op.table} ADD CONSTRAINT {name} {kind} USING INDEX {quoted(old.name.name)};"
        return (f"let the constraint have the index that stands: {using}",)
    if isinstance(op, AddConstraint) and not owned:
        return (f"drop the index that stands: DROP INDEX CONCURRENTLY {old.name.short};",)
    drop = f"DROP INDEX CONCURRENTLY {new.name.short};"
    if isinstance(op, AddConstraint):
        drop = f"ALTER TABLE {op.table} DROP CONSTRAINT {quoted(new.name.name)};"
    return ("leave the statement out", f"where it has run already: {drop}")
