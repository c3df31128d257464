"""Tables and indexes that the history has certainly ended, and by what."""

from idxlint.model import value
from idxlint.sql.state.journal import Journal
from idxlint.sql.text import Name


@value
class Gone:
    """What has ended a relation: the verb for it, the file that says so, and the place in it."""

    verb: str
    path: str
    start: int


class GoneNames:
    """What has ended the relation of a name; a relation that stands again hides it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._ended: dict[Name, Gone | None] = {}

    def copy(self, journal: Journal) -> "GoneNames":
        """The same, whose changes go to another journal."""
        other = GoneNames(journal)
        other._ended = dict(self._ended)
        return other

    def of(self, full: Name) -> Gone | None:
        """What has ended it, if it is certain that something has."""
        return self._ended.get(full)

    def end(self, full: Name, gone: Gone | None) -> None:
        """The relation of a name ends; None where that is not certain, or it may be there again."""
        if gone or self._ended.get(full):
            self._journal.put(self._ended, full, gone)

    def doubt(self) -> None:
        """Something that nobody has read may have made anything again."""
        self._ended = {}
