"""A statement works for long while an earlier one of its transaction keeps others out of a table."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.checks.doing import blocked, head, operations_of, until
from idxlint.model import Hit, Send, Span
from idxlint.sql.locks.effects import Effects, Work
from idxlint.sql.locks.ledger import works
from idxlint.sql.meaning.column_operations import Touch
from idxlint.sql.text import Name, Statement


@check("lock-held-while-working", Effects)
def lock_held_while_working(done: Effects, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """A lock is held until the transaction ends, so that the work of later statements prolongs it."""
    held = ctx.held.strongest
    if held is None or ctx.held.worked or not works(done, ctx.is_new):
        return
    if any(lock.work is Work.SCAN and lock.relation in ctx.held.locks for lock in done.taken):
        return  # table-scanned-under-lock speaks
    line = ctx.source.position(held.statement.start).line
    operations = operations_of(stmt, ctx)
    table = next((op.relations[0] for op in operations if isinstance(op, Touch) and op.relations), None)
    work = _work(head(stmt), table) if done.rows and table else head(stmt)
    yield Hit(
        f"{work} prolongs the {held.mode} lock that line {line} took,"
        f" which blocks {blocked(held.mode)} of {held.relation.name} until {until(stmt, ctx)}",
        at=Span(stmt.start, stmt.end),
        subject=f"{held.relation}.{table or head(stmt)}",
        help=_advice(head(held.statement), head(stmt), ctx),
    )


def _work(first: str, table: Name) -> str:
    """A change of rows, in words."""
    if first in ("UPDATE", "DELETE"):
        return f"{first} of all rows of {table}"
    if first == "WITH":
        return f"a query over rows of {table}"
    return f"{first} … SELECT of rows for {table}"


def _advice(holder: str, worker: str, ctx: Context) -> tuple[str, ...]:
    block = ctx.session.block
    if block is not None and block.opened is not None:
        first = f"COMMIT behind the {holder}, and run the {worker} in a transaction of its own"
    elif block is None and ctx.unit.send is Send.STATEMENT:
        first = f"run the {worker} behind the block, in a transaction of its own"
    else:
        first = f"put the {worker} into a migration of its own, behind this one"
    if worker in ("UPDATE", "DELETE", "INSERT"):
        return (f"{first},", "in batches of some thousand rows, with a COMMIT behind each")
    return (first,)
