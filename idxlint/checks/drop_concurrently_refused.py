"""DROP INDEX CONCURRENTLY in a form that PostgreSQL refuses."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.model import Fix, Hit, Safety
from idxlint.sql.meaning.operations import DropIndex
from idxlint.sql.rewrite.recipes import drop_constraints, drop_each, without
from idxlint.sql.state.relations import TEMP, Index
from idxlint.sql.text import Statement, place


@check("drop-concurrently-refused", DropIndex, concurrent=True)
def drop_concurrently_refused(op: DropIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """It takes one index, no CASCADE, none that a constraint owns, and no partitioned one.

    An index of a temporary table is dropped plainly whatever is said (RemoveRelations in tablecmds.c).
    """
    if in_body(op):
        return
    known = [index for name in op.indexes if (index := ctx.schema.index(name))]
    owned = [index for index in known if index.constraint]
    lasting = [index for index in known if index.table.schema != TEMP]
    partitioned = [index for index in lasting if index.partitioned and not index.constraint]
    if owned:
        why = f"constraint {owned[0].name.name} owns the index"
    elif partitioned:
        why = f"{partitioned[0].name.name} is a partitioned index"
    elif len(op.indexes) > 1:
        why = "it does not support dropping several indexes"
    elif op.cascade:
        why = "it does not support CASCADE"
    else:
        return
    names = ", ".join(map(str, op.indexes))
    yield Hit(
        f"DROP INDEX CONCURRENTLY {names} fails: {why}",
        at=place(stmt, "CONCURRENTLY", op.near),
        subject=names,
        fix=_fix(op, stmt, ctx, owned, partitioned),
        help=(
            "plain DROP INDEX blocks reads and writes of all partitions for a moment: set lock_timeout before it",
        )
        if partitioned
        else (),
    )


def _fix(
    op: DropIndex, stmt: Statement, ctx: Context, owned: list[Index], partitioned: list[Index]
) -> Fix | None:
    text = ctx.source.text
    if len(owned) == len(op.indexes):
        tables = [
            (op.indexes[n]._replace(name=index.table.name), index.name.name) for n, index in enumerate(owned)
        ]
        return fix_by(ctx, "drop the constraint that owns the index", drop_constraints(stmt, op, tables))
    if len(partitioned) == len(op.indexes) == 1:
        return fix_by(
            ctx,
            "remove CONCURRENTLY: a partitioned index has no concurrent drop",
            without(text, stmt, "CONCURRENTLY"),
        )
    if owned or partitioned:
        return None
    edits = ctx.scene.edits(rewriting, leave=False) if (rewriting := drop_each(text, stmt, op)) else ()
    return (
        Fix("drop each index in a statement of its own, without CASCADE", Safety.SAFE, edits)
        if edits
        else None
    )
