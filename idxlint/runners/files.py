"""From the paths that a user gives to the files that are read."""

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from idxlint.runners.base import STDIN, Plan, Unread, order, plan

_SKIPPED = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))
_GLOB = "*?["
LIKELY = ("migrat", "changelog")


def collect(
    paths: Sequence[str], start: Path, excluded: Callable[[str], bool]
) -> tuple[list[Plan], list[str]]:
    """The files under some paths, in the order in which they run, and what cannot be read, a line each.

    A path is a file of any name, a folder (walked for .sql files), or a glob.
    """
    found: dict[str, Plan] = {}
    unread: list[str] = []
    for path in paths:
        try:
            for file, shown in _files(path, start):
                if shown not in found and not excluded(shown):
                    found[shown] = plan(file, shown)
        except Unread as error:
            unread.append(str(error))
    return sorted(found.values(), key=order), unread


def _files(path: str, start: Path) -> Iterator[tuple[Path, str]]:
    if path == STDIN:
        yield Path(STDIN), STDIN
        return
    place = start / path
    if place.is_dir():
        yield from walk(place, start)
    elif place.exists():
        yield place, shown(str(place), start)
    elif any(char in path for char in _GLOB):
        hits = sorted(glob.glob(str(place), recursive=True))  # noqa: PTH207, absolute patterns
        if not hits:
            raise Unread(f"{path}: matches no file")
        for hit in hits:
            if os.path.isdir(hit):  # noqa: PTH112, a string from glob
                yield from walk(Path(hit), start)
            else:
                yield Path(hit), shown(hit, start)
    else:
        raise Unread(f"{path}: no such file or folder")


def walk(folder: Path, start: Path) -> Iterator[tuple[Path, str]]:
    """The .sql files under a folder; hidden folders and those of package managers are left out."""

    def failed(error: OSError) -> None:
        raise Unread(f"{shown(str(error.filename), start)}: {(error.strerror or str(error)).lower()}")

    for place, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        wanted = sorted(name for name in names if name.lower().endswith(".sql"))
        if wanted:
            here, prefix = Path(place), shown(place, start)
            for name in wanted:
                yield here / name, name if prefix == "." else f"{prefix}/{name}"


def shown(file: str, start: Path) -> str:
    """A path as it is printed: relative to the working folder where it is under it."""
    absolute = os.path.abspath(file)  # noqa: PTH100, links stay as they are written
    try:
        relative = os.path.relpath(absolute, start)
    except ValueError:  # another drive
        relative = ".."
    return (absolute if relative.startswith("..") else relative).replace(os.sep, "/")


def likely(start: Path) -> list[str]:
    """The folders that look like migrations, for when no path is given and none is configured."""
    found: list[str] = []
    for place, folders, _ in os.walk(start):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        name = os.path.basename(place).lower()  # noqa: PTH119, a string from os.walk
        if place != str(start) and any(word in name for word in LIKELY):
            if any(True for _ in walk(Path(place), start)):
                found.append(os.path.relpath(place, start))
            folders.clear()
    return found
