"""One parse tree node with what is needed to read names and places out of it.

PostgreSQL's tree comes as JSON (libpg_query), which is five times faster to load than node objects.
Locations in it are bytes; everything outside this module counts code points.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import lru_cache
from itertools import accumulate
from typing import Any

from idxlint.model import value
from idxlint.sql.text import Name

Node = dict[str, Any]
_IDENTIFIER = re.compile(r"[A-Za-z0-9_$\u0080-\U0010ffff]+")


@value
class Tree:
    """A statement's sql, the placeholders in it, and what all its operations have in common."""

    sql: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    common: Mapping[str, Any] = field(default_factory=dict)

    def at(self, location: int = 0) -> dict[str, Any]:
        """The keyword arguments that every operation takes, for a location in bytes."""
        return {**self.common, "near": self.place(location)}

    def place(self, location: int) -> int:
        """A location in bytes as code points."""
        if not location or self.sql.isascii():
            return location
        return bisect_right(_bytes(self.sql), location) - 1

    def word(self, identifier: str) -> str:
        """An identifier with its placeholders as they were written."""
        if not self.placeholders:
            return identifier
        written = self.placeholders.get(identifier)
        if written is not None:
            return written
        return _IDENTIFIER.sub(lambda word: self.placeholders.get(word[0], word[0]), identifier)

    def name(self, relation: Node) -> Name:
        """The name of a RangeVar."""
        schema = relation.get("schemaname")
        return Name(self.word(schema) if schema else None, self.word(relation["relname"]))

    def path(self, parts: list[Node]) -> Name:
        """The name that a list of strings spells; a database in front is dropped."""
        words = [self.word(text(part)) for part in parts]
        return Name(words[-2] if len(words) > 1 else None, words[-1])


@lru_cache(maxsize=4)
def _bytes(sql: str) -> list[int]:
    """Where each character begins, in bytes; counted once for all operations of a statement."""
    return [0, *accumulate(len(character.encode()) for character in sql)]


def kind(node: Node) -> tuple[str, Node]:
    """The one key of a node and what is under it."""
    return next(iter(node.items()))


def nodes(tree: Any) -> Iterator[Node]:
    """A tree and every node in it, in the order of the text as far as the tree keeps it."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += reversed(part.values())
        elif isinstance(part, list):
            waiting += reversed(part)


def conjuncts(condition: Node) -> Iterator[Node]:
    """The terms of a condition that is an AND, or all of it."""
    name, node = kind(condition)
    if name == "BoolExpr" and node["boolop"] == "AND_EXPR":
        for argument in node["args"]:
            yield from conjuncts(argument)
    else:
        yield condition


def text(node: Node) -> str:
    """The value of a String node; PostgreSQL leaves an empty one out."""
    return str(node.get("String", {}).get("sval", ""))


def truth(option: Node) -> bool:
    """Whether an option such as CONCURRENTLY or VERBOSE is on (defGetBoolean in commands/define.c)."""
    argument = option.get("arg")
    if argument is None:
        return True
    name, value = kind(argument)
    match name:
        case "Integer":
            return bool(value.get("ival", 0))
        case "Boolean":
            return bool(value.get("boolval", False))
        case _:
            return text(argument).lower() in ("true", "on")


def constant(node: Node) -> str | None:
    """The value of a constant as text; None for anything that has to be computed."""
    name, value = kind(node)
    if name == "TypeCast":
        return constant(value["arg"])
    if name != "A_Const":
        return None
    for key in ("sval", "ival", "fval", "boolval"):
        if key in value:
            inner = value[key].get(key, 0 if key == "ival" else "")
            return str(inner).lower() if key == "boolval" else str(inner)
    return None
