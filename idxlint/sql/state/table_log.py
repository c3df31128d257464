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
    """The operations on one table, in order, and the facts that follow from the first of them.

    entries: by their numbers, so that a journal can take the last ones back
    """

    __slots__ = ("_done", "_facts", "entries")

    def __init__(self, entries: dict[int, Entry]) -> None:
        self.entries = entries
        self._facts: TableFacts | None = None
        self._done: list[tuple[Entry, int]] = []

    def __reduce__(self) -> tuple[type["TableLog"], tuple[dict[int, Entry]]]:
        """Another process carries them out again, if it asks at all."""
        return TableLog, (self.entries,)

    def facts(self) -> TableFacts:
        """What is known by now: only what is new since the last question is carried out.

        What has been taken back since then is undone first, from the end, each entry once.
        """
        facts = self._facts = self._facts or TableFacts()
        entries, done = self.entries, self._done
        while done and (len(done) > len(entries) or entries[len(done) - 1] is not done[-1][0]):
            facts.rollback(done.pop()[1])
        for number in range(len(done), len(entries)):
            entry = entries[number]
            done.append((entry, facts.mark()))
            facts.carry_out(entry.operation, entry.table, entry.transaction, entry.name)
        return facts
