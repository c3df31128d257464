"""A tolerant scanner: every character of a text is in one lexeme, whatever the text is.

The rules are those of PostgreSQL's own scanner (src/backend/parser/scan.l, and the chapter Lexical
Structure), with `standard_conforming_strings` on. What that scanner refuses is still a lexeme here.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LETTER = r"A-Za-z_\u0080-\U0010ffff"
_WORD = rf"[{_LETTER}][{_LETTER}0-9$]*+"
_SPACE = r"[ \t\n\r\f\v]"
# Two literals with a line end between them are one literal.
_JOIN = rf"'(?:[ \t\f\v]|--[^\n\r]*+)*+[\n\r](?:{_SPACE}|--[^\n\r]*+[\n\r])*+'"
# Literals without their closing quote.
_STRING = rf"""(?:[eE]'(?:[^'\\]++|\\.|''|{_JOIN})*+|(?:[bBxX]|[uU]&)?'[^']*+(?:(?:''|{_JOIN})[^']*+)*+)"""
_QUOTED = r"""(?:[uU]&)?"[^"]*+(?:""[^"]*+)*+"""
_LINE = r"--[^\n\r]*+"
# The opening of a tag; an expression for the whole would look for each closing up to the end of the text.
_TEMPLATE = r"\{\{|\{%|\{\#|<%"
_TAG_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>"}
_LINE_END = re.compile(r"[\n\r]")
# A word that is no literal's prefix, a number, or an operator that begins no comment and no template tag.
_CODE = rf"""(?![eEbBxX]'|[uU]&['"]){_WORD}|[ \t\n\r\f\v0-9,.=()>*+!~|&^%?@#`:\[\]}}]++
    |-(?!-)|/(?!\*)|<(?!%)|\{{(?![{{%#])"""
_HIDING = rf"""
    (?P<line>{_LINE})
  | (?P<block>/\*)
  | (?P<string>{_STRING}'?)
  | (?P<quoted>{_QUOTED}"?)
  | (?P<dollar>\$(?:[{_LETTER}][{_LETTER}0-9]*+)?\$)
  | (?P<parameter>\$[0-9]++)
  | (?P<semicolon>;)"""
_FLAGS = re.VERBOSE | re.DOTALL
_TOKEN = re.compile(
    rf"""
    (?P<space>{_SPACE}++)
  | {_HIDING}
  | (?P<word>{_WORD})
  | (?P<number>0[xXoObB][0-9A-Fa-f_]++
        |(?:[0-9][0-9_]*+(?:\.(?!\.)[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][+-]?[0-9_]++)?)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<other>\.\.|.)""",
    _FLAGS,
)
_MARK = re.compile(
    rf"""
    (?P<plain>(?:{_CODE})++)
  | {_HIDING}
  | (?P<template>{_TEMPLATE})
  | (?P<other>.)""",
    _FLAGS,
)
_STOP = re.compile(
    rf"""
    (?P<plain>(?:{_CODE}|{_LINE}|{_STRING}'|{_QUOTED}"|\$[0-9]++)++)
  | {_HIDING}
  | (?P<backslash>\\)
  | (?P<template>{_TEMPLATE})
  | (?P<other>.)""",
    _FLAGS,
)
_COMMENT = re.compile(r"/\*|\*/")


class Lexeme(NamedTuple):
    """The characters of one token. end is exclusive; closed is False for a literal or comment that nothing ends.

    kind: space, line, block, string, quoted, dollar, parameter, word, number, semicolon, open, close, other;
        from `marks` and `stops` also plain and template; from `stops` also backslash
    """

    start: int
    end: int
    kind: str
    closed: bool = True


def lexemes(text: str, start: int = 0, end: int | None = None) -> Iterator[Lexeme]:
    """Every lexeme from start to end, without holes."""
    return _walk(_TOKEN, text, start, len(text) if end is None else end)


def marks(text: str, start: int = 0, end: int | None = None) -> Iterator[Lexeme]:
    """The same with all code between literals, comments and semicolons as one `plain`."""
    return _walk(_MARK, text, start, len(text) if end is None else end)


def stops(text: str, start: int = 0, end: int | None = None) -> Iterator[Lexeme]:
    """The same with all that cannot end a statement as one `plain`: what is needed to cut, and fast."""
    return _walk(_STOP, text, start, len(text) if end is None else end)


def code_start(text: str, start: int, end: int) -> int:
    """Where white space and comments end."""
    for lexeme in lexemes(text, start, end):
        if lexeme.kind not in BLANK or not lexeme.closed:
            return lexeme.start
    return end


def code_end(text: str, start: int, end: int) -> int:
    """Where the last lexeme that is neither white space nor comment ends."""
    last = start
    for lexeme in lexemes(text, start, end):
        if lexeme.kind not in BLANK or not lexeme.closed:
            last = lexeme.end
    return last


BLANK = frozenset({"space", "line", "block"})
"""Kinds of lexemes that PostgreSQL does not see."""

HIDDEN = frozenset({"line", "block", "string", "quoted", "dollar"})
"""Kinds of lexemes whose text is no code."""


def _walk(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[Lexeme]:
    open_until: dict[str, int] = {}
    while start < end:
        for match in pattern.finditer(text, start, end):
            kind = match.lastgroup or ""
            if kind == "template":
                lexeme = _template(text, match, end, open_until)
            elif kind == "dollar":
                lexeme = _dollar(text, match, end)
            elif kind == "block":
                lexeme = _block(text, match.start(), end)
            else:
                closed = match.end() < end or kind not in _CLOSING or _is_closed(match[0], kind)
                yield Lexeme(match.start(), match.end(), kind, closed)
                continue
            yield lexeme
            start = lexeme.end
            break  # the pattern has seen only the opening: go on behind the closing
        else:
            return


_CLOSING = {"string": re.compile(rf"{_STRING}'", _FLAGS), "quoted": re.compile(rf'{_QUOTED}"', _FLAGS)}


def _is_closed(literal: str, kind: str) -> bool:
    return bool(_CLOSING[kind].fullmatch(literal))


def _template(text: str, opening: re.Match[str], end: int, open_until: dict[str, int]) -> Lexeme:
    """A tag, or its first character where nothing closes it; open_until: up to where nothing does, by openings."""
    start, mark = opening.start(), opening[0]
    if start >= open_until.get(mark, 0):
        line = _LINE_END.search(text, start, end) if mark == "<%" else None
        limit = line.start() if line else end
        closing = text.find(_TAG_ENDS[mark], opening.end(), limit)
        if closing >= 0:
            return Lexeme(start, closing + 2, "template")
        open_until[mark] = limit
    return Lexeme(start, start + 1, "other")


def _dollar(text: str, opening: re.Match[str], end: int) -> Lexeme:
    closing = text.find(opening[0], opening.end(), end)
    if closing < 0:
        return Lexeme(opening.start(), end, "dollar", closed=False)
    return Lexeme(opening.start(), closing + len(opening[0]), "dollar")


def _block(text: str, start: int, end: int) -> Lexeme:
    depth = 0
    for match in _COMMENT.finditer(text, start, end):
        depth += 1 if match[0] == "/*" else -1
        if not depth:
            return Lexeme(start, match.end(), "block")
    return Lexeme(start, end, "block", closed=False)
