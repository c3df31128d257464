"""Source lines as a terminal shows them: with the words underlined, and never longer than a line."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from idxlint.model import Edit, Source, Span
from idxlint.model.printable import cells

WIDTH = 100
_TAB = 4
_SEEN = 2 * WIDTH + 1
_MOST_LINES = 12
_CUT = "…"
_NEWLINE = re.compile(r"\r\n|\n|\r")


class Underlined(NamedTuple):
    """A line to print, and the columns of it to underline."""

    text: str
    start: int
    width: int


def underlined(source: Source, span: Span) -> Underlined:
    """The line on which a span starts, cut around it, and where its part of the span stands."""
    begin, stop = source.line_start(span.start), source.line_end(source.position(span.start).line)
    start = min(span.start, stop)
    end = max(start, min(start + span.end - span.start, stop))
    # No part of a line further away than this can be shown; a minified file may be one line of megabytes.
    first, last = max(begin, start - WIDTH), min(stop, end + WIDTH)
    return _fitted(source.text[first:last], start - first, end - first, first > begin, last < stop)


def cut(line: str) -> str:
    """A line from its beginning, as it may be printed."""
    return _fitted(line[: 2 * WIDTH], 0, 0, False, len(line) > 2 * WIDTH).text


def fixed(source: Source, edits: tuple[Edit, ...]) -> Iterator[str]:
    """The lines that edits touch, as they read afterwards; a cut between lines that are far apart."""
    lines: list[str] = []
    for number, group in enumerate(groups(source, edits)):
        if number:
            lines.append(_CUT)
        lines += _stripped(applied(source, group))
    shown = lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], _CUT]
    return (cut(line) for line in shown)


def groups(source: Source, edits: tuple[Edit, ...]) -> list[list[Edit]]:
    """Edits in their order, those together that touch the same lines or neighbours."""
    groups: list[list[Edit]] = []
    reached = -1
    for edit in sorted(edits):
        if groups and source.position(edit.start).line <= reached + 1:
            groups[-1].append(edit)
        else:
            groups.append([edit])
        reached = max(reached, source.position(edit.end).line)
    return groups


def applied(source: Source, edits: list[Edit]) -> list[str]:
    """The lines that a group of edits touches, as they read afterwards."""
    first = source.line_start(edits[0].start)
    last = source.position(max(edit.end for edit in edits)).line
    pieces: list[str] = []
    at = first
    for edit in edits:
        pieces += (shortened(source, at, edit.start), edit.text)
        at = max(at, edit.end)
    pieces.append(shortened(source, at, source.line_end(last)))  # the rest of the line, without its end
    return _NEWLINE.split("".join(pieces))


def shortened(source: Source, start: int, end: int) -> str:
    """A part of the text without what nobody will see of long lines.

    What is left out is told apart by its place, so that lines that differ there only are not the same.
    """
    pieces: list[str] = []
    while start < end:
        number = source.position(start).line
        stop = min(end, source.line_end(number))
        if stop - start > _SEEN:
            pieces += (source.text[start : start + _SEEN], f"\0{start}-{stop}")
        else:
            pieces.append(source.text[start:stop])
        begin = max(start, stop) if stop < end else end
        start = begin
        while start < end and source.text[start] in "\r\n" and source.position(start).line == number:
            start += 1
        pieces.append(source.text[begin:start])
    return "".join(pieces)


def _stripped(lines: list[str]) -> list[str]:
    """The lines without blank ones at either end."""
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    return lines


def _fitted(line: str, start: int, end: int, more_before: bool, more_after: bool) -> Underlined:
    shown, widths = _cells(line)
    before, inside, after = sum(widths[:start]), sum(widths[start:end]), sum(widths[end:])
    first, last = 0, len(shown)
    if before + inside + after > WIDTH or more_before or more_after:
        # The span comes first, then what stands before it, then what follows.
        room = max(WIDTH - inside, 0)
        left = min(before, max(room // 3, room - after))
        first = _reach(widths, start, -1, left)
        last = _reach(widths, start, 1, WIDTH - sum(widths[first:start]))
    head = _CUT if more_before or first else ""
    tail = _CUT if more_after or last < len(shown) else ""
    column = len(head) + sum(widths[first:start])
    return Underlined(
        head + "".join(shown[first:last]) + tail, column, max(1, sum(widths[start : min(end, last)]))
    )


def _reach(widths: list[int], at: int, step: int, room: int) -> int:
    """How far from a cell one can go before the room is used up."""
    while room > 0 and 0 <= (cell := at if step > 0 else at - 1) < len(widths):
        room -= widths[cell]
        if room < 0:
            break
        at += step
    return at


def _cells(line: str) -> tuple[list[str], list[int]]:
    """Every character as it is printed, and how many columns that takes."""
    if line.isascii() and line.isprintable() and "##" not in line:
        return list(line), [1] * len(line)
    shown = cells(line)
    widths: list[int] = []
    column = 0
    for at, character in enumerate(line):
        cell = " " * (_TAB - column % _TAB) if character == "\t" else shown[at]
        width = _width(cell) if len(cell) == 1 else len(cell)
        shown[at] = cell
        widths.append(width)
        column += width
    return shown, widths


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
