"""From the paths that a user gives to the files that are read."""

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
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
            for file in _files(path, start):
                shown = _shown(file, start)
                if shown not in found and not excluded(shown):
                    found[shown] = plan(file, shown)
        except Unread as error:
            unread.append(str(error))
    return sorted(found.values(), key=order), unread


def _files(path: str, start: Path) -> Iterator[Path]:
    if path == STDIN:
        yield Path(STDIN)
        return
    place = start / path
    if place.is_dir():
        yield from walk(place)
    elif place.exists():
        yield place
    elif any(char in path for char in _GLOB):
        hits = [Path(hit) for hit in sorted(glob.glob(str(place), recursive=True))]  # noqa: PTH207, absolute globs
        if not hits:
            raise Unread(f"{path}: matches no file")
        for hit in hits:
            yield from walk(hit) if hit.is_dir() else [hit]
    else:
        raise Unread(f"{path}: no such file or folder")


def walk(folder: Path) -> Iterator[Path]:
    """The .sql files under a folder; hidden folders and those of package managers are left out."""

    def failed(error: OSError) -> None:
        raise Unread(f"{error.filename}: {(error.strerror or str(error)).lower()}")

    for place, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            if name.lower().endswith(".sql"):
                yield Path(place, name)


def _shown(file: Path, start: Path) -> str:
    if str(file) == STDIN:
        return STDIN
    absolute = os.path.abspath(file)  # noqa: PTH100, links stay as they are written
    try:
        relative = os.path.relpath(absolute, start)
    except ValueError:  # another drive
        return absolute.replace(os.sep, "/")
    return (absolute if relative.startswith("..") else relative).replace(os.sep, "/")


def likely(start: Path) -> list[str]:
    """The folders that look like migrations, for when no path is given and none is configured."""
    found: list[str] = []
    for place, folders, names in os.walk(start):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        name = os.path.basename(place).lower()  # noqa: PTH119, a string from os.walk
        if any(word in name for word in LIKELY) and place != str(start):
            if any(True for _ in walk(Path(place))):
                found.append(os.path.relpath(place, start))
            folders.clear()
        del names
    return found


def shown(entries: Iterable[Plan]) -> frozenset[str]:
    """The printed paths of some plans."""
    return frozenset(entry.shown for entry in entries)
