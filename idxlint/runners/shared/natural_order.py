"""Names in the order in which a reader expects them: numbers by their value."""

import re
from functools import lru_cache

_NUMBER = re.compile(r"(\d+)")


@lru_cache(maxsize=1024)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts 9_b before 10_a."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in _NUMBER.split(text)
        if part
    )
