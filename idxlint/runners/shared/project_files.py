"""The folders in which the evidence about a folder may stand."""

from collections.abc import Iterator
from pathlib import Path

_ROOTS = (".git", ".hg")


def upwards(folder: Path) -> Iterator[Path]:
    """The folder and those above it, up to the root of the repository."""
    for place in (folder, *folder.parents):
        yield place
        if any((place / root).exists() for root in _ROOTS):
            return
