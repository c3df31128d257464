"""Which statements of a unit reach the server in one message."""

from bisect import bisect_right
from collections.abc import Iterator

from idxlint.engine.parsed_file import ParsedUnit
from idxlint.model import Send, Span
from idxlint.sql.meaning.step import Step


def together(part: ParsedUnit) -> list[list[Step]]:
    r"""The statements by the message that they go in; psql's `\;` puts two into one."""
    groups: list[list[Step]] = []
    last: Span | None = None
    joined = iter(part.joined)
    join = next(joined, None)
    for step, message in zip(part.steps, _messages(part), strict=True):
        start = step.statement.start
        while join is not None and groups and join < groups[-1][-1].statement.end:
            join = next(joined, None)
        bound = join is not None and join <= start
        if groups and (bound or message == last):
            groups[-1].append(step)
        else:
            groups.append([step])
        last = message
    return groups


def _messages(part: ParsedUnit) -> Iterator[Span]:
    """The place of the message that each statement goes in; its own where it goes alone."""
    unit = part.unit
    if unit.pieces:
        yield from _pieces(part)
    elif unit.send is Send.STATEMENT and not unit.messages:
        yield from (Span(step.statement.start, step.statement.end) for step in part.steps)
    else:
        yield from (unit.message(step.statement.start) for step in part.steps)


def _pieces(part: ParsedUnit) -> Iterator[Span]:
    """The same for SQL in another language, of which each literal that stands there letter by letter is one message."""
    spans = sorted(piece.span for piece in part.unit.pieces if piece.verbatim)
    for number, step in enumerate(part.steps):
        place = step.statement
        at = bisect_right(spans, place.start, key=lambda span: span.start) - 1
        whole = place.verbatim and part.unit.send is not Send.STATEMENT
        if whole and at >= 0 and place.end <= spans[at].end:
            yield spans[at]
        else:
            yield Span(-number - 1, -number - 1)
