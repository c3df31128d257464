"""sql-migrate: a section for each direction, one transaction each, statements found line by line."""

import re
from dataclasses import replace

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import concurrent, directives, foreign, unclaimed
from idxlint.runners.shared.line_statements import sent
from idxlint.runners.shared.orders import BY_INTEGER_AND_TEXT
from idxlint.runners.shared.profile import Place, Profile

_SECTION = r"^-- \+migrate [ \t]*(Up|Down)(?![^\s])([^\r\n]*)"
_NEAR = r"--[ \t]*(?:\+migrate\b.*?\b(no[ \t_-]*transaction)\b|(notransaction)[ \t]*\Z)"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The sections of a file (sqlparse/sqlparse.go); the option counts for its own direction only.

    A command begins its line with `-- +migrate `; its options are words in their exact letters.
    """
    text = source.text
    markers = list(re.finditer(_SECTION, text, re.MULTILINE))
    if not markers:
        return unclaimed(source, place)
    outs = {match[1]: _option(match) for match in reversed(markers) if "notransaction" in match[2].split()}
    ends = [match.start() for match in markers[1:]] + [len(text)]
    units = [_unit(text, match, end, outs) for match, end in zip(markers, ends, strict=True)]
    if not units[0].opted_out:
        head = _misread(text, Span(0, markers[0].start()), markers[0][1])
        units[0] = replace(units[0], misread=(*head, *units[0].misread))
    return tuple(units)


def _option(marker: re.Match[str]) -> Span:
    start = marker.start(2) + marker[2].index("notransaction")
    return Span(start, start + len("notransaction"))


def _unit(text: str, marker: re.Match[str], end: int, outs: dict[str, Span]) -> Unit:
    span, word = Span(marker.end(), end), marker[1]
    out = outs.get(word)
    misread = () if out else _misread(text, Span(marker.start(), end), word)
    if not out and outs and concurrent(text, span):
        there, option = next(iter(outs.items()))
        message = f"it applies only to {there}; repeat it as `-- +migrate {word} notransaction`"
        misread = (*misread, Misread(option, message))
    messages, held = sent(text, span, r"-- \+migrate\s+(\w+)")
    return Unit(
        span,
        Direction.UP if word == "Up" else Direction.DOWN,
        Wrap.NONE if out else Wrap.UNIT,
        Send.STATEMENT,
        messages=messages,
        held=held,
        leave=f"write `-- +migrate {word} notransaction`",
        directive=None if out else _directive(marker),
        opted_out=out,
        misread=misread,
    )


def _directive(marker: re.Match[str]) -> Edit | None:
    """The option behind the marker, in the place of whatever stands there instead."""
    near = re.fullmatch(r"(?i)\s*no[ \t_-]*transaction\s*", marker[2])
    if marker[2].strip() and not near:
        return None
    return Edit(marker.start(2), marker.start(2) + len(marker[2].rstrip()), " notransaction")


def _misread(text: str, span: Span, word: str) -> tuple[Misread, ...]:
    """Any other spelling, and the option on a line of its own, is passed over."""
    advice = f"write `-- +migrate {word} notransaction`"
    own = (
        Misread(
            Span(at + near.start(near.lastindex or 0), at + near.end(near.lastindex or 0)),
            f"the option is `notransaction`, in lower case, after the section's own marker; {advice}",
        )
        for at, comment in directives(text, span)
        if (near := re.match(_NEAR, comment, re.IGNORECASE))
    )
    return (*own, *foreign(text, span, "sql-migrate", advice))


SQL_MIGRATE = Profile(
    name="sql-migrate",
    title="sql-migrate",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=BY_INTEGER_AND_TEXT,
    leave="write `notransaction` after the section's own `-- +migrate Up` or `-- +migrate Down`",
    source="rubenv/sql-migrate: sqlparse/sqlparse.go, migrate.go",
    marker=r"^-- \+migrate (?:Up|Down)\b",
    configs=("dbconfig.yml",),
    manifests=(("go.mod", "rubenv/sql-migrate"),),
)
