"""The orders in which migration tools run files, by the names of the files.

A key is made of parts that can be compared whatever the order: whether it is a text, a number, a text.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from idxlint.model import value
from idxlint.runners.shared.natural_order import natural

Key = tuple[tuple[int, int, str], ...]

_UP_NAME = re.compile(r"(?:^|[._-])(?:up|deploy)(?=\.sql\Z)", re.IGNORECASE)
_LAST = 9
_COLLATED = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
"""ASCII as the root collation of the CLDR has it, which is what localeCompare() goes by in English."""


@value
class Order:
    """The order of a tool.

    says: in a few words
    key: what a name is sorted by: that of the file, or of its folder where each migration has one of its own. A way
      back is sorted by the name of its way up. The tool does not take a name whose key is `last`.
    whole: the key is the whole name, so that a number alone comes before the names that begin with it
    outside: why a file can have no place, where the tool is told the order by a file
    """

    says: str
    key: Callable[[str], Key]
    whole: bool = False
    outside: str = ""

    def is_past(self, name: str, start_after: str) -> bool:
        """Whether a migration comes before start_after, or is what that names: a version, a name or its beginning."""
        point = self.key(start_after)
        if self.whole and begins(name, start_after):
            return True
        if self.key is _numbers:
            return natural(name)[: len(natural(start_after))] <= natural(start_after)
        return point[0][0] != _LAST and self.key(name) <= point


def begins(name: str, start: str) -> bool:
    """Whether a name is another one, or begins with it and then something else than letters and digits."""
    return name.startswith(start) and not name[len(start) : len(start) + 1].isalnum()


def last(name: str) -> Key:
    """The key of a name that the tool passes over."""
    return ((_LAST, 0, name),)


def text(name: str) -> tuple[int, int, str]:
    """A part of a key that is a text, by its code points."""
    return (1, 0, name)


def number(digits: str | int) -> tuple[int, int, str]:
    """A part of a key that is a number."""
    return (0, int(digits), "")


def _numbers(name: str) -> Key:
    if not name.lower().endswith(".sql"):
        return natural(name)
    return natural(_UP_NAME.sub("", name).lower().removesuffix(".sql"))


def _text(name: str) -> Key:
    return (text(name),)


def _locale(name: str) -> Key:
    """First without a difference between small and capital letters, then small ones first."""
    ranked = (chr(rank) if (rank := _COLLATED.find(char)) >= 0 else char for char in name.lower())
    return (text("".join(ranked)), text(name.swapcase()))


def _version_text(name: str) -> Key:
    return (text(name.partition("_")[0].partition(".")[0].replace("-", "")),)


def _integer(name: str) -> Key:
    digits = re.match(r"[0-9]+", name)
    return (number(digits[0]),) if digits else last(name)


def _integer_and_text(name: str) -> Key:
    digits = re.match(r"[0-9]+", name)
    return (number(digits[0]), text(name)) if digits else (text(name),)


def _moment(name: str) -> Key:
    """Seventeen digits are a moment in UTC, which counts in milliseconds; equal numbers go by the whole name."""
    digits = re.match(r"[0-9]+", name)
    if not digits:
        return last(name)
    count = int(digits[0])
    if len(digits[0]) == 17:
        try:
            moment = datetime.strptime(digits[0] + "000", "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
            count = int(moment.timestamp() * 1000)
        except ValueError:
            pass
    return (number(count), *natural(re.sub(r"[\W_]", "", name).lower()))


BY_NUMBERS = Order("numbers in the names", _numbers, whole=True)
"""Text with the numbers in it by their value, for files that people run."""

# Where a tool refuses two migrations of one version, or a version that is missing, either order is as good.
BY_TEXT = Order("names as text", _text, whole=True)
BY_LOCALE = Order("names as localeCompare() sorts them", _locale, whole=True)
BY_VERSION_TEXT = Order("versions as text", _version_text)
"""The name up to its first underscore, without dashes."""

BY_INTEGER = Order("the number in front", _integer)
BY_INTEGER_AND_TEXT = Order("the number in front, then text", _integer_and_text, whole=True)
BY_MOMENT = Order("the number in front, 17 digits as a time", _moment, whole=True)


def by_file(says: str, outside: str = "", otherwise: Order = BY_NUMBERS) -> Order:
    """An order that a file tells the tool. otherwise: how files are sorted that it does not name."""
    return Order(says, otherwise.key, otherwise.whole, outside)
