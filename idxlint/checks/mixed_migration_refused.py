"""The runner refuses a migration that mixes commands with and without a transaction."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Hit
from idxlint.sql.meaning.operations import BuildIndex, DropIndex, Operation, Reindex, Vacuum
from idxlint.sql.meaning.refusing import REFUSING, refusing
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.surroundings import blank
from idxlint.sql.text import Statement, place


@check("mixed-migration-refused", *REFUSING)
def mixed_migration_refused(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Flyway looks for such commands itself; SET counts as a statement that needs a transaction."""
    command = refusing(op)
    if command is None or not ctx.unit.refuses_mixed or in_body(op) or not _known(op) or not _mixed(ctx):
        return
    yield Hit(
        f"{ctx.runner} rejects a file that mixes {command.words} with statements that run in a transaction",
        at=place(stmt, command.underline, op.near),
        subject=f"{command.words} {command.subject}".strip(),
        help=("put the statement into a migration of its own", ctx.unit.leave)
        if ctx.unit.leave
        else ("put the statement into a migration of its own",),
    )


def _known(op: Operation) -> bool:
    """Whether the runner knows that the command refuses a transaction (PostgreSQLParser.java)."""
    if isinstance(op, Reindex):
        return op.kind in ("SCHEMA", "DATABASE", "SYSTEM")
    return isinstance(op, BuildIndex | DropIndex | Vacuum) and refusing(op) is not None


def _mixed(ctx: Context) -> bool:
    """Whether anything stands in the file beside the commands that the runner knows."""

    def mixed(steps: Sequence[Step]) -> bool:
        at, end = ctx.unit.span
        for step in steps:
            if any(map(_known, step.operations)):
                if not blank(ctx.source.text, at, step.statement.start):
                    return True
                at = step.statement.end
        return not blank(ctx.source.text, at, end)

    return ctx.around.once("mixed", mixed)
