"""COMMIT in a file that the runner has put a transaction around."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Hit, Severity, Wrap
from idxlint.sql.meaning.operations import Transaction
from idxlint.sql.meaning.refusing import refusing
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Statement, place


@check("commit-ends-runner-transaction", Transaction)
def commit_ends_runner_transaction(op: Transaction, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The runner's transaction ends there, and what it writes down about the file may be lost or left over."""
    block = ctx.session.block
    if ctx.unit.wrap is Wrap.NONE or op.verb not in ("COMMIT", "ROLLBACK"):
        return
    if block is None or block.opened is not None:
        return
    word = next(word for word in (op.verb, "END", "ABORT", "") if stmt.sql.upper().startswith(word))
    only_way = not ctx.unit.leave and _needed(ctx)
    way = f"{ctx.runner} has no other opt-out" if only_way else f"remove it{_or(ctx.unit.leave)}"
    then = ctx.unit.commits or "later statements run without one"
    yield Hit(
        f"{word or op.verb} ends the transaction that {ctx.runner} opened: {then},"
        f" and a failure leaves the file partly applied; {way}",
        at=place(stmt, word or op.verb),
        subject=op.verb,
        severity=Severity.NOTE if only_way else None,
    )


def _or(leave: str) -> str:
    return f", or {leave}" if leave else ""


def _needed(ctx: Context) -> bool:
    """Whether something follows that could not run in the transaction."""
    return ctx.around.once("last refusing", _last_refusing) > ctx.at


def _last_refusing(steps: Sequence[Step]) -> int:
    """The last statement that refuses a transaction; -1 where there is none."""
    numbers = (at for at in reversed(range(len(steps))) if any(refusing(op) for op in steps[at].operations))
    return next(numbers, -1)
