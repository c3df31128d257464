"""One proof as a picture: the original above its fix, on one scale, with the probes as they went through or waited.

Nothing is drawn that was not seen: a lock is a dot where pg_locks showed it, and its line goes as far as a later
dot or a probe that was waiting for it.
"""

from collections.abc import Iterator, Sequence
from html import escape

from idxlint.model import printable, record
from idxlint.model.evidence import DML, ObservedStatement, Probe, Proof, Stop
from idxlint.reporters.live.lanes import Scale, SeenLock, locks, packed, result, scale, ticks, worst
from idxlint.reporters.live.style import PICTURE
from idxlint.reporters.live.words import seen, standing, stop_name, stop_seen
from idxlint.reporters.parts.page import PALETTE
from idxlint.reporters.parts.phrases import listed, one_line

_MOST_ROWS = 5
_LETTER, _CODE_LETTER = 7.0, 6.7
"""Widths of a character in user units, a little more than fonts need."""


@record
class Layout:
    """Where things stand. left, right: the margins of the plot; stacked: names stand above their lanes."""

    name: str
    width: int
    left: int
    right: int
    stacked: bool

    @property
    def plot(self) -> int:
        """The width that time has."""
        return self.width - self.left - self.right


WIDE = Layout("wide", 900, 84, 164, stacked=False)
NARROW = Layout("narrow", 344, 8, 8, stacked=True)


def timeline(proof: Proof, layout: Layout) -> str:
    """The picture as an SVG element to stand in a page that has the styles; "" where nothing was seen."""
    drawing = _Drawing(proof, layout)
    if not drawing.panels:
        return ""
    label = escape(spoken(proof), quote=True)
    return (
        f'<svg class="{layout.name}" viewBox="0 0 {layout.width} {drawing.y:g}" role="img" aria-label="{label}">'
        f"{''.join(drawing.parts)}</svg>"
    )


def document(proof: Proof) -> str:
    """The picture as a file of its own, light or dark as its reader has it; "" where nothing was seen."""
    drawing = _Drawing(proof, WIDE)
    if not drawing.panels:
        return ""
    width, height, edge = WIDE.width, drawing.y, 16
    box = f"{-edge} {-edge} {width + 2 * edge} {height + 2 * edge:g}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width + 2 * edge}" '
        f'height="{height + 2 * edge:g}" role="img" aria-labelledby="words">'
        f'<title id="words">{escape(spoken(proof))}</title><style>{PALETTE}{PICTURE}</style>'
        f'<rect x="{-edge}" y="{-edge}" width="100%" height="100%" style="fill:var(--paper)"/>'
        f"{''.join(drawing.parts)}</svg>\n"
    )


def spoken(proof: Proof) -> str:
    """What the picture shows, in words."""
    said = [
        f"{name}: {printable(one_line(observed.sql))} {printable(seen(observed))}."
        for name, statements in panels(proof)
        for observed in statements
    ]
    return " ".join(said)


def panels(proof: Proof) -> tuple[tuple[str, tuple[ObservedStatement, ...]], ...]:
    """What is drawn above each other: a name, and the statements that ran one after the other."""
    first = ("Original" if proof.rule or proof.fixed else "Seen", (proof.original,) if proof.original else ())
    return tuple(panel for panel in (first, ("Fixed", proof.fixed)) if panel[1])


