"""The front matter of a rule's page: its keys, and what each may say. What they mean is said at `Rule`."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from idxlint.model.rule import LOCK_MODES, Kind, LockClaim, Safety, Severity, StoppedBy

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
"""How a rule and a migration tool are called."""

_ID = re.compile(r"IDX[1-9][0-9]{2}\Z")
_RELEASES = re.compile(r"(1[2-8])(?:(\+)|-(1[2-8]))?\Z")


class Key(NamedTuple):
    """A key.

    typed: makes a value of what YAML has read; raises ValueError, TypeError, KeyError or AttributeError
    allowed: the values that it takes, in words
    required: every page has it; late: it is read only when somebody asks for it
    """

    typed: Callable[[Any], object]
    allowed: str
    required: bool = False
    late: bool = False


def _line(value: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        raise ValueError(value)
    return value


def _flag(value: bool) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _id(value: str) -> str:
    if not _ID.match(value):
        raise ValueError(value)
    return value


def _name(value: str) -> str:
    if not NAME.match(value):
        raise ValueError(value)
    return value


def _releases(value: object) -> tuple[int, int]:
    releases = _RELEASES.match(str(value))
    if not releases:
        raise ValueError(value)
    low = int(releases[1])
    high = 18 if releases[2] else int(releases[3] or low)
    return (low, high)


def _claims(value: list[dict[Any, str]]) -> tuple[LockClaim, ...]:
    # A bare `on` is true to YAML 1.1, as a key too.
    claims = tuple(
        LockClaim(**{"on" if key is True else key: _line(text) for key, text in claim.items()})
        for claim in value
    )
    if any(claim.mode not in LOCK_MODES for claim in claims):
        raise ValueError(value)
    return claims


def _lines(value: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_line(text) for text in value)


def _pairs(value: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((_line(key), _line(text)) for key, text in value.items())


def _severity(value: str) -> Severity:
    return {level.word: level for level in Severity}[value]


def _fix(value: str | None) -> Safety | None:
    return None if value in (None, "none") else Safety(value)


def one_of(words: tuple[str | StrEnum, ...]) -> str:
    """Words as a choice in a sentence: a, b or c."""
    return f"{', '.join(words[:-1])} or {words[-1]}"


KEYS: Mapping[str, Key] = {
    "id": Key(_id, "IDX and three digits", required=True),
    "summary": Key(_line, "one line of text", required=True),
    "severity": Key(_severity, "error, warning or note", required=True),
    "kind": Key(Kind, one_of(tuple(Kind)), required=True),
    "default": Key(_flag, "true or false"),
    "since": Key(_line, 'a release in quotes, such as "0.1"'),
    "fix": Key(_fix, "safe, unsafe or none"),
    "postgres": Key(_releases, "a range of 12 to 18, such as 12-18 or 14+"),
    "runner": Key(_name, "a name in lower case with dashes between its words"),
    "whole_file": Key(_flag, "true or false"),
    "unjudged": Key(_flag, "true or false"),
    "beyond_file": Key(_flag, "true or false"),
    "fix_repairs": Key(_flag, "true or false"),
    "stopped_by": Key(StoppedBy, one_of(tuple(StoppedBy))),
    "no_proof": Key(_line, "one line of text"),
    "locks": Key(_claims, "a list of {on, mode, during} with PostgreSQL's names of the modes", late=True),
    "aliases": Key(_lines, "a list of names"),
    "hazards": Key(_lines, "a list of rows of rules/hazards.md, such as H-30", late=True),
    "mirrors": Key(_pairs, "a map from a linter to its name of the rule", late=True),
}
