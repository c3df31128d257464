"""Walking folders: what every search for migrations passes over."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

_SKIPPED = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))


def folders_under(
    folder: Path, failed: Callable[[OSError], None] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each folder with the names of its folders, which a caller may clear, and of its files; one scandir each.

    Hidden folders and those of package managers are left out, and no link to a folder is followed.
    failed: what is called for a folder that cannot be listed; None passes over it
    """
    for place, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        yield place, folders, names
