"""Which index of a partition is attached to which index of its parent, and which index is a replica identity."""

from idxlint.sql.state.journal import Journal
from idxlint.sql.state.ownership import Ownership
from idxlint.sql.text import Name


class IndexLinks:
    """The links of indexes by their full names.

    Only what a statement says is here: PostgreSQL attaches by itself what CREATE INDEX on a partitioned table
    and a new partition make (`missing_children`).
    """

    def __init__(self, journal: Journal) -> None:
        self._attached = Ownership(journal)
        self._identity = Ownership(journal)

    def copy(self, journal: Journal) -> "IndexLinks":
        """The same links, whose changes go to another journal."""
        other = IndexLinks(journal)
        other._attached = self._attached.copy(journal)
        other._identity = self._identity.copy(journal)
        return other

    def parent(self, index: Name) -> Name | None:
        """The partitioned index that an index was attached to."""
        return self._attached.owner(index)

    def children(self, parent: Name) -> list[Name]:
        """The indexes that were attached to a partitioned one, in order."""
        return self._attached.of(parent)

    def has_children(self, parent: Name) -> bool:
        """Whether any was."""
        return self._attached.has(parent)

    def replica_identity(self, table: Name) -> Name | None:
        """The index that a table's REPLICA IDENTITY USING INDEX names."""
        return next(iter(self._identity.of(table)), None)

    def identifies(self, index: Name) -> Name | None:
        """The table whose replica identity an index is."""
        return self._identity.owner(index)

    def attach(self, parent: Name, index: Name) -> None:
        """ALTER INDEX … ATTACH PARTITION."""
        self._attached.enter(parent, index)

    def detach(self, index: Name) -> None:
        """The index of a partition that is detached."""
        self._attached.leave(index)

    def identify(self, table: Name, index: Name | None) -> None:
        """A table gets another replica identity; None where that is no index."""
        for before in self._identity.of(table):
            self._identity.leave(before)
        if index is not None:
            self._identity.enter(table, index)

    def drop(self, index: Name) -> list[Name]:
        """An index goes; those that are attached to it have to go as well."""
        self._attached.leave(index)
        self._identity.leave(index)
        return self._attached.of(index)

    def rename(self, old: Name, new: Name) -> None:
        """An index gets another name."""
        for links in (self._attached, self._identity):
            if (owner := links.owner(old)) is not None:
                links.enter(owner, new)
                links.leave(old)
        self._attached.rename(old, new)

    def move_table(self, old: Name, new: Name) -> None:
        """A table gets another name."""
        if not self._identity.rename(old, new):
            self.identify(old, None)
