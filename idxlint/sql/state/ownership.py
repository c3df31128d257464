"""Which table owns which indexes, so that a table with many of them gets another name at once."""

from dataclasses import dataclass, field
from itertools import islice

from idxlint.sql.state.journal import Journal
from idxlint.sql.text import Name


@dataclass(slots=True, eq=False)
class Row:
    """The indexes of one table; owner: its name, as the only entry, so that a change of it can be taken back."""

    owner: dict[None, Name]
    indexes: dict[Name, None] = field(default_factory=dict)


class Ownership:
    """The tables of indexes and the indexes of tables, by their full names."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._rows: dict[Name, Row] = {}
        self._row_of: dict[Name, Row] = {}

    def copy(self, journal: Journal) -> "Ownership":
        """The same rows, whose changes go to another journal."""
        other = Ownership(journal)
        rows = {id(row): row for row in (*self._rows.values(), *self._row_of.values())}
        copies = {mark: Row(dict(row.owner), dict(row.indexes)) for mark, row in rows.items()}
        other._rows = {name: copies[id(row)] for name, row in self._rows.items()}
        other._row_of = {name: copies[id(row)] for name, row in self._row_of.items()}
        return other

    def of(self, table: Name) -> list[Name]:
        """The indexes of a table, in the order in which they came."""
        return [*self._rows[table].indexes] if table in self._rows else []

    def has(self, table: Name) -> bool:
        """Whether a table has any."""
        return table in self._rows and bool(self._rows[table].indexes)

    def some(self, table: Name, most: int) -> list[Name]:
        """The first indexes of a table, as many as are asked for."""
        row = self._rows.get(table)
        return [*islice(row.indexes, most)] if row else []

    def owner(self, index: Name) -> Name | None:
        """The table of an index, by the name that it has now."""
        return self._row_of[index].owner[None] if index in self._row_of else None

    def enter(self, table: Name, index: Name) -> None:
        """A table gets an index."""
        self.leave(index)
        if table not in self._rows:
            self._journal.put(self._rows, table, Row({None: table}))
        row = self._rows[table]
        self._journal.put(row.indexes, index, None)
        self._journal.put(self._row_of, index, row)

    def leave(self, index: Name) -> None:
        """An index goes."""
        if index in self._row_of:
            self._journal.remove(self._row_of[index].indexes, index)
            self._journal.remove(self._row_of, index)

    def rename(self, old: Name, new: Name) -> bool:
        """Give all indexes of a table to another that has none; whether that could be done."""
        if new in self._rows and self._rows[new].indexes:
            return False
        if old in self._rows:
            row = self._rows[old]
            self._journal.remove(self._rows, old)
            self._journal.put(self._rows, new, row)
            self._journal.put(row.owner, None, new)
        return True
