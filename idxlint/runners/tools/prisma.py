"""Prisma Migrate since 7.4: statement by statement, if its own parser knows all of them."""

import re
from dataclasses import replace

from idxlint.model import Send, Source, Unit, Wrap
from idxlint.runners.shared.profile import Place, Profile, Versions
from idxlint.runners.shared.statement_heads import heads
from idxlint.runners.tools.prisma_simple import LOCK, PRISMA_SIMPLE
from idxlint.runners.tools.prisma_simple import read as read_whole


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One unit a folder, without a transaction.

    A file with a statement that sqlparser does not know goes as one simple query (prisma-engines#5767); of those
    only DROP INDEX CONCURRENTLY is known for certain.
    """
    (unit,) = read_whole(source, place)
    hinted = re.search(r"\bDROP\s+INDEX\s+CONCURRENTLY\b", source.text, re.IGNORECASE) is not None
    if hinted and _drops(source.text):
        return (unit,)
    return (replace(unit, send=Send.STATEMENT, misread=(), whole_on_drop=True),)


def _drops(text: str) -> bool:
    """Whether the words stand at the beginning of a statement."""
    return any(words.startswith("DROP INDEX CONCURRENTLY") for _, words in heads(text))


PRISMA = Profile(
    name="prisma",
    title="Prisma Migrate",
    read=read,
    wrap=Wrap.NONE,
    send=Send.STATEMENT,
    versions=Versions(since=(7, 4), older=PRISMA_SIMPLE, packages=("prisma", "@prisma/client")),
    lock=LOCK,
    source="prisma/prisma-engines#5767",
    configs=("migration_lock.toml",),
    names=r"migration\.sql",
    layout=r"(?:^|/)[0-9]+_[^/]*/migration\.sql\Z",
)
