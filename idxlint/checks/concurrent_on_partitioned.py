"""An index is built CONCURRENTLY on a partitioned table."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.text import Statement, place, quoted


@check("concurrent-on-partitioned", BuildIndex, concurrent=True)
def concurrent_on_partitioned(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """PostgreSQL 12 to 18 answer 0A000, for ON ONLY as well."""
    if not ctx.schema.is_partitioned(op.table):
        return
    name = ctx.schema.index_name(op)
    bare = quoted(name.name)
    yield Hit(
        f"cannot create index {bare} on partitioned table {op.table} concurrently",
        at=place(stmt, "CONCURRENTLY", op.near),
        subject=f"{op.table}.{name.name}",
        help=(
            f"first: CREATE INDEX {bare} ON ONLY {op.table} (…);",
            f"then for each partition: CREATE INDEX CONCURRENTLY, then ALTER INDEX {name} ATTACH PARTITION",
        ),
    )
