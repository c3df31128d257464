"""Prisma Migrate since 7.4: statement by statement, if its own parser knows all of them."""

import re

from idxlint.model import Lock, Send, Source, Span, Unit, Wrap
from idxlint.runners.heads import heads, several
from idxlint.runners.misreads import misread
from idxlint.runners.profile import Place, Profile

LOCK = Lock(
    "a second `prisma migrate deploy` waits in pg_advisory_lock() with a snapshot that the build waits for, and"
    " PostgreSQL kills one of them (40P01); let only one run at a time"
)
NAMES = r"migration\.sql"
INSTEAD = "put the statement alone into a migration of its own"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit a folder, without a transaction.

    A file with a statement that sqlparser does not know goes as one simple query (prisma-engines#5767); of those
    only DROP INDEX CONCURRENTLY is known for certain.
    """
    del place
    text = source.text
    hinted = re.search(r"\bDROP\s+INDEX\s+CONCURRENTLY\b", text, re.IGNORECASE) is not None
    whole = hinted and _drops(text)
    found = misread(text, INSTEAD) if whole else ()
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE,
            send=Send.SIMPLE if whole else Send.STATEMENT,
            misread=found if found and several(text) else (),
            lock=LOCK,
        ),
    )


def _drops(text: str) -> bool:
    """Whether the words stand at the beginning of a statement."""
    return any(words.startswith("DROP INDEX CONCURRENTLY") for _, words in heads(text))


_MINORS = range(4, 40)
_PACKAGES = ("prisma", "@prisma/client")

PRISMA = Profile(
    name="prisma",
    title="Prisma Migrate",
    read=read,
    wrap=Wrap.NONE,
    send=Send.STATEMENT,
    versions="7.4 and later, where package.json asks for it",
    lock=LOCK,
    source="prisma/prisma-engines#5767",
    configs=("migration_lock.toml",),
    manifests=tuple(
        ("package.json", f'"{package}": "{sign}7.{minor}.')
        for package in _PACKAGES
        for sign in ("", "^", "~")
        for minor in _MINORS
    ),
    names=NAMES,
)
