"""The runner's own lock hangs a concurrent build, or deadlocks with it."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.checks.refused import is_refused
from idxlint.model import Hit, Severity
from idxlint.sql.meaning.operations import BuildIndex, Reindex, Where
from idxlint.sql.meaning.refusing import refusing
from idxlint.sql.text import Statement, place


@check("runner-lock-blocks-concurrently", BuildIndex, Reindex, concurrent=True)
def runner_lock_blocks_concurrently(op: BuildIndex | Reindex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """A concurrent build waits for every old snapshot, that of the runner's lock included."""
    command = refusing(op)
    lock = ctx.unit.lock
    if command is None or lock is None or (isinstance(op, BuildIndex) and ctx.needs_no_care(op)):
        return
    if op.where is Where.DBLINK or is_refused(op, stmt, ctx):
        return
    again = "" if lock.hangs else " (reported once for all migrations of this history)"
    yield Hit(
        f"{command.words} under {ctx.runner}: {lock.message}{again}",
        at=place(stmt, command.underline, op.near),
        subject=f"{command.words} {command.subject}".strip(),
        severity=Severity.ERROR if lock.hangs else Severity.NOTE,
        once=not lock.hangs,
    )
