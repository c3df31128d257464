"""What to say of migrations that nobody here reads: beside those that are read, and where there are no others."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from idxlint.runners.files import LIKELY, shown
from idxlint.runners.foreign_migrations import PROGRAM, ForeignMigrations, foreign_migrations
from idxlint.runners.plan import STDIN, Plan

_MOST = 5
"""Folders that are named in one line."""


def foreign_under(folders: Sequence[Path], start: Path) -> str:
    """Migrations under some folders that are not read, as in "3 migrations of Rails in db/migrate"; "" for none."""
    return _said([migrations for folder in folders for migrations in foreign_migrations(folder)], start)


def foreign_here(start: Path) -> str:
    """The same for folders that look like migrations, for when no path is given; their tool has to be known."""
    return _said(
        [
            migrations
            for migrations in foreign_migrations(start)
            if migrations.tool and any(word in migrations.folder.name.lower() for word in LIKELY)
        ],
        start,
    )


def _said(several: Sequence[ForeignMigrations], start: Path) -> str:
    """One line of them, in which the folders beyond the first few are counted only."""
    counts: dict[tuple[Path, str], int] = {}
    for migrations in several:
        key = migrations.folder, migrations.kind
        counts[key] = counts.get(key, 0) + migrations.count
    words = [
        f"{count} {kind.format(s='s' * (count != 1))} in {shown(str(folder), start)}"
        for (folder, kind), count in counts.items()
    ]
    more = len(words) - _MOST
    return ", ".join(
        [*words[:_MOST], *([f"and more in {more} other folder{'s' * (more != 1)}"] if more > 0 else [])]
    )


def passed_over(plans: Iterable[Plan]) -> str:
    """Migrations in languages that nobody here reads, beside those that are read; "" where there are none."""
    read = {entry.path for entry in plans if entry.shown != STDIN}
    shown_as = {entry.path.parent: entry.shown.rpartition("/")[0] or "." for entry in plans}
    counts: dict[str, int] = {}
    for folder in sorted({path.parent for path in read}):
        for name in _listed(folder):
            if PROGRAM.fullmatch(name) and folder / name not in read:
                what = f"{Path(name).suffix} in {shown_as[folder]}"
                counts[what] = counts.get(what, 0) + 1
    return ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


def _listed(folder: Path) -> list[str]:
    """The names in a folder; none where it lets files be opened, but not be listed."""
    try:
        return os.listdir(folder)  # noqa: PTH208, names are all that is asked for
    except OSError:
        return []
