"""Drizzle: one transaction for all pending files, and no way out of it."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from idxlint.model import Send, Source, Span, Unit, UnreadError, Wrap, brief
from idxlint.model.regular_file import read_bytes
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.orders import BY_TEXT, by_file
from idxlint.runners.shared.profile import Place, Profile

_INSTEAD = "Drizzle has no opt-out: run the statement by hand, outside the migrations"


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


def arrange(files: Sequence[Path]) -> Sequence[Path]:
    """The order of meta/_journal.json, which is the only one that Drizzle knows where there is one.

    Without it, the folders of drizzle-kit 1.0 go by their names (readMigrationFiles in drizzle-orm/src/migrator.ts).

    Raises UnreadError for a journal that is no JSON, or that names a file which is not there.
    """
    folder = files[0].parent
    journal = folder / "meta" / "_journal.json"
    if not journal.exists():
        return ()
    try:
        tags = [str(entry["tag"]) for entry in json.loads(read_bytes(journal))["entries"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise UnreadError(f"{journal.name} in {folder.name}/meta", "is not a Drizzle journal") from None
    for tag in tags:
        if not _is_there(folder / f"{tag}.sql"):
            what = f"names {brief(tag)}.sql, which does not exist"
            raise UnreadError(f"{journal.name} in {folder.name}/meta", what)
    known = {f"{tag}.sql": rank for rank, tag in enumerate(tags)}
    return sorted(files, key=lambda file: (known.get(file.name, len(known)), file.name))


def _is_there(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a name that no file can have
        return False


DRIZZLE = Profile(
    name="drizzle",
    title="Drizzle",
    read=read,
    wrap=Wrap.RUN,
    send=Send.SIMPLE,
    order=by_file("meta/_journal.json; without it folders as text", otherwise=BY_TEXT),
    source="drizzle-team/drizzle-orm: drizzle-orm/src/migrator.ts, drizzle-orm/src/pg-core/dialect.ts",
    marker=r"--> statement-breakpoint",
    configs=("meta/_journal.json",),
    names=r"[0-9]{4,}_.*\.sql|migration\.sql",
    arrange=arrange,
)
