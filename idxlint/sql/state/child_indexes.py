"""The indexes of partitions, and those of their parent that they belong to."""

from collections.abc import Iterator
from dataclasses import replace

from idxlint.sql.state.definitions import Definition, definition
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name


def missing_children(schema: Schema, parent: Name) -> list[Name]:
    """The partitions that have no index attached to an index that was made ON ONLY their parent.

    Each index that is attached counts for the partition that it is on, or, where that is unknown, for the first that
    has none. A table that became a partition later got its index then, and an index of the whole table has
    all from the beginning (CREATE INDEX, ON ONLY; ALTER TABLE, ATTACH PARTITION).
    """
    index = schema.index(parent)
    if index is None or index.build is None or not index.build.only:
        return []
    children = [schema.index(child) for child in schema.links.children(index.name)]
    covered = {child.table for child in children if child}
    unknown = sum(child is None for child in children)
    there = ((name, schema.tables.get(name)) for name in schema.children(index.table))
    bare = [name for name, table in there if table and table.joined < index.made and name not in covered]
    return bare[unknown:]


def matching(schema: Schema, parent: Index, child: Name) -> Iterator[Index]:
    """The indexes of a table that PostgreSQL takes for the part of a partitioned index, or may take.

    It compares method, keys, INCLUDE, predicate and uniqueness, but not ASC, DESC and NULLS; an index that a
    constraint owns wants a constraint (CompareIndexInfo in src/backend/catalog/index.c). One of whose definition
    something is unknown may match.
    """
    wanted = _compared(definition(parent))
    for index in schema.standing(child):
        known = _compared(definition(index))
        unknown = wanted is None or known is None
        if (unknown or known == wanted) and (parent.constraint is None or index.constraint is not None):
            yield index


def _compared(known: Definition | None) -> Definition | None:
    """A definition without what PostgreSQL does not compare."""
    if known is None:
        return None
    keys = tuple(
        (column, expression, "", opclass, collation)
        for column, expression, _, opclass, collation in known.keys
    )
    return replace(known, keys=keys, immediate=True)
