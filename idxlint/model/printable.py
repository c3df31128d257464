"""Text from a file as a terminal or a log may see it.

What a migration says is never trusted in an output: an escape sequence could repaint the screen, a
bidirectional control could show another statement than the one that PostgreSQL runs, and a CI server takes
some words in a log for commands.
"""

import re
from collections.abc import Iterator

# GitHub's runner looks for ##[error] anywhere in a line (actions/runner, ActionCommand.cs); Azure's agent has
# ##vso[task.complete], and TeamCity ##teamcity[message].
MARK = re.compile(r"(?i)(?<=#)#(?=(?:vso|teamcity)?\[)")
_MARK_SHOWN = r"\x23"
# GitHub's runner trims a line before it looks for its newer spelling.
_OPENING = re.compile(r"\A( *):(?=:)")


def printable(text: str) -> str:
    r"""The text with every control, format and invisible character written out, such as \x1b or \u202e.

    What a CI server would run as a command is broken in the same way: `::error::` at the start, `##[error]`.
    """
    text = visible(text)
    return _OPENING.sub(r"\1\\x3a", text) if "::" in text else text


def visible(text: str, keep: str = "") -> str:
    """The same for text that does not come first in a line; keep: characters that stay what they are."""
    if not text.isprintable():
        text = "".join(c if c in keep else escaped(c) for c in text)
    return MARK.sub(lambda _: _MARK_SHOWN, text) if "##" in text else text


def escaped(character: str) -> str:
    """One character, written out unless it shows itself."""
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def cells(line: str) -> list[str]:
    """Every character of a line as it is printed where something else stands before the line."""
    shown = [*map(escaped, line)]
    for mark in MARK.finditer(line) if "##" in line else ():
        shown[mark.start()] = _MARK_SHOWN
    return shown


def brief(value: object, most: int = 60) -> str:
    """A value from a file, as a message may show it; no more of it is written out than is shown."""
    written = value if isinstance(value, str) else "".join(_up_to(most, _written(value, frozenset())))
    shown = printable(written[: most + _MARK_LENGTH])
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


_MARK_LENGTH = 16
_LONG_NUMBER = 1_000


def _up_to(most: int, parts: Iterator[str]) -> Iterator[str]:
    for part in parts:
        yield part
        most -= len(part)
        if most < 0:
            return


def _written(value: object, around: frozenset[int]) -> Iterator[str]:
    """What repr would say, piece by piece: aliases can make a value of a few lines larger than any memory."""
    if not isinstance(value, dict | list | tuple):
        # Python refuses to write long numbers in decimal.
        long = isinstance(value, int) and value.bit_length() > _LONG_NUMBER
        yield hex(value) if long and isinstance(value, int) else repr(value)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]" if isinstance(value, list) else "()"
    if id(value) in around:
        yield f"{opening}...{closing}"
        return
    inside = around | {id(value)}
    yield opening
    for number, held in enumerate(value):
        yield ", " if number else ""
        yield from _written(held, inside)
        if isinstance(value, dict):
            yield ": "
            yield from _written(value[held], inside)
    yield f",{closing}" if isinstance(value, tuple) and len(value) == 1 else closing
