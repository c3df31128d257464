"""What can be read of a piece that PostgreSQL refuses, and in which words the rest is given up."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from idxlint.model import Gap, Reason, Span
from idxlint.sql.text import placeholders
from idxlint.sql.text.scanner import HIDDEN, code_end, code_start, marks
from idxlint.sql.text.pieces import Piece
from idxlint.sql.text.placeholders import Placeholder
from idxlint.sql.text.splitter import Refused, code_stop, refusal, split

_OBJECT = (
    r"(?:TABLE|(?:UNIQUE\s+)?INDEX|VIEW|MATERIALIZED|SEQUENCE|TYPE|SCHEMA|FUNCTION|PROCEDURE|TRIGGER|EXTENSION|DOMAIN"
    r"|DATABASE|ROLE|USER|POLICY|RULE|AGGREGATE|OPERATOR|TABLESPACE|PUBLICATION|SUBSCRIPTION|STATISTICS|SERVER)\b"
)
# Line starts that begin a statement and never go on with one (`DROP COLUMN` goes on with ALTER TABLE).
_STRONG = (
    rf"CREATE\b(?!\s+TABLE\s+LIKE)|(?:ALTER|DROP)\s+{_OBJECT}|INSERT\s+INTO\b|DELETE\s+FROM\b|COMMENT\s+ON\b"
    r"|ALTER\s+DEFAULT\s+PRIVILEGES\b|REINDEX\b|VACUUM\b|TRUNCATE\s+TABLE\b|COMMIT\b|ROLLBACK\b"
    r"|UPDATE\s+(?:ONLY\s+)?(?!SET\b)[\w.\"]+\s+(?:(?:AS\s+)?(?!SET\b)\w+\s+)?SET\b"
)
_WEAK = (
    r"SELECT|WITH|UPDATE|SET|RESET|SHOW|BEGIN|START|LOCK|CALL|VALUES|EXPLAIN|REFRESH|CLUSTER|EXECUTE|PREPARE|DO"
    r"|SAVEPOINT|RELEASE|GRANT|REVOKE|COPY|TRUNCATE|ANALYZE|MERGE|ALTER|DROP|END|ABORT|CHECKPOINT|DISCARD|DECLARE"
)
_LINE_START = re.compile(
    rf"(?:^|(?<=\r))[ \t]*(?P<word>(?P<strong>{_STRONG})|(?:{_WEAK})\b)", re.IGNORECASE | re.MULTILINE
)
_NEXT = r";[^\S\n]*(?:--[^\n]*)?\n\s*"
_FRESH = re.compile(rf"{_NEXT}(?:{_STRONG})", re.IGNORECASE)
_ANY_FRESH = re.compile(rf"{_NEXT}(?:{_STRONG}|(?:{_WEAK})\b)", re.IGNORECASE)
_RESTART = re.compile(
    rf"(?:^|(?<=\r))[ \t]*(?:(?={_STRONG}|(?:{_WEAK})\b)|(?:\r\n?|\n))", re.IGNORECASE | re.MULTILINE
)
_LINE_END = re.compile(r"\r\n?|\n|\Z")
_AHEAD = 8
_BACK = 3
_TRIES = 24
_LONG = 100
MISSING = "a semicolon is missing before this statement"


@dataclass(slots=True)
class Reading:
    """What became of a part of a text: statements, each with the text that the parser saw, and gaps."""

    parts: list[tuple[str, int, list[Span]]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One try: sql is what the parser saw in the end; found is None when it refused."""

    sql: str
    found: list[Span] | None
    at: int
    message: str
    marks: tuple[Placeholder, ...] = ()


def read(text: str, piece: Piece, *, restart: bool) -> tuple[Reading, int]:
    """The statements and gaps of a piece, and where to go on reading.

    restart: whether that may be before the end of the piece, where a literal seems to have swallowed too much
    """
    reading = Reading()
    end, after = piece.end, piece.after
    attempt = _attempt(_blanked(text, piece.start, end, piece.blanks), piece.start)
    if attempt.found is None and restart and (fresh := _resynchronised(text, piece, attempt.at)):
        end = after = fresh
        attempt = _attempt(_blanked(text, piece.start, end, piece.blanks), piece.start)
    if attempt.found is not None:
        _take(reading, text, piece.start, attempt)
    else:
        _recut(reading, text, piece, end)
    taken = sorted(
        [gap.span for gap in reading.gaps] + [one for _, _, found in reading.parts for one in found]
    )
    reading.gaps.extend(outside([gap for gap in piece.gaps if gap.span.start < after], taken))
    return reading, after


