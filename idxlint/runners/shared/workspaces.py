"""Projects of several parts: the folders that a manifest at their top names as its own."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from idxlint.runners.shared.project_files import content

_LISTS = (
    ("Cargo.toml", r"(?s)\bmembers\s*=\s*\[(.*?)\]", r"[\"']([^\"']+)[\"']"),
    ("pyproject.toml", r"(?s)\bmembers\s*=\s*\[(.*?)\]", r"[\"']([^\"']+)[\"']"),
    ("package.json", r"(?s)\"workspaces\"\s*:[^\[]*\[(.*?)\]", r"\"([^\"]+)\""),
    ("pnpm-workspace.yaml", r"(?m)^packages:\s*\n((?:\s*-.*\n?)+)", r"-\s*[\"']?([^\"'\s#]+)"),
    ("go.work", r"(?m)^use\s*(\([^)]*\)|[^\s(]+)", r"([^\s()]+)"),
    ("pom.xml", r"(?s)<modules>(.*?)</modules>", r"<module>\s*([^<\s]+)\s*</module>"),
    ("settings.gradle", r"(?m)^\s*include\b(.*)$", r"[\"']:?([^\"']+)[\"']"),
    ("settings.gradle.kts", r"(?m)^\s*include\b(.*)$", r"[\"']:?([^\"']+)[\"']"),
)
"""A manifest, an expression for its list of parts, and one for each part in it."""

_MOST = 200


@cache
def members(folder: Path) -> tuple[Path, ...]:
    """The folders of the parts of the project whose top a folder is; none where it has no parts."""
    return tuple(dict.fromkeys(_members(folder)))[:_MOST]


def _members(folder: Path) -> Iterator[Path]:
    for manifest, lists, part in _LISTS:
        for said in re.findall(lists, content(folder / manifest)):
            for name in re.findall(part, said):
                path = name.replace(":", "/") if manifest.startswith("settings") else name
                yield from _folders(folder, path.removeprefix("./").strip("/"))


def _folders(folder: Path, pattern: str) -> Iterator[Path]:
    """What a name or a pattern means under a folder; never what is above it."""
    if not pattern or pattern.startswith("!") or ".." in pattern.split("/"):
        return
    if "*" in pattern:
        yield from sorted(place for place in folder.glob(pattern.replace("**", "*")) if place.is_dir())
    else:
        yield folder / pattern
