"""An index is dropped without CONCURRENTLY."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body, when
from idxlint.checks.fixes import fix_by
from idxlint.model import Fix, Hit
from idxlint.sql.meaning.operations import DropIndex, DropInvalid, DropTable, Operation
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.recipes import drop_constraints, drop_each
from idxlint.sql.state.relations import Index
from idxlint.sql.text import Name, Statement, place


@check("drop-index-not-concurrent", DropIndex, concurrent=False)
def drop_index_not_concurrent(op: DropIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """DROP INDEX takes ACCESS EXCLUSIVE on the table: reads queue up behind it as well."""
    if any(isinstance(other, DropInvalid) for other in ctx.steps[ctx.at].operations):
        return
    gone = [name for name in op.indexes if not op.if_exists and ctx.gone(op, name)]
    if gone:
        yield _refused(op, stmt, gone[0], ctx)
        return
    blocking = [name for name in op.indexes if _blocks(name, ctx)]
    if not blocking:
        return
    known = [index for name in blocking if (index := ctx.schema.index(name))]
    tables = ", ".join(dict.fromkeys(str(index.table.short) for index in known)) or "its table"
    names = ", ".join(map(str, blocking))
    yield Hit(
        f"{when(op)}dropping {names} blocks reads and writes of {tables} until {ctx.until(op)},"
        " even while it waits for other transactions",
        at=place(stmt, "INDEX", op.near),
        subject=names,
        fix=_fix(op, stmt, ctx, known),
    )


def _refused(op: DropIndex, stmt: Statement, name: Name, ctx: Context) -> Hit:
    """42704, and nothing of the statement happens."""
    return Hit(
        f"PostgreSQL refuses to drop {name}: it does not exist (42704); {ctx.gone(op, name)} its table",
        at=place(stmt, "INDEX", op.near),
        subject=", ".join(map(str, op.indexes)),
        help=("the index has gone with its table: leave the statement out, or say IF EXISTS",),
    )


def _blocks(name: Name, ctx: Context) -> bool:
    index = ctx.schema.index(name)
    if index is None or ctx.unit.on_empty:
        return not ctx.unit.on_empty and not _gone(name, ctx)
    same_transaction = index.transaction and index.transaction == ctx.session.transaction
    return not (same_transaction or index.partitioned or ctx.is_new(index.table) or _goes(index.table, ctx))


def _goes(table: Name, ctx: Context) -> bool:
    """Whether the table is dropped as well, with nothing but other drops in between: then nobody uses it any more."""
    drops = ctx.around.once("drops", _Drops)
    return any(ctx.schema.resolve(name) == table for name in drops.together(table.name, ctx.at))


class _Drops:
    """The tables that are dropped in statements that follow each other and do nothing else."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._tables: dict[tuple[int, str], list[tuple[int, Name]]] = {}
        self._rows = [*accumulate((not _only_drops(step) for step in steps), initial=0)]
        for at, step in enumerate(steps):
            dropped = takewhile(_drops, step.operations)
            for name in (name for drop in dropped if isinstance(drop, DropTable) for name in drop.tables):
                self._tables.setdefault((self._rows[at], name.name), []).append((at, name))

    def together(self, table: str, at: int) -> Iterator[Name]:
        """The tables of a name, with any schema, that are dropped in the row behind a statement."""
        row = self._tables.get((self._rows[at + 1], table), [])
        return (name for _, name in row[bisect_right(row, at, key=lambda drop: drop[0]) :])


def _only_drops(step: Step) -> bool:
    return all(map(_drops, step.operations))


def _drops(operation: Operation) -> bool:
    return isinstance(operation, DropTable | DropIndex)


def _gone(name: Name, ctx: Context) -> bool:
    """Whether the replayed history shows that there is no such index."""
    full = ctx.schema.resolve_index(name)
    return full in ctx.schema.indexes and ctx.schema.indexes[full] is None


def _fix(op: DropIndex, stmt: Statement, ctx: Context, known: list[Index]) -> Fix | None:
    if in_body(op):
        return None
    if owned := [(index.table.short, index.name.name) for index in known if index.constraint]:
        if len(owned) < len(op.indexes):
            return None
        return fix_by(ctx, "drop the constraint that owns the index", drop_constraints(stmt, op, owned))
    return fix_by(ctx, "drop it CONCURRENTLY", drop_each(ctx.source.text, stmt, op), concurrent=True)
