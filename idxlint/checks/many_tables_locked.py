"""One transaction locks several tables, one statement after another."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.checks.doing import head
from idxlint.model import Hit, Span
from idxlint.sql.locks.effects import Effects
from idxlint.sql.locks.ledger import Ledger, blocking
from idxlint.sql.text import Statement


@check("many-tables-locked", Effects, Ledger)
def many_tables_locked(done: Effects, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Who holds one table and waits for another makes the users of both wait, and may deadlock with them."""
    if not ctx.held.locks or ctx.held.several:
        return
    new = next((lock for lock in blocking(done, ctx.is_new) if lock.relation not in ctx.held.locks), None)
    if new is None:
        return
    first = next(iter(ctx.held.locks.values()))
    line = ctx.source.position(first.statement.start).line
    yield Hit(
        f"{head(stmt)} locks {new.relation.name} while line {line} holds"
        f" {first.mode} on {first.relation.name}: who uses both tables may deadlock with it",
        at=Span(stmt.start, stmt.end),
        subject=f"{first.relation}.{new.relation}",
        help=("lock one table in a transaction: put each into a migration of its own",),
    )
