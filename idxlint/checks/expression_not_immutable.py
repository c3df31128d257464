"""An index on an expression, or with a predicate, that is not IMMUTABLE."""

from collections.abc import Iterator, Mapping

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.text import Statement, find, place, quoted

_HINTS = ("(", "::", "current_", "local", "session_user", "date", "timestamp", "interval")
_WRAPPER = (
    "where it has one meaning for this data, say so in a function of your own:",
    "CREATE FUNCTION its_name(…) RETURNS … LANGUAGE sql IMMUTABLE AS $$ SELECT … $$;",
)
_INSTEAD: Mapping[str, tuple[str, ...]] = {
    "clock": ("index the column itself, and compare it with the clock in the query",),
    "session": ("index the column itself, and compare it with the session in the query",),
    "zone": (
        "name the time zone: write its_column AT TIME ZONE 'UTC' for the column, in the index and in the queries",
    ),
    "configuration": ("name the text search configuration: to_tsvector('english', its_column)",),
    "concat()": ("coalesce(first, '') || coalesce(second, '')",),
}


@check("expression-not-immutable", BuildIndex)
def expression_not_immutable(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """PostgreSQL computes an entry of an index once, so what it computes must never change."""
    expressions = [column.expression for column in op.columns if column.expression]
    predicate = op.predicate if op.predicate and any(map(op.predicate.lower().__contains__, _HINTS)) else ""
    if not expressions and not predicate:
        return
    from idxlint.sql.refusals.mutability import in_predicate, mutable  # most indexes have neither

    def type_of(name: str) -> str | None:
        column = ctx.schema.catalogue.column(op.table, name)
        written = column.type if column else None
        return f"{written.name}[]" if written and written.array else written.name if written else None

    found = next(filter(None, (mutable(expression, type_of) for expression in expressions)), None)
    where = "an expression"
    if found is None and predicate:
        found, where = in_predicate(predicate, type_of), "the predicate"
    if found is None:
        return
    index = quoted(ctx.schema.index_name(op).name)
    words = found.word if found.word and find(stmt.sql, found.word, op.near) else "INDEX"
    yield Hit(
        f"{when(op)}PostgreSQL refuses {index}: {found.what} in {where} of an index is not IMMUTABLE (42P17)",
        at=place(stmt, words, op.near),
        subject=f"{op.table}.{index}",
        help=_INSTEAD.get(found.group, _WRAPPER),
    )
