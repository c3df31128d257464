"""What a migration tool replaces before PostgreSQL sees the text: placeholders and template tags.

They are looked for only in text that PostgreSQL refused, and only outside literals and comments.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from idxlint.model import Span
from idxlint.sql.text.scanner import HIDDEN, Token, marks
from idxlint.sql.text.names import cut

# Tags that steer a template and stand for no SQL: Go text/template, Jinja, Handlebars, ERB; the
# hash before `--- !Ups`, which is Play's mark and, from its dashes on, a comment to PostgreSQL.
_CONTROL = r"""
    \{%.*?%\} | \{\#.*?\#\} | <%(?!=).*?%>
  | \{\{[-~]?\s*(?:(?:if|else|end|range|with|template|define|block|break|continue|include|each|unless)\b
        |[\#/^!>]).*?\}\}
  | ^\#(?=[ \t]*\Z)"""
_VALUE = r"""
    \$\{[^{}\r\n]*\} | \{\{.*?\}\} | <%=.*?%> | \$\([A-Za-z_][\w.]*\) | \#\{[^{}\r\n]+\}
  | %\(\w+\)s | %s\b | @[A-Za-z_][\w.]*@ | \{[A-Za-z_][\w.:]*\} | \{[0-9]*\}
  | (?<![\w$])\$[A-Za-z_]\w*+(?!\$)"""
# psql's variables; not a cast, not an assignment.
_VARIABLE = r"(?<!:):[A-Za-z_]\w*+"
_TAG = re.compile(
    rf"(?P<control>{_CONTROL})|(?P<value>{_VALUE})|(?P<variable>{_VARIABLE})",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_QUOTED_NAME = re.compile(r"'\w+'|\"\w+\"")
_COLON = re.compile(r"(?<!:):(?=['\"])")
_NO_WORD = re.compile(r"[^A-Za-z0-9_\u0080-\U0010ffff]")
_LETTER = re.compile(r"[A-Za-z0-9_$\u0080-\U0010ffff]")
_FOLDED = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True)
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


def find(text: str) -> list[Placeholder]:
    """The placeholders of a text, in order: identifiers, or blanks for what steers a template."""
    found: list[Placeholder] = []
    start = 0
    for token in [*marks(text), Token(len(text), len(text), "line")]:
        if token.kind not in HIDDEN:
            continue
        found.extend(_tags(text, start, token.start))
        start = token.end
        colon = token.start - 1
        if _COLON.match(text, max(colon, 0)) and _QUOTED_NAME.fullmatch(text, token.start, token.end):
            found.append(_placeholder(text, Span(colon, token.end)))
    return found


def _tags(text: str, start: int, end: int) -> Iterator[Placeholder]:
    for match in _TAG.finditer(text, start, end):
        span = Span(*match.span())
        if match["variable"] and text.rfind("[", start, span.start) > text.rfind("]", start, span.start):
            continue  # an array slice
        yield _placeholder(text, span, control=match["control"] is not None)


def _placeholder(text: str, span: Span, *, control: bool = False) -> Placeholder:
    written = text[span.start : span.end]
    return Placeholder(span, written, control, " " * len(written) if control else _NO_WORD.sub("_", written))


def replaced(text: str, placeholders: list[Placeholder]) -> str:
    """The text with their stand-ins, equally long."""
    parts, at = [], 0
    for placeholder in placeholders:
        parts += [text[at : placeholder.span.start], placeholder.stand_in]
        at = placeholder.span.end
    return "".join([*parts, text[at:]])


def other(placeholder: Placeholder, choice: str) -> Placeholder:
    """The same placeholder with another stand-in."""
    return replace(placeholder, stand_in=choice)


def names(text: str, prepared: str, placeholders: list[Placeholder]) -> dict[str, str]:
    """Each identifier that a placeholder is a part of, as the parser reads it: how it was written."""
    found: dict[str, str] = {}
    for placeholder in placeholders:
        if not placeholder.stand_in.strip().startswith("_"):
            continue
        start, end = placeholder.span
        while start > 0 and _LETTER.match(prepared[start - 1]):
            start -= 1
        while end < len(prepared) and _LETTER.match(prepared[end]):
            end += 1
        found.setdefault(cut(prepared[start:end].translate(_FOLDED)), text[start:end])
    return found
