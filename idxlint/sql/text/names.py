"""Names of tables and indexes, as PostgreSQL folds and prints them."""

import re
from functools import lru_cache
from typing import NamedTuple

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")
_PLACEHOLDER = re.compile(r"[${@:%<#]")

WORD = r'([a-z_][a-z0-9_]*|"[^"]+")'
"""A plain or quoted identifier, for expressions that ignore case; `folded` reads it."""

FULL = rf"(?:{WORD}\s*\.\s*)?{WORD}"
"""The name of a relation: its schema, if there is one, and itself."""

MAX_BYTES = 63
"""NAMEDATALEN - 1: PostgreSQL cuts longer names (Identifiers and Key Words)."""


class Name(NamedTuple):
    """A name with its schema; schema is None where the statement gives none."""

    schema: str | None
    name: str

    def __str__(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}" if self.schema else quoted(self.name)

    @property
    def short(self) -> "Name":
        """The name without `public`, which a reader needs least."""
        return Name(None, self.name) if self.schema == "public" else self


@lru_cache(maxsize=4096)  # the same few names again and again
def quoted(identifier: str) -> str:
    """The identifier as it has to be written: in quotes where it is not plain lower case.

    A placeholder (`${schema}`) is left as its runner wants it.
    """
    if _PLAIN.match(identifier) or _PLACEHOLDER.search(identifier):
        return identifier
    return '"' + identifier.replace('"', '""') + '"'


def folded(word: str) -> str:
    """A plain or quoted word as PostgreSQL reads it."""
    return word[1:-1].replace('""', '"') if word[0] == '"' else word.lower()


def cut(identifier: str) -> str:
    """The identifier as PostgreSQL stores it: at most 63 bytes, never half a character."""
    if identifier.isascii():
        return identifier[:MAX_BYTES]
    raw = identifier.encode("utf-8", "replace")
    return identifier if len(raw) <= MAX_BYTES else raw[:MAX_BYTES].decode("utf-8", "ignore")


def chosen(table: str, columns: tuple[str, ...], label: str) -> str:
    """The name that PostgreSQL gives an index or constraint that has none, when it is free.

    `label` is idx, key, pkey or excl. Over 63 bytes the longer of table and columns loses its tail first
    (ChooseRelationName and makeObjectName in src/backend/commands/indexcmds.c).
    """
    first, second = table, "_".join(columns)
    room = MAX_BYTES - len(label) - 1 - (1 if second else 0)
    if _size(first) + _size(second) <= room:
        return "_".join(part for part in (first, second, label) if part)
    sizes = [*map(_size, first)], [*map(_size, second)]
    lengths = [*map(sum, sizes)]
    while sum(lengths) > room:
        which = 0 if lengths[0] > lengths[1] else 1
        lengths[which] -= sizes[which].pop()
    parts = first[: len(sizes[0])], second[: len(sizes[1])], label
    return "_".join(part for part in parts if part)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
