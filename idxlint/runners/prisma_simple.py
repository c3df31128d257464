"""Prisma Migrate up to 7.3: the whole file as one simple query, without a transaction of its own."""

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.heads import several
from idxlint.runners.misreads import misread
from idxlint.runners.prisma import INSTEAD, LOCK, NAMES
from idxlint.runners.profile import Place, Profile


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One message a file (simple_query in the connector's native/mod.rs): a transaction if it has two statements."""
    del place
    text = source.text
    found = misread(text, INSTEAD)
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
    versions="up to 7.3, and where package.json does not say",
    alone=True,
    lock=LOCK,
    source="prisma/prisma-engines: schema-connector, flavour/postgres/connector/native/mod.rs",
    configs=("migration_lock.toml",),
    names=NAMES,
    layout=r"(?:^|/)[0-9]+_[^/]*/migration\.sql\Z",
)
