"""goose: sections for up and down, one transaction a file, statements found line by line."""

import re
from dataclasses import replace

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import comments, concurrent, directives, foreign, unclaimed
from idxlint.runners.shared.line_statements import sent
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile

_DIRECTIVE = "-- +goose NO TRANSACTION"
_LEAVE = f"put `{_DIRECTIVE}` on a line of its own at the top of the file"
_COMMAND = r"--\s*\+goose\s+(.*?)\s*\Z"
_NEAR = r"--[ \t]*(?!\+goose\b)(?i:\+?goose[: \t]+no[ \t_-]*transaction)\b"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The sections of a file (internal/sqlparser/parser.go); without a marker goose reads nothing of it.

    `+goose` has to be in lower case, what follows it may be in any; NO TRANSACTION counts for both
    directions, wherever it stands. Each statement is one call.
    """
    text, sections = source.text, list[tuple[Direction, int, int]]()
    out: Span | None = None
    for at, comment in comments(text, Span(0, len(text))):
        command = re.match(_COMMAND, comment) if text[at - 1 : at] in ("", "\n") else None
        word = command[1].upper() if command else ""
        if word == "NO TRANSACTION":
            out = out or Span(at, at + len(comment.rstrip()))
        elif word in ("UP", "DOWN"):
            if sections:
                sections[-1] = (*sections[-1][:2], at)
            sections.append((Direction.UP if word == "UP" else Direction.DOWN, at + len(comment), len(text)))
    units = [_unit(text, Span(start, end), direction, out) for direction, start, end in sections]
    if not units:
        return unclaimed(source, place)
    if out:
        return _sharing(text, units)
    return (replace(units[0], misread=_misread(text, Span(0, units[0].span.end))), *units[1:])


def _unit(text: str, span: Span, direction: Direction, out: Span | None) -> Unit:
    messages, held = sent(text, span, r"--\s*\+goose\s+(\w+)")
    return Unit(
        span,
        direction,
        Wrap.NONE if out else Wrap.UNIT,
        Send.STATEMENT,
        messages=messages,
        held=held,
        leave=_LEAVE,
        directive=None if out else Edit(0, 0, f"{_DIRECTIVE}\n"),
        opted_out=out,
        misread=() if out else _misread(text, span),
    )


def _sharing(text: str, units: list[Unit]) -> tuple[Unit, ...]:
    """Where one section needs the directive, the other has not asked for it."""
    needs = [concurrent(text, unit.span) for unit in units]
    return tuple(
        replace(unit, opted_out=None) if any(needs) and not need else unit
        for unit, need in zip(units, needs, strict=True)
    )


def _misread(text: str, span: Span) -> tuple[Misread, ...]:
    """Another tool's directive is a plain comment to goose, and so is one of its own in other letters."""
    own = (
        Misread(Span(at, at + near.end()), f"the line must be `{_DIRECTIVE}`, with `+goose` in lower case")
        for at, comment in directives(text, span)
        if (near := re.match(_NEAR, comment))
    )
    return (*own, *foreign(text, span, "goose", _LEAVE))


GOOSE = Profile(
    name="goose",
    title="goose",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=BY_INTEGER,
    leave=_LEAVE,
    source="pressly/goose: internal/sqlparser/parser.go, migration.go, provider_collect.go",
    marker=r"^--\s*\+goose\s+(?:Up|Down)\b",
    manifests=(("go.mod", "pressly/goose"),),
    names=r"\d+_.*\.sql",
)
