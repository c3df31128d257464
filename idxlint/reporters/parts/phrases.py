"""Words that reporters for people share."""

import re

NONE = "\N{EN DASH}"
"""Where there is nothing to say."""

COMMAND = re.compile(r"^(\s*)::")
"""What GitHub's runner, which reads logs, takes for a command at the start of a line."""

_SPACE = re.compile(r"\s+")


def counted(count: int, singular: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def sentence(words: str) -> str:
    """Words that begin with a capital."""
    return words[:1].upper() + words[1:]


def listed(words: tuple[str, ...]) -> str:
    """Words in a row, with commas."""
    return ", ".join(words)


def one_line(sql: str, width: int = 100) -> str:
    """A statement on one line, cut to a width in characters; not escaped yet."""
    text = _SPACE.sub(" ", sql[: 20 * width]).strip()
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def lines(sql: str) -> list[str]:
    """A statement's lines; only what PostgreSQL takes for a line end ends one."""
    return [line.expandtabs(4) for line in re.split(r"\r\n|\n|\r", sql.strip("\r\n"))]
