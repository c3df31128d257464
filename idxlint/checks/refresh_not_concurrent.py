"""A materialized view is refreshed without CONCURRENTLY."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.checks.no_relation import no_relation
from idxlint.model import Hit
from idxlint.sql.meaning.operations import Refresh, Where
from idxlint.sql.rewrite.recipes import refresh_concurrently
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name, Statement, place, quoted


@check("refresh-not-concurrent", Refresh, concurrent=False)
def refresh_not_concurrent(op: Refresh, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """REFRESH locks the view against reads while its query runs and its indexes are built."""
    view = ctx.schema.table(op.view)
    empty = view is not None and not view.populated
    if not op.with_data or empty or op.where is Where.FUNCTION or ctx.is_new(op.view):
        return
    at, subject = place(stmt, "REFRESH", op.near), str(op.view)
    if refused := no_relation("to refresh it", op, op.view, at, ctx, subject):
        yield refused
        return
    key = _key(ctx.schema, op.view)
    fix = None
    if key and not in_body(op):
        fix = fix_by(ctx, "refresh it CONCURRENTLY", refresh_concurrently(ctx.source.text, stmt))
    yield Hit(
        f"refreshing {op.view} without CONCURRENTLY blocks reads of it until {ctx.until(op)}",
        at=at,
        subject=subject,
        fix=fix,
        help=_advice(op.view, key),
    )


def _key(schema: Schema, view: Name) -> Name | None:
    """An index that REFRESH … CONCURRENTLY can use (is_usable_unique_index in src/backend/commands/matview.c)."""
    for name in schema.indexes_of(schema.resolve(view)):
        index = schema.indexes.get(name)
        build = index.build if index else None
        if build and build.unique and not build.partial and all(column.name for column in build.columns):
            return name
    return None


def _advice(view: Name, key: Name | None) -> tuple[str, ...]:
    again = f"REFRESH MATERIALIZED VIEW CONCURRENTLY {view};"
    if key:
        return (again,)
    index = quoted(f"{view.name}_key")
    return (
        "CONCURRENTLY needs a unique index on plain columns, without WHERE; no earlier migration builds one:",
        f"CREATE UNIQUE INDEX CONCURRENTLY {index} ON {view} (…);",
        again,
    )
