"""What exists before a statement: tables, partitions and indexes, built up by replaying operations.

A change can be taken back to a mark, which is how savepoints, rolled-back transactions and down migrations
work. Each change costs the same however large the schema is, so that replay stays linear.
What was never seen is unknown, and unknown is treated as an existing, plain, non-partitioned table.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from idxlint.model import value
from idxlint.sql.meaning.chosen_names import index_name
from idxlint.sql.meaning.operations import BuildIndex, Constraint, Made
from idxlint.sql.text import Name

TEMP = "pg_temp"
_MISSING = object()


@value
class Relation:
    """A table or materialized view.

    born: the path of the file that made it; sure: it did not exist before that file made it
    parent: the partitioned table that it is a partition of
    """

    name: Name
    made: Made = Made.TABLE
    born: str = ""
    sure: bool = False
    partitioned: bool = False
    parent: Name | None = None


@value
class Index:
    """An index; constraint: the one that owns it; transaction: the number of the one that made it."""

    name: Name
    table: Name
    build: BuildIndex | None = None
    constraint: Constraint | None = None
    partitioned: bool = False
    transaction: int = 0


class Schema:
    """Tables and indexes by their full names; a name mapped to None is known not to exist."""

    def __init__(self) -> None:
        self.tables: dict[Name, Relation | None] = {}
        self.indexes: dict[Name, Index | None] = {}
        self._indexes_of: dict[Name, tuple[Name, ...]] = {}
        self._partitions_of: dict[Name, tuple[Name, ...]] = {}
        self._journal: list[tuple[dict[Any, Any], Any, Any]] = []
        self._held = 0
        self._temporary = False
        self.transactions = 0
        self.search_path: tuple[str, ...] = ("public",)

    def copy(self) -> "Schema":
        """A schema of its own with the same tables and indexes."""
        other = Schema()
        other.tables, other.indexes = dict(self.tables), dict(self.indexes)
        other._temporary, other.transactions = self._temporary, self.transactions
        other._indexes_of, other._partitions_of = dict(self._indexes_of), dict(self._partitions_of)
        return other

    # -- marks

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._journal)

    def rollback(self, mark: int) -> None:
        """Take back everything since the mark."""
        while len(self._journal) > mark:
            mapping, key, before = self._journal.pop()
            if before is _MISSING:
                del mapping[key]
            else:
                mapping[key] = before

    def settle(self) -> None:
        """Nothing before this moment will be taken back: forget how it was."""
        if not self._held:
            self._journal.clear()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What happens inside is taken back at the end: a down migration, a body that is only defined."""
        mark = self.mark()
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self.rollback(mark)

    def put(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        """Change one entry of a mapping so that it can be taken back."""
        self._journal.append((mapping, key, mapping.get(key, _MISSING)))
        mapping[key] = value

    # -- questions

    def resolve(self, name: Name) -> Name:
        """The full name of a table: the first schema of the search path that is known to have it."""
        return self._resolve(name, self.tables)

    def resolve_index(self, name: Name) -> Name:
        """The full name of an index."""
        return self._resolve(name, self.indexes)

    def _resolve(self, name: Name, known: dict[Name, Any]) -> Name:
        if name.schema is not None:
            return Name(TEMP, name.name) if name.schema.startswith(TEMP) else name
        if len(self.search_path) == 1 and not self._temporary:  # nearly always, and asked all the time
            return Name(self.search_path[0], name.name)
        for schema in (TEMP, *self.search_path):
            if known.get(full := Name(schema, name.name)) is not None:
                return full
        return Name(self.search_path[0], name.name)

    def table(self, name: Name) -> Relation | None:
        """The table, or None where it is unknown or gone."""
        return self.tables.get(self.resolve(name))

    def index(self, name: Name) -> Index | None:
        """The index, or None where it is unknown or gone."""
        return self.indexes.get(self.resolve_index(name))

    def leaves(self, name: Name) -> Iterator[Name]:
        """The partitions that hold rows, under a partitioned table."""
        waiting, seen = [self.resolve(name)], set[Name]()
        while waiting:
            for child in self._partitions_of.get(waiting.pop(0), ()):
                table = self.tables.get(child)
                if table is None or child in seen:
                    continue
                seen.add(child)
                if table.partitioned:
                    waiting.append(child)
                else:
                    yield child

    def is_new(self, name: Name, fresh: frozenset[str]) -> bool:
        """Whether the table was certainly made by one of the files, so that nobody can be blocked."""
        full = self.resolve(name)
        if full.schema == TEMP:
            return True
        table = self.tables.get(full)
        if table is None or not table.sure or table.born not in fresh:
            return False
        if not table.partitioned:
            return True
        # A new parent may have got an old table as a partition.
        leaves = (self.tables.get(leaf) for leaf in self.leaves(full))
        return all(leaf is not None and leaf.born in fresh for leaf in leaves)

    def is_partitioned(self, name: Name) -> bool:
        """Whether the table is known to be a partitioned parent."""
        table = self.table(name)
        return table is not None and table.partitioned

    def index_name(self, build: BuildIndex) -> Name:
        """The name that an index has or gets; one that is taken gets a number (ChooseRelationName)."""
        name = index_name(build)
        if build.index is not None:
            return name
        schema, number, free = self.resolve(build.table).schema, 0, name.name
        while self.indexes.get(Name(schema, free)) or self.tables.get(Name(schema, free)):
            number += 1
            free = f"{name.name}{number}"
        return name._replace(name=free)

    # -- changes

    def add_table(self, table: Relation, *, if_not_exists: bool) -> None:
        """A table is made; IF NOT EXISTS proves it new only where it is known to be gone."""
        self._temporary = self._temporary or table.name.schema == TEMP
        before = self.tables.get(table.name, _MISSING)
        if if_not_exists and before is not None:
            if before is not _MISSING:
                return
            table = replace(table, sure=False)
        if before not in (None, _MISSING):
            self.drop_table(table.name)
        self.put(self.tables, table.name, table)
        if table.parent:
            self._adopt(table.parent, table.name)

    def drop_table(self, full: Name) -> None:
        """A table goes, with its indexes and partitions."""
        table = self.tables.get(full)
        self.put(
            self.tables, full, None
        )  # before its partitions, for a broken history may attach in a circle
        for index in self._indexes_of.get(full, ()):
            if self.indexes.get(index) is not None:
                self.put(self.indexes, index, None)
        for child in self._partitions_of.get(full, ()):
            if self.tables.get(child) is not None:
                self.drop_table(child)
        if table is not None and table.parent:
            self._release(table.parent, full)
        for mapping in (self._indexes_of, self._partitions_of):
            if full in mapping:
                self.put(mapping, full, ())

    def move_table(self, old: Name, new: Name) -> None:
        """A table gets another name or schema; its indexes go along into the schema."""
        table = self.tables.get(old)
        if table is None:
            self.put(self.tables, old, None)
            return
        indexes = [index for name in self._indexes_of.get(old, ()) if (index := self.indexes.get(name))]
        children = self._partitions_of.get(old, ())
        self.put(self.tables, old, None)
        self.put(self.tables, new, replace(table, name=new))
        self.put(self._indexes_of, old, ())
        for index in indexes:
            self.put(self.indexes, index.name, None)
            self.add_index(replace(index, name=Name(new.schema, index.name.name), table=new))
        if table.parent:
            self._release(table.parent, old)
            self._adopt(table.parent, new)
        if children:
            self.put(self._partitions_of, new, children)

    def add_index(self, index: Index) -> None:
        """An index is made, or changed."""
        self.put(self.indexes, index.name, index)
        known = self._indexes_of.get(index.table, ())
        if index.name not in known:
            self.put(self._indexes_of, index.table, (*known, index.name))

    def drop_index(self, full: Name) -> None:
        """An index goes, or is now known not to exist."""
        self.put(self.indexes, full, None)

    def attach(self, parent: Name, child: Name) -> None:
        """A table becomes a partition of another."""
        table = self.tables.get(child) or Relation(child)
        self.put(self.tables, child, replace(table, parent=parent))
        if (known := self.tables.get(parent)) is None or not known.partitioned:
            self.put(self.tables, parent, replace(known or Relation(parent), partitioned=True))
        self._adopt(parent, child)

    def detach(self, parent: Name, child: Name) -> None:
        """A partition stands alone again."""
        if (table := self.tables.get(child)) is not None:
            self.put(self.tables, child, replace(table, parent=None))
        self._release(parent, child)

    def _adopt(self, parent: Name, child: Name) -> None:
        known = self._partitions_of.get(parent, ())
        if child not in known:
            self.put(self._partitions_of, parent, (*known, child))

    def _release(self, parent: Name, child: Name) -> None:
        known = self._partitions_of.get(parent, ())
        self.put(self._partitions_of, parent, tuple(name for name in known if name != child))
