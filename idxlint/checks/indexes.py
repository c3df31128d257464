"""An index that a statement builds beside those that its table has."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from idxlint.checks.context import Context, in_body
from idxlint.model import Direction, Span, value
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, Constraint, IndexColumn
from idxlint.sql.state.definitions import Definition, definition, of_build, of_constraint
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name, Statement, cut, place

_IMPLY = ("django",)
"""Tools that make indexes for the fields of models by themselves: nobody wrote them, and nobody can leave them out."""


@value
class NewIndex:
    """What is built: its full name and table, its definition, and the indexes beside it that begin like it."""

    name: Name
    table: Name
    definition: Definition
    others: tuple[tuple[Index, Definition], ...]


@lru_cache(maxsize=1)  # two checks ask one after the other
def new_index(op: BuildIndex | AddConstraint, stmt: Statement, ctx: Context) -> NewIndex | None:
    """The index that a statement certainly builds; None where it builds none, or none beside another like it."""
    first = _first(op.columns[0]) if isinstance(op, BuildIndex) else _first_of(op.constraint)
    table = ctx.schema.resolve(op.table)
    if not first or not ctx.schema.has_indexes(table):
        return None
    alike = [old for old in ctx.schema.standing(table) if _begins(old) == first]
    implied = ctx.runner in _IMPLY and not stmt.verbatim
    if not alike or implied or (in_body(op) and not op.sure) or ctx.unit.direction is Direction.DOWN:
        return None
    if isinstance(op, BuildIndex):
        name, made = ctx.schema.index_name(op).name, of_build(op)
    else:
        name, made = constraint_name(op.table, op.constraint), of_constraint(op.constraint)
    full = Name(table.schema, cut(name))
    if made is None or ctx.schema.indexes.get(full):
        return None
    known = ((old, definition(old)) for old in alike)
    return NewIndex(full, table, made, tuple((old, defined) for old, defined in known if defined))


def where_built(op: BuildIndex | AddConstraint, stmt: Statement) -> Span:
    """The word of the statement that means the index."""
    return place(stmt, "INDEX" if isinstance(op, BuildIndex) else op.constraint.kind.split()[0], op.near)


def _first(column: IndexColumn) -> str:
    return column.name or column.expression


def _first_of(constraint: Constraint) -> str:
    return constraint.columns[0] if constraint.builds and constraint.columns else ""


def _begins(index: Index) -> str:
    """The first column or expression of an index."""
    if index.build is not None:
        return _first(index.build.columns[0])
    return _first_of(index.constraint) if index.constraint else ""


@value
class Pair:
    """Whether two indexes of a table stand at the end, and one still serves for the other.

    spare: the index that is not needed; relation: asked of its definition and that of the other
    """

    table: Name
    other: Name
    spare: Name
    relation: Callable[[Any, Any], bool]

    def __call__(self, schema: Schema) -> bool:
        """Ask the schema at the end of the history."""
        standing = {index.name: definition(index) for index in schema.standing(self.table)}
        other, spare = standing.get(self.other), standing.get(self.spare)
        return bool(other and spare and self.relation(spare, other))
