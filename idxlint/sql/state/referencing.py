"""The foreign keys that stand, by the table whose columns they are on."""

from collections.abc import Callable

from idxlint.sql.state.journal import Journal
from idxlint.sql.text import Name

Keys = dict[str, tuple[int, tuple[str, ...]]]
"""The numbers and the columns of a table's foreign keys by their names."""


class ForeignKeys:
    """Rows of foreign keys, which go and move with their tables and columns; made: how many there have been."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.made = 0
        self._rows: dict[Name, Keys] = {}

    def copy(self, journal: Journal) -> "ForeignKeys":
        """The same, whose changes go to another journal."""
        other = ForeignKeys(journal)
        other._rows, other.made = dict(self._rows), self.made
        return other

    def columns(self, table: Name, number: int) -> tuple[str, ...]:
        """The columns of the foreign key that was made with a number; none where the table does not have it."""
        return next((columns for made, columns in self._rows.get(table, {}).values() if made == number), ())

    def add(self, table: Name, name: str, columns: tuple[str, ...]) -> None:
        """A table gets a foreign key."""
        self.made += 1
        self._journal.put(self._rows, table, {**self._rows.get(table, {}), name: (self.made, columns)})

    def drop(self, table: Name, name: str) -> None:
        """A foreign key goes."""
        self._change(table, lambda keys: {old: key for old, key in keys.items() if old != name})

    def rename(self, table: Name, old: str, new: str) -> None:
        """A foreign key gets another name."""
        self._change(table, lambda keys: {new if name == old else name: keys[name] for name in keys})

    def drop_column(self, table: Name, column: str) -> None:
        """A column goes, and each foreign key that it is in."""
        self._change(table, lambda keys: {name: key for name, key in keys.items() if column not in key[1]})

    def rename_column(self, table: Name, old: str, new: str) -> None:
        """A column gets another name."""
        self._change(
            table,
            lambda keys: {
                name: (number, tuple(new if column == old else column for column in row))
                for name, (number, row) in keys.items()
            },
        )

    def move(self, old: Name, new: Name | None) -> None:
        """A table gets another name, or goes with its foreign keys."""
        keys = self._rows.get(old)
        self._journal.remove(self._rows, old)
        if keys and new:
            self._journal.put(self._rows, new, keys)

    def _change(self, table: Name, change: Callable[[Keys], Keys]) -> None:
        if keys := self._rows.get(table):
            self._journal.put(self._rows, table, change(keys))
