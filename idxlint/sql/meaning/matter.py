"""Which statements could matter at all: a plain look at their words, so that most are never parsed to a tree.

An answer of True costs a parse; a wrong False loses a finding, so anything unusual is True.
"""

import re

_FIRST = re.compile(r"[A-Za-z]+")
_NEVER = frozenset(
    "insert update delete copy grant revoke comment merge values table truncate lock analyze explain fetch"
    " move close declare listen notify unlisten deallocate call show checkpoint load security import"
    " reassign execute".split()
)
_ALWAYS = frozenset(
    "reindex begin start commit end rollback abort savepoint release prepare reset discard vacuum refresh".split()
)
INDEX_WORK = re.compile(
    r"\b(?:create\s+(?:unique\s+)?index|drop\s+index|reindex|alter\s+index|primary\s+key|unique|exclude)\b",
    re.IGNORECASE,
)
"""Words of work on an index, for text that cannot be parsed."""

_TABLES = re.compile("table|materialized", re.IGNORECASE)
_SELECT = re.compile(r"\binto\b|set_config", re.IGNORECASE)
_CREATE = re.compile(
    r"create\s+(?:or\s+replace\s+)?"
    r"(?:(?:global|local|temp|temporary|unlogged|foreign|materialized|unique|recursive)\s+)*([a-z]+)",
    re.IGNORECASE,
)
_CREATED = frozenset(("table", "index", "view", "schema"))
_WORK = re.compile(r"\b(?:index|reindex|primary\s+key|unique|exclude|vacuum|concurrently)\b")
_HINTS = ("index", "primary", "unique", "exclude", "vacuum", "concurrently")
_ALTER = re.compile(r"alter\s+(table|index|schema|materialized|foreign|view)\b", re.IGNORECASE)
_ALTERED = re.compile(
    r"\b(add|drop\s+(?!default\b|identity\b|expression\b)|type|set\s+not|validate|replica|partition|rename"
    r"|schema|tablespace)\b|--|/\*",
    re.IGNORECASE,
)
_DROP = re.compile(r"drop\s+(table|index|schema|materialized|foreign|view)\b", re.IGNORECASE)


def matters(text: str, start: int, end: int) -> bool:
    """Whether the statement from start to end may have an operation (`describe`) or a body (`bodies`)."""
    first = _FIRST.match(text, start, end)
    if first is None:
        return text[start] in "-/("
    word = first[0].lower()
    if word in _NEVER:
        return False
    if word in _ALWAYS:
        return True
    match word:
        case "select" | "with":
            return _SELECT.search(text, start, end) is not None
        case "create":
            return _create(text, start, end)
        case "alter":
            alters = _ALTER.match(text, start, end)
            return (alters and _ALTERED.search(text, start, end)) is not None or _comment(text, first.end())
        case "drop":
            return _DROP.match(text, start, end) is not None or _comment(text, first.end())
        case "do":
            return _works(text, start, end) or _TABLES.search(text, start, end) is not None
        case "set":
            return True
    return False


def _create(text: str, start: int, end: int) -> bool:
    match = _CREATE.match(text, start, end)
    if match is None:
        return True
    what = match[1].lower()
    if what in ("function", "procedure"):
        return _works(text, start, end)
    return what in _CREATED or _comment(text, match.start(1))


def _works(text: str, start: int, end: int) -> bool:
    """Whether a body speaks of an index; looking for plain words first is ten times as fast."""
    body = text[start:end].lower()
    return any(hint in body for hint in _HINTS) and _WORK.search(body) is not None


def _comment(text: str, at: int) -> bool:
    """Whether a comment stands right behind the first words, so that they could not be read."""
    return text[at : at + 40].lstrip().startswith(("--", "/*"))
