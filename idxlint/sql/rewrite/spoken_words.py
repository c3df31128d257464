"""Whether a part of a text speaks of a name, asked again and again for other parts and names."""

import re
from bisect import bisect_left
from functools import cached_property

_WORD = re.compile(r"[\w$]+")
_SCANS = 24
"""So many times its length a text is looked through, before an index of its words pays (measured)."""


class SpokenWords:
    """The words of a text, whatever their case."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._left = _SCANS * len(text)

    def spoken(self, name: str, start: int, end: int) -> bool:
        """Whether a name stands in a part of the text, and not as a part of a longer word."""
        name = name.lower()
        words = [] if self.scans(end - start) else _WORD.findall(name)
        if not words:
            return self._looked_for(name, start, end)
        word = max(words, key=len)
        offset = name.index(word)
        places = self._places.get(word, ())
        for number in range(bisect_left(places, start + offset), len(places)):
            at = places[number] - offset
            if at + len(name) > end:
                break
            if self.lower.startswith(name, at) and self._is_whole(at, at + len(name)):
                return True
        return False

    def scans(self, length: int) -> bool:
        """Whether a part of the text is looked through once more, without an index of all of it."""
        self._left -= length
        return self._left > 0

    def _looked_for(self, name: str, start: int, end: int) -> bool:
        at = self.lower.find(name, start, end)
        while at >= 0:
            if self._is_whole(at, at + len(name)):
                return True
            at = self.lower.find(name, at + 1, end)
        return False

    def _is_whole(self, start: int, end: int) -> bool:
        around = self.lower[max(start - 1, 0) : start] + self.lower[end : end + 1]
        return not any(character.isalnum() or character in "_$" for character in around)

    @cached_property
    def lower(self) -> str:
        """The text in lower case, in which every place is that of the text."""
        lower = self._text.lower()
        if len(lower) == len(self._text):
            return lower
        return "".join(
            small if len(small := character.lower()) == 1 else character for character in self._text
        )

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for word in _WORD.finditer(self.lower):
            places.setdefault(word[0], []).append(word.start())
        return places
