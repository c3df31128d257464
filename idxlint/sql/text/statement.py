"""A statement as it stands in a file, and its words with their places.

The words come from PostgreSQL's own scanner: the parse tree has no locations for most of them.
"""

import re
from bisect import bisect_left
from functools import cache, lru_cache
from typing import NamedTuple

from pglast import parser

from idxlint.model import Span, value
from idxlint.sql.text.splitter import in_ascii

_COMMENTS = ("SQL_COMMENT", "C_COMMENT")


@value
class Statement:
    """A statement and where it stands.

    start, end: code points of the file's text, without leading comments and without the semicolon
    sql: what the parser sees. Placeholders are replaced by identifiers of equal length, so that a place
        in it plus start is a place in the file, unless verbatim is False (the text was put together from
        an EXECUTE expression): then start and end are those of the expression.
    """

    start: int
    end: int
    sql: str
    verbatim: bool = True


class Token(NamedTuple):
    """A token of a statement; end is exclusive, word is upper case as it stands in the sql."""

    start: int
    end: int
    word: str
    kind: str


@lru_cache(maxsize=64)
def tokens(sql: str) -> tuple[Token, ...]:
    """The tokens of a text that PostgreSQL's scanner takes, without comments; else none."""
    try:
        scanned = parser.scan(in_ascii(sql))  # whose way from bytes to characters takes quadratic time
    except parser.ParseError:
        return ()
    make = Token._make
    return tuple(
        make((start, end + 1, sql[start : end + 1].upper(), name))
        for start, end, name, _ in scanned
        if name not in _COMMENTS
    )


@cache
def _early(words: str) -> re.Pattern[str]:
    """Finds words that stand among the first plain words from a token on, which needs no scanner."""
    return re.compile(
        rf"(?:[A-Za-z]+\s+){{0,4}}?({words.replace(' ', chr(92) + 's+')})(?![\w$])", re.IGNORECASE
    )


def find(sql: str, words: str, after: int = 0) -> Span | None:
    """Where the words stand one after another (comments may be between), not before `after`, where a token begins."""
    if early := _early(words).match(sql, max(after, 0)):
        return Span(*early.span(1))
    wanted = words.split()
    row = tokens(sql)
    for at in range(bisect_left(row, after, key=lambda token: token.start), len(row) - len(wanted) + 1):
        if all(row[at + i].word == word for i, word in enumerate(wanted)):
            return Span(row[at].start, row[at + len(wanted) - 1].end)
    return None


def place(statement: Statement, words: str, after: int = 0) -> Span:
    """Where the words stand in the file; the whole statement where they cannot be found."""
    span = find(statement.sql, words, after) if statement.verbatim else None
    if span is None:
        return Span(statement.start, statement.end)
    return Span(statement.start + span.start, statement.start + span.end)


def parts(sql: str, count: int) -> list[int]:
    """Where the parts of a statement begin that commas outside of all parentheses divide: 0, then behind each comma.

    count: how many there are; 0 for each of them where the text has another number of such commas.
    """
    if count == 1:
        return [0]
    depth, places = 0, [0]
    row = tokens(sql)
    for at, token in enumerate(row[:-1]):
        if token.word in ("(", "["):
            depth += 1
        elif token.word in (")", "]"):
            depth -= 1
        elif token.word == "," and not depth:
            places.append(row[at + 1].start)
    return places if len(places) == count else [0] * count
