r"""How psql cuts a text into statements, and what it reads itself: meta-commands and the rows of COPY.

A semicolon ends a statement, and so do `\;`, `\g` and their like. A backslash outside literals and comments
begins a command that goes to the end of the line or to `\\` (psql, Meta-Commands). Every other tool cuts at
semicolons too, so that a text is cut in this way whoever runs it.
"""

import re

from idxlint.model import Gap, Reason, Span, record
from idxlint.sql.text.gaps import COPY_ROWS
from idxlint.sql.text.scanner import BLANK, Lexeme, code_start, lexemes, stops

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
_RULE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?RULE\b", re.IGNORECASE)
_ROUTINE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b", re.IGNORECASE)
_ATOMIC = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)
_REACH = 1 << 16


@record
class _Command:
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


@record
class Stretch:
    r"""A part of a text that holds one statement, if it holds any.

    end: without what ends it; after: where the next stretch begins
    blanks: parts of it that PostgreSQL never sees
    gaps: what psql reads instead of PostgreSQL, in and behind it
    closed: False when a literal or comment in it never ends
    joined: a `\;` ends it; generated: a `\gexec` does
    """

    start: int
    end: int
    after: int
    blanks: tuple[Span, ...] = ()
    gaps: tuple[Gap, ...] = ()
    closed: bool = True
    joined: bool = False
    generated: bool = False

    def sent(self, text: str, start: int, end: int) -> str:
        """What PostgreSQL gets of a part of it: spaces stand where psql reads something itself."""
        parts, at = [], start
        for blank in self.blanks:
            if at <= blank.start < end:
                parts += [text[at : blank.start], " " * (min(blank.end, end) - blank.start)]
                at = min(blank.end, end)
        return "".join([*parts, text[at:end]])


def stretch(text: str, start: int, end: int) -> Stretch:
    """The stretch that begins at start; start has to be outside literals and comments."""
    commands: list[_Command] = []
    data: list[Span] = []
    body = resume = start
    while resume < end:
        for lexeme in stops(text, resume, end):
            if lexeme.kind == "semicolon":
                if lexeme.start < body:
                    continue  # inside a body that was looked through already
                body = _last_semicolon(text, start, lexeme.start, end)
                if body == lexeme.start:
                    return _ended(text, start, lexeme, end, commands, data)
            elif lexeme.kind == "backslash":
                command = _command(text, lexeme.start, end)
                if command is None:
                    continue
                if command.name == ";" or command.sends:
                    return _sent_by(start, command, commands, data)
                commands.append(command)
                rows = _rows_of_command(text, command, end)
                data.extend([rows] if rows else [])
                resume = rows.end if rows else command.end
                break
            elif not lexeme.closed:
                return _made(start, end, end, commands, data, closed=False)
        else:
            break
    return _made(start, end, end, commands, data)


def _ended(
    text: str, start: int, semicolon: Lexeme, end: int, commands: list[_Command], data: list[Span]
) -> Stretch:
    rows = _rows_of_statement(text, code_start(text, start, semicolon.start), semicolon.start, end)
    if rows is None:
        return _made(start, semicolon.start, semicolon.end, commands, data)
    return _made(start, semicolon.start, rows.end, commands, [*data, rows])


def _sent_by(start: int, command: _Command, commands: list[_Command], data: list[Span]) -> Stretch:
    if command.name == ";":
        return _made(start, command.start, command.end, commands, data, joined=True)
    generated = command.name == "gexec"
    return _made(start, command.start, command.end, [*commands, command], data, generated=generated)


def _made(
    start: int,
    end: int,
    after: int,
    commands: list[_Command],
    data: list[Span],
    *,
    closed: bool = True,
    joined: bool = False,
    generated: bool = False,
) -> Stretch:
    rows = [Gap(span, Reason.PSQL, COPY_ROWS) for span in data if span.start < span.end]
    gaps = tuple(sorted([command.gap for command in commands] + rows, key=lambda gap: gap.span))
    blanks = tuple(gap.span for gap in gaps if gap.span.start < end)
    return Stretch(start, end, after, blanks, gaps, closed, joined, generated)


def _last_semicolon(text: str, start: int, semicolon: int, end: int) -> int:
    """The semicolon that ends the statement: not always the first.

    CREATE RULE has semicolons in parentheses, and a routine with BEGIN ATOMIC has them in its body. Neither
    creates anything in there.
    """
    head = code_start(text, start, semicolon)
    rule = _RULE.match(text, head, end)
    if not rule and not (_ROUTINE.match(text, head, end) and _ATOMIC.search(text, head, semicolon)):
        return semicolon
    opening, closing = (("(",), ")") if rule else (("ATOMIC", "CASE"), "END")
    depth, before = 0, ""
    for lexeme in lexemes(text, head, min(end, head + _REACH)):
        word = text[lexeme.start : lexeme.end].upper() if lexeme.kind in ("word", "open", "close") else ""
        if word in opening:
            depth += 1
        elif word == closing:
            depth -= 1
        elif lexeme.kind == "semicolon" and depth <= 0:
            return lexeme.start
        elif word == "CREATE" and before == "semicolon":
            break
        before = before if lexeme.kind in BLANK else lexeme.kind
    return semicolon


def _command(text: str, start: int, end: int) -> _Command | None:
    """The meta-command that begins at a backslash, if one does."""
    match = _NAME.match(text, start, end)
    if match is None:
        return None
    if match["mark"]:
        return _Command(match["mark"], start, match.end(), match[0])
    name = match["name"]
    rest = (_LINE if name in _WHOLE_LINE else _ARGUMENTS).match(text, match.end(), end)
    stop = rest.end() if rest else match.end()
    line = text[start:stop].rstrip()
    return _Command(name, start, start + len(line), line)


def _rows_of_statement(text: str, start: int, at: int, end: int) -> Span | None:
    r"""The rows that follow a COPY … FROM stdin, with the `\.` line that ends them, if there are any.

    start: where the statement begins; at: where it ends; end: how far to look
    """
    if not (_COPY.match(text, start, end) and _FROM_STDIN.search(text, start, at)):
        return None
    rest = _REST.match(text, at + 1, end)
    return _data(text, rest.end(), end) if rest else None


def _rows_of_command(text: str, command: _Command, end: int) -> Span | None:
    r"""The rows that follow `\copy … from stdin`."""
    if command.name != "copy" or not _FROM_STDIN.search(command.line):
        return None
    line = _NEXT_LINE.search(text, command.end, end)
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
