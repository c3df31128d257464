"""dbmate: a section for each direction, each in a transaction and sent as one simple query."""

import re
from dataclasses import replace

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import concurrent, foreign, unclaimed
from idxlint.runners.shared.orders import BY_TEXT
from idxlint.runners.shared.profile import Place, Profile

_SECTION = r"^--[ \t]*migrate:(up|down)(?=[ \t\r]*$|[ \t])([^\r\n]*)"
_NEAR = r"(?i)\btransaction[ \t]*[:=][ \t]*(?:false|off|no)\b"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The sections of a file (pkg/dbmate/migration.go); each reads the options behind its own marker only.

    An option is a word with one colon in it, so nothing may stand around the colon; case counts.
    """
    text = source.text
    markers = list(re.finditer(_SECTION, text, re.MULTILINE))
    if not markers:
        return unclaimed(source, place)
    ends = [match.start() for match in markers[1:]] + [len(text)]
    units = [_unit(text, match, end) for match, end in zip(markers, ends, strict=True)]
    outs = [unit.opted_out for unit in units if unit.opted_out]
    return tuple(_repeated(text, unit, outs) for unit in units)


def _unit(text: str, marker: re.Match[str], end: int) -> Unit:
    span = Span(marker.end(), end)
    word = marker[1]
    options = dict(pair for option in marker[2].split() if len(pair := option.split(":")) == 2)
    out = _option(marker) if options.get("transaction") == "false" else None
    return Unit(
        span,
        Direction.UP if word == "up" else Direction.DOWN,
        Wrap.NONE if out else Wrap.UNIT,
        Send.SIMPLE,
        leave=_leave(word),
        directive=None if out else _directive(marker),
        opted_out=out,
        misread=() if out else _misread(text, marker, span),
    )


def _leave(word: str) -> str:
    return f"write `-- migrate:{word} transaction:false`, with only that statement in the section"


def _option(marker: re.Match[str]) -> Span:
    start = marker.start(2) + marker[2].rindex("transaction:false")
    return Span(start, start + len("transaction:false"))


def _directive(marker: re.Match[str]) -> Edit:
    """The option behind the marker, or in the place of one that is not read."""
    options = marker[2]
    if near := re.search(_NEAR, options):
        start, end = marker.start(2) + near.start(), marker.start(2) + near.end()
        return Edit(start, end, "transaction:false")
    return Edit(marker.start(2), marker.start(2), " transaction:false")


def _misread(text: str, marker: re.Match[str], span: Span) -> tuple[Misread, ...]:
    """Options are passed over when a space or a capital letter is in them."""
    advice = f"write `-- migrate:{marker[1]} transaction:false`"
    own = (
        Misread(
            Span(marker.start(2) + near.start(), marker.start(2) + near.end()),
            f"the option is `transaction:false`, in lower case and without spaces; {advice}",
        )
        for near in re.finditer(_NEAR, marker[2])
    )
    return (*own, *foreign(text, span, "dbmate", advice))


def _repeated(text: str, unit: Unit, outs: list[Span]) -> Unit:
    """A section that would need the option too, but has it only on its counterpart."""
    if unit.opted_out or not outs or not concurrent(text, unit.span):
        return unit
    here, there = ("down", "up") if unit.direction is Direction.DOWN else ("up", "down")
    message = f"it applies only to the {there} section; repeat it as `-- migrate:{here} transaction:false`"
    return replace(unit, misread=(*unit.misread, Misread(outs[0], message)))


DBMATE = Profile(
    name="dbmate",
    title="dbmate",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_TEXT,
    leave="write `transaction:false` behind the section's own `-- migrate:up` or `-- migrate:down`",
    alone=True,
    source="amacneil/dbmate: pkg/dbmate/migration.go, pkg/dbmate/db.go",
    marker=r"^--\s*migrate:(?:up|down)(?:\s|\Z)",
    manifests=(("package.json", '"dbmate"'), ("*compose*.y*ml", "amacneil/dbmate")),
    names=r"\d+.*\.sql",
)
