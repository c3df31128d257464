"""The file left its runner's transaction, but its index work is plain."""

import re
from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Hit
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, DropIndex, Operation, Reindex
from idxlint.sql.meaning.refusing import refusing
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Statement

_COMMENT = re.compile(r"--[^\r\n]*|/\*.*?\*/", re.DOTALL)
_REFUSING = re.compile(
    r"\b(?:concurrently|vacuum|reindex\s*(?:\([^)]*\)\s*)?(?:schema|database|system))\b", re.IGNORECASE
)


@check("opt-out-without-concurrently", BuildIndex, DropIndex, Reindex, AddConstraint)
def opt_out_without_concurrently(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """All of the cost, a half-done file after a failure, and none of the gain."""
    out = ctx.unit.opted_out
    if out is None or in_body(op) or ctx.session.block is not None or not _first(op, ctx):
        return
    if _REFUSING.search(_COMMENT.sub("", ctx.source.text)):  # both sections share the directive
        return
    yield Hit(
        f"the file opts out of {ctx.runner}'s transaction, but no statement needs that: a failure leaves the file"
        " partly applied, and the index statements still block",
        at=out,
        subject="the opt-out",
    )


def _first(op: Operation, ctx: Context) -> bool:
    """Whether it is the unit's first work on an index that blocks anybody, and none has to be outside."""
    if not _blocks(op, ctx) or ctx.around.once("any refusing", _any_refusing):
        return False
    every = (operation for step in ctx.steps for operation in step.operations)
    return next((operation for operation in every if _blocks(operation, ctx)), None) is op


def _any_refusing(steps: Sequence[Step]) -> bool:
    return any(refusing(operation) for step in steps for operation in step.operations)


def _blocks(op: Operation, ctx: Context) -> bool:
    match op:
        case BuildIndex() | AddConstraint():
            builds = isinstance(op, BuildIndex) or op.constraint.builds
            return builds and not ctx.is_new(op.table) and not ctx.gone(op, op.table)
        case DropIndex() | Reindex():
            return True
    return False