class _Drawing:
    """Parts of an SVG, from top to bottom. y: where the next one goes."""

    def __init__(self, proof: Proof, layout: Layout) -> None:
        self.layout = layout
        self.parts: list[str] = []
        self.y = 0.0
        self.panels = panels(proof)
        if not self.panels:
            return
        spans = [scale(statements, layout.left, layout.plot) for _, statements in self.panels]
        longest = max(span.length for span in spans)
        for number, ((name, statements), span) in enumerate(zip(self.panels, spans, strict=True)):
            self.y += 22 if number else 0
            self._panel(name, statements, Scale(span.origin, longest, layout.left, layout.plot))
        self._axis(Scale(0.0, longest, layout.left, layout.plot))
        self._legend()

    def _panel(self, name: str, statements: tuple[ObservedStatement, ...], at: Scale) -> None:
        top, behind = self.y, len(self.parts)
        self.y += 16
        self._text(0, self.y - 2, name, "head")
        word, style = worst(statements)
        self._text(self.layout.width, self.y - 2, word, f"end strong {style}")
        stops = [stop for observed in statements for stop in observed.stops]
        knobs = self._stops(stops, at)
        for observed in statements[:_MOST_ROWS]:
            self._statement(observed, at)
        if len(statements) > _MOST_ROWS:
            self.y += 16
            self._text(
                self.layout.left, self.y - 3, f"and {len(statements) - _MOST_ROWS} statements more", "quiet"
            )
        for lock in locks(statements)[:_MOST_ROWS]:
            self._lock(lock, at)
        probes = [probe for observed in statements for probe in observed.probes]
        for kind in DML:
            if mine := [probe for probe in probes if probe.kind == kind]:
                self._lane(kind, mine, at)
        grid = "".join(_line("grid", at.x(at.origin + tick), top + 24, self.y) for tick in self._ticks(at))
        self.parts.insert(behind, grid + "".join(_thread(*knob, self.y) for knob in knobs))

    def _ticks(self, at: Scale) -> list[float]:
        return ticks(at.length, 4 if self.layout.stacked else 8)

    def _stops(self, stops: Sequence[Stop], at: Scale) -> list[tuple[float, float, float]]:
        """Numbered knobs with their names, in as many rows as they need; where they hang, and the true x of each."""
        if not stops:
            self.y += 4
            return []
        names = ["" if self.layout.stacked else standing(stop.name) for stop in stops]
        places = packed(
            [at.x(stop.at) for stop in stops],
            [20 + len(name) * _LETTER for name in names],
            self.layout.width - (0 if self.layout.stacked else 4),
        )
        knobs = []
        self.y += 6
        for number, (stop, name, (x, row, leftwards)) in enumerate(zip(stops, names, places, strict=True), 1):
            y = self.y + 10 + 18 * row
            title = f"<title>{_safe(f'{stop_name(stop)}: {stop_seen(stop)}')}</title>"
            self.parts.append(f'<g>{title}<circle class="knob" cx="{x:.1f}" cy="{y:g}" r="7.5"/>')
            self._text(x, y + 3.5, str(number), "mid knobtext")
            if name:
                self._text(x + (-12 if leftwards else 12), y + 4, name, "halo quiet" + " end" * leftwards)
            self.parts.append("</g>")
            knobs.append((x, y + 7.5, at.x(stop.at)))
        self.y += 4 + 18 * (1 + max(row for _, row, _ in places))
        return knobs

    def _named(self, name: str, said: str, style: str = "quiet") -> None:
        """The names at both sides of a lane, or above it."""
        if self.layout.stacked:
            self.y += 15
            self._text(self.layout.left, self.y - 3, name, "halo")
            self._text(self.layout.width - self.layout.right, self.y - 3, said, f"halo end {style}")
        else:
            self._text(self.layout.left - 10, self.y + 13, name, "end")
            self._text(self.layout.width - self.layout.right + 10, self.y + 13, said, style)

    def _statement(self, observed: ObservedStatement, at: Scale) -> None:
        style, said = "quiet", f"{observed.end - observed.start:.0f} ms"
        if observed.sqlstate:
            style, said = "bad", f"refused, {observed.sqlstate}"
        layout = self.layout
        self.y += 18
        taken = (len(said) + 1) * _LETTER if layout.stacked else 0
        text = one_line(observed.sql, int((layout.plot - taken) / _CODE_LETTER))
        self._text(layout.left, self.y - 3, text, "code halo")
        if layout.stacked:
            self._text(layout.width - layout.right, self.y - 3, said, f"halo end {style}")
        else:
            self._named("statement", said, style)
        x, width = at.x(observed.start), max(3.0, at.x(observed.end) - at.x(observed.start))
        words = f"{one_line(observed.sql)}: {seen(observed)}"
        self._bar("refused" if observed.sqlstate else "work", x, width, words)
        if observed.sqlstate:
            self.parts.append(_cross(x + width + 9, self.y + 9))
        self.y += 20

    def _lock(self, lock: SeenLock, at: Scale) -> None:
        self.y += 17
        name = one_line(f"{lock.mode} on {lock.relation}", int(self.layout.plot / _LETTER))
        self._text(self.layout.left, self.y - 3, name, "halo")
        if not self.layout.stacked:
            self._text(self.layout.left - 10, self.y - 3, "lock held", "end")
        y = self.y + 7
        first, last = at.x(lock.seen[0]), at.x(lock.until)
        self.parts.append(f"<g><title>{_safe(f'{lock.mode} on {lock.relation}')}</title>")
        self.parts.append(f'<line class="hold" x1="{first:.1f}" y1="{y:g}" x2="{last:.1f}" y2="{y:g}"/>')
        self.parts += (
            f'<circle class="work" cx="{at.x(time):.1f}" cy="{y:g}" r="4.5"/>' for time in lock.seen
        )
        self.parts.append("</g>")
        self.y += 14

    def _lane(self, kind: str, probes: Sequence[Probe], at: Scale) -> None:
        said, style = result(probes)
        self._named(kind, said, f"{style} strong" if style == "bad" else style)
        left, plot = self.layout.left, self.layout.plot
        self.parts.append(
            f'<rect class="track" x="{left}" y="{self.y + 4:g}" width="{plot}" height="10" rx="2"/>'
        )
        for probe in probes:
            words, colour = result([probe])
            x, width = at.x(probe.start), at.x(probe.end) - at.x(probe.start)
            if probe.waited:
                self._bar(colour, x, max(6.0, width), f"{kind} {words}")
            else:
                self._bar(colour, x, max(3.0, width), f"{kind} {words}", 14)
        self.y += 19

    def _bar(self, style: str, x: float, width: float, words: str, height: int = 12) -> None:
        y = self.y + 9 - height / 2
        self.parts.append(
            f'<rect class="{style}" x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{height}" rx="1.5">'
            f"<title>{_safe(words)}</title></rect>"
        )

    def _axis(self, at: Scale) -> None:
        self.y += 16
        for tick in self._ticks(at):
            place = "" if tick == 0 and self.layout.stacked else "mid "
            self._text(at.x(tick), self.y, f"{tick:g}" if tick else "0 ms", f"{place}quiet")

    def _legend(self) -> None:
        """What the signs mean, so that the picture can stand alone."""
        self.y += 22
        x = float(self.layout.left)
        for style, sign, words in (("bad", 18, "waited"), ("good", 3, "went through")):
            self.parts.append(
                f'<rect class="{style}" x="{x:.1f}" y="{self.y - 10:g}" width="{sign}" height="12" rx="1.5"/>'
            )
            self._text(x + sign + 6, self.y, words, "quiet")
            x += sign + 18 + len(words) * _LETTER
        self.parts.append(f'<circle class="work" cx="{x:.1f}" cy="{self.y - 4:g}" r="4.5"/>')
        self._text(x + 10, self.y, "lock seen", "quiet")
        if not self.layout.stacked:
            self._text(self.layout.width, self.y, "a bar lasts from sending to answer", "end quiet")
        self.y += 6

    def _text(self, x: float, y: float, words: str, style: str = "") -> None:
        self.parts.append(f'<text class="{style}" x="{x:.1f}" y="{y:g}">{_safe(words)}</text>')


