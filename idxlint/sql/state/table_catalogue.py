"""What the catalogue has of each table: its columns, constraints and foreign keys, for whoever asks.

A change is one entry in the log of its table. A table that nobody asks about costs no more than that: its
CREATE TABLE is parsed, and its log carried out, at the first question.
"""

from collections.abc import Callable, Iterator

from idxlint.sql.meaning.column_operations import Column
from idxlint.sql.meaning.operations import CreateTable, Operation
from idxlint.sql.state.journal import Journal
from idxlint.sql.state.relations import Standing
from idxlint.sql.state.table_facts import TableFacts
from idxlint.sql.state.table_log import Entry, TableLog
from idxlint.sql.text import Name


class TableCatalogue:
    """The logs of the tables by their full names; a log goes along when its table is renamed.

    Names in questions stand as they were written; resolve makes them full. parent: the table that one is a
    partition of; what a partition has from there counts as its own.
    """

    def __init__(
        self, journal: Journal, resolve: Callable[[Name], Name], parent: Callable[[Name], Name | None]
    ) -> None:
        self._journal, self._resolve, self._parent = journal, resolve, parent
        self._logs: dict[Name, TableLog] = {}

    def copy_to(self, other: "TableCatalogue") -> None:
        """Give another the same logs, whose changes go to its own journal."""
        other._logs = {name: TableLog(dict(log.entries)) for name, log in self._logs.items()}

    # -- questions

    def column(self, table: Name, column: str) -> Column | None:
        """A column with its type and nullability as of now; None where nothing is known of it.

        not_null is also False where it is unknown: ask `is_not_null`.
        """
        known = (facts.column(column) for facts in self._line(table))
        return next((one for one in known if one), None)

    def is_not_null(self, table: Name, column: str) -> bool | None:
        """Whether a column is NOT NULL; None where the history does not tell.

        It is by its definition, SET NOT NULL, a primary key, or a validated NOT NULL constraint.
        """
        known = {facts.is_not_null(column) for facts in self._line(table)}
        return next((answer for answer in (True, False) if answer in known), None)

    def proves_not_null(self, table: Name, column: str) -> bool:
        """Whether a validated CHECK says that a column IS NOT NULL.

        Then SET NOT NULL and a primary key need no scan, since PostgreSQL 12 (ALTER TABLE, SET NOT NULL).
        """
        return any(facts.proves_not_null(column) for facts in self._line(table))

    def constraint(self, table: Name, name: str) -> Standing | None:
        """A constraint as it stands now, and the transaction that added it; None where the history has none.

        Its not_valid is False once it has been validated.
        """
        known = (facts.constraint(name) for facts in self._line(table))
        return next((one for one in known if one), None)

    def constraints(self, table: Name) -> list[Standing]:
        """The constraints of a table itself that are known, in the order in which they came."""
        facts = self._facts(self._resolve(table))
        return [*facts.constraints()] if facts else []

    def foreign_keys(self, table: Name) -> list[Standing]:
        """Those of the constraints that are foreign keys."""
        return [one for one in self.constraints(table) if one.constraint.kind == "FOREIGN KEY"]

    def index_columns(self, table: Name, index: str) -> tuple[str | None, ...]:
        """The columns of an index by the names that they have now, INCLUDE last; None for an expression."""
        log = self._logs.get(self._resolve(table))
        return log.index_facts().index_key(index) if log else ()

    def partition_key(self, table: Name) -> tuple[str | None, ...]:
        """The columns of the partition key of a table, None for an expression; nothing where there is none."""
        log = self._logs.get(self._resolve(table))
        return log.index_facts().partition_key() if log else ()

    def made(self, table: Name) -> CreateTable | None:
        """The statement that made a table; None where the history has none."""
        log = self._logs.get(self._resolve(table))
        made = log.entries[0].operation if log and log.entries else None
        return made if isinstance(made, CreateTable) else None

    def indexes_over(self, full: Name, column: str) -> list[str]:
        """The names of the indexes of a table that have a column as a key or in INCLUDE."""
        log = self._logs.get(full)
        return log.index_facts().over(column) if log else []

    def _facts(self, full: Name) -> TableFacts | None:
        log = self._logs.get(full)
        return log.facts() if log else None

    def _line(self, table: Name) -> Iterator[TableFacts]:
        """What is known of a table, then of its parents; a broken history may have a circle of them."""
        full: Name | None = self._resolve(table)
        seen = set[Name]()
        while full is not None and full not in seen:
            seen.add(full)
            if facts := self._facts(full):
                yield facts
            full = self._parent(full)

    # -- changes

    def note(self, full: Name, operation: Operation, transaction: int = 0, index: str = "") -> None:
        """Something happens to a table; index: the name of the index that it makes or drops."""
        log = self._logs.get(full)
        if log is None:
            self._journal.put(self._logs, full, log := TableLog({}))
        self._journal.put(log.entries, len(log.entries), Entry(operation, full, transaction, index))

    def begin(self, full: Name, operation: Operation, transaction: int) -> None:
        """A table is made."""
        self._journal.put(self._logs, full, TableLog({0: Entry(operation, full, transaction)}))

    def drop(self, full: Name) -> None:
        """A table goes."""
        self._journal.remove(self._logs, full)

    def move(self, old: Name, new: Name) -> None:
        """A table gets another name."""
        if (log := self._logs.get(old)) is not None:
            self._journal.remove(self._logs, old)
            self._journal.put(self._logs, new, log)
