"""Which relations play the roles of the lock table, as far as the replayed schema knows them."""

from collections.abc import Iterable, Iterator

from idxlint.model import value
from idxlint.sql.locks.row import On
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name


@value
class Cast:
    """What a statement names, by full names; only: without partitions and inheritance children."""

    table: Name | None = None
    other: Name | None = None
    index: Name | None = None
    other_index: Name | None = None
    only: bool = False


class Relatives:
    """The relations around those that a statement names."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def of(self, role: On, named: Cast) -> Iterable[Name]:
        """The full names of the relations in a role."""
        match role:
            case On.INDEX:
                return _one(named.index)
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
            case On.OTHER_INDEXES:
                return self.indexes(_one(named.other))
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
            case On.PARENT:
                return _one(self._parent(table))
        return ()

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
        """The indexes of tables."""
        for table in tables:
            yield from self.schema.indexes_of(table)

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
