"""An index that a statement builds beside those that its table has."""

from collections.abc import Callable
from typing import Any

from idxlint.checks.context import Context, in_body
from idxlint.model import Direction, Span, value
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex
from idxlint.sql.state.definitions import Definition, definition, of_build, of_constraint
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name, Statement, cut, place

_IMPLY = ("django",)
"""Tools that make indexes for the fields of models by themselves: nobody wrote them, and nobody can leave them out."""


@value
class NewIndex:
    """What is built: its full name and table, its definition, the words for it, and the indexes beside it."""

    name: Name
    table: Name
    definition: Definition
    at: Span
    others: tuple[tuple[Index, Definition], ...]


def new_index(op: BuildIndex | AddConstraint, stmt: Statement, ctx: Context) -> NewIndex | None:
    """The index that a statement certainly builds; None where it builds none, or one that the text does not tell."""
    implied = ctx.runner in _IMPLY and not stmt.verbatim
    if implied or (in_body(op) and not op.sure) or ctx.unit.direction is Direction.DOWN:
        return None
    table = ctx.schema.resolve(op.table)
    others = [*ctx.schema.standing(table)]
    if not others:
        return None
    if isinstance(op, BuildIndex):
        name, made, words = ctx.schema.index_name(op), of_build(op), "INDEX"
    elif op.constraint.builds:
        made = of_constraint(op.constraint)
        name, words = Name(None, constraint_name(op.table, op.constraint)), op.constraint.kind.split()[0]
    else:
        return None
    full = Name(table.schema, cut(name.name))
    if made is None or any(old.name == full for old in others):
        return None
    known = ((old, definition(old)) for old in others)
    beside = tuple((old, defined) for old, defined in known if defined)
    return NewIndex(full, table, made, place(stmt, words, op.near), beside)


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


def short(name: Name) -> Name:
    """A name without the schema that it needs least."""
    return Name(None, name.name) if name.schema == "public" else name
