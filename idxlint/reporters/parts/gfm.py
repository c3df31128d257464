"""GitHub's Markdown: what stands in it as it is (https://github.github.com/gfm/), in code and in prose."""

import re
from collections.abc import Callable
from html import escape

from idxlint.model import printable
from idxlint.reporters.parts.phrases import COMMAND, lines

_SIGNS = re.compile(r"[\\`*_\[\]|~$]")
_OPENING = re.compile(r"\A(\s*\d*)([-+=#.)])")  # a list or a heading, at the start of a line only
# GitHub looks for mentions, references, addresses and :emoji: in the text that has been rendered, where a
# backslash is gone; a zero width space stays and breaks them.
_LINKS = re.compile(r"(?i)@(?=\w)|#(?=\d)|\bgh(?=-\d)|:(?=//)|(?<!:):(?=[\w+-]+:)|(?<![^\W_])www(?=\.)")
_BREAK = "&#8203;"


def code(text: str) -> str:
    """Text in backticks, of which there are more than anywhere inside."""
    text = printable(text)
    fence = "`" * (longest(text) + 1)
    space = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{fence}{space}{text}{space}{fence}"


def cell(text: str) -> str:
    """Text as a code span in a table, where a bar would end it; there is none for nothing."""
    return code(text).replace("|", "\\|") if text.strip() else ""


def block(sql: str) -> str:
    """A statement as it stands in its file."""
    shown = (COMMAND.sub(r"\1&#58;&#58;", _html(printable(line))) for line in lines(sql))
    return f'<pre lang="sql">{chr(10).join(shown)}</pre>\n'


def prose(text: str) -> str:
    """Text that means itself in a paragraph, a list or a table: no markup, no HTML, no link, nobody is called."""
    return _OPENING.sub(r"\1\\\2", _unlinked(text, _escaped))


def inner(text: str) -> str:
    """The same between HTML tags on one line, where GitHub reads no Markdown, and no backslash of ours either."""
    return _unlinked(text, _html)


def longest(text: str) -> int:
    """How many backticks stand in a row at the most."""
    return max(map(len, re.findall("`+", text)), default=0)


def _unlinked(text: str, escaped: Callable[[str], str]) -> str:
    """Escaped text in which GitHub finds nothing to link to."""
    text = printable(text)
    first, *others = _LINKS.split(text)
    broken = zip(_LINKS.findall(text), others, strict=True)
    return escaped(first) + "".join(f"{sign}{_BREAK}{escaped(piece)}" for sign, piece in broken)


def _escaped(text: str) -> str:
    return _html(_SIGNS.sub(r"\\\g<0>", text))


def _html(text: str) -> str:
    return escape(text, quote=False)
