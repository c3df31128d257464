"""Reading on where PostgreSQL's parser refuses a text, and in which words what cannot be read is given up.

The text is cut as psql does it. A stretch that is refused even so is tried with its placeholders replaced, then
cut again where a semicolon seems to be missing.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from idxlint.model import Gap, Reason, Span
from idxlint.sql.text.gaps import outside
from idxlint.sql.text.placeholders import Attempt, Placeholder, attempt
from idxlint.sql.text.psql_text import Stretch, stretch
from idxlint.sql.text.scanner import HIDDEN, code_end, code_start, marks
from idxlint.sql.text.splitter import Refusal, split

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
_AGAIN = 32
_AHEAD = 8
_BACK = 3
_LONG = 100
MISSING = "a semicolon is missing before this statement"


@dataclass(slots=True)
class Reading:
    r"""What became of a part of a text; places are those of the whole text.

    after: where to go on reading
    taken: each text that the parser took, where it begins, and where in it the statements are
    names: an identifier as the parser reads it: what is written there
    joined: where a `\;` ends it; generated: the statement whose result a `\gexec` executes
    """

    after: int
    taken: list[tuple[str, int, list[Span]]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    joined: int | None = None
    generated: Span | None = None

    def statements(self) -> list[Span]:
        """Where the statements are in the whole text."""
        return [
            Span(span.start + start, span.end + start) for _, start, spans in self.taken for span in spans
        ]


class Salvage:
    """Reads refused parts of one text, which are asked for in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Text may be read again behind literals that never end, but not so often that time grows with its square.
        self._restarts = _AGAIN * len(text)

    def read(self, start: int, error: int, stop: int) -> Iterator[Reading]:
        """Read on until the stretch with the error is behind; what is before it parses in one go."""
        at, refused = start, None
        while at < stop:
            refused = stretch(self._text, at, len(self._text))
            if refused.gaps or refused.joined or refused.after > error:
                break
            at, refused = refused.after, None
        reached = start
        for reading in self._batch(start, at):
            yield reading
            reached = reading.after
        if refused and reached == at:
            yield self._stretch(refused)

    def _batch(self, start: int, end: int) -> Iterator[Reading]:
        """Read stretches that should all be good at once, or else one by one."""
        part = self._text[start:end]
        verdict = split(part)
        if not isinstance(verdict, Refusal):
            yield Reading(end, [(part, start, verdict)])
            return
        while start < end:
            reading = self._stretch(stretch(self._text, start, len(self._text)))
            yield reading
            start = reading.after

    def _stretch(self, part: Stretch) -> Reading:
        reading = _StretchReader(self._text, part).read(restart=self._restarts > 0)
        if reading.after < part.after:
            self._restarts -= part.after - part.start
            return reading
        if part.joined:
            reading.joined = part.end
        if part.generated:
            reading.generated = next(reversed(reading.statements()), None)
        return reading


