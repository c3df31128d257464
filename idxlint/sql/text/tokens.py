"""The words of one statement with their places; the parse tree has no locations for most of them."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from pglast import parser

from idxlint.model import Span
from idxlint.sql.text.statement import Statement

_COMMENTS = ("SQL_COMMENT", "C_COMMENT")


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
        found = parser.scan(sql)
    except parser.ParseError:
        return ()
    make = Token._make
    return tuple(
        make((start, end + 1, sql[start : end + 1].upper(), name))
        for start, end, name, _ in found
        if name not in _COMMENTS
    )


@cache
def _early(words: str) -> re.Pattern[str]:
    """Finds words that stand among the first plain words of a statement, which needs no scanner."""
    return re.compile(
        rf"(?:[A-Za-z]+\s+){{0,4}}?({words.replace(' ', chr(92) + 's+')})(?![\w$])", re.IGNORECASE
    )


def find(sql: str, words: str, after: int = 0) -> Span | None:
    """Where the words stand one after another (comments may be between), not before `after`."""
    if not after and (early := _early(words).match(sql)):
        return Span(*early.span(1))
    wanted = words.split()
    row = [token for token in tokens(sql) if token.start >= after]
    for at in range(len(row) - len(wanted) + 1):
        if all(row[at + i].word == word for i, word in enumerate(wanted)):
            return Span(row[at].start, row[at + len(wanted) - 1].end)
    return None


def place(statement: Statement, words: str, after: int = 0) -> Span:
    """Where the words stand in the file; the whole statement where they cannot be found."""
    found = find(statement.sql, words, after) if statement.verbatim else None
    if found is None:
        return Span(statement.start, statement.end)
    return Span(statement.start + found.start, statement.start + found.end)
