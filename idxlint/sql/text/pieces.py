"""Cutting a text that PostgreSQL's parser refuses as a whole into pieces with one statement each."""

import re
from dataclasses import dataclass

from idxlint.model import Gap, Reason, Span
from idxlint.sql.text import psql_text
from idxlint.sql.text.scanner import BLANK, Token, code_start, stops, tokens

_RULE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?RULE\b", re.IGNORECASE)
_ROUTINE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.IGNORECASE)
_ATOMIC = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)
_REACH = 1 << 16


@dataclass(frozen=True, slots=True)
class Piece:
    r"""A part of a text that holds one statement, if it holds any.

    end: without what ends it; after: where the next piece begins
    blanks: parts of it that PostgreSQL never sees
    gaps: what psql reads instead of PostgreSQL, in and behind it
    closed: False when a literal or comment in it never ends
    joined: a `\;` ends it; generated: a `\gexec` does
    """

    start: int
    end: int
    after: int
    blanks: tuple[Span, ...] = ()
    gaps: tuple[Gap, ...] = ()
    closed: bool = True
    joined: bool = False
    generated: bool = False


def piece(text: str, start: int, end: int) -> Piece:
    """The piece that begins at start; start has to be outside literals and comments."""
    commands: list[psql_text.Command] = []
    data: list[Span] = []
    body = resume = start
    while resume < end:
        for token in stops(text, resume, end):
            if token.kind == "semicolon":
                if token.start < body:
                    continue  # inside a body that was looked through already
                body = _end(text, start, token.start, end)
                if body == token.start:
                    return _ended(text, start, token, end, commands, data)
            elif token.kind == "backslash":
                found = psql_text.command(text, token.start, end)
                if found is None:
                    continue
                if found.name == ";" or found.sends:
                    return _sent(start, found, commands, data)
                commands.append(found)
                copied = psql_text.copied(text, found, end)
                data.extend([copied] if copied else [])
                resume = copied.end if copied else found.end
                break
            elif not token.closed:
                return _made(start, end, end, commands, data, closed=False)
        else:
            break
    return _made(start, end, end, commands, data)


def _ended(
    text: str, start: int, semicolon: Token, end: int, commands: list[psql_text.Command], data: list[Span]
) -> Piece:
    rows = psql_text.rows(text, code_start(text, start, semicolon.start), semicolon.start, end)
    if rows is None:
        return _made(start, semicolon.start, semicolon.end, commands, data)
    return _made(start, semicolon.start, rows.end, commands, [*data, rows])


def _sent(start: int, found: psql_text.Command, commands: list[psql_text.Command], data: list[Span]) -> Piece:
    if found.name == ";":
        return _made(start, found.start, found.end, commands, data, joined=True)
    generated = found.name == "gexec"
    return _made(start, found.start, found.end, [*commands, found], data, generated=generated)


def _made(
    start: int,
    end: int,
    after: int,
    commands: list[psql_text.Command],
    data: list[Span],
    *,
    closed: bool = True,
    joined: bool = False,
    generated: bool = False,
) -> Piece:
    rows = [Gap(span, Reason.PSQL, psql_text.ROWS) for span in data if span.start < span.end]
    gaps = tuple(sorted([command.gap for command in commands] + rows, key=lambda gap: gap.span))
    blanks = tuple(gap.span for gap in gaps if gap.span.start < end)
    return Piece(start, end, after, blanks, gaps, closed, joined, generated)


def _end(text: str, start: int, semicolon: int, end: int) -> int:
    """The semicolon that ends the statement: not always the first.

    CREATE RULE has semicolons in parentheses, and a routine with BEGIN ATOMIC has them in its body. Neither
    creates anything in there.
    """
    head = code_start(text, start, semicolon)
    rule = _RULE.match(text, head, end)
    if not rule and not (_ROUTINE.match(text, head, end) and _ATOMIC.search(text, head, semicolon)):
        return semicolon
    opening, closing = (("(",), ")") if rule else (("ATOMIC", "CASE"), "END")
    depth, before = 0, ""
    for token in tokens(text, head, min(end, head + _REACH)):
        word = text[token.start : token.end].upper() if token.kind in ("word", "open", "close") else ""
        if word in opening:
            depth += 1
        elif word == closing:
            depth -= 1
        elif token.kind == "semicolon" and depth <= 0:
            return token.start
        elif word == "CREATE" and before == "semicolon":
            break
        before = before if token.kind in BLANK else token.kind
    return semicolon
