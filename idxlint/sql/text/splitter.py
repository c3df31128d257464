"""PostgreSQL's own parser as a splitter, made safe for any text and fast for every language."""

import re

from pglast import parser

from idxlint.model import Span, value

ParseError: type[Exception] = parser.ParseError

_FOREIGN = re.compile(r"[^\x00-\x7f]")


@value
class Refusal:
    """PostgreSQL refused a text. message: its words; at: the offset of the error, None where unknown."""

    message: str
    at: int | None


def split(text: str) -> list[Span] | Refusal:
    """Where the statements of a text are, in code points, without leading comments and the semicolon.

    The parser gets a stand-in of equal length in which a letter is written for each character beyond ASCII:
    all of them are letters to PostgreSQL, and pglast's way from bytes to code points takes quadratic time.
    """
    try:
        slices = parser.split(in_ascii(text), only_slices=True)
    except parser.ParseError as error:
        at = error.args[1] if len(error.args) > 1 else None
        return Refusal(str(error.args[0]), at)
    return [Span(statement.start, statement.stop) for statement in slices]


def refusal(text: str) -> str:
    """PostgreSQL's own words about a text that it refuses."""
    try:
        parser.split(text, only_slices=True)
    except parser.ParseError as error:
        return str(error.args[0])
    except ValueError:  # a lone surrogate, or half a character quoted in the message
        pass
    verdict = split(text)
    return verdict.message if isinstance(verdict, Refusal) else "syntax error"


def code_stop(sql: str, start: int, end: int) -> int:
    """Where a statement ends, without the comments that the parser leaves behind it."""
    last = max(sql.rfind("\n", start, end), sql.rfind("\r", start, end), start)
    if sql.endswith("*/", start, end) or sql.find("--", last, end) >= 0:
        from idxlint.sql.text.scanner import code_end  # costly, and most statements end bare

        return code_end(sql, start, end)
    return end


def in_ascii(text: str) -> str:
    """The text with a letter for each character beyond ASCII, which are all letters to PostgreSQL."""
    if text.isascii():
        return text
    if "?" in text:
        return _FOREIGN.sub("q", text)
    return text.encode("ascii", "replace").decode("ascii").replace("?", "q")  # a quarter of the time
