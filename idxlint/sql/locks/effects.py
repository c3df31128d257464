"""What one statement locks and does, against the schema that it meets."""

from collections.abc import Sequence

from idxlint.sql.locks.outcome import LONG, Effects, Taken, Work
from idxlint.sql.meaning.column_operations import AddColumn, AlterColumn, ColumnChange, Filled, Touch
from idxlint.sql.meaning.operations import AddConstraint, AttachPartition, CreateTable, Operation
from idxlint.sql.state.schema import Schema

__all__ = ["LONG", "Effects", "Taken", "Work", "effects", "may_go_through_rows"]

_AT_ONCE = (Filled.NULL, Filled.CONSTANT, Filled.VIRTUAL)
_OF_COLUMNS = (ColumnChange.TYPE, ColumnChange.SET_NOT_NULL)


def may_go_through_rows(operation: Operation) -> bool:
    """Whether it may scan or rewrite a table, and no other rule speaks of that; all else needs no look at the table.

    Those that build an index have a rule each. A new column that is NOT NULL without a default is refused at the
    first row.
    """
    match operation:
        case AddColumn(column=column):
            return column.filled not in _AT_ONCE
        case AlterColumn(change=change):
            return change in _OF_COLUMNS
        case AddConstraint(constraint=constraint):
            return not (constraint.not_valid or constraint.builds or constraint.using_index)
        case CreateTable(parent=parent):
            return parent is not None
    return isinstance(operation, AttachPartition | Touch)


def effects(operations: Sequence[Operation], schema: Schema, postgres: int, *, wide: bool = True) -> Effects:
    """What the operations of one statement do, before they are replayed.

    postgres: the server's major release
    wide: with all partitions, indexes and whatever else a schema may have thousands of; without them, the work on
        partitions counts as work on their table
    """
    from idxlint.sql.locks.spread import Tally  # the whole table, which most runs of `check` do without

    return Tally(schema, postgres, wide=wide).effects(operations)
