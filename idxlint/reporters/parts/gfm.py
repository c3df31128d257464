"""GitHub's Markdown: what stands in it as it is (https://github.github.com/gfm/#code-spans)."""

import re

from idxlint.model import printable


def code(text: str) -> str:
    """Text in backticks, of which there are more than anywhere inside."""
    text = printable(text)
    fence = "`" * (longest(text) + 1)
    space = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{space}{text}{space}{fence}"


def longest(text: str) -> int:
    """How many backticks stand in a row at the most."""
    return max(map(len, re.findall("`+", text)), default=0)
