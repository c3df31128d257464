"""Ignores in SQL that stands inside another language: each text is looked at as a file of its own."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from idxlint.engine import suppress
from idxlint.engine.suppress import Fault, Outcome
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
    kept, suppressed, faults = tuple(findings), list[Suppressed](), list[Fault]()
    for piece in _telling(pieces):
        outcome = _in(piece, kept, statements, book, selected)
        kept = outcome.kept
        suppressed += outcome.suppressed
        faults += outcome.faults
    return Outcome(kept, tuple(suppressed), tuple(faults))


def _telling(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces with a word for idxlint, each place once: a literal may be sent in both directions, or in a loop."""
    found: dict[Span, Piece] = {}
    for piece in pieces:
        if "idxlint" in piece.sql:
            found.setdefault(piece.span, piece)
    return iter(found.values())


def _in(
    piece: Piece,
    findings: Sequence[Finding],
    statements: Sequence[Span],
    book: Book,
    selected: Collection[str],
) -> Outcome:
    ignores = suppress.read(piece.sql)
    if not ignores:
        return Outcome(tuple(findings))
    inward, outward = _moves(piece)
    inside = [span for span in statements if _covers(piece.span, span)]
    about = [finding for finding in findings if _covers(piece.span, finding.statement)]
    others = tuple(finding for finding in findings if not _covers(piece.span, finding.statement))
    moved = [replace(finding, statement=inward(finding.statement)) for finding in about]
    spans = sorted({inward(span) for span in inside})
    outcome = suppress.apply(piece.sql, moved, ignores, spans, book, selected, part=True)
    return Outcome(
        (*others, *(_moved(finding, outward) for finding in outcome.kept)),
        tuple(replace(finding, finding=_moved(finding.finding, outward)) for finding in outcome.suppressed),
        tuple(_placed(fault, outward) for fault in outcome.faults),
    )


def _covers(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


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
