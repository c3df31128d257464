"""The arithmetic of a timeline: scales, where labels find room, what a lane says at its end."""

from collections.abc import Sequence

from idxlint.model import record
from idxlint.model.evidence import DML, ObservedStatement, Probe
from idxlint.reporters.live.words import strongest
from idxlint.reporters.parts.phrases import listed

_KNOB = 17.0
"""The least distance of two numbered knobs in one row."""


@record
class Scale:
    """From milliseconds to user units. length: the milliseconds that fill the width."""

    origin: float
    length: float
    left: float
    width: float

    def x(self, time: float) -> float:
        """Where a time stands, never outside the plot."""
        share = (time - self.origin) / self.length
        return self.left + min(1.0, max(0.0, share)) * self.width


@record
class SeenLock:
    """A lock as it was seen. seen: when, at least once; until: how far the evidence of it goes."""

    relation: str
    mode: str
    seen: tuple[float, ...]
    until: float


def scale(statements: Sequence[ObservedStatement], left: float, width: float) -> Scale:
    """The scale that just holds some statements, their stops and their probes."""
    times = [
        time
        for statement in statements
        for time in (statement.start, statement.end, *(stop.at for stop in statement.stops))
    ]
    times += [
        time for statement in statements for probe in statement.probes for time in (probe.start, probe.end)
    ]
    return Scale(min(times), max(max(times) - min(times), 1.0) * 1.02, left, width)


def ticks(length: float, most: int) -> list[float]:
    """Round times on an axis, from 0, at most so many and one."""
    step = 1.0
    while length / step > most:
        step *= 2.5 if str(step)[0] == "2" else 2.0
    return [step * number for number in range(int(length / step) + 1)]


def packed(places: Sequence[float], widths: Sequence[float], end: float) -> list[tuple[float, int, bool]]:
    """Where each label goes: its x, its row, and whether its words stand to the left of it.

    Labels without words share one row and move aside for each other.
    """
    if all(width <= 20 for width in widths):
        return [(x, 0, False) for x in _aside(places, end)]
    rows: list[float] = []
    labels = []
    for x, width in zip(places, widths, strict=True):
        leftwards = x + width > end
        begin = x - width if leftwards else x - 9
        row = next((number for number, reached in enumerate(rows) if reached < begin), len(rows))
        rows[row:] = [*([x + 9 if leftwards else x + width]), *rows[row + 1 :]]
        labels.append((x, row, leftwards))
    return labels


def _aside(places: Sequence[float], end: float) -> list[float]:
    """Places in order, moved apart to the right, and back from the end."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + _KNOB if moved else 9.0))
    limit = end - 9.0
    for number in range(len(moved) - 1, -1, -1):
        moved[number] = min(moved[number], limit)
        limit = moved[number] - _KNOB
    return moved


def locks(statements: Sequence[ObservedStatement]) -> list[SeenLock]:
    """The strongest lock on each relation, the strongest first."""
    best = strongest(tuple(lock for statement in statements for lock in statement.locks))
    return [_lock(lock.relation, lock.mode, statements) for lock in best]


def _lock(relation: str, mode: str, statements: Sequence[ObservedStatement]) -> SeenLock:
    seen = []
    until = []
    for statement in statements:
        mine = [
            stop
            for stop in statement.stops
            if any((lock.relation, lock.mode) == (relation, mode) for lock in stop.locks)
        ]
        seen += [stop.at for stop in mine]
        if statement.table == relation and any(stop.waited for stop in mine):
            until += [probe.end for probe in statement.probes if probe.waited]
    return SeenLock(relation, mode, tuple(seen), max(seen + until))


def result(probes: Sequence[Probe]) -> tuple[str, str]:
    """What became of the probes of one kind, and its style: bad, warn or good."""
    waits = [probe for probe in probes if probe.waited]
    failed = next((probe.sqlstate for probe in probes if probe.sqlstate), "")
    if waits:
        longest = max(probe.end - probe.start for probe in waits)
        return f"waited {longest:.0f} ms" + (f", {failed}" if failed else ""), "bad"
    if failed:
        return f"failed, {failed}", "warn"
    return "passed" if len(probes) == 1 else f"passed {len(probes)} times", "good"


def worst(statements: Sequence[ObservedStatement]) -> tuple[str, str]:
    """A panel in three words, and its style."""
    waited = tuple(kind for kind in DML if any(kind in statement.waited for statement in statements))
    refused = next((statement.sqlstate for statement in statements if statement.sqlstate), "")
    if waited:
        return f"{listed(waited)} waited", "bad"
    if refused:
        return f"refused with {refused}", "bad"
    return ("nobody waited", "good") if any(statement.passed for statement in statements) else ("", "quiet")
