"""A partition is detached under ACCESS EXCLUSIVE although the server has a concurrent form."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.model import Hit
from idxlint.sql.meaning.operations import DetachPartition
from idxlint.sql.text import Statement, place

_SINCE = 14


@check("detach-partition-blocks", DetachPartition, concurrent=False)
def detach_partition_blocks(op: DetachPartition, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """DETACH PARTITION locks the partitioned table, and waits for everyone who is reading any of it."""
    parent = ctx.schema.table(op.parent)
    made_here = parent is not None and parent.sure and parent.born in ctx.fresh  # whatever was attached since
    if ctx.postgres < _SINCE or made_here or ctx.is_new(op.parent) or ctx.gone(op, op.parent):
        return
    yield Hit(
        f"{when(op)}detaching {op.partition} blocks reads and writes of {op.parent} until {ctx.until(op)}",
        at=place(stmt, "DETACH PARTITION", op.near),
        subject=f"{op.parent}.{op.partition}",
        help=(
            "outside of any transaction, where the table has no default partition:",
            f"ALTER TABLE {op.parent} DETACH PARTITION {op.partition} CONCURRENTLY;",
        ),
    )
