"""A file that was read, and places in it.

Everything inside idxlint counts in code points from the start of the text; lines and columns exist only
where something is printed, and this is the only place that computes them.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

_NEWLINE = re.compile(r"\r\n|\n|\r")


class Span(NamedTuple):
    """A half-open range of code points: start included, end not."""

    start: int
    end: int


class Position(NamedTuple):
    """A place as people count: line and column from 1, in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the code points from start to end of the finding's file by a text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Source:
    """A file's text and how to write it back.

    path: relative where it can be, with forward slashes, and the only path ever printed
    text: decoded, without a byte order mark; line ends are as they stand in the file
    encoding: the codec that turns the text into the very bytes that were read
    bom: the byte order mark that stood before the text, often empty
    """

    path: str
    text: str
    encoding: str = "utf-8"
    bom: bytes = b""

    @cached_property
    def _lines(self) -> list[int]:
        if "\r" in self.text:
            return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]
        lengths = accumulate(map(len, self.text.split("\n")))
        return [0, *(length + number for number, length in enumerate(lengths, 1))][:-1]

    def position(self, offset: int) -> Position:
        """Line and column of an offset; the end of the text is a place too."""
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line counted from 1, without its line end."""
        return self.text[self._lines[number - 1] : self.line_end(number)]

    def line_end(self, number: int) -> int:
        """Offset behind the last character of a line counted from 1, before its line end."""
        start = self._lines[number - 1]
        end = self._lines[number] if number < len(self._lines) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def line_start(self, offset: int) -> int:
        """Offset of the first character of the line that holds the offset."""
        return self._lines[bisect_right(self._lines, offset) - 1]

    def encoded(self, text: str) -> bytes:
        """The bytes of a text as this file would hold them."""
        return self.bom + text.encode(self.encoding)
