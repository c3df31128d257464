"""What a statement does to tables that were there before, and which of its operations does it, in words."""

import re
from collections.abc import Callable, Sequence

from idxlint.checks.context import Context
from idxlint.model import Span
from idxlint.sql.locks.effects import Effects, effects
from idxlint.sql.locks.modes import blocks_readers
from idxlint.sql.meaning.column_operations import AddColumn, AlterColumn, Filled, Touch, ValidateConstraint
from idxlint.sql.meaning.operations import AddConstraint, AttachPartition, Operation, Refresh
from idxlint.sql.text import Statement, place

_HEAD = re.compile(r"[a-z]+(?:\s+[a-z]+)?", re.IGNORECASE)
_TWO = ("ALTER", "CREATE", "DROP", "LOCK", "REFRESH")
_FILLED = {
    Filled.VOLATILE: "with a volatile default",
    Filled.UNKNOWN: "with a default that calls a function which may be volatile",
    Filled.STORED: "as a stored generated column",
    Filled.IDENTITY: "with values of a sequence",
}


def operations_of(stmt: Statement, ctx: Context) -> Sequence[Operation]:
    """The operations of the statement that is being judged, which may stand in the body of another."""
    step = ctx.steps[ctx.at]
    return next((inner.operations for inner in step.body if inner.statement is stmt), step.operations)


def cause(stmt: Statement, ctx: Context, does: Callable[[Effects], bool]) -> Operation:
    """The first operation that does it by itself; the first of all where none does."""
    operations = operations_of(stmt, ctx)
    if len(operations) == 1:
        return operations[0]
    single = (one for one in operations if does(effects((one,), ctx.schema, ctx.postgres, wide=False)))
    return next(single, operations[0])


def words_of(op: Operation) -> str:
    """What an operation does, as the subject of a sentence."""
    match op:
        case AlterColumn(column=column, change="SET DATA TYPE"):
            return f"changing the type of {column}"
        case AlterColumn(column=column, change=change):
            return f"{change} of {column}"
        case AddColumn(column=column):
            return f"adding {column.name} {_FILLED.get(column.filled, 'NOT NULL')}"
        case AddConstraint(constraint=constraint):
            return f"adding {constraint.kind} {constraint.name or ''}".strip()
        case ValidateConstraint(name=name):
            return f"validating {name}"
        case AttachPartition(partition=partition):
            return f"attaching {partition}"
        case Refresh(view=view):
            return f"refreshing {view}"
        case Touch(form=form):
            return form
    return "the statement"


def head(stmt: Statement) -> str:
    """The words with which a statement begins, as people call it: ALTER TABLE, UPDATE."""
    words = _HEAD.match(stmt.sql)
    first, *rest = words[0].upper().split() if words else ("the", "statement")
    return " ".join((first, *rest)) if first in _TWO else first


def blocked(mode: str) -> str:
    """Whom a lock stops, in words."""
    return "reads and writes" if blocks_readers(mode) else "writes"


def where_written(op: Operation, stmt: Statement) -> Span:
    """What to underline for an operation: the word that its subcommand begins with."""
    word = _first_word(op)
    return place(stmt, word, op.near or int(word == "ALTER"))  # not that of ALTER TABLE


def _first_word(op: Operation) -> str:
    match op:
        case AddColumn() | AddConstraint():
            return "ADD"
        case AlterColumn():
            return "ALTER"
        case ValidateConstraint():
            return "VALIDATE"
        case AttachPartition():
            return "ATTACH"
        case Touch(form=form):
            return form.split()[0]
    return ""


def until(stmt: Statement, ctx: Context) -> str:
    """When the locks of a statement go."""
    operations = operations_of(stmt, ctx)
    return ctx.until(operations[0] if operations else Operation())
