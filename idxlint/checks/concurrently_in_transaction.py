"""A command that PostgreSQL refuses in a transaction block stands in one."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.checks.fixes import fix_by
from idxlint.model import Fix, Hit
from idxlint.sql.meaning.operations import BuildIndex, Operation
from idxlint.sql.meaning.refusing import REFUSING, Refusing, refusing
from idxlint.sql.rewrite.recipes import build_concurrently, without
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.text import Statement, place


@check("concurrently-in-transaction", *REFUSING)
def concurrently_in_transaction(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """PostgreSQL answers 25001: the command cannot run inside a transaction block."""
    command = refusing(op)
    if command is None or in_body(op) or ctx.session.block is None:
        return
    opened = ctx.session.block.opened
    if opened:
        line = ctx.source.position(opened.start).line
        why = f"cannot run inside a transaction block (opened in line {line})"
    else:
        way = ctx.unit.leave or f"{ctx.runner} has no opt-out"
        why = f"cannot run inside the transaction that {ctx.runner} opens around it; {way}"
    yield Hit(
        f"{command.words} {why}",
        at=place(stmt, command.underline, op.near),
        subject=f"{command.words} {command.subject}".strip(),
        fix=_fix(op, command, stmt, ctx),
    )


def _fix(op: Operation, command: Refusing, stmt: Statement, ctx: Context) -> Fix | None:
    if isinstance(op, BuildIndex) and ctx.is_new(op.table):
        rewriting = without(ctx.source.text, stmt, "CONCURRENTLY")
        return fix_by(
            ctx, "remove CONCURRENTLY: the table is new, so nobody is blocked", rewriting, safe=True
        )
    if ctx.session.block and ctx.session.block.opened is None:
        if ctx.sent_beside(stmt) or ctx.begun():  # refused without the runner's transaction too
            return None
        return fix_by(ctx, "opt out of the runner's transaction", Rewriting(stmt), concurrent=True)
    return fix_by(ctx, "move it out of the transaction", _outside(op, command, stmt, ctx), concurrent=True)


def _outside(op: Operation, command: Refusing, stmt: Statement, ctx: Context) -> Rewriting | None:
    """The statement as it may stand outside: a build behind what clears the leftover of a failed run away."""
    if not isinstance(op, BuildIndex):
        return Rewriting(stmt, needs=command.names)
    name = ctx.schema.index_name(op)
    if op.if_not_exists or ctx.schema.index(name) or ctx.dropped_before(name):
        return Rewriting(stmt, needs=(name.name,), table=op.table.name)
    return build_concurrently(ctx.source.text, stmt, op, name, guard=True)
