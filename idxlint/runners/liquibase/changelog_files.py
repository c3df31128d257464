"""The files that a Liquibase changelog names, from its own folder on or from those above it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from idxlint.runners.liquibase.changelog import Node
from idxlint.runners.liquibase.changesets import CHANGELOGS
from idxlint.runners.shared.project_files import is_root

_READ = (*CHANGELOGS, ".sql")


def located(changelog: Path, name: str, *, beside: bool) -> Path | None:
    """A file or folder from the changelog's folder on, or from one above it up to the root of the project."""
    path = re.sub(r"^(?:classpath\*?|file):", "", name.replace("\\", "/")).lstrip("/")
    folders = above(changelog.absolute().parent)
    top = folders[-1].resolve()
    for folder in folders[:1] if beside else folders:
        there = folder / path
        try:
            if there.exists() and there.resolve().is_relative_to(top):
                return there
        except OSError:  # a name that no file can have
            return None
    return None


@lru_cache(maxsize=1024)
def above(folder: Path) -> tuple[Path, ...]:
    """The folder and those above it, up to the root of the repository, or to the working folder without one."""
    return tuple(_above(folder))


def _above(folder: Path) -> Iterator[Path]:
    here = Path.cwd()
    for place in (folder, *folder.parents):
        yield place
        if is_root(place):
            return
        if place == here and not any(map(is_root, place.parents)):
            return


def named(node: Node) -> tuple[str, bool]:
    """What an include or includeAll names, and whether that is beside the changelog."""
    return node.get("file") or node.get("path"), node.says("relativeToChangelogFile", default=False)


def included(changelog: Path, node: Node) -> tuple[Path, ...]:
    """The files that an include or includeAll runs, in their order; none where they are not there.

    includeAll goes by the text of the paths, so that 10.sql comes before 9.sql (DatabaseChangeLog.java).
    """
    name, beside = named(node)
    there = located(changelog, name, beside=beside) if name and "${" not in name else None
    if there is None:
        return ()
    if node.name == "include":
        return (there,)
    depth, ends = node.get("maxDepth"), node.get("endsWithFilter").lower()
    inner = there.glob("*") if depth == "1" else there.rglob("*")
    files = (file for file in inner if file.suffix.lower() in _READ and file.name.lower().endswith(ends))
    seen = (file for file in files if file.is_file() and not file.name.startswith("."))
    return tuple(sorted(seen, key=lambda file: file.relative_to(there).as_posix()))
