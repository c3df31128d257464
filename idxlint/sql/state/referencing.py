"""The foreign keys that stand, by the table whose columns they are on."""

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
        other._rows = {table: dict(keys) for table, keys in self._rows.items()}
        other.made = self.made
        return other

    def columns(self, table: Name, name: str, number: int) -> tuple[str, ...]:
        """The columns of the foreign key that was made with a number; none where the table does not have it."""
        made, columns = self._rows.get(table, {}).get(name, (0, ()))
        return columns if made == number else ()

    def add(self, table: Name, name: str, columns: tuple[str, ...]) -> None:
        """A table gets a foreign key."""
        self.made += 1
        if table not in self._rows:
            self._journal.put(self._rows, table, {})
        self._journal.put(self._rows[table], name, (self.made, columns))

    def drop(self, table: Name, name: str) -> None:
        """A foreign key goes."""
        self._journal.remove(self._rows.get(table, {}), name)

    def rename(self, table: Name, old: str, new: str) -> None:
        """A foreign key gets another name."""
        if key := self._rows.get(table, {}).get(old):
            self.drop(table, old)
            self._journal.put(self._rows[table], new, key)

    def drop_column(self, table: Name, column: str) -> None:
        """A column goes, and each foreign key that it is in."""
        for name, (_, columns) in [*self._rows.get(table, {}).items()]:
            if column in columns:
                self.drop(table, name)

    def rename_column(self, table: Name, old: str, new: str) -> None:
        """A column gets another name."""
        for name, (number, columns) in [*self._rows.get(table, {}).items()]:
            if old in columns:
                now = tuple(new if column == old else column for column in columns)
                self._journal.put(self._rows[table], name, (number, now))

    def move(self, old: Name, new: Name | None) -> None:
        """A table gets another name, or goes with its foreign keys."""
        keys = self._rows.get(old)
        self._journal.remove(self._rows, old)
        if keys and new:
            self._journal.put(self._rows, new, keys)
