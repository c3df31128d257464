"""Ignores in SQL that stands inside another language: each text is looked at as a file of its own."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from idxlint.engine import suppress
from idxlint.engine.suppress import Fault, Ignore, Outcome
from idxlint.model import Finding, Piece, Span, Suppressed
from idxlint.rulebook import Book

Move = Callable[[Span], Span]


def apply(
    pieces: Iterable[Piece],
    findings: Sequence[Finding],
    statements: Sequence[Span],
    book: Book,
    selected: Collection[str],
) -> Outcome:
    """Silence what the ignores inside the pieces are about.

    findings: those of the file; statements: the places of its statements, in the file
    What does not stand there letter by letter has one place, so that its ignores are about all of it.
    """
    left, suppressed, faults = dict(enumerate(findings)), list[Suppressed](), list[Fault]()
    by_place = _ByPlace(finding.statement for finding in findings)
    spans = _ByPlace(statements)
    for piece in _telling(pieces):
        if ignores := suppress.read(piece.sql):
            about = {number: left[number] for number in by_place.inside(piece.span) if number in left}
            inside = [statements[number] for number in spans.inside(piece.span)]
            outcome, stay = _in(piece, ignores, about, inside, book, selected)
            for number in about.keys() - stay:
                del left[number]
            suppressed += outcome.suppressed
            faults += outcome.faults
    return Outcome(tuple(left.values()), tuple(suppressed), tuple(faults))


def _in(
    piece: Piece,
    ignores: Sequence[Ignore],
    about: Mapping[int, Finding],
    inside: Iterable[Span],
    book: Book,
    selected: Collection[str],
) -> tuple[Outcome, set[int]]:
    """What the ignores of a piece come to, and the numbers of the findings that they leave."""
    inward, outward = _moves(piece)
    moved = {
        number: replace(finding, statement=inward(finding.statement)) for number, finding in about.items()
    }
    spans = sorted({inward(span) for span in inside})
    outcome = suppress.apply(piece.sql, [*moved.values()], ignores, spans, book, selected, part=True)
    kept = {id(finding) for finding in outcome.kept}
    suppressed = (replace(entry, finding=_moved(entry.finding, outward)) for entry in outcome.suppressed)
    faults = (_placed(fault, outward) for fault in outcome.faults)
    stay = {number for number, finding in moved.items() if id(finding) in kept}
    return Outcome((), tuple(suppressed), tuple(faults)), stay


class _ByPlace:
    """Spans in order, for finding those in a piece without looking at all others."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._row = sorted((span, number) for number, span in enumerate(spans))

    def inside(self, outer: Span) -> list[int]:
        """The numbers of the spans in another, in the order in which they were given."""
        first = bisect_left(self._row, outer.start, key=lambda entry: entry[0].start)
        last = bisect_right(self._row, outer.end, key=lambda entry: entry[0].start)
        return sorted(number for span, number in self._row[first:last] if span.end <= outer.end)


def _telling(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces with a word for idxlint, each place once: a literal may be sent in both directions, or in a loop."""
    firsts: dict[Span, Piece] = {}
    for piece in pieces:
        if "idxlint" in piece.sql:
            firsts.setdefault(piece.span, piece)
    return iter(firsts.values())


def _moves(piece: Piece) -> tuple[Move, Move]:
    """From the file into the SQL, and back."""
    if piece.verbatim:
        by = piece.span.start
        return (lambda span: Span(span.start - by, span.end - by)), (
            lambda span: Span(span.start + by, span.end + by)
        )
    whole = Span(0, len(piece.sql))
    return (lambda _: whole), (lambda _: piece.span)


def _moved(finding: Finding, move: Move) -> Finding:
    return replace(finding, statement=move(finding.statement))


def _placed(fault: Fault, move: Move) -> Fault:
    return fault._replace(hit=replace(fault.hit, at=move(fault.hit.at)))
