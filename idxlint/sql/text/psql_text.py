r"""What psql reads itself: meta-commands and the rows of COPY.

A backslash outside literals and comments begins a command that goes to the end of the line or to `\\`
(psql, Meta-Commands).
"""

import re
from dataclasses import dataclass

from idxlint.model import Gap, Reason, Span

_NAME = re.compile(r"\\(?:(?P<name>[A-Za-z][A-Za-z_+]*|[!?.])|(?P<mark>[;\\]))")
_ARGUMENTS = re.compile(
    r"""(?:'(?:[^'\\\r\n]|\\[^\r\n]|'')*'|"[^"\r\n]*"|`[^`\r\n]*`|[^\r\n\\'"`]|\\(?!\\)|['"`])*+"""
)
_LINE = re.compile(r"[^\r\n]*")
_WHOLE_LINE = frozenset({"!", "copy", "ef", "ev", "h", "help", "sf", "sv"})
_SENDS = frozenset({"g", "gx", "gexec", "gset", "gdesc", "crosstabview", "watch"})
_INCLUDES = frozenset({"i", "ir", "include", "include_relative"})
_FROM_STDIN = re.compile(r"\bFROM\s+STD(?:IN|OUT)\b", re.IGNORECASE)
_COPY = re.compile(r"COPY\b", re.IGNORECASE)
_REST = re.compile(r"[ \t\f\v]*(?:--[^\r\n]*)?(?:\r\n?|\n|\Z)")
_NEXT_LINE = re.compile(r"\r\n?|\n|\Z")
_END_OF_DATA = re.compile(r"\\\.[ \t]*(?=\r|\n|\Z)")

ROWS = "rows of COPY, not SQL"


@dataclass(frozen=True, slots=True)
class Command:
    r"""A meta-command, its arguments included.

    name: without the backslash; `;` for `\;` and `\` for `\\`
    end: where psql goes on reading
    """

    name: str
    start: int
    end: int
    line: str

    @property
    def sends(self) -> bool:
        """Whether it ends the statement before it, as a semicolon does."""
        return self.name in _SENDS

    @property
    def gap(self) -> Gap:
        """The command as text that nobody judges."""
        return Gap(Span(self.start, self.end), Reason.PSQL, _message(self.name, self.line))


def command(text: str, start: int, end: int) -> Command | None:
    """The meta-command that begins at a backslash, if one does."""
    match = _NAME.match(text, start, end)
    if match is None:
        return None
    if match["mark"]:
        return Command(match["mark"], start, match.end(), match[0])
    name = match["name"]
    rest = (_LINE if name in _WHOLE_LINE else _ARGUMENTS).match(text, match.end(), end)
    stop = rest.end() if rest else match.end()
    line = text[start:stop].rstrip()
    return Command(name, start, start + len(line), line)


def rows(text: str, start: int, at: int, end: int) -> Span | None:
    r"""The rows that follow a COPY … FROM stdin, with the `\.` line that ends them, if there are any.

    start: where the statement begins; at: where it ends; end: how far to look
    """
    if not (_COPY.match(text, start, end) and _FROM_STDIN.search(text, start, at)):
        return None
    rest = _REST.match(text, at + 1, end)
    return _data(text, rest.end(), end) if rest else None


def copied(text: str, found: Command, end: int) -> Span | None:
    r"""The rows that follow `\copy … from stdin`."""
    if found.name != "copy" or not _FROM_STDIN.search(found.line):
        return None
    line = _NEXT_LINE.search(text, found.end, end)
    return _data(text, line.end(), end) if line else None


def _data(text: str, start: int, end: int) -> Span | None:
    r"""From the start of a line to the end of the first line that is `\.` alone."""
    for match in _END_OF_DATA.finditer(text, start, end):
        if match.start() == start or text[match.start() - 1] in "\r\n":
            return Span(start, match.end())
    return None


def _message(name: str, line: str) -> str:
    if name in _INCLUDES:
        return f"psql reads another file here ({line}); it is judged only if it is among the paths"
    if name == "gexec":
        return "\\gexec runs what the query returns, which is known only then"
    if name == "\\":
        return "\\\\ separates psql's meta-commands"
    if name == ".":
        return "the end of rows for a COPY that does not stand here"
    return f"a meta-command of psql, not SQL: \\{name}"