def _safe(text: str) -> str:
    return escape(printable(text))


def _line(style: str, x: float, top: float, bottom: float) -> str:
    return f'<line class="{style}" x1="{x:.1f}" y1="{top:g}" x2="{x:.1f}" y2="{bottom:g}"/>'


def _thread(x: float, top: float, true: float, bottom: float) -> str:
    """From a knob, which may have moved aside, down along the time that it stands for."""
    return f'<path class="stop" d="M{x:.1f} {top:g}L{true:.1f} {top + 6:g}V{bottom:g}"/>'


def _cross(x: float, y: float) -> str:
    return f'<path class="cross" d="M{x - 4:.1f} {y - 4:g}l8 8m0 -8l-8 8"/>'


def caption(proof: Proof) -> Iterator[str]:
    """The picture's one sentence for each half."""
    for name, statements in panels(proof):
        subject = {"Original": "the original", "Fixed": "the fix"}.get(name, "the statement")
        waits = tuple(kind for kind in DML if any(kind in observed.waited for observed in statements))
        refused = next((observed for observed in statements if observed.sqlstate), None)
        if (
            waits
            and name == "Fixed"
            and not any(observed.waited and observed.builds for observed in statements)
        ):
            yield f"{listed(waits)} had to wait for a part of {subject} that builds nothing."
        elif waits:
            yield f"{listed(waits)} had to wait for {subject}."
        elif any(observed.passed for observed in statements):
            yield f"Nobody had to wait for {subject}."
        if refused is not None:
            yield f"PostgreSQL refused {subject} ({refused.sqlstate})."