def _blanked(text: str, start: int, end: int, blanks: tuple[Span, ...]) -> str:
    parts, at = [], start
    for blank in blanks:
        if at <= blank.start < end:
            parts += [text[at : blank.start], " " * (min(blank.end, end) - blank.start)]
            at = min(blank.end, end)
    return "".join([*parts, text[at:end]])


def _attempt(sql: str, start: int) -> _Attempt:
    """Parse as it is; then with placeholders as identifiers; then with some as something else."""
    verdict = split(sql)
    if not isinstance(verdict, Refused):
        return _taken(sql, start, verdict, [])
    found = placeholders.find(sql)
    if not found:
        return _refused(sql, start, verdict, found)
    tries, tried = 0, set[int]()
    prepared = placeholders.replaced(sql, found)
    verdict = split(prepared)
    while isinstance(verdict, Refused) and tries < _TRIES:
        at = len(sql) if verdict.at is None else verdict.at
        near = [
            i for i, one in enumerate(found) if one.span.start <= at and i not in tried and not one.control
        ]
        if not near:
            break
        tried.add(near[-1])
        found, verdict = _better(sql, found, near[-1], verdict)
        tries += 1
    prepared = placeholders.replaced(sql, found)
    if isinstance(verdict, Refused):
        return _refused(prepared, start, verdict, found)
    return _taken(prepared, start, verdict, found)


def _taken(sql: str, start: int, verdict: tuple[slice, ...], found: list[Placeholder]) -> _Attempt:
    statements = [Span(one.start + start, code_stop(sql, one.start, one.stop) + start) for one in verdict]
    return _Attempt(sql, statements, start, "", tuple(found))


def _better(
    sql: str, found: list[Placeholder], which: int, verdict: tuple[slice, ...] | Refused
) -> tuple[list[Placeholder], tuple[slice, ...] | Refused]:
    """The placeholders with another stand-in for one of them, if that brings the parser further."""
    best, result = found, verdict
    for choice in found[which].choices:
        changed = [*found[:which], placeholders.other(found[which], choice), *found[which + 1 :]]
        verdict = split(placeholders.replaced(sql, changed))
        if not isinstance(verdict, Refused):
            return changed, verdict
        if isinstance(result, Refused) and _reach(verdict, sql) > _reach(result, sql):
            best, result = changed, verdict
    return best, result


def _reach(refused: Refused, sql: str) -> int:
    return len(sql) if refused.at is None else refused.at


def _refused(sql: str, start: int, verdict: Refused, found: list[Placeholder]) -> _Attempt:
    message = verdict.message if sql.isascii() else refusal(sql)
    for one in found:
        if one.stand_in.strip():
            message = message.replace(one.stand_in, one.written)
    return _Attempt(sql, None, start + _reach(verdict, sql), _short(message), tuple(found))


def _take(reading: Reading, text: str, start: int, attempt: _Attempt) -> None:
    """Enter what an attempt brought; template tags outside the statements are gaps."""
    found = attempt.found or []
    reading.parts.append((attempt.sql, start, found))
    marks = list(attempt.marks)
    reading.names |= placeholders.names(text[start : start + len(attempt.sql)], attempt.sql, marks)
    gaps = [
        Gap(Span(mark.span.start + start, mark.span.end + start), Reason.TEMPLATE, _tag(mark))
        for mark in marks
    ]
    reading.gaps.extend(outside(gaps, found))


def _tag(mark: Placeholder) -> str:
    written = _short(mark.written)
    return (
        f"a template tag, not SQL: {written}"
        if mark.control
        else f"{written} stands for SQL that is not here"
    )


def outside(gaps: list[Gap], spans: list[Span]) -> list[Gap]:
    """The gaps that do not begin inside one of the spans; both are in order."""
    found: list[Gap] = []
    ahead = iter(spans)
    span = next(ahead, None)
    for gap in gaps:
        while span and span.end <= gap.span.start:
            span = next(ahead, None)
        if span is None or gap.span.start < span.start:
            found.append(gap)
    return found


