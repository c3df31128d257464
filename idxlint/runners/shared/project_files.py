"""The files of a project that say something of a migration: where they may stand, and what is in them."""

from collections.abc import Iterator
from pathlib import Path

from idxlint.model.regular_file import read_head, read_text

HEAD = 16_384
"""Bytes that are enough to see what a file is."""

_ROOTS = (".git", ".hg")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


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
        return read_text(file, "utf-8-sig")
    except OSError:
        return ""


def head(file: Path, size: int) -> str:
    """The text of the first bytes of a file, without a byte order mark; "" where it cannot be read."""
    try:
        data = read_head(file, size)
    except OSError:
        return ""
    return data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8-sig", "replace")
