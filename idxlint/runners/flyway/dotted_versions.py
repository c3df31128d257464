"""The order of Flyway and Evolve: by the parts of a dotted version, then what is repeatable."""

import re

from idxlint.runners.shared.orders import BY_LOCALE, Key, Order, last, number, text

_VERSIONED = r"([VBU]?)([0-9][0-9._]*?)(?:__.*)?(?:\.sql)?"
_KINDS = "VBU"
_CALLBACK, _VERSION, _REPEATABLE, _END = 0, 1, 2, -1


def _flyway(name: str) -> Key:
    """A version, or a name with one; an underscore is a dot, and noughts at the end count for nothing.

    A baseline stands for all versions up to its own, and an undo follows its version. Repeatable migrations come
    last, by their descriptions; callbacks from beforeMigrate on come first.
    """
    if versioned := re.fullmatch(_VERSIONED, name):
        parts = [int(part) for part in re.findall("[0-9]+", versioned[2])]
        while len(parts) > 1 and parts[-1] == 0:
            parts.pop()
        kind = _KINDS.index(versioned[1]) if versioned[1] else len(_KINDS)
        return (number(_VERSION), *map(number, parts), (_END, kind, ""))
    if name.startswith("R__"):
        return (number(_REPEATABLE), text(name[3:].removesuffix(".sql").replace("_", " ")))
    return (number(_CALLBACK), text(name)) if name.startswith("before") else last(name)


def _evolve(name: str) -> Key:
    """The same in letters of any case, but 1.0 comes after 1, and repeatable migrations go by their names."""
    if versioned := re.fullmatch(_VERSIONED, name, re.IGNORECASE):
        parts = map(number, re.findall("[0-9]+", versioned[2]))
        return (number(_VERSION), *parts, (_END, 0 if versioned[1] else len(_KINDS), ""))
    if name.lower().startswith("r__"):
        return (number(_REPEATABLE), *BY_LOCALE.key(name))
    return last(name)


FLYWAY_ORDER = Order("dotted versions, then R__ by description", _flyway)
EVOLVE_ORDER = Order("dotted versions, then R__ by name", _evolve)
