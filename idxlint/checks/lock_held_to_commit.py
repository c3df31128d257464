"""A quick change of an index's constraint keeps its lock while later statements change rows."""

import re
from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Hit
from idxlint.sql.locks.effects import Effects
from idxlint.sql.locks.modes import blocks_readers
from idxlint.sql.meaning.column_operations import Touch
from idxlint.sql.meaning.operations import AddConstraint, DropConstraint, Transaction, Where
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Name, Statement, place

_CHANGES = re.compile(r"(?:update|delete|merge|call)\b", re.IGNORECASE)


@check("lock-held-to-commit", Effects)
def lock_held_to_commit(done: Effects, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """USING INDEX and DROP CONSTRAINT are quick, but their ACCESS EXCLUSIVE lock waits for COMMIT."""
    block, step = ctx.session.block, ctx.steps[ctx.at]
    if block is None or ctx.held.locks or step.statement is not stmt:
        return
    op = _of_index(step, ctx)
    table = next((lock.relation for lock in done.taken if blocks_readers(lock.mode) and not lock.index), None)
    if op is None or table is None or ctx.is_new(table):
        return
    later = _next_change(ctx)
    if later is None:
        return
    line = ctx.source.position(later.statement.start).line
    verb = "ADD" if isinstance(op, AddConstraint) else "DROP"
    yield Hit(
        f"{verb} CONSTRAINT keeps ACCESS EXCLUSIVE on {op.table} until the transaction ends,"
        f" and line {line} works before that",
        at=place(stmt, verb, op.near),
        subject=f"{op.table}",
        help=(f"COMMIT before line {line}, or move the statement to a migration of its own",),
    )


def _of_index(step: Step, ctx: Context) -> AddConstraint | DropConstraint | None:
    """The operation that adds a constraint with an index that stands, or drops one with its index."""
    for op in step.operations:
        if isinstance(op, AddConstraint) and op.constraint.using_index:
            return op
        if isinstance(op, DropConstraint):
            index = ctx.schema.index(Name(ctx.schema.resolve(op.table).schema, op.name))
            if index is not None and index.constraint is not None:
                return op
    return None


def _next_change(ctx: Context) -> Step | None:
    """The first later statement of the transaction that changes rows or runs code; None where 702 speaks of it."""
    for at in range(ctx.at + 1, len(ctx.steps)):
        step = ctx.steps[at]
        if any(isinstance(op, Transaction) for op in step.operations):
            return None
        if any(isinstance(op, Touch) and op.unbounded for op in step.operations):
            return None
        if step.where is Where.DO or _CHANGES.match(step.statement.sql):
            return step
    return None
