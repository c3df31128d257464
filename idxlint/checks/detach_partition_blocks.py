"""A partition is detached under ACCESS EXCLUSIVE although the server has a concurrent form."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Hit
from idxlint.sql.meaning.column_operations import Kin
from idxlint.sql.meaning.operations import DetachPartition, Where
from idxlint.sql.text import Statement, place

_SINCE = 14


@check("detach-partition-blocks", DetachPartition, concurrent=False)
def detach_partition_blocks(op: DetachPartition, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """DETACH PARTITION locks the partitioned table, and waits for everyone who is reading any of it."""
    parent = ctx.schema.table(op.parent)
    made_here = parent is not None and parent.sure and parent.born in ctx.fresh  # whatever was attached since
    if op.where is Where.FUNCTION or ctx.schema.kinship.below(Kin.DEFAULT, ctx.schema.resolve(op.parent)):
        return  # a function, or a table with a default partition, has no concurrent form
    if ctx.postgres < _SINCE or made_here or ctx.is_new(op.parent) or ctx.gone(op, op.parent):
        return
    yield Hit(
        f"detaching {op.partition} blocks reads and writes of {op.parent} until {ctx.until(op)}",
        at=place(stmt, "DETACH PARTITION", op.near),
        subject=f"{op.parent}.{op.partition}",
        help=(
            "outside of any transaction, where the table has no default partition:",
            f"ALTER TABLE {op.parent} DETACH PARTITION {op.partition} CONCURRENTLY;",
        ),
    )
