"""The columns of a foreign key lead no index when all migrations have run."""

import re
from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Direction, Hit, Span, value
from idxlint.sql.meaning import normal_form
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.operations import AddConstraint, Constraint, CreateTable
from idxlint.sql.state.definitions import definition
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name, Statement, chosen, cut, quoted, tokens

_REFERENCES = re.compile(r"\breferences\b", re.IGNORECASE)


@check("unindexed-foreign-key", AddConstraint, CreateTable)
def unindexed_foreign_key(op: AddConstraint | CreateTable, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Each DELETE in the referenced table looks for the rows that reference it, without an index in all of them."""
    constraints = (op.constraint,) if isinstance(op, AddConstraint) else op.constraints
    keys = [constraint for constraint in constraints if constraint.kind == "FOREIGN KEY"]
    if not keys or in_body(op) or ctx.unit.direction is Direction.DOWN or not _tells_indexes(op, ctx):
        return
    full = ctx.schema.resolve(op.table)
    plain = isinstance(op, CreateTable) or ctx.is_new(op.table)
    places = _places(stmt, op.near, len(keys))
    for number, key in enumerate(keys):
        name = cut(constraint_name(op.table, key))
        yield Hit(
            f"no index of {op.table} begins with {', '.join(map(quoted, key.columns))}:"
            f" deleting a row of {key.references}, or changing its key, scans all of {op.table}",
            at=places[number],
            subject=f"{op.table}.{name}",
            help=(_build(op.table, key, plain=plain),),
            lasts=Unindexed(full, name, ctx.schema.foreign_keys.made + 1 + number),
        )


def _tells_indexes(op: AddConstraint | CreateTable, ctx: Context) -> bool:
    """Whether the history has all indexes that may be on the columns: it made the table or adds the column."""
    there = ctx.schema.table(op.table)
    if isinstance(op, CreateTable):
        return not (op.if_not_exists and there)
    return op.column is not None or there is not None


def _places(stmt: Statement, near: int, keys: int) -> list[Span]:
    """The word REFERENCES of each foreign key; the statement where they cannot be told apart."""
    places = [match.start() for match in _REFERENCES.finditer(stmt.sql, near)]
    if len(places) != keys:  # in a comment, a literal, or of another subcommand
        places = [
            token.start for token in tokens(stmt.sql) if token.kind == "REFERENCES" and token.start >= near
        ]
    if not stmt.verbatim or len(places) < keys:
        return [Span(stmt.start, stmt.end)] * keys
    return [Span(stmt.start + place, stmt.start + place + len("REFERENCES")) for place in places]


def _build(table: Name, key: Constraint, *, plain: bool) -> str:
    index = quoted(chosen(table.name, key.columns, "idx"))
    columns = ", ".join(map(quoted, key.columns))
    return f"CREATE INDEX {'' if plain else 'CONCURRENTLY '}{index} ON {table} ({columns});"


@value
class Unindexed:
    """Whether a foreign key stands at the end, and no index finds the rows that reference one row.

    number: that of the foreign key, for one that is dropped and added again is another
    """

    table: Name
    name: str
    number: int

    def __call__(self, schema: Schema) -> bool:
        """Ask the schema at the end of the history."""
        columns = schema.foreign_keys.columns(self.table, self.name, self.number)
        table = schema.tables.get(self.table)
        if not columns:
            return False
        tables = [self.table, *([table.parent] if table and table.parent else ())]
        return not any(_finds(index, columns) for name in tables for index in schema.standing(name))


def _finds(index: Index, columns: tuple[str, ...]) -> bool:
    """Whether the first keys of an index are columns of the foreign key, in any order; unknown is yes."""
    known = definition(index)
    if known is None:
        return True
    wanted = {normal_form.of_text(f"{quoted(column)} IS NOT NULL") for column in columns}
    if known.method not in ("btree", "hash") or (known.predicate and known.predicate not in wanted):
        return False
    return all(key[0] in columns for key in known.keys[: len(columns)])
