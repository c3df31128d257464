"""REINDEX that succeeds, and leaves the index as it was that it is meant for."""

import re
from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex, Reindex
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Name, Statement, place

_REMARK = re.compile(r"(?:--[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/|\s)*\Z")
_NEAR = 1000
_FIRST_14 = 14
_SHOWN = 3
_ALL_INVALID = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid;"


@check("reindex-does-nothing", Reindex)
def reindex_does_nothing(op: Reindex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Before PostgreSQL 14 a partitioned table is skipped; an invalid index is in all concurrent forms but INDEX."""
    target, at = op.target, place(stmt, "REINDEX", op.near)
    if op.kind == "TABLE" and target and ctx.postgres < _FIRST_14 and ctx.schema.is_partitioned(target):
        yield Hit(
            f"REINDEX TABLE rebuilds nothing: PostgreSQL {ctx.postgres} skips the partitioned table {target} with a"
            " warning, and reports success",
            at=at,
            subject=str(target),
            help=_each_partition(target, ctx),
        )
        return
    if not op.concurrently or op.kind == "INDEX" or in_body(op):
        return
    built = _built_before(target, ctx) if op.kind == "TABLE" and target else None
    if built is None and "invalid" not in _remark(ctx.source.text, stmt.start):
        return
    index = f"{built}, if its build was interrupted," if built else "invalid indexes"
    repair = f"REINDEX INDEX CONCURRENTLY {built};"
    yield Hit(
        f"REINDEX {op.kind} CONCURRENTLY repairs no invalid index: it skips {index} with a warning",
        at=at,
        subject=f"{op.kind.lower()} {target}" if target else op.kind.lower(),
        help=(repair,) if built else (_ALL_INVALID, "then, for each: REINDEX INDEX CONCURRENTLY its_name;"),
    )


def _each_partition(table: Name, ctx: Context) -> tuple[str, ...]:
    leaves = [*ctx.schema.leaves(table)]
    lines = [f"REINDEX TABLE CONCURRENTLY {leaf};" for leaf in leaves[:_SHOWN]]
    more = ["and so for each other partition"] if len(leaves) > _SHOWN else []
    return ("rebuild each partition:", *(lines or ["REINDEX TABLE CONCURRENTLY each_partition;"]), *more)


def _built_before(table: Name, ctx: Context) -> Name | None:
    """The first index of the table that the file builds concurrently before the statement."""
    places = ctx.around.once("built concurrently", _builds).get(table.name, [])
    for at, build in places:
        named = table.schema is None or build.table.schema in (None, table.schema)
        if at < ctx.at and named and not ctx.is_new(build.table):
            return ctx.schema.index_name(build)
    return None


def _builds(steps: Sequence[Step]) -> dict[str, list[tuple[int, BuildIndex]]]:
    builds: dict[str, list[tuple[int, BuildIndex]]] = {}
    for at, step in enumerate(steps):
        for operation in step.operations:
            if isinstance(operation, BuildIndex) and operation.concurrently and operation.index:
                builds.setdefault(operation.table.name, []).append((at, operation))
    return builds


def _remark(text: str, start: int) -> str:
    """The comments right before a statement, in lower case."""
    remark = _REMARK.search(text, max(0, start - _NEAR), start)
    return remark[0].lower() if remark else ""
