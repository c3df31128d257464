"""Prisma Migrate: statement by statement since 7.4, if its own parser knows all of them; as one message before."""

import re

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.advisory_lock import advisory_lock
from idxlint.runners.shared.misread_directives import misread_unless_alone
from idxlint.runners.shared.orders import BY_LOCALE
from idxlint.runners.shared.profile import Place, Profile, Versions
from idxlint.runners.shared.statement_heads import heads

_LOCK = advisory_lock("a second `prisma migrate deploy`")
_INSTEAD = "put the statement into a migration of its own"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit a folder, without a transaction.

    A file with a statement that sqlparser does not know goes as one simple query (prisma-engines#5767); of those
    only DROP INDEX CONCURRENTLY is known for certain.
    """
    hinted = re.search(r"\bDROP\s+INDEX\s+CONCURRENTLY\b", source.text, re.IGNORECASE) is not None
    if hinted and _drops(source.text):
        return read_simple(source, place)
    whole = Span(0, len(source.text))
    return (Unit(whole, wrap=Wrap.NONE, send=Send.STATEMENT, lock=_LOCK, whole_on_drop=True),)


def _drops(text: str) -> bool:
    """Whether the words stand at the beginning of a statement."""
    return any(words.startswith("DROP INDEX CONCURRENTLY") for _, words in heads(text))


def read_simple(source: Source, place: Place) -> tuple[Unit, ...]:
    """One message a file (simple_query in the connector's native/mod.rs): a transaction if it has two statements."""
    del place
    text = source.text
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE,
            send=Send.SIMPLE,
            misread=misread_unless_alone(text, _INSTEAD),
            lock=_LOCK,
        ),
    )


PRISMA_SIMPLE = Profile(
    name="prisma-simple",
    title="Prisma Migrate",
    read=read_simple,
    wrap=Wrap.NONE,
    send=Send.SIMPLE,
    order=BY_LOCALE,
    versions=Versions(before=(7, 4)),
    alone=True,
    lock=_LOCK,
    source="prisma/prisma-engines: schema-connector, flavour/postgres/connector/native/mod.rs,"
    " prisma/prisma: packages/migrate/src/utils/listMigrations.ts",
)

PRISMA = Profile(
    name="prisma",
    title="Prisma Migrate",
    read=read,
    wrap=Wrap.NONE,
    send=Send.STATEMENT,
    order=BY_LOCALE,
    versions=Versions(since=(7, 4), older=PRISMA_SIMPLE, packages=("prisma", "@prisma/client")),
    lock=_LOCK,
    source="prisma/prisma-engines#5767, prisma/prisma: packages/migrate/src/utils/listMigrations.ts",
    configs=("migration_lock.toml",),
    names=r"migration\.sql",
    layout=r"(?:^|/)[0-9]+_[^/]*/migration\.sql\Z",
)
