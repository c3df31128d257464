"""An index is dropped without CONCURRENTLY."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body, when
from idxlint.checks.fixes import fix_by
from idxlint.model import Fix, Hit
from idxlint.sql.meaning.operations import DropIndex, DropInvalid, DropTable
from idxlint.sql.rewrite.recipes import drop_constraints, drop_each
from idxlint.sql.state.schema import Index
from idxlint.sql.text import Name, Statement, place


@check("drop-index-not-concurrent", DropIndex, concurrent=False)
def drop_index_not_concurrent(op: DropIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """DROP INDEX takes ACCESS EXCLUSIVE on the table: reads queue up behind it as well."""
    if any(isinstance(other, DropInvalid) for other in ctx.steps[ctx.at].operations):
        return
    blocking = [name for name in op.indexes if _blocks(name, ctx)]
    if not blocking:
        return
    known = [index for name in blocking if (index := ctx.schema.index(name))]
    tables = ", ".join(dict.fromkeys(str(_short(index.table)) for index in known)) or "its table"
    names = ", ".join(map(str, blocking))
    yield Hit(
        f"{when(op)}dropping {names} blocks reads and writes of {tables} until {ctx.until(op)},"
        " even while it waits for other transactions",
        at=place(stmt, "INDEX", op.near),
        subject=names,
        fix=_fix(op, stmt, ctx, known),
    )


def _blocks(name: Name, ctx: Context) -> bool:
    index = ctx.schema.index(name)
    if index is None or ctx.unit.on_empty:
        return not ctx.unit.on_empty and not _gone(name, ctx)
    same_transaction = index.transaction and index.transaction == ctx.session.transaction
    return not (same_transaction or index.partitioned or ctx.is_new(index.table) or _goes(index.table, ctx))


def _goes(table: Name, ctx: Context) -> bool:
    """Whether the table is dropped as well, with nothing but other drops in between: then nobody uses it any more."""
    for step in ctx.steps[ctx.at + 1 :]:
        for operation in step.operations:
            match operation:
                case DropTable(tables=tables):
                    if table in map(ctx.schema.resolve, tables):
                        return True
                case DropIndex():
                    pass
                case _:
                    return False
    return False


def _gone(name: Name, ctx: Context) -> bool:
    """Whether the replayed history shows that there is no such index."""
    full = ctx.schema.resolve_index(name)
    return full in ctx.schema.indexes and ctx.schema.indexes[full] is None


def _fix(op: DropIndex, stmt: Statement, ctx: Context, known: list[Index]) -> Fix | None:
    if in_body(op):
        return None
    if owned := [(_short(index.table), index.name.name) for index in known if index.constraint]:
        if len(owned) < len(op.indexes):
            return None
        return fix_by(ctx, "drop the constraint that owns the index", drop_constraints(stmt, op, owned))
    return fix_by(ctx, "drop it CONCURRENTLY", drop_each(ctx.source.text, stmt, op), concurrent=True)


def _short(table: Name) -> Name:
    return Name(None, table.name) if table.schema == "public" else table
