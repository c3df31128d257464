"""Shared by the tests of reading SQL: what was found in a text, as plain values."""

from idxlint.sql.text import parse


def statements(text: str) -> list[str]:
    """What the parser saw of each statement."""
    return [one.sql for one in parse(text).statements]


def gaps(text: str) -> list[tuple[str, str, str]]:
    """Reason, message and text of each gap."""
    return [(gap.reason.value, gap.message, text[slice(*gap.span)]) for gap in parse(text).gaps]
