"""What exists before a statement: tables, partitions and indexes, built up by replaying operations.

A change can be taken back to a mark, which is how savepoints, rolled-back transactions and down migrations
work. Each change costs the same however large the schema is, so that replay stays linear.
What was never seen is unknown, and unknown is treated as an existing, plain, non-partitioned table.

The questions and the changes of one schema stand together, which makes this file longer than others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from idxlint.sql.meaning.chosen_names import index_name
from idxlint.sql.meaning.column_operations import Kin
from idxlint.sql.meaning.operations import BuildIndex, CreateTable
from idxlint.sql.state.free_names import FreeNames
from idxlint.sql.state.gone import Gone, GoneNames
from idxlint.sql.state.index_links import IndexLinks
from idxlint.sql.state.journal import Journal
from idxlint.sql.state.kinship import Kinship
from idxlint.sql.state.ownership import Ownership
from idxlint.sql.state.partitions import Partitions, birth
from idxlint.sql.state.referencing import ForeignKeys
from idxlint.sql.state.relations import TEMP, Index, Relation
from idxlint.sql.state.search_path import PUBLIC, SearchPath, first
from idxlint.sql.state.table_catalogue import TableCatalogue
from idxlint.sql.text import Name

MANY = 64
"""No table in use has more indexes; looking at all of a test's thousands for each would take quadratic time."""

_MISSING = object()


