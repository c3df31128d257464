"""The names that are free for what has none in its statement."""

from collections.abc import Callable

from idxlint.sql.state.journal import Journal
from idxlint.sql.text import Name

_DIGITS = 9


class FreeNames:
    """Names with the first number that is free (ChooseRelationName); what is known to be taken is not tried."""

    def __init__(self, journal: Journal, is_taken: Callable[[Name], bool]) -> None:
        self._journal, self._is_taken = journal, is_taken
        self._reached: dict[Name, int] = {}

    def choose(self, full: Name) -> Name:
        """The name, or that with a number behind it."""
        number = self._reached.get(full, 0)
        while self._is_taken(numbered := full._replace(name=f"{full.name}{number or ''}")):
            number += 1
        if number:
            self._journal.put(self._reached, full, number)
        return numbered

    def release(self, full: Name) -> None:
        """A name is free again, for whatever it is a number of."""
        if full in self._reached:
            self._journal.put(self._reached, full, 0)
        bare = len(full.name.rstrip("0123456789"))
        for end in range(max(bare, len(full.name) - _DIGITS), len(full.name)):
            base, number = full._replace(name=full.name[:end]), full.name[end:]
            if number[0] != "0" and self._reached.get(base, 0) > int(number):
                self._journal.put(self._reached, base, int(number))
