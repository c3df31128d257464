"""An index is built without CONCURRENTLY on a table that is in use."""

from collections.abc import Iterator
from itertools import islice

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body, when
from idxlint.checks.fixes import fix_by
from idxlint.checks.no_relation import no_relation
from idxlint.checks.partition_keys import without_key
from idxlint.model import Fix, Hit
from idxlint.sql.meaning.operations import BuildIndex, Made
from idxlint.sql.rewrite.recipes import build_concurrently
from idxlint.sql.text import Name, Statement, place, quoted


@check("index-not-concurrent", BuildIndex, concurrent=False)
def index_not_concurrent(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """CREATE INDEX holds SHARE on the table: every write waits for the whole build."""
    if ctx.is_new(op.table):
        return
    name = ctx.schema.index_name(op)
    at, subject = place(stmt, "INDEX", op.near), f"{op.table}.{name.name}"
    if refused := no_relation(f"to build {quoted(name.name)}", op, op.table, at, ctx, subject):
        yield refused
        return
    if op.only or any(without_key(op, ctx)):
        return
    table = ctx.schema.table(op.table)
    if table is not None and table.made is Made.OTHER:
        return
    partitioned = ctx.schema.is_partitioned(op.table)
    blocked = "REFRESH" if table and table.made is Made.MATVIEW else "INSERT, UPDATE and DELETE"
    where = f"{op.table} and all its partitions" if partitioned else str(op.table)
    yield Hit(
        f"{when(op)}building {quoted(name.name)} blocks {blocked} on {where} until {ctx.until(op)}",
        at=at,
        subject=subject,
        fix=_fix(op, stmt, ctx, partitioned=partitioned),
        help=(*_assumed(op, ctx), *_partitions(op, name, ctx, partitioned=partitioned)),
    )


def _fix(op: BuildIndex, stmt: Statement, ctx: Context, *, partitioned: bool) -> Fix | None:
    if in_body(op) or partitioned or op.near:
        return None
    name = ctx.schema.index_name(op)
    stands = ctx.schema.index(name) is not None
    if op.if_not_exists and stands:
        return None  # it does nothing, and the guard would drop what stands
    # Without the guard a second run fails over what the first one left; better that than no fix at all.
    guards = (False,) if stands or ctx.dropped_before(name) else (True, False)
    for guard in guards[:1] if op.unique or op.if_not_exists else guards:
        rewriting = build_concurrently(ctx.source.text, stmt, op, name, guard=guard)
        if fix := fix_by(ctx, "build it CONCURRENTLY", rewriting, concurrent=True):
            return fix
    return None


def _assumed(op: BuildIndex, ctx: Context) -> Iterator[str]:
    table = ctx.schema.table(op.table)
    if table is not None and not table.sure and table.born in ctx.fresh:
        yield f"{op.table} does not count as new: its CREATE TABLE is conditional, so the table may already exist"


def _partitions(op: BuildIndex, name: Name, ctx: Context, *, partitioned: bool) -> Iterator[str]:
    """The way round for a partitioned parent, which has no concurrent build of its own."""
    if not partitioned:
        return
    yield "a partitioned table has no concurrent build; build the index of each partition, then attach it:"
    yield f"CREATE INDEX {quoted(name.name)} ON ONLY {op.table} (…);"
    for leaf in [*islice(ctx.schema.leaves(op.table), 3)] or [Name(None, "each_partition")]:
        child = quoted(f"{leaf.name}_{name.name}")
        yield f"CREATE INDEX CONCURRENTLY {child} ON {leaf} (…);"
        yield f"ALTER INDEX {name} ATTACH PARTITION {child};"
