"""Preconditions that skip a change set where an index of that name is there, valid or not.

onFail MARK_RAN and CONTINUE skip it; HALT, which is the default, and WARN do not (FailOption in
precondition/core/PreconditionContainer.java). indexExists asks for no validity either.
"""

import re
from typing import TYPE_CHECKING

from idxlint.model import NameGuard, Span
from idxlint.sql.meaning.name_guard import asks_for_name, is_of_missing

if TYPE_CHECKING:
    from idxlint.runners.liquibase.changelog import Node

_SKIPPING = ("MARK_RAN", "CONTINUE")
_NOTHING = ("0", "false", "f")
_LINE = re.compile(r"^[ \t]*--[ \t]*preconditions\b(?P<said>[^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_ON_FAIL = re.compile(r"\bonFail:[\"']?(\w+)", re.IGNORECASE)
_SQL_CHECK = re.compile(
    r"^[ \t]*--[ \t]*precondition-sql-check[ \t]+(?:expectedResult:)?"
    r"(?P<result>\w+|'[^'\r\n]*'|\"[^\"\r\n]*\")[ \t]+(?P<sql>[^\r\n]*)",
    re.MULTILINE | re.IGNORECASE,
)


def precondition(node: "Node") -> NameGuard | None:
    """The condition of a <preConditions> by which Liquibase passes over a change set for an index's name."""
    if node.get("onFail").upper() not in _SKIPPING:
        return None
    return _condition(node, negated=False)


def _condition(node: "Node", *, negated: bool) -> NameGuard | None:
    for child in node.children:
        words = f"the precondition {child.name}"
        if child.name == "indexExists" and negated:
            return NameGuard(child.span, words, child.get("indexName"))
        if child.name == "sqlCheck":
            asked = child.get("sql") or child.text
            if asks_for_name(asked) and _is_of_missing(child.get("expectedResult"), asked) is not negated:
                return NameGuard(child.span, words, asked)
        elif guard := _condition(child, negated=negated is not (child.name == "not")):
            return guard
    return None


def _is_of_missing(result: str, asked: str) -> bool:
    """Whether a query gives the expected result where there is no such index."""
    return (result.strip(" '\"").lower() in _NOTHING) is not is_of_missing(asked)


def in_comments(text: str, span: Span) -> NameGuard | None:
    """The same in formatted SQL, where it stands on lines of its own."""
    head = _LINE.search(text, span.start, span.end)
    skips = _ON_FAIL.search(head["said"]) if head else None
    if skips is None or skips[1].upper() not in _SKIPPING:
        return None
    for check in _SQL_CHECK.finditer(text, span.start, span.end):
        asked = check["sql"]
        if asks_for_name(asked) and _is_of_missing(check["result"], asked):
            return NameGuard(Span(check.start(), check.end()), "the precondition sql-check", asked)
    return None
