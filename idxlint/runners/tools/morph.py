"""Morph (Mattermost): a transaction a file, unless its very first characters say otherwise."""

import re

from idxlint.model import Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.lines import first_line
from idxlint.runners.shared.orders import BY_TEXT
from idxlint.runners.shared.profile import Place, Profile

_DIRECTIVE = "-- morph:nontransactional"
_FIRST = f"make `{_DIRECTIVE}` the very first characters of the file"
_LEAVE = f"{_FIRST}, with only that statement in the file"
_NEAR = r"^[ \t]*((?:--|/\*|#)[ \t]*(?:morph:[ \t]*non[-_ ]?transactional|no-transaction)\b[^\r\n]*)"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file as one message (drivers/postgres/postgres.go, Apply); directions have files of their own."""
    text = source.text
    out = first_line(text) if text.startswith(_DIRECTIVE) and not source.bom else None
    unit = Unit(
        Span(0, len(text)),
        place.direction,
        Wrap.NONE if out else Wrap.UNIT,
        Send.SIMPLE,
        leave=_LEAVE,
        directive=None if out or source.bom else Edit(0, 0, f"{_DIRECTIVE}\n"),
        opted_out=out,
        misread=() if out else _misread(text, bom=bool(source.bom)),
    )
    return (unit,)


def _misread(text: str, *, bom: bool) -> tuple[Misread, ...]:
    before = "it comes after a byte order mark; " if bom else ""
    return tuple(
        Misread(Span(*near.span(1)), f"{before}`{_DIRECTIVE}` must be the very first characters of the file")
        for near in re.finditer(_NEAR, text, re.MULTILINE | re.IGNORECASE)
    )


MORPH = Profile(
    name="morph",
    title="Morph",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_TEXT,
    leave=_FIRST,
    alone=True,
    source="mattermost/morph 34e8da7: drivers/postgres/postgres.go, models/parse.go, morph.go",
    marker=r"^\s*--\s*morph:",
    manifests=(("go.mod", "mattermost/morph"),),
    names=r"\d+_.*\.(?:down|up)\.sql",
)