class _StretchReader:
    """Reads one stretch of a text; places are those of the whole text."""

    def __init__(self, text: str, part: Stretch) -> None:
        self._text = text
        self._part = part
        self._reading = Reading(part.after)

    def read(self, *, restart: bool) -> Reading:
        """The statements and gaps of the stretch.

        restart: whether to go on before its end, where a literal seems to have swallowed too much
        """
        reading, start, end = self._reading, self._part.start, self._part.end
        tried = self._try(start, end)
        if tried.statements is None and restart and (fresh := self._resynchronised(start + tried.at)):
            end = reading.after = fresh
            tried = self._try(start, end)
        if tried.statements is not None:
            self._take(start, tried)
        else:
            self._recut(end)
        known = sorted([gap.span for gap in reading.gaps] + reading.statements())
        passed = [gap for gap in self._part.gaps if gap.span.start < reading.after]
        reading.gaps.extend(outside(passed, known))
        return reading

    def _try(self, start: int, end: int) -> Attempt:
        return attempt(self._part.sent(self._text, start, end))

    def _take(self, start: int, tried: Attempt) -> None:
        """Enter what an attempt brought; template tags outside the statements are gaps."""
        reading, statements = self._reading, tried.statements or []
        reading.taken.append((tried.sql, start, statements))
        reading.names |= tried.names(self._text[start : start + len(tried.sql)])
        tags = [
            Gap(placeholder.span, Reason.TEMPLATE, _tag(placeholder)) for placeholder in tried.placeholders
        ]
        for gap in outside(tags, statements):
            reading.gaps.append(replace(gap, span=Span(gap.span.start + start, gap.span.end + start)))

    def _give_up(self, tried: Attempt, start: int, end: int) -> None:
        """A gap, without the white space and comments around it and around what was blanked in it."""
        sql = tried.sql[: end - start]
        first, last = code_start(sql, 0, len(sql)), code_end(sql, 0, len(sql))
        tags = [
            placeholder.span
            for placeholder in tried.placeholders
            if placeholder.span.start < len(sql) and not placeholder.stand_in.strip()
        ]
        first = min([first, *(tag.start for tag in tags)])
        last = max([last, *(tag.end for tag in tags)])
        last = len(self._text[start : start + last].rstrip(" \t\n\r\f\v"))
        if first < last:
            reason = Reason.TEMPLATE if tried.placeholders else Reason.SYNTAX
            self._reading.gaps.append(Gap(Span(start + first, start + last), reason, _short(tried.message)))

    def _recut(self, end: int) -> None:
        """Cut where a semicolon seems to be missing: at line starts that begin a statement.

        PostgreSQL's parser stops at the first word that cannot go on, so a statement that ends before that
        word is one, and what begins at a later line start is tried on its own.
        """
        start = self._part.start
        cuts = list(_cuts(self._text, start, end))
        places, strong = [at for at, _ in cuts], [at for at, must in cuts if must]
        while start < end:
            tried, limit = self._ahead(places, start, end)
            error = start + tried.at
            head, stop = tried, limit
            if tried.statements is None:
                first, last = bisect_right(places, start), bisect_right(places, error)
                for stop in places[max(first, last - _BACK) : last][::-1]:
                    head = self._try(start, stop)
                    if head.statements:
                        break
            if head.statements is None or (head is not tried and not head.statements):
                after = bisect_left(strong, max(start + 1, error))
                stop = min(strong[after], limit) if after < len(strong) else limit
                self._give_up(tried, start, stop)
            else:
                self._take(start, head)
                if head.statements and stop < end:
                    word = code_start(self._text, stop, end)
                    self._reading.gaps.append(Gap(Span(word, word), Reason.SYNTAX, MISSING))
            start = stop

    def _ahead(self, places: list[int], start: int, end: int) -> tuple[Attempt, int]:
        """Try a few possible statements at once, and more when the parser wants to read on."""
        count = _AHEAD
        while True:
            which = bisect_right(places, start) + count
            limit = places[which] if which < len(places) else end
            tried = self._try(start, limit)
            if limit == end or tried.statements is not None or start + tried.at < limit:
                return tried, limit
            count *= 2

    def _resynchronised(self, at: int) -> int | None:
        """Where to start afresh when a literal or comment that never ends has swallowed the text behind it.

        A literal is suspicious too when the error comes after it and it holds the beginning of a statement on the
        line after a semicolon: then the quote that seems to end it begins another one. So is one after a literal
        that ends in a backslash, for its quote was meant to be escaped.
        """
        text, escaped = self._text, False
        for lexeme in marks(text, self._part.start, self._part.end):
            quoted = lexeme.kind in ("string", "quoted")
            fresh = _ANY_FRESH if escaped else _FRESH
            swallowing = quoted and (escaped or lexeme.start < at) and fresh.search(text, *lexeme[:2])
            if swallowing or not lexeme.closed:
                line = _LINE_END.search(text, lexeme.start)
                restart = _RESTART.search(text, line.end() if line else lexeme.end, self._part.end)
                return restart.end() if restart else None
            escaped = escaped or (
                quoted and text[lexeme.start] == "'" and text.endswith("\\'", 0, lexeme.end)
            )
        return None


def _tag(placeholder: Placeholder) -> str:
    written = _short(placeholder.written)
    return (
        f"a template tag, not SQL: {written}"
        if placeholder.control
        else f"{written} stands for SQL that is not here"
    )


def _short(written: str) -> str:
    line = " ".join(written.split())
    return line if len(line) <= _LONG else line[: _LONG - 1] + "…"


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, bool]]:
    """The line starts outside literals and comments where a statement may begin, and whether it must."""
    at = start
    for lexeme in marks(text, start, end):
        if lexeme.kind in HIDDEN:
            yield from _line_starts(text, at, lexeme.start)
            at = lexeme.end
    yield from _line_starts(text, at, end)


def _line_starts(text: str, start: int, end: int) -> Iterator[tuple[int, bool]]:
    for match in _LINE_START.finditer(text, start, end):
        yield match.start("word"), match["strong"] is not None
