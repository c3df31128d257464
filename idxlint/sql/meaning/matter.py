"""Which statements could matter at all: a plain look at their words, so that most are never parsed to a tree.

An answer of True costs a parse; a wrong False loses a finding, so anything unusual is True.
"""

import re

_FIRST = re.compile(r"[A-Za-z]+")
_NEVER = frozenset(
    "copy grant revoke comment values table truncate lock analyze explain fetch move close declare listen notify"
    " unlisten deallocate call show checkpoint load security import reassign execute".split()
)
_CHANGES = frozenset("insert update delete merge".split())
_ALWAYS = frozenset(
    "reindex begin start commit end rollback abort savepoint release prepare reset discard vacuum refresh"
    " cluster".split()
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
    r"\b(add|drop\s+(?!default\b|identity\b|expression\b)|type|set\s+(?:not|logged|unlogged|access)"
    r"|validate|replica|partition|rename|schema|tablespace)\b|--|/\*",
    re.IGNORECASE,
)
_DROP = re.compile(r"drop\s+(table|index|schema|materialized|foreign|view)\b", re.IGNORECASE)

_NAME = r'(?:[^\W\d][\w$]*|"[^"]+")'
_INSERT = re.compile(
    rf"insert\s+into\s+{_NAME}(?:\s*\.\s*{_NAME})*\s*(?:as\s+{_NAME}\s*)?(?:\((?!\s*(?:select|with|table)\b)[^()]*\)\s*)?+"
    r"(?:overriding\s+\w+\s+value\s+)?(?:select|with|table|\()",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\bwhere\b", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\b", re.IGNORECASE)
_INNERMOST = re.compile(r"\([^()]*\)")
_CHANGING = re.compile(r"\b(?:update|delete|insert)\b", re.IGNORECASE)
_DEEPEST = 20


def matters(text: str, start: int, end: int) -> bool:
    """Whether the statement from start to end may have an operation (`describe`) or a body (`bodies`)."""
    first = _FIRST.match(text, start, end)
    if first is None:
        return text[start] in "-/("
    word = first[0].lower()
    if word in _NEVER:
        return False
    if word in _CHANGES:
        return _may_be_unbounded(word, text, start, end)
    if word in _ALWAYS:
        return True
    match word:
        case "select" | "with":
            return _SELECT.search(text, start, end) is not None or _may_be_unbounded(word, text, start, end)
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


_LOCKING = frozenset("alter truncate lock refresh update delete call do drop".split())
_LOCKED = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:trigger|rule|policy)\b", re.IGNORECASE
)


def locks(text: str, start: int, end: int) -> bool:
    """Whether the statement matters beside one that works while locks are held: as `matters`, and what locks."""
    first = _FIRST.match(text, start, end)
    if first is not None and (first[0].lower() in _LOCKING or _LOCKED.match(text, start, end)):
        return True
    return matters(text, start, end)


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


def _may_be_unbounded(word: str, text: str, start: int, end: int) -> bool:
    """Whether the statement from start to end, whose first word is given, may change rows without a bound.

    Only UPDATE and DELETE without WHERE and INSERT … SELECT do; whether one does is then read off its tree.
    """
    match word:
        case "insert":
            return _INSERT.match(text, start, end) is not None and _FROM.search(text, start, end) is not None
        case "update" | "delete":
            return _WHERE.search(text, start, end) is None or not _WHERE.search(_outermost(text[start:end]))
        case "with":
            return _CHANGING.search(text, start, end) is not None
    return word == "merge"


def _outermost(sql: str) -> str:
    """The statement without what stands in parentheses, which may be a query with a WHERE of its own."""
    for _ in range(_DEEPEST):
        less = _INNERMOST.sub("", sql)
        if less == sql:
            break
        sql = less
    return sql
