"""Small helpers that several readers share."""

import re
from collections.abc import Iterator

from idxlint.model import Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


def lines(text: str, span: Span | None = None) -> Iterator[Span]:
    """The lines of a text or of a part of it, each with its line end."""
    start, end = span or (0, len(text))
    while start < end:
        match = _LINE.match(text, start, end)
        stop = match.end() if match and match.end() > start else end
        yield Span(start, stop)
        start = stop


def first_line(text: str) -> Span:
    """The first line without its line end."""
    match = _LINE.match(text)
    line = match[0] if match else ""
    return Span(0, len(line.rstrip("\r\n")))
