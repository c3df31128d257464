"""What hangs on what, beside partitions and indexes: foreign keys, inheritance, sequences, views.

Only who reads statements completely (`sql.whole.complete`) learns all of it.
"""

from collections.abc import Iterator
from dataclasses import replace

from idxlint.sql.meaning.column_operations import Hang, Kin
from idxlint.sql.state.journal import Journal
from idxlint.sql.text import Name


class Kinship:
    """The links between relations, by full names; a change can be taken back."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._links: dict[Name, dict[tuple[Kin, Name, Name, str], Hang]] = {}

    def copy(self, journal: Journal) -> "Kinship":
        """The same links, whose changes go to another journal."""
        other = Kinship(journal)
        other._links = {name: dict(row) for name, row in self._links.items()}
        return other

    def of(self, name: Name) -> Iterator[Hang]:
        """Every link that a relation is in, on either side."""
        return iter([*self._links.get(name, {}).values()])

    def above(self, kin: Kin, one: Name) -> list[Name]:
        """What a relation hangs on."""
        return [link.other for link in self.of(one) if link.kin is kin and link.one == one]

    def below(self, kin: Kin, other: Name) -> list[Name]:
        """What hangs on a relation."""
        return [link.one for link in self.of(other) if link.kin is kin and link.other == other]

    def link(self, link: Hang) -> None:
        """One relation hangs on another, or does so no more."""
        if link.ends:
            self.unlink(link)
            return
        for name in (link.one, link.other):
            if name not in self._links:
                self._journal.put(self._links, name, {})
            self._journal.put(self._links[name], _key(link), link)

    def unlink(self, link: Hang) -> None:
        """It does so no more."""
        for name in {link.one, link.other}:
            if _key(link) in self._links.get(name, {}):
                self._journal.remove(self._links[name], _key(link))

    def release(self, table: Name, label: str = "", column: str = "") -> None:
        """A table loses a constraint, or a column with the constraints and the sequences that need it."""
        for link in self.of(table):
            named = label and link.label == label and link.one == table
            over = column and column in link.columns and link.kin in (Kin.REFERENCES, Kin.OWNED)
            if named or (over and (link.one == table or link.kin is Kin.OWNED)):
                self.unlink(link)

    def relabel(self, table: Name, old: str, new: str) -> None:
        """A constraint of a table has another name."""
        for link in self.of(table):
            if link.one == table and link.label == old:
                self.unlink(link)
                self.link(replace(link, label=new))

    def forget(self, name: Name) -> None:
        """A relation is gone, with all its links."""
        for link in self.of(name):
            self.unlink(link)

    def move(self, old: Name, new: Name) -> None:
        """A relation has another name."""
        for link in self.of(old):
            self.unlink(link)
            one = new if link.one == old else link.one
            other = new if link.other == old else link.other
            self.link(replace(link, one=one, other=other))


def _key(link: Hang) -> tuple[Kin, Name, Name, str]:
    return link.kin, link.one, link.other, link.label
