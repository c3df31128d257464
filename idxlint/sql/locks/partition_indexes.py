"""The indexes of partitions that no statement names: those that a partitioned index brings along.

PostgreSQL makes them, or adopts an equal index that is there (CREATE INDEX, ALTER TABLE … ATTACH PARTITION;
DefineIndex in commands/indexcmds.c), and chooses their names as for an index without one.
"""

from collections.abc import Iterator
from dataclasses import replace

from idxlint.sql.meaning.chosen_names import constraint_name, index_name
from idxlint.sql.state.definitions import definition
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name, cut


class PartitionIndexes:
    """The indexes of tables, with those that they have as partitions."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def of(self, table: Name, below: frozenset[Name] = frozenset()) -> dict[Name, Index]:
        """All indexes of a table by their names, those that it has as a partition included.

        below: its partitions, of which it may be one itself where a broken history attaches in a circle
        """
        found = {
            name: index for name in self._schema.indexes_of(table) if (index := self._schema.index(name))
        }
        known = self._schema.table(table)
        if known and known.parent and known.parent not in {table, *below}:
            for parent in self.of(known.parent, below | {table}).values():
                if self._has_part(parent, table) and self._part(parent, found) is None:
                    name = self._chosen(parent, table, found)
                    found[name] = Index(name, table, parent.build, parent.constraint, known.partitioned)
        return found

    def parts(self, parent: Name) -> Iterator[Name]:
        """The indexes of the partitions under a partitioned index, on all levels."""
        index = self.index(parent)
        if index is None or not self._schema.is_partitioned(index.table):
            return
        for table in self._schema.children(index.table):
            if not self._has_part(index, table):
                continue
            part = self._part(index, self.of(table))
            if part is not None:
                yield part.name
                yield from self.parts(part.name)

    def index(self, name: Name) -> Index | None:
        """An index by its name, also one that no statement names."""
        return self._schema.index(name)

    def alike(self, build: Index, table: Name) -> Name | None:
        """An index of a partition that a new one on the partitioned table adopts."""
        wanted, taken = definition(build), {*self.shared(build.table, table)}
        for name, index in self.of(table).items():
            if wanted is not None and name not in taken and definition(index) == wanted:
                return name
        return None

    def shared(self, parent: Name, table: Name) -> Iterator[Name]:
        """The indexes of a partition that are parts of those of the partitioned table."""
        own = self.of(table)
        for index in self.of(parent).values():
            part = self._part(index, own) if self._has_part(index, table) else None
            if part is not None:
                yield part.name

    def missing(self, parent: Name, table: Name) -> Iterator[Name]:
        """The indexes that ATTACH PARTITION builds, by the names that they get."""
        own = self.of(table)
        for index in self.of(parent).values():
            if self._part(index, own) is None:
                yield self._chosen(index, table, own)

    def lacks(self, parent: Name, table: Name) -> bool:
        """Whether ATTACH PARTITION builds an index, as far as the oldest indexes of the parent tell."""
        known, own = self._schema.table(parent), self.of(table)
        indexes = self.of(parent).values() if known and known.parent else self._schema.standing(parent)
        return any(self._part(index, own) is None for index in indexes)

    def _has_part(self, parent: Index, table: Name) -> bool:
        """Whether a partition has a part of an index: of one that was made ON ONLY the parent, only what came later."""
        if parent.build is None or not parent.build.only:
            return True
        known = self._schema.table(table)
        attached = self._schema.links.children(parent.name)
        there = any((one := self._schema.index(name)) and one.table == table for name in attached)
        return there or (known is not None and known.joined > parent.made)

    def _part(self, parent: Index, own: dict[Name, Index]) -> Index | None:
        """The index of a partition that was attached, or that is equal."""
        attached = dict.fromkeys(self._schema.links.children(parent.name))
        wanted = definition(parent)
        for name, index in own.items():
            if name in attached:
                return index
        for index in own.values():
            if (
                wanted is not None
                and definition(index) == wanted
                and (parent.constraint is None or index.constraint)
            ):
                return index
        return None

    def _chosen(self, parent: Index, table: Name, own: dict[Name, Index]) -> Name:
        if parent.constraint:
            unnamed = replace(parent.constraint, name=None)
            base = constraint_name(table, unnamed)
        elif parent.build:
            base = index_name(replace(parent.build, index=None, table=table)).name
        else:
            base = f"{table.name}_{parent.name.name}"
        number, name = 0, Name(table.schema, cut(base))
        while name in own or self._schema.indexes.get(name):
            number += 1
            name = Name(table.schema, cut(f"{base}{number}"))
        return name
