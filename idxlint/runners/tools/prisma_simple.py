"""Prisma Migrate before 7.4: the whole file as one simple query, without a transaction of its own."""

from idxlint.model import Lock, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.profile import Place, Profile, Versions
from idxlint.runners.shared.statement_heads import several

LOCK = Lock(
    "a second `prisma migrate deploy` waits in pg_advisory_lock() with a snapshot that the build waits for, and"
    " PostgreSQL kills one of them (40P01); let only one run at a time"
)
_INSTEAD = "put the statement alone into a migration of its own"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One message a file (simple_query in the connector's native/mod.rs): a transaction if it has two statements."""
    del place
    text = source.text
    found = misread(text, _INSTEAD)
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE,
            send=Send.SIMPLE,
            misread=found if found and several(text) else (),
            lock=LOCK,
        ),
    )


PRISMA_SIMPLE = Profile(
    name="prisma-simple",
    title="Prisma Migrate",
    read=read,
    wrap=Wrap.NONE,
    send=Send.SIMPLE,
    versions=Versions(before=(7, 4)),
    alone=True,
    lock=LOCK,
    source="prisma/prisma-engines: schema-connector, flavour/postgres/connector/native/mod.rs",
)
