"""The files of a project that say something of a migration: where they may stand, and what is in them."""

from collections.abc import Iterator
from pathlib import Path

_ROOTS = (".git", ".hg")


def upwards(folder: Path) -> Iterator[Path]:
    """The folder and those above it, up to the root of the repository."""
    for place in (folder, *folder.parents):
        yield place
        if is_root(place):
            return


def is_root(folder: Path) -> bool:
    """Whether a folder is the root of a repository."""
    return any((folder / root).exists() for root in _ROOTS)


def content(file: Path) -> str:
    """The text of a file, without a byte order mark; "" where it cannot be read."""
    try:
        return file.read_text("utf-8-sig", "replace")
    except OSError:
        return ""
