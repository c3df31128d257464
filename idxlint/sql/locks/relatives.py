"""Which relations play the roles of the lock table, as far as the replayed schema knows them."""

from collections.abc import Iterable, Iterator

from idxlint.model import value
from idxlint.sql.locks.partition_indexes import PartitionIndexes
from idxlint.sql.locks.row import On
from idxlint.sql.meaning.column_operations import Kin
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name


@value
class Cast:
    """What a statement names, by full names.

    columns: of the table; only: without partitions and inheritance children
    build: the index that is made on the table
    """

    table: Name | None = None
    other: Name | None = None
    index: Name | None = None
    other_index: Name | None = None
    columns: tuple[str, ...] = ()
    only: bool = False
    build: Index | None = None


class Relatives:
    """The relations around those that a statement names."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._indexes = PartitionIndexes(schema)

    def of(self, role: On, named: Cast) -> Iterable[Name]:
        """The full names of the relations in a role."""
        match role:
            case On.TABLE | On.CHILDREN:  # nearly always
                return self._around_table(role, named.table, only=named.only)
            case On.INDEX:
                return _one(named.index)
            case On.INDEX_CHILDREN if named.index:
                return self._indexes.parts(named.index)
            case On.OTHER_INDEX:
                return _one(named.other_index)
            case On.OWNER:
                return _one(self._owner(named.index))
            case On.OWNER_PARTITIONS:
                return self.partitions(self._owner(named.index))
            case On.OTHER:
                return _one(named.other)
            case On.OTHER_CHILDREN:
                return self.children(named.other)
            case On.OTHER_INDEXES if named.table and named.other:
                return self._indexes.shared(named.table, named.other)
            case On.BARE_PARTITIONS | On.ADOPTED if named.table and named.build and not named.only:
                return self._by_build(role, named.table, named.build)
            case On.COLUMN_INDEXES if named.table:
                return self._column_indexes(named.table, named)
            case On.COLUMN_REFERENCING if named.table:
                return self._referencing_column(named.table, named.columns)
            case On.COLUMN_SEQUENCES | On.COLUMN_IDENTITY | On.COLUMN_REFERENCED if named.table:
                return self._by_column(role, named.table, named.columns)
        return self._around_table(role, named.table, only=named.only)

    def _around_table(self, role: On, table: Name | None, *, only: bool) -> Iterable[Name]:
        match role:
            case On.TABLE:
                return _one(table)
            case On.CHILDREN if not only:
                return self.children(table)
            case On.PARTITIONS if not only:
                return self.partitions(table)
            case On.INDEXES:
                return self.indexes(_one(table))
            case On.CHILDREN_INDEXES if not only:
                return self.indexes(self.children(table))
            case On.STORED_INDEXES if table:
                family = [table, *([] if only else self.children(table))]
                return self.indexes(one for one in family if not self.schema.is_partitioned(one))
            case On.PARENT_DEFAULT:
                return self._kin(On.DEFAULT, parent) if (parent := self._parent(table)) else ()
            case On.PARENT:
                return _one(self._parent(table))
        return self._kin(role, table) if table else ()

    def _kin(self, role: On, table: Name) -> Iterable[Name]:
        kinship = self.schema.kinship
        match role:
            case On.SEQUENCES:
                return kinship.below(Kin.OWNED, table)
            case On.DEFAULT:
                return self._with_children(kinship.below(Kin.DEFAULT, table))
            case On.REFERENCED:
                return self._with_children(
                    other for one in self._line(table) for other in kinship.above(Kin.REFERENCES, one)
                )
            case On.REFERENCED_ALL:
                return self._with_children(kinship.above(Kin.REFERENCES, table))
            case On.REFERENCED_STORED:
                found = self._with_children(kinship.above(Kin.REFERENCES, table))
                return (one for one in found if not self.schema.is_partitioned(one))
            case On.REFERENCING:
                return self._with_children(self._referencing(table))
            case On.REFERENCING_ALL:
                return self._cascade(table)
            case On.REFERENCING_ALL_INDEXES:
                return self.indexes(self._cascade(table))
            case On.TYPED:
                return self._with_children(kinship.below(Kin.TYPED, table))
            case On.VIEW_INDEXES:
                return self.indexes(self._views(table))
            case On.REFERENCING_INDEXES:
                return self.indexes(self._with_children(kinship.below(Kin.REFERENCES, table)))
            case On.VIEWS:
                return self._views(table)
        return ()

    def _line(self, table: Name) -> Iterator[Name]:
        """A table and the partitioned tables that it is a partition of."""
        seen: set[Name] = set()
        current: Name | None = table
        while current is not None and current not in seen:
            seen.add(current)
            yield current
            current = self._parent(current)

    def _referencing(self, table: Name) -> Iterator[Name]:
        """The tables whose foreign keys reference a table or what it is a partition of."""
        for one in self._line(table):
            yield from self.schema.kinship.below(Kin.REFERENCES, one)

    def _referencing_column(self, table: Name, columns: tuple[str, ...]) -> Iterator[Name]:
        for index in self._indexes.of(table).values():
            constraint = index.constraint
            if constraint and constraint.kind == "PRIMARY KEY" and set(columns) & set(constraint.columns):
                yield from self._with_children(self._referencing(table))

    def _with_children(self, tables: Iterable[Name]) -> Iterator[Name]:
        for table in tables:
            yield table
            yield from self.children(table)

    def _cascade(self, table: Name) -> Iterator[Name]:
        """The tables that TRUNCATE … CASCADE empties too, with their partitions."""
        waiting, seen = [table], {table}
        while waiting:
            for found in self._with_children(self._referencing(waiting.pop())):
                if found not in seen:
                    seen.add(found)
                    waiting.append(found)
                    yield found

    def _column_indexes(self, table: Name, named: Cast) -> Iterator[Name]:
        for one in (table, *([] if named.only else self.children(table))):
            for name, index in self._indexes.of(one).items():
                columns = {*self.schema.catalogue.index_columns(one, name.name), *_columns(index)}
                if columns & set(named.columns):
                    yield name

    def _by_build(self, role: On, table: Name, build: Index) -> Iterator[Name]:
        for partition in self.partitions(table):
            adopted = self._indexes.alike(build, partition)
            if adopted is None and role is On.BARE_PARTITIONS:
                yield partition
            if adopted is not None and role is On.ADOPTED:
                yield adopted

    def _by_column(self, role: On, table: Name, columns: tuple[str, ...]) -> Iterator[Name]:
        for link in self.schema.kinship.of(table):
            if set(columns) & set(link.columns):
                if link.kin is Kin.OWNED and (
                    role is On.COLUMN_SEQUENCES or (role is On.COLUMN_IDENTITY and link.label == "identity")
                ):
                    yield link.one
                if role is On.COLUMN_REFERENCED and link.kin is Kin.REFERENCES and link.one == table:
                    yield link.other

    def _views(self, table: Name) -> Iterator[Name]:
        """The views and materialized views over a table, over those, and the indexes of both."""
        waiting, seen = [table], {table}
        while waiting:
            for view in self.schema.kinship.below(Kin.READS, waiting.pop()):
                if view not in seen:
                    seen.add(view)
                    waiting.append(view)
                    yield view

    def children(self, parent: Name | None) -> Iterator[Name]:
        """The partitions and inheritance children of a table on all levels, each once."""
        waiting, seen = [*_one(parent)], {parent}
        while waiting:
            for child in self.schema.children(waiting.pop()):
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
                    yield child

    def partitions(self, parent: Name | None) -> Iterator[Name]:
        """The partitions of a partitioned table on all levels."""
        return self.children(parent) if parent and self.schema.is_partitioned(parent) else iter(())

    def indexes(self, tables: Iterable[Name]) -> Iterator[Name]:
        """The indexes of tables, with those that they have as partitions."""
        for table in tables:
            yield from self._indexes.of(table)

    def _owner(self, name: Name | None) -> Name | None:
        if name is None:
            return None
        index = self.schema.index(name)
        return index.table if index else Name(None, f"the table of {name.name}")

    def _parent(self, full: Name | None) -> Name | None:
        table = self.schema.table(full) if full else None
        return table.parent if table else None


def _one(name: Name | None) -> tuple[Name, ...]:
    return (name,) if name else ()


def _columns(index: Index) -> tuple[str | None, ...]:
    """The columns of an index as it was made."""
    if index.build is not None:
        return (*(column.name for column in index.build.columns), *index.build.include)
    return (*index.constraint.columns, *index.constraint.include) if index.constraint else ()
