"""SQL in another language: its statements at their places in that file."""

from dataclasses import replace

from idxlint.model import Gap, Piece, Span, Unit
from idxlint.sql.meaning.matter import matters
from idxlint.sql.meaning.operations import Unresolved
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Keep, Parsed, Statement, parse


def statements(unit: Unit, keep: Keep = matters) -> Parsed:
    """The wanted statements of a file in another language, at their places in that file."""
    in_file: list[Statement] = []
    gaps: list[Gap] = []
    names: dict[str, str] = {}
    count = 0
    for piece in unit.pieces:
        if piece.unresolved:
            count += 1
            continue
        parsed = parse(piece.sql, None, keep)
        shift = piece.span.start
        in_file += (placed(piece, statement) for statement in parsed.statements)
        for gap in parsed.gaps:
            span = Span(gap.span.start + shift, gap.span.end + shift) if piece.verbatim else piece.span
            gaps.append(replace(gap, span=span))
        names.update(parsed.placeholders)
        count += parsed.count
    return Parsed(tuple(in_file), count, tuple(gaps), names)


def placed(piece: Piece, statement: Statement) -> Statement:
    """A statement of a piece at its place in the file, or at that of the piece where it does not stand there."""
    if not piece.verbatim:
        return Statement(*piece.span, statement.sql, verbatim=False)
    shift = piece.span.start
    return Statement(statement.start + shift, statement.end + shift, statement.sql)


def unread(piece: Piece) -> Step:
    """What a program makes into SQL while it runs."""
    what = Unresolved(what=piece.unresolved, length=len(piece.sql))
    return Step(Statement(*piece.span, piece.sql, verbatim=False), (what,))
