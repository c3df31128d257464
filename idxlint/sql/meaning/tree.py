"""One parse tree node with what is needed to read names and places out of it.

PostgreSQL's tree comes as JSON (libpg_query), which is five times faster to load than node objects.
Locations in it are bytes; everything outside this module counts code points.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from idxlint.model import value
from idxlint.sql.text import Name

Node = dict[str, Any]


@value
class Tree:
    """A statement's sql, the placeholders in it, and what all its operations have in common."""

    sql: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    common: Mapping[str, Any] = field(default_factory=dict)

    def at(self, location: int = 0) -> dict[str, Any]:
        """The keyword arguments that every operation takes, for a location in bytes."""
        near = location if self.sql.isascii() else len(self.sql.encode()[:location].decode("utf-8", "ignore"))
        return {**self.common, "near": near}

    def word(self, identifier: str) -> str:
        """An identifier with its placeholders as they were written."""
        if self.placeholders:
            for stand_in, written in self.placeholders.items():
                if stand_in in identifier:
                    identifier = identifier.replace(stand_in, written)
        return identifier

    def name(self, relation: Node) -> Name:
        """The name of a RangeVar."""
        schema = relation.get("schemaname")
        return Name(self.word(schema) if schema else None, self.word(relation["relname"]))

    def path(self, parts: list[Node]) -> Name:
        """The name that a list of strings spells; a database in front is dropped."""
        words = [self.word(text(part)) for part in parts]
        return Name(words[-2] if len(words) > 1 else None, words[-1])


def kind(node: Node) -> tuple[str, Node]:
    """The one key of a node and what is under it."""
    return next(iter(node.items()))


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
