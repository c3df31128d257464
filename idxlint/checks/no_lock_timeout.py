"""A statement waits for ACCESS EXCLUSIVE on a table in use, for as long as it takes."""

from collections.abc import Hashable, Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.checks.fixes import fix_by
from idxlint.model import Fix, Hit, Send, Span
from idxlint.sql.locks.effects import Effects
from idxlint.sql.locks.ledger import Ledger
from idxlint.sql.meaning.operations import Where
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.state.transaction import is_zero
from idxlint.sql.text import Statement

_MODE = "ACCESS EXCLUSIVE"
_VALUE = "'2s'"


@check("no-lock-timeout", Effects, Ledger)
def no_lock_timeout(done: Effects, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Whoever comes after it queues behind it, readers included; told once for a transaction."""
    step = ctx.steps[ctx.at]
    if step.where is Where.FUNCTION:
        return  # who calls it sets the timeout
    tables = [lock.relation for lock in done.taken if lock.mode == _MODE and not lock.index]
    table = next((name for name in tables if not ctx.is_new(name)), None)
    setting = ctx.session.setting("lock_timeout")
    if table is None or (setting and not is_zero(setting.value)):
        return
    transaction = ctx.session.transaction or ctx.around.parcel(stmt)
    told: set[Hashable] = ctx.around.once("without lock_timeout", lambda _: set())
    if transaction and transaction in told:
        return
    told.add(transaction)
    yield Hit(
        f"no lock_timeout is set: while the statement waits for {_MODE} on {table}, all reads and writes of"
        f" {table} wait behind it",
        at=Span(stmt.start, stmt.start + len(stmt.sql.split(maxsplit=1)[0])),
        subject=str(table),
        fix=None if done.refuses_transaction or step.statement is not stmt else _fix(stmt, ctx),
        help=(f"{_set(ctx)};", "and run the migration again when it could not get the lock"),
    )


def _is_local(ctx: Context) -> bool:
    """Whether SET LOCAL has an effect: in a block, and in a message of several statements."""
    return ctx.session.block is not None or ctx.unit.send is not Send.STATEMENT


def _set(ctx: Context) -> str:
    return f"SET {'LOCAL ' if _is_local(ctx) else ''}lock_timeout = {_VALUE}"


def _fix(stmt: Statement, ctx: Context) -> Fix | None:
    after = () if _is_local(ctx) else ("RESET lock_timeout",)
    return fix_by(ctx, "bound the wait for the lock", Rewriting(stmt, before=(_set(ctx),), after=after))
