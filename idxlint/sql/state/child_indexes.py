"""Whether a partitioned index has all of its parts."""

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
