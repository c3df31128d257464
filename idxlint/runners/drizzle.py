"""Drizzle: one transaction for all pending files, and no way out of it."""

import re

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.misreads import misread
from idxlint.runners.profile import Place, Profile

_INSTEAD = "Drizzle has no way out of its transaction: run the statement by hand, outside of the migrations"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit; each part between `--> statement-breakpoint` is one call (dialect.migrate in pg-core)."""
    del place
    text, start = source.text, 0
    chunks = list[Span]()
    for mark in re.finditer("--> statement-breakpoint", text):
        chunks.append(Span(start, mark.start()))
        start = mark.end()
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.RUN,
            send=Send.SIMPLE,
            messages=(*chunks, Span(start, len(text))),
            misread=misread(text, _INSTEAD),
        ),
    )


DRIZZLE = Profile(
    name="drizzle",
    title="Drizzle",
    read=read,
    wrap=Wrap.RUN,
    send=Send.SIMPLE,
    source="drizzle-team/drizzle-orm: drizzle-orm/src/migrator.ts, drizzle-orm/src/pg-core/dialect.ts",
    marker=r"--> statement-breakpoint",
    configs=("meta/_journal.json",),
    names=r"[0-9]{4,}_.*\.sql|migration\.sql",
)
