"""The name of a statement: its first words, as PostgreSQL's command tags have them."""

import re

_WORD = re.compile(r"(?:\s|--[^\r\n]*+|(?>/\*.*?\*/))*+([A-Za-z]++)(?![\w$.\"])", re.DOTALL)
_COMMANDS = frozenset(
    "abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete"
    " discard do drop end execute explain fetch grant import insert listen load lock merge move notify perform"
    " prepare reassign refresh reindex release reset revoke rollback savepoint security select set show start table"
    " truncate unlisten update vacuum values with".split()
)
_OF_OBJECTS = frozenset(("create", "alter", "drop", "comment", "reindex", "refresh", "security", "import"))
_MODIFIERS = frozenset(
    "or replace unique global local temp temporary unlogged recursive constraint trusted procedural".split()
)
_FIRST_OF_TWO = {
    "materialized": ("view",),
    "foreign": ("table", "data", "schema"),
    "event": ("trigger",),
    "access": ("method",),
    "operator": ("class", "family"),
    "text": ("search",),
    "user": ("mapping",),
    "default": ("privileges",),
    "large": ("object",),
}
_MORE = {
    "start": ("transaction",),
    "prepare": ("transaction",),
    "release": ("savepoint",),
    "lock": ("table",),
    "set": ("constraints",),
}
_MOST = 8


def kind_of(sql: str) -> str:
    """The statement's name in small letters with hyphens, as "create-index" or "update"; "statement" for none."""
    words = _first_words(sql)
    if not words or words[0] not in _COMMANDS:
        return "statement"
    first, rest = words[0], [word for word in words[1:] if word not in _MODIFIERS]
    if first in _OF_OBJECTS and rest:
        two = len(rest) > 1 and rest[1] in _FIRST_OF_TWO.get(rest[0], ())
        return "-".join((first, *rest[: 1 + two])) if rest[0] != "on" else first
    if rest and rest[0] in _MORE.get(first, ()):
        return f"{first}-{rest[0]}"
    return first


def _first_words(sql: str) -> list[str]:
    words: list[str] = []
    at = 0
    while len(words) < _MOST and (match := _WORD.match(sql, at)):
        words.append(match[1].lower())
        at = match.end()
    return words
