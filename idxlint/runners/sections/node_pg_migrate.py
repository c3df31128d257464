"""node-pg-migrate's .sql files: all pending migrations in one transaction, each direction as one message."""

import re

from idxlint.model import Direction, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.orders import BY_MOMENT
from idxlint.runners.shared.profile import Place, Profile

_NEAR = r"^[ \t]*(--[ \t-]*(?:pgm\.)?(?:no|disable)[-_ ]?transactions?\b[^\r\n]*)"
_WHY = "a .sql file has no opt-out; write a JavaScript migration that calls `pgm.noTransaction()`"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The halves of a file (src/sqlMigration.ts); without markers all of it is the way up."""
    text = source.text
    up, down = (_start(text, word) for word in ("up", "down"))
    if up is None and down is None:
        return (_unit(text, Span(0, len(text)), place.direction),)
    units: list[Unit] = []
    if up is None:
        units.append(
            _unit(text, Span(0, len(text)), Direction.UP)
        )  # the tool runs all of it, down part included
    else:
        end = down if down is not None and down > up else len(text)
        units.append(_unit(text, Span(up, end), Direction.UP))
    if down is not None:
        end = up if up is not None and up > down else len(text)
        units.append(_unit(text, Span(down, end), Direction.DOWN))
    return tuple(units)


def _start(text: str, word: str) -> int | None:
    marker = re.search(rf"^\s*--[\s-]*{word}\s+migration", text, re.MULTILINE | re.IGNORECASE)
    return marker.start() if marker else None


def _unit(text: str, span: Span, direction: Direction) -> Unit:
    part = text[span.start : span.end]
    misread = tuple(
        Misread(Span(span.start + near.start(1), span.start + near.end(1)), _WHY)
        for near in re.finditer(_NEAR, part, re.MULTILINE | re.IGNORECASE)
    )
    return Unit(span, direction, Wrap.RUN, Send.SIMPLE, misread=misread)


NODE_PG_MIGRATE = Profile(
    name="node-pg-migrate",
    title="node-pg-migrate (.sql)",
    read=read,
    wrap=Wrap.RUN,
    send=Send.SIMPLE,
    order=BY_MOMENT,
    alone=True,
    source="salsita/node-pg-migrate: src/sqlMigration.ts, src/runner.ts, src/utils/comparators.ts",
    marker=r"^\s*--[\s-]*up\s+migration\b(?s:.*)^\s*--[\s-]*down\s+migration\b",
    manifests=(("package.json", '"node-pg-migrate"'),),
    names=r"\d+[-_].*\.sql",
)
