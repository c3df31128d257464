"""A timeout is in force while an index is built, dropped or rebuilt CONCURRENTLY."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.checks.refused import is_refused
from idxlint.model import Fix, Hit, Rerun, Safety, Severity
from idxlint.sql.meaning.operations import (
    BuildIndex,
    DropIndex,
    Operation,
    Reindex,
    SetParameter,
    Transaction,
    Where,
)
from idxlint.sql.meaning.refusing import Refusing, refusing
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.state.transaction import Setting
from idxlint.sql.text import Statement, place, quoted

Timeouts = Sequence[tuple[str, Setting]]

_SEVERITY = {
    Rerun.REPAIRS: Severity.NOTE,
    Rerun.FINISHES: Severity.NOTE,
    Rerun.LEAVES_COPY: Severity.WARNING,
}
"""Where it is not the page's: by what a second run does to what the first one left."""


@check("timeout-kills-concurrent-build", BuildIndex, DropIndex, Reindex, concurrent=True)
def timeout_kills_concurrent_build(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The waits of a concurrent command depend on other transactions; a timeout ends it half way."""
    command = refusing(op)
    timeouts = ctx.session.timeouts()
    if command is None or not timeouts or not _speaks_of(op, stmt, ctx):
        return
    rerun = _rerun(op, stmt, ctx)
    covered = _is_covered(ctx)
    yield Hit(
        _message(command, op, rerun, timeouts, ctx),
        at=place(stmt, command.underline, op.near),
        subject=f"{command.words} {command.subject}",
        fix=None if covered else _fix(timeouts, stmt, ctx),
        help=(_WHY, _COVERED) if covered else (_WHY,),
        severity=_SEVERITY.get(rerun),
        rerun=rerun,
    )


_WAITING = (BuildIndex, DropIndex, Reindex)
_WHY = "these waits depend on how long other transactions run, not on the size of the table"
_COVERED = "the fix of the concurrent command before it turns the timeout off for this one as well"


def _speaks_of(op: Operation, stmt: Statement, ctx: Context) -> bool:
    """Whether an operation begins at all, and waits for others then."""
    command = refusing(op)
    if command is None or command.underline != "CONCURRENTLY" or not isinstance(op, _WAITING):
        return False
    if isinstance(op, BuildIndex) and ctx.needs_no_care(op):
        return False
    return op.where is not Where.DBLINK and not is_refused(op, stmt, ctx)


def _rerun(op: Operation, stmt: Statement, ctx: Context) -> Rerun:
    """What running the file again does after the command was stopped (measured on 12 to 18)."""
    if isinstance(op, DropIndex):
        return Rerun.FINISHES
    if not isinstance(op, BuildIndex):
        return Rerun.LEAVES_COPY
    if ctx.dropped_before(ctx.schema.index_name(op), plainly=True):
        return Rerun.REPAIRS
    if ctx.passed_over(stmt, ctx.schema.index_name(op)):
        return Rerun.HIDES
    if op.index is None:
        return Rerun.BUILDS_ANOTHER
    if not op.if_not_exists:
        return Rerun.FAILS
    return Rerun.FAILS_AT_CHECK if ctx.checked_after() else Rerun.HIDES


def _message(command: Refusing, op: Operation, rerun: Rerun, timeouts: Timeouts, ctx: Context) -> str:
    names = " and ".join(f"{name} ({_value(setting)})" for name, setting in timeouts)
    can = "can terminate" if {name for name, _ in timeouts} == {"transaction_timeout"} else "can cancel"
    if rerun in (Rerun.REPAIRS, Rerun.FINISHES):
        again = "repairs" if rerun is Rerun.REPAIRS else "finishes"
        return (
            f"{command.words} may fail under long transactions: {names} {can} it while it waits for them;"
            f" running it again {again} it"
        )
    index = quoted(ctx.schema.index_name(op).name) if isinstance(op, BuildIndex) else ""
    left = _LEFT[rerun].format(index)
    if rerun is Rerun.HIDES and not (isinstance(op, BuildIndex) and op.if_not_exists):
        left = f"it leaves {index} invalid, and the test for its name makes the next run skip it"
    return f"{names} {can} {command.words} while it waits for other transactions; {left}"


_LEFT = {
    Rerun.FAILS: "it leaves {0} invalid, and the next run fails because the index already exists",
    Rerun.HIDES: "it leaves {0} invalid, and with IF NOT EXISTS the next run keeps it and reports success",
    Rerun.FAILS_AT_CHECK: "it leaves {0} invalid, and the next run keeps it and fails at the check of indisvalid",
    Rerun.BUILDS_ANOTHER: "it leaves an invalid index, and the next run builds another one beside it",
    Rerun.LEAVES_COPY: "it leaves an invalid index (…_ccnew or …_ccold), and running it again does not drop it",
}


def _value(setting: Setting) -> str:
    """A timeout as people write it; a bare number is milliseconds (Parameter Names and Values)."""
    return f"{setting.value}ms" if setting.value.isdigit() else setting.value


def _is_covered(ctx: Context) -> bool:
    """Whether a command before it, with no SET between, has a fix that switches the timeouts off for both."""
    for at in range(ctx.at - 1, -1, -1):
        step = ctx.steps[at]
        if _ends_run(step):
            return False
        there = replace(ctx, at=at)
        if any(_speaks_of(op, step.statement, there) for op in step.operations):
            return True
    return False


def _ends_run(step: Step) -> bool:
    return any(isinstance(op, SetParameter | Transaction) for op in step.operations)


def _is_concurrent(operations: Sequence[Operation]) -> bool:
    return any((command := refusing(op)) and command.underline == "CONCURRENTLY" for op in operations)


def _fix(timeouts: Timeouts, stmt: Statement, ctx: Context) -> Fix | None:
    """Switch the timeouts off for this command and those behind it, up to the next SET."""
    last = stmt
    for at in range(ctx.at + 1, len(ctx.steps)):
        step = ctx.steps[at]
        if _ends_run(step):
            break
        if _is_concurrent(step.operations):
            last = step.statement
    values = [(name, setting.value) for name, setting in timeouts]
    off = Rewriting(stmt).without_timeouts(values, last=last is stmt)
    edits = ctx.scene.edits(off, leave=False)
    if last is not stmt:
        edits += ctx.scene.edits(
            Rewriting(last, after=Rewriting(last).without_timeouts(values).after), leave=False
        )
    return Fix("turn the timeout off for this statement", Safety.UNSAFE, edits) if edits else None
