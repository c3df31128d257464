"""A primary key over an index looks for nulls under ACCESS EXCLUSIVE."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.model import Hit
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.operations import AddConstraint
from idxlint.sql.text import Statement, chosen, place, quoted

_NOT_NULL_NOT_VALID = 18


@check("primary-key-scans-for-nulls", AddConstraint)
def primary_key_scans_for_nulls(op: AddConstraint, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """ADD PRIMARY KEY USING INDEX reads the whole table where a column may be null; what is unknown may not."""
    index = op.constraint.using_index
    if index is None or op.constraint.kind != "PRIMARY KEY" or ctx.is_new(op.table):
        return
    catalogue = ctx.schema.catalogue
    columns = [column for column in catalogue.index_columns(op.table, index) if column]
    nullable = [
        column
        for column in columns
        if catalogue.is_not_null(op.table, column) is False
        and not catalogue.proves_not_null(op.table, column)
    ]
    if not nullable or ctx.gone(op, op.table):
        return
    name = op.constraint.name or index
    yield Hit(
        f"{when(op)}adding PRIMARY KEY {quoted(name)} scans all of {op.table} for nulls in"
        f" {', '.join(map(quoted, nullable))}, and blocks its reads and writes until {ctx.until(op)}",
        at=place(stmt, "PRIMARY", op.near),
        subject=f"{op.table}.{constraint_name(op.table, op.constraint) if op.constraint.name else index}",
        help=tuple(_proof(op, nullable, ctx)),
    )


def _proof(op: AddConstraint, columns: list[str], ctx: Context) -> Iterator[str]:
    yield "prove first that there are no nulls; the scan then blocks nobody, if each statement commits by itself:"
    for column in columns:
        name, word = quoted(chosen(op.table.name, (column,), "not_null")), quoted(column)
        if ctx.postgres >= _NOT_NULL_NOT_VALID:
            yield f"ALTER TABLE {op.table} ADD CONSTRAINT {name} NOT NULL {word} NOT VALID;"
        else:
            yield f"ALTER TABLE {op.table} ADD CONSTRAINT {name} CHECK ({word} IS NOT NULL) NOT VALID;"
        yield f"ALTER TABLE {op.table} VALIDATE CONSTRAINT {name};"
    if ctx.postgres < _NOT_NULL_NOT_VALID:
        drops = (quoted(chosen(op.table.name, (column,), "not_null")) for column in columns)
        yield f"afterwards: ALTER TABLE {op.table} {', '.join(f'DROP CONSTRAINT {name}' for name in drops)};"
