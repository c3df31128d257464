"""A timeout is in force while an index is built, dropped or rebuilt CONCURRENTLY."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Fix, Hit, Safety
from idxlint.sql.meaning.operations import (
    BuildIndex,
    DropIndex,
    Operation,
    Reindex,
    SetParameter,
    Transaction,
)
from idxlint.sql.meaning.refusing import refusing
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.state.transaction import Setting
from idxlint.sql.text import Statement, place


@check("timeout-kills-concurrent-build", BuildIndex, DropIndex, Reindex, concurrent=True)
def timeout_kills_concurrent_build(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The waits of a concurrent command depend on other transactions; a timeout kills it half way."""
    command = refusing(op)
    if command is None or command.underline != "CONCURRENTLY" or in_body(op):
        return
    if isinstance(op, BuildIndex) and ctx.is_new(op.table):
        return
    timeouts = ctx.session.timeouts()
    if not timeouts or _told_before(timeouts, ctx):
        return
    names = " and ".join(f"{name} ({setting.value})" for name, setting in timeouts)
    yield Hit(
        f"{names} can cancel {command.words} while it waits for other transactions, leaving an invalid index",
        at=place(stmt, command.underline, op.near),
        subject=" and ".join(name for name, _ in timeouts),
        fix=_fix(timeouts, stmt, ctx),
        help=("these waits depend on how long other transactions run, not on the size of the table",),
    )


def _concurrent(operations: Sequence[Operation]) -> bool:
    return any((command := refusing(op)) and command.underline == "CONCURRENTLY" for op in operations)


def _told_before(timeouts: list[tuple[str, Setting]], ctx: Context) -> bool:
    """One cause, one finding: an earlier concurrent command behind the same SET has spoken already."""
    last = max((setting.statement.start if setting.statement else -1) for _, setting in timeouts)
    return any(
        step.statement.start > last and _concurrent(step.operations) and not step.body
        for step in ctx.steps[: ctx.at]
    )


def _fix(timeouts: list[tuple[str, Setting]], stmt: Statement, ctx: Context) -> Fix | None:
    if ctx.session.block is not None:
        return None
    last = stmt
    for step in ctx.steps[ctx.at + 1 :]:
        if any(isinstance(op, SetParameter | Transaction) for op in step.operations):
            break
        if _concurrent(step.operations):
            last = step.statement
    values = [(name, setting.value) for name, setting in timeouts]
    off = Rewriting(stmt).without_timeouts(values, last=last is stmt)
    edits = ctx.scene.edits(off, leave=False)
    if last is not stmt:
        edits += ctx.scene.edits(
            Rewriting(last, after=Rewriting(last).without_timeouts(values).after), leave=False
        )
    return Fix("turn the timeout off for this statement", Safety.UNSAFE, edits) if edits else None