class Schema:
    """Tables and indexes by their full names; a name mapped to None is known not to exist."""

    def __init__(self) -> None:
        self.tables: dict[Name, Relation | None] = {}
        self.indexes: dict[Name, Index | None] = {}
        self._journal = Journal()
        self._ownership = Ownership(self._journal)
        self._tables_in: dict[str, dict[Name, None]] = {}
        self._free = FreeNames(self._journal, self._is_taken)
        self._partitions = Partitions(self._journal)
        self.ended = GoneNames(self._journal)
        self.links = IndexLinks(self._journal)
        self.catalogue = TableCatalogue(self._journal, self.resolve, self._parent)
        self.foreign_keys = ForeignKeys(self._journal)
        self.kinship = Kinship(self._journal)
        self._held = 0
        self._temporary = False
        self.transactions = self._clock = 0
        self._schemas_of: dict[str, dict[str, None]] = {}
        self.search_path = PUBLIC

    def copy(self) -> "Schema":
        """A schema of its own with the same tables and indexes."""
        other = Schema()
        other.tables, other.indexes = dict(self.tables), dict(self.indexes)
        other._temporary, other.transactions, other._clock = self._temporary, self.transactions, self._clock
        other._ownership = self._ownership.copy(other._journal)
        other._tables_in = {schema: dict(row) for schema, row in self._tables_in.items()}
        other._schemas_of = {name: dict(row) for name, row in self._schemas_of.items()}
        other._partitions = self._partitions.copy(other._journal)
        other.ended = self.ended.copy(other._journal)
        other.links = self.links.copy(other._journal)
        self.catalogue.copy_to(other.catalogue)
        other.foreign_keys = self.foreign_keys.copy(other._journal)
        other.kinship = self.kinship.copy(other._journal)
        return other

    @property
    def search_path(self) -> SearchPath:
        """Where names without a schema are looked for."""
        return self._path

    @search_path.setter
    def search_path(self, path: SearchPath) -> None:
        self._path = path
        self._only = first(path) if len(path) == 1 else ""

    # -- marks

    def mark(self) -> int:
        """A point to come back to."""
        return self._journal.mark()

    def rollback(self, mark: int) -> None:
        """Take back everything since the mark."""
        self._journal.rollback(mark)

    def settle(self) -> None:
        """Nothing before this moment will be taken back: forget how it was."""
        if not self._held:
            self._journal.forget()

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
        self._journal.put(mapping, key, value)

    def tick(self) -> int:
        """The time on the schema's clock, later than any before; it is never put back."""
        self._clock += 1
        return self._clock

    # -- questions

    def resolve(self, name: Name) -> Name:
        """The full name of a table: the first schema of the search path that is known to have it."""
        if (
            name.schema is None and self._only and not self._temporary
        ):  # nearly always, and asked all the time
            return Name(self._only, name.name)
        return self._resolve(name, self.tables)

    def resolve_index(self, name: Name) -> Name:
        """The full name of an index."""
        if name.schema is None and self._only and not self._temporary:
            return Name(self._only, name.name)
        return self._resolve(name, self.indexes)

    def _resolve(self, name: Name, known: dict[Name, Any]) -> Name:
        if name.schema is not None:
            return Name(TEMP, name.name) if name.schema.startswith(TEMP) else name
        if known.get(full := Name(TEMP, name.name)) is not None:
            return full
        # Whichever are fewer: the schemas that have had the name, or those of the path.
        path, schemas = self.search_path, self._schemas_of.get(name.name, {})
        fewer = (
            path
            if len(schemas) >= len(path)
            else sorted((s for s in schemas if s in path), key=path.__getitem__)
        )
        there = (schema for schema in fewer if known.get(Name(schema, name.name)) is not None)
        return Name(next(there, first(path)), name.name)

    def table(self, name: Name) -> Relation | None:
        """The table, or None where it is unknown or gone."""
        return self.tables.get(self.resolve(name))

    def index(self, name: Name) -> Index | None:
        """The index, or None where it is unknown or gone."""
        full = self.resolve_index(name)
        index, table = self.indexes.get(full), self._ownership.owner(full)
        if index is None or table is None or table == index.table:
            return index
        return replace(index, table=table)

    def standing(self, table: Name) -> Iterator[Index]:
        """The indexes of a table by its full name, the oldest first; not more than MANY of them."""
        for name in self._ownership.some(table, MANY):
            if index := self.indexes.get(name):
                yield index if index.table == table else replace(index, table=table)

    def knows(self, name: Name) -> bool:
        """Whether it is sure which schema a table's name means."""
        return name.schema is not None or len(self.search_path) == 1 or self.table(name) is not None

    def gone(self, name: Name) -> Gone | None:
        """What has certainly ended the table or index of a name, where nothing has made it again."""
        schemas = (name.schema,) if name.schema else self.search_path
        places = (Name(schema, name.name) for schema in schemas)  # the first one decides nearly always
        if not all(self.ended.of(there) and not self._is_taken(there) for there in places):
            return None
        if self.table(name) or self.index(name):
            return None
        return self.ended.of(Name(next(iter(schemas)), name.name))

    def leaves(self, name: Name) -> Iterator[Name]:
        """The partitions that hold rows, under a partitioned table."""
        return self._partitions.leaves(self.resolve(name), self.tables)

    def _parent(self, full: Name) -> Name | None:
        return table.parent if (table := self.tables.get(full)) else None

    def has_indexes(self, full: Name) -> bool:
        """Whether the history has made an index of a table by its name."""
        return self._ownership.has(full)

    def children(self, full: Name) -> Iterator[Name]:
        """The partitions and inheritance children one level under a table that are there."""
        yield from (child for child in self._partitions.of(full) if self.tables.get(child) is not None)
        yield from self.kinship.below(Kin.INHERITS, full)

    def indexes_of(self, full: Name) -> list[Name]:
        """The indexes of a table that are there."""
        return [index for index in self._ownership.of(full) if self.indexes.get(index) is not None]

    def is_new(self, name: Name, fresh: frozenset[str]) -> bool:
        """Whether the table was certainly made by one of the files, so that nobody can be blocked."""
        full = self.resolve(name)
        if full.schema == TEMP:
            return True
        table = self.tables.get(full)
        if table is None or not table.sure or table.born not in fresh:
            return False
        # A new parent may have got an old table as a partition.
        return not table.partitioned or self._partitions.all_born_in(full, fresh, self.tables)

    def is_partitioned(self, name: Name) -> bool:
        """Whether the table is known to be a partitioned parent."""
        table = self.table(name)
        return table is not None and table.partitioned

    def index_name(self, build: BuildIndex) -> Name:
        """The name that an index has or gets; one that is taken gets a number (ChooseRelationName)."""
        name = index_name(build)
        if build.index is not None:
            return name
        return name._replace(name=self._free.choose(Name(self.resolve(build.table).schema, name.name)).name)

    def _is_taken(self, full: Name) -> bool:
        return bool(self.indexes.get(full) or self.tables.get(full))

    # -- changes

    def add_table(
        self, table: Relation, made: CreateTable, transaction: int = 0, *, again: bool = False
    ) -> None:
        """A table is made; IF NOT EXISTS makes none where the history has it already.

        again: the statement may have run before, and only what is known to be gone is certainly new
        """
        self._temporary = self._temporary or table.name.schema == TEMP
        before = self.tables.get(table.name, _MISSING)
        if made.if_not_exists and before is not None:
            if before is not _MISSING:
                return
            if again or self._ownership.of(table.name):  # an index on it: it was there
                table = replace(table, sure=False)
        if before not in (None, _MISSING):
            self.drop_table(table.name)
        self._put_table(table.name, table)
        self.catalogue.begin(table.name, made, transaction)
        if table.parent:
            self._partitions.adopt(table.parent, table.name, birth(table))

    def drop_table(self, full: Name, gone: Gone | None = None) -> None:
        """A table goes, with its indexes and partitions; gone: what has certainly ended it."""
        table = self.tables.get(full)
        self._put_table(full, None)  # before its partitions, for a broken history may attach in a circle
        self.ended.end(full, gone)
        self.kinship.forget(full)
        for index in self._ownership.of(full):
            self.drop_index(index)
            self.ended.end(index, gone)
        self.foreign_keys.move(full, None)
        for child in [*self._partitions.of(full)]:
            if self.tables.get(child) is not None:
                self.drop_table(child, gone)
        if table is not None and table.parent:
            self._partitions.release(table.parent, full, None)
        self._partitions.scatter(full)
        self.catalogue.drop(full)
        self.links.identify(full, None)

    def drop_schema(self, name: str, gone: Gone | None = None) -> None:
        """A schema goes, with its tables."""
        for full in [*self._tables_in.get(name, ())]:
            self.drop_table(full, gone)
        self._journal.remove(self._tables_in, name)

    def tables_in(self, name: str) -> list[Name]:
        """The tables of a schema that are there."""
        return [full for full in self._tables_in.get(name, ()) if self.tables.get(full)]

    def move_table(self, old: Name, new: Name, gone: Gone | None = None) -> None:
        """A table gets another name or schema; its indexes go along into the schema."""
        table = self.tables.get(old)
        self.kinship.move(old, new)
        self.ended.end(old, gone)
        self.ended.end(new, None)
        self.catalogue.move(old, new)
        self.links.move_table(old, new)
        if table is None:
            self._put_table(old, None)
            return
        self._put_table(old, None)
        self._put_table(new, replace(table, name=new))
        self.foreign_keys.move(old, new)
        if old.schema != new.schema or not self._ownership.rename(old, new):
            for name in self._ownership.of(old):
                if index := self.indexes.get(name):
                    self.rename_index(index, Name(new.schema, name.name), new)
        if table.parent:
            self._partitions.release(table.parent, old, None)
            self._partitions.adopt(table.parent, new, birth(table))
        self._partitions.move(old, new)

    def _put_table(self, full: Name, table: Relation | None) -> None:
        before = self.tables.get(full)
        self.put(self.tables, full, table)
        self._journal.enter(self._tables_in, full.schema or "", full)
        self._journal.enter(self._schemas_of, full.name, full.schema)
        self._partitions.changed(full, birth(before), birth(table))
        if before is not None and table is None:
            self._free.release(full)

    def add_index(self, index: Index) -> None:
        """An index is made, or changed."""
        self.put(self.indexes, index.name, index)
        self._ownership.enter(index.table, index.name)
        self._journal.enter(self._schemas_of, index.name.name, index.name.schema)

    def rename_index(self, index: Index, new: Name, table: Name) -> None:
        """An index gets another name, or that of its table."""
        self.links.rename(index.name, new)
        self.drop_index(index.name)
        self.add_index(replace(index, name=new, table=table))

    def drop_index(self, full: Name) -> None:
        """An index goes, with those attached to it, or is now known not to exist."""
        for child in self.links.drop(full):
            self.drop_index(child)
        before = self.indexes.get(full)
        self.put(self.indexes, full, None)
        self._ownership.leave(full)
        if before is not None:
            self._free.release(full)

    def attach(self, parent: Name, child: Name) -> None:
        """A table becomes a partition of another."""
        table = replace(self.tables.get(child) or Relation(child), parent=parent, joined=self.tick())
        self._put_table(child, table)
        if (known := self.tables.get(parent)) is None or not known.partitioned:
            self._put_table(parent, replace(known or Relation(parent), partitioned=True))
        self._partitions.adopt(parent, child, birth(self.tables.get(child)))

    def detach(self, parent: Name, child: Name) -> None:
        """A partition stands alone again."""
        if (table := self.tables.get(child)) is not None:
            self._put_table(child, replace(table, parent=None))
        for index in self._ownership.of(child):
            self.links.detach(index)
        self._partitions.release(parent, child, birth(self.tables.get(child)))
