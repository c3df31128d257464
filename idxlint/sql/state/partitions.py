"""Which tables are partitions of which, and by which files they were made."""

from collections import deque
from collections.abc import Iterator, Mapping

from idxlint.sql.state.journal import Journal
from idxlint.sql.state.relations import Relation
from idxlint.sql.text import Name

Birth = str | None
"""The file that made a table; BRANCH, for one that has partitions itself; None, where there is no such table."""

BRANCH = "\0"


def birth(table: Relation | None) -> Birth:
    """What counts as the birth of a partition."""
    if table is None:
        return None
    return BRANCH if table.partitioned else table.born


class Family:
    """The partitions of a table, and how many of those that are there each birth has."""

    def __init__(self) -> None:
        self.members: dict[Name, None] = {}
        self.births: dict[str, int] = {}


class Partitions:
    """The families of tables by their full names; a family goes with its table, at once and whole."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._families: dict[Name, Family] = {}
        self._around: dict[Name, dict[Family, None]] = {}

    def copy(self, journal: Journal) -> "Partitions":
        """The same families, whose changes go to another journal."""
        other, made = Partitions(journal), dict[int, Family]()
        for family in (
            *self._families.values(),
            *(member for row in self._around.values() for member in row),
        ):
            copied = made.setdefault(id(family), Family())
            copied.members, copied.births = dict(family.members), dict(family.births)
        other._families = {name: made[id(family)] for name, family in self._families.items()}
        other._around = {
            name: {made[id(family)]: None for family in row} for name, row in self._around.items()
        }
        return other

    def of(self, parent: Name) -> Iterator[Name]:
        """The partitions of a table, in the order in which they came."""
        family = self._families.get(parent)
        return iter(family.members if family else ())

    def leaves(self, parent: Name, tables: Mapping[Name, Relation | None]) -> Iterator[Name]:
        """Those of its partitions, and of theirs, that hold rows."""
        waiting, seen = deque([parent]), set[Name]()
        while waiting:
            for child in self.of(waiting.popleft()):
                table = tables.get(child)
                if table is None or child in seen:
                    continue
                seen.add(child)
                if table.partitioned:
                    waiting.append(child)
                else:
                    yield child

    def all_born_in(
        self, parent: Name, fresh: frozenset[str], tables: Mapping[Name, Relation | None]
    ) -> bool:
        """Whether the files have made all partitions that hold rows; they are counted, and not looked at."""
        waiting, seen = [parent], set[Name]()
        while waiting:
            parent = waiting.pop()
            seen.add(parent)
            births = set(self.births(parent))
            if not births <= {*fresh, BRANCH}:
                return False
            if BRANCH in births:
                branches = (child for child in self.of(parent) if child not in seen)
                waiting += (child for child in branches if birth(tables.get(child)) == BRANCH)
        return True

    def births(self, parent: Name) -> Iterator[str]:
        """The births of the partitions that are there."""
        family = self._families.get(parent)
        return (birth for birth, count in family.births.items() if count) if family else iter(())

    def adopt(self, parent: Name, child: Name, birth: Birth) -> None:
        """A table becomes a partition."""
        if parent not in self._families:
            self._journal.put(self._families, parent, Family())
        family = self._families[parent]
        if child not in family.members:
            self._journal.put(family.members, child, None)
            self._journal.enter(self._around, child, family)
            self._count(family, birth, 1)

    def release(self, parent: Name, child: Name, birth: Birth) -> None:
        """A table is no partition of another any more."""
        family = self._families.get(parent)
        if family and child in family.members:
            self._journal.remove(family.members, child)
            self._journal.leave(self._around, child, family)
            self._count(family, birth, -1)

    def changed(self, child: Name, before: Birth, after: Birth) -> None:
        """A table is made, goes, or gets partitions."""
        if before != after:
            for family in self._around.get(child, ()):
                self._count(family, before, -1)
                self._count(family, after, 1)

    def scatter(self, parent: Name) -> None:
        """A table has no partitions any more."""
        family = self._families.get(parent)
        if family:
            for child in family.members:
                self._journal.leave(self._around, child, family)
            self._journal.remove(self._families, parent)

    def move(self, old: Name, new: Name) -> None:
        """The partitions of a table are those of another."""
        family = self._families.get(old)
        if family and family.members:
            self._journal.remove(self._families, old)
            self._journal.put(self._families, new, family)

    def _count(self, family: Family, birth: Birth, by: int) -> None:
        if birth is not None:
            self._journal.put(family.births, birth, family.births.get(birth, 0) + by)
