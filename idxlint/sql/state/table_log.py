"""What has happened to the definition of a table, carried out only when somebody asks."""

from typing import NamedTuple

from idxlint.sql.meaning.operations import Operation
from idxlint.sql.state.table_facts import TableFacts
from idxlint.sql.text import Name


class Entry(NamedTuple):
    """An operation on a table.

    table: the name that the table had then; transaction: the number of the open one, or 0
    name: of the index that the operation makes, drops or renames, where its own text does not tell
    """

    operation: Operation
    table: Name
    transaction: int
    name: str = ""


class TableLog:
    """The operations on one table, in order, and what follows from them.

    entries: by their numbers, so that a journal can take the last ones back
    """

    __slots__ = ("_indexes", "_whole", "entries")

    def __init__(self, entries: dict[int, Entry]) -> None:
        self.entries = entries
        self._whole: _Known | None = None
        self._indexes: _Known | None = None

    def __reduce__(self) -> tuple[type["TableLog"], tuple[dict[int, Entry]]]:
        """Another process carries them out again, if it asks at all."""
        return TableLog, (self.entries,)

    def facts(self) -> TableFacts:
        """All that is known by now."""
        known = self._whole = self._whole or _Known(TableFacts())
        return known.after(self.entries)

    def index_facts(self) -> TableFacts:
        """What is known of the columns of indexes, for which no text has to be parsed."""
        known = self._indexes = self._indexes or _Known(TableFacts(indexes_only=True))
        return known.after(self.entries)


class _Known:
    """Facts, and which entries they follow from, each with a mark from before it."""

    __slots__ = ("done", "facts")

    def __init__(self, facts: TableFacts) -> None:
        self.facts = facts
        self.done: list[tuple[Entry, int]] = []

    def after(self, entries: dict[int, Entry]) -> TableFacts:
        """The facts after all entries: only those are carried out that are new since the last question.

        What has been taken back since then is undone first, from the end, each entry once.
        """
        facts, done = self.facts, self.done
        while done and (len(done) > len(entries) or entries[len(done) - 1] is not done[-1][0]):
            facts.rollback(done.pop()[1])
        for number in range(len(done), len(entries)):
            entry = entries[number]
            done.append((entry, facts.mark()))
            facts.carry_out(entry.operation, entry.table, entry.transaction, entry.name)
        return facts
