"""What a migration tool replaces before PostgreSQL sees the text: placeholders and template tags.

They are looked for only in text that PostgreSQL refused, and only outside literals and comments. Each is tried
as an identifier, then as a string, a number, or nothing, until PostgreSQL takes the text.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from idxlint.model import Span, record
from idxlint.sql.text.names import cut
from idxlint.sql.text.scanner import HIDDEN, Lexeme, marks
from idxlint.sql.text.splitter import Refusal, code_stop, refusal, split

# Tags that steer a template and stand for no SQL: Go text/template, Jinja, Handlebars, ERB; the
# hash before `--- !Ups`, which is Play's mark and, from its dashes on, a comment to PostgreSQL.
_CONTROL = r"^\#(?=[ \t]*\Z)"
_STEERING = r"""
    \{%|\{\#|<%(?!=)
  | \{\{(?=[-~]?\s*(?:(?:if|else|end|range|with|template|define|block|break|continue|include|each|unless)\b
        |[\#/^!>]))"""
# Only the openings: an expression for the whole would look for each closing up to the end of the text.
_CLOSINGS = {"{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>"}
_VALUE = r"""
    \$\{[^{}\r\n]*\} | \$\([A-Za-z_][\w.]*\) | \#\{[^{}\r\n]+\}
  | %\(\w+\)s | %s\b | @[A-Za-z_][\w.]*@ | \{[A-Za-z_][\w.:]*\} | \{[0-9]*\}
  | (?<![\w$])\$[A-Za-z_]\w*+(?!\$)"""
# psql's variables; not a cast, not an assignment.
_VARIABLE = r"(?<!:):[A-Za-z_]\w*+"
_TAG = re.compile(
    rf"(?P<control>{_CONTROL})|(?P<steering>{_STEERING})|(?P<opening>\{{\{{|<%=)|(?P<value>{_VALUE})"
    rf"|(?P<variable>{_VARIABLE})",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_QUOTED_NAME = re.compile(r"'\w+'|\"\w+\"")
_COLON = re.compile(r"(?<!:):(?=['\"])")
_NO_WORD = re.compile(r"[^A-Za-z0-9_\u0080-\U0010ffff]")
_LETTER = re.compile(r"[A-Za-z0-9_$\u0080-\U0010ffff]")
_TRIES = 24
_FOLDED = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@record
class Placeholder:
    """One placeholder and what is written for it, which is always as long as it is."""

    span: Span
    written: str
    control: bool
    stand_in: str

    @property
    def choices(self) -> tuple[str, ...]:
        """What else it may stand for: nothing, a string, a number."""
        length = len(self.written)
        blank = " " * length
        if self.written.startswith(":'"):
            return (" " + self.written[1:], blank)
        literal = "'" + _NO_WORD.sub("_", self.written[1:-1]) + "'" if length > 1 else blank
        return (blank, literal, "1".rjust(length))

    def standing_for(self, choice: str) -> "Placeholder":
        """The same placeholder with another stand-in."""
        return replace(self, stand_in=choice)


@record
class Attempt:
    """A text as the parser saw it in the end, and what it said.

    statements: where they are; None when the parser refused
    at: where the error is, the end of the text where the parser does not say; message: its words
    """

    sql: str
    statements: list[Span] | None
    at: int = 0
    message: str = ""
    placeholders: tuple[Placeholder, ...] = ()

    def names(self, text: str) -> dict[str, str]:
        """Each identifier that a placeholder is a part of, as the parser reads it: how it is written in the text."""
        written: dict[str, str] = {}
        end = 0
        for placeholder in self.placeholders:
            if not placeholder.stand_in.strip().startswith("_") or placeholder.span.end <= end:
                continue  # the second part of one identifier
            start, end = placeholder.span
            while start > 0 and _LETTER.match(self.sql[start - 1]):
                start -= 1
            while end < len(self.sql) and _LETTER.match(self.sql[end]):
                end += 1
            written.setdefault(cut(self.sql[start:end].translate(_FOLDED)), text[start:end])
        return written


def attempt(sql: str) -> Attempt:
    """Parse as it is; then with placeholders as identifiers; then with some as something else."""
    verdict = split(sql)
    if not isinstance(verdict, Refusal):
        return _taken(sql, verdict, [])
    placeholders = _find(sql)
    if not placeholders:
        return _refused(sql, verdict, placeholders)
    tried = set[int]()
    verdict = split(_replaced(sql, placeholders))
    while isinstance(verdict, Refusal) and len(tried) < _TRIES:
        at = _reach(verdict, sql)
        near = [
            i
            for i, placeholder in enumerate(placeholders)
            if placeholder.span.start <= at and i not in tried and not placeholder.control
        ]
        if not near:
            break
        tried.add(near[-1])
        placeholders, verdict = _better(sql, placeholders, near[-1], verdict)
    prepared = _replaced(sql, placeholders)
    if isinstance(verdict, Refusal):
        return _refused(prepared, verdict, placeholders)
    return _taken(prepared, verdict, placeholders)


def _taken(sql: str, verdict: list[Span], placeholders: list[Placeholder]) -> Attempt:
    statements = [Span(span.start, code_stop(sql, span.start, span.end)) for span in verdict]
    return Attempt(sql, statements, placeholders=tuple(placeholders))


def _refused(sql: str, verdict: Refusal, placeholders: list[Placeholder]) -> Attempt:
    message = verdict.message if sql.isascii() else refusal(sql)
    for placeholder in placeholders:
        if placeholder.stand_in.strip():
            message = message.replace(placeholder.stand_in, placeholder.written)
    return Attempt(sql, None, _reach(verdict, sql), message, tuple(placeholders))


def _better(
    sql: str, placeholders: list[Placeholder], which: int, verdict: list[Span] | Refusal
) -> tuple[list[Placeholder], list[Span] | Refusal]:
    """The placeholders with another stand-in for one of them, if that brings the parser further."""
    best, result = placeholders, verdict
    for choice in placeholders[which].choices:
        changed = [
            *placeholders[:which],
            placeholders[which].standing_for(choice),
            *placeholders[which + 1 :],
        ]
        verdict = split(_replaced(sql, changed))
        if not isinstance(verdict, Refusal):
            return changed, verdict
        if isinstance(result, Refusal) and _reach(verdict, sql) > _reach(result, sql):
            best, result = changed, verdict
    return best, result


def _reach(verdict: Refusal, sql: str) -> int:
    return len(sql) if verdict.at is None else verdict.at


def _find(text: str) -> list[Placeholder]:
    """The placeholders of a text, in order: identifiers, or blanks for what steers a template."""
    placeholders: list[Placeholder] = []
    start = 0
    for lexeme in [*marks(text), Lexeme(len(text), len(text), "line")]:
        if lexeme.kind not in HIDDEN:
            continue
        placeholders.extend(_tags(text, start, lexeme.start))
        start = lexeme.end
        colon = lexeme.start - 1
        if _COLON.match(text, max(colon, 0)) and _QUOTED_NAME.fullmatch(text, lexeme.start, lexeme.end):
            placeholders.append(_placeholder(text, Span(colon, lexeme.end)))
    return placeholders


def _tags(text: str, start: int, end: int) -> Iterator[Placeholder]:
    at, opened = start, False  # up to where brackets have been looked for, and whether one is open
    unclosed: set[str] = set()
    while tag := _TAG.search(text, start, end):
        span, control = Span(*tag.span()), tag["control"] is not None
        start = span.end
        if tag["steering"] or tag["opening"]:
            mark = tag[0][:2]
            closing = -1 if mark in unclosed else text.find(_CLOSINGS[mark], span.start + 2, end)
            if closing < 0:
                unclosed.add(mark)
                start = span.start + 1
                continue
            span, control = Span(span.start, closing + 2), tag["steering"] is not None
            start = span.end
        last, first = text.rfind("[", at, span.start), text.rfind("]", at, span.start)
        at, opened = span.start, last > first if last >= 0 or first >= 0 else opened
        if not (tag["variable"] and opened):  # an array slice
            yield _placeholder(text, span, control=control)


def _placeholder(text: str, span: Span, *, control: bool = False) -> Placeholder:
    written = text[span.start : span.end]
    return Placeholder(span, written, control, " " * len(written) if control else _NO_WORD.sub("_", written))


def _replaced(text: str, placeholders: list[Placeholder]) -> str:
    """The text with their stand-ins, equally long."""
    parts, at = [], 0
    for placeholder in placeholders:
        parts += [text[at : placeholder.span.start], placeholder.stand_in]
        at = placeholder.span.end
    return "".join([*parts, text[at:]])
