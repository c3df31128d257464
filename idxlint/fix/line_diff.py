"""A unified diff of what some edits have done.

difflib compares lines until it knows which of them have stayed, in time that grows with the square of their number.
In a long file it is left to the edits, which say so at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate

from idxlint.model import Edit, Source

Passes = Sequence[Sequence[Edit]]
_SHORT = 500


def diff(source: Source, text: str, passes: Passes) -> Iterator[str]:
    """The way from a file to a text. passes: the edits that have made it, those of one pass in order."""
    before, after = (part.splitlines(keepends=True) for part in (source.text, text))
    if max(len(before), len(after)) <= _SHORT:
        compared = SequenceMatcher(None, before, after)
    else:
        compared = _Compared(before, after, [*_stayed(before, after, passes)])
    for number, group in enumerate(compared.get_grouped_opcodes()):
        if not number:
            yield f"--- {source.path}\n"
            yield f"+++ {source.path}\n"
        (_, first, _, start, _), (_, _, last, _, end) = group[0], group[-1]
        yield f"@@ -{_range(first, last)} +{_range(start, end)} @@\n"
        for tag, first, last, start, end in group:
            if tag == "equal":
                yield from _marked(" ", before[first:last])
            else:
                yield from _marked("-", before[first:last])
                yield from _marked("+", after[start:end])


def _range(start: int, stop: int) -> str:
    """Lines as a hunk names them; where there are none, the line before them."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line if line.endswith(("\n", "\r")) else f"{mark}{line}\n\\ No newline at end of file\n"


class _Compared(SequenceMatcher[str]):
    """Lines of which it is known which have stayed, for difflib's way to group them."""

    def __init__(self, before: list[str], after: list[str], stayed: list[tuple[int, int]]) -> None:
        super().__init__(None, (), (), autojunk=False)
        self._blocks: list[Match] = []
        for old, new in stayed:
            if self._blocks and self._blocks[-1][:2] == (
                old - self._blocks[-1].size,
                new - self._blocks[-1].size,
            ):
                self._blocks[-1] = self._blocks[-1]._replace(size=self._blocks[-1].size + 1)
            else:
                self._blocks.append(Match(old, new, 1))
        self._blocks.append(Match(len(before), len(after), 0))

    def get_matching_blocks(self) -> list[Match]:
        """The lines that have stayed, as difflib has them."""
        return self._blocks


def _stayed(before: list[str], after: list[str], passes: Passes) -> Iterator[tuple[int, int]]:
    """The numbers of the lines that are what they were, before and after."""
    places: list[int | None] = [*_starts(before)]
    for edits in passes:
        places = _moved(places, edits)
    numbers = {start: number for number, start in enumerate(_starts(after))}
    for old, place in enumerate(places):
        new = None if place is None else numbers.get(place)
        if new is not None and new < len(after) and before[old] == after[new]:
            yield old, new


def _starts(lines: list[str]) -> list[int]:
    return [0, *accumulate(map(len, lines))][: len(lines)]


def _moved(places: Sequence[int | None], edits: Sequence[Edit]) -> list[int | None]:
    """Where places, in order, are after edits; None for what an edit has taken away."""
    moved: list[int | None] = []
    number = by = 0
    for place in places:
        if place is None:
            moved.append(None)
            continue
        while number < len(edits) and edits[number].end <= place:
            by += len(edits[number].text) - (edits[number].end - edits[number].start)
            number += 1
        gone = number < len(edits) and edits[number].start <= place
        moved.append(None if gone else place + by)
    return moved
