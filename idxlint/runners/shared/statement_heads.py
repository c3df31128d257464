"""The statements of a text by their first words, as the tools look at them that treat some in another way."""

import re
from collections.abc import Iterator

from idxlint.model import Span

_WORDS = 12


def heads(text: str) -> Iterator[tuple[Span, str]]:
    """Each statement from behind the semicolon before it to its own, and its first words in upper case.

    What stands in parentheses, in quotes and in comments is no word.
    """
    from idxlint.sql.text.scanner import stops  # its expressions are costly, and most files do not need them

    start = 0
    for lexeme in stops(text):
        if lexeme.kind == "semicolon":
            if (words := _head(text, start, lexeme.start)) is not None:
                yield Span(start, lexeme.end), words
            start = lexeme.end
    if (words := _head(text, start, len(text))) is not None:
        yield Span(start, len(text)), words


def _head(text: str, start: int, end: int) -> str | None:
    """None where there is no statement."""
    from idxlint.sql.text.scanner import BLANK, lexemes

    words: list[str] = []
    depth, empty = 0, True
    for lexeme in lexemes(text, start, end):
        if lexeme.kind in BLANK:
            continue
        empty = False
        if lexeme.kind == "open":
            depth += 1
        elif lexeme.kind == "close":
            depth -= 1
        elif lexeme.kind == "word" and depth == 0:
            words.append(text[lexeme.start : lexeme.end].upper())
            if len(words) == _WORDS:
                break
    return None if empty else " ".join(words)


def several(text: str) -> bool:
    """Whether there is more than one statement."""
    statements = heads(text)
    return next(statements, None) is not None and next(statements, None) is not None


def controls(text: str) -> bool:
    """Whether a statement begins or ends a transaction."""
    if not re.search(r"\b(?:BEGIN|START|COMMIT|END|ROLLBACK|ABORT)\b", text, re.IGNORECASE):
        return False
    opening = r"BEGIN\b(?! ATOMIC)|START TRANSACTION\b"
    return any(re.match(opening, words) or _closes(text, words) for _, words in heads(text))


def pipelined(text: str) -> tuple[Span, ...]:
    """The parts of a pipeline that COMMIT and ROLLBACK cut it into: behind them a statement is the first again."""
    if not re.search(r"\b(?:COMMIT|END|ROLLBACK|ABORT)\b", text, re.IGNORECASE):
        return ()
    parts, start = list[Span](), 0
    for span, words in heads(text):
        if _closes(text, words):
            parts.append(Span(start, span.end))
            start = span.end
    return (*parts, Span(start, len(text))) if parts else ()


def _closes(text: str, words: str) -> bool:
    """END closes a body of BEGIN ATOMIC too, which is cut at its semicolons here."""
    if not re.fullmatch(r"(?:COMMIT|END|ABORT|ROLLBACK)(?: WORK| TRANSACTION)?", words):
        return False
    return not words.startswith("END") or not re.search(r"\bBEGIN\s+ATOMIC\b", text, re.IGNORECASE)
