"""What one statement locks and does, against the schema that it meets."""

from collections.abc import Sequence

from idxlint.sql.locks.outcome import Effects, Taken, Work
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.state.schema import Schema

__all__ = ["Effects", "Taken", "Work", "effects"]


def effects(operations: Sequence[Operation], schema: Schema, postgres: int) -> Effects:
    """What the operations of one statement do, before they are replayed; postgres: the server's major release."""
    from idxlint.sql.locks.spread import Tally  # the whole table, which most runs of `check` do without

    return Tally(schema, postgres).effects(operations)