def _short(written: str) -> str:
    line = " ".join(written.split())
    return line if len(line) <= _LONG else line[: _LONG - 1] + "…"


def _give_up(reading: Reading, text: str, attempt: _Attempt, start: int, end: int) -> None:
    """A gap, without the white space and comments around it and around what was blanked in it."""
    sql = attempt.sql[: end - start]
    first, last = code_start(sql, 0, len(sql)), code_end(sql, 0, len(sql))
    tags = [mark.span for mark in attempt.marks if mark.span.start < len(sql) and not mark.stand_in.strip()]
    first = min([first, *(tag.start for tag in tags)])
    last = max([last, *(tag.end for tag in tags)])
    last = len(text[start : start + last].rstrip(" \t\n\r\f\v"))
    if first < last:
        reason = Reason.TEMPLATE if attempt.marks else Reason.SYNTAX
        reading.gaps.append(Gap(Span(start + first, start + last), reason, attempt.message))


def _recut(reading: Reading, text: str, piece: Piece, end: int) -> None:
    """Cut where a semicolon seems to be missing: at line starts that begin a statement.

    PostgreSQL's parser stops at the first word that cannot go on, so a statement that ends before that word
    is one, and what begins at a later line start is tried on its own.
    """
    start = piece.start
    cuts = list(_cuts(text, start, end))
    places, strong = [at for at, _ in cuts], [at for at, must in cuts if must]
    while start < end:
        attempt, limit = _ahead(text, piece, places, start, end)
        head, stop = attempt, limit
        if attempt.found is None:
            first, last = bisect_right(places, start), bisect_right(places, attempt.at)
            for stop in places[max(first, last - _BACK) : last][::-1]:
                head = _attempt(_blanked(text, start, stop, piece.blanks), start)
                if head.found:
                    break
        if head.found is None or (head is not attempt and not head.found):
            after = bisect_left(strong, max(start + 1, attempt.at))
            stop = min(strong[after], limit) if after < len(strong) else limit
            _give_up(reading, text, attempt, start, stop)
        else:
            _take(reading, text, start, head)
            if head.found and stop < end:
                word = code_start(text, stop, end)
                reading.gaps.append(Gap(Span(word, word), Reason.SYNTAX, MISSING))
        start = stop


def _ahead(text: str, piece: Piece, places: list[int], start: int, end: int) -> tuple[_Attempt, int]:
    """Try a few possible statements at once, and more when the parser wants to read on."""
    count = _AHEAD
    while True:
        which = bisect_right(places, start) + count
        limit = places[which] if which < len(places) else end
        attempt = _attempt(_blanked(text, start, limit, piece.blanks), start)
        if limit == end or attempt.found is not None or attempt.at < limit:
            return attempt, limit
        count *= 2


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, bool]]:
    """The line starts outside literals and comments where a statement may begin, and whether it must."""
    at = start
    for token in marks(text, start, end):
        if token.kind in HIDDEN:
            yield from _line_starts(text, at, token.start)
            at = token.end
    yield from _line_starts(text, at, end)


def _line_starts(text: str, start: int, end: int) -> Iterator[tuple[int, bool]]:
    for match in _LINE_START.finditer(text, start, end):
        yield match.start("word"), match["strong"] is not None


def _resynchronised(text: str, piece: Piece, at: int) -> int | None:
    """Where to start afresh when a literal or comment that never ends has swallowed the text behind it.

    A literal is suspicious too when the error comes after it and it holds the beginning of a statement on the
    line after a semicolon: then the quote that seems to end it begins another one. So is one after a literal
    that ends in a backslash, for its quote was meant to be escaped.
    """
    escaped = False
    for token in marks(text, piece.start, piece.end):
        quoted = token.kind in ("string", "quoted")
        fresh = _ANY_FRESH if escaped else _FRESH
        swallowing = quoted and (escaped or token.start < at) and fresh.search(text, *token[:2])
        if swallowing or not token.closed:
            line = _LINE_END.search(text, token.start)
            restart = _RESTART.search(text, line.end() if line else token.end, piece.end)
            return restart.end() if restart else None
        escaped = escaped or (quoted and text[token.start] == "'" and text.endswith("\\'", 0, token.end))
    return None
