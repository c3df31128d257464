"""Which version of a tool a project has, as far as its files declare it, and the profile that is true of it."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from idxlint.model import printable
from idxlint.runners.shared.profile import Detected, Profile, Version, Versions
from idxlint.runners.shared.project_files import content, upwards

_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_LOCKS = {
    "package-lock.json": r'"(?:node_modules/)?NAME":\s*\{\s*"version":\s*"(\d[^"]*)"',
    "npm-shrinkwrap.json": r'"(?:node_modules/)?NAME":\s*\{\s*"version":\s*"(\d[^"]*)"',
    "pnpm-lock.yaml": r"^\s+['\"]?/?NAME[@/](\d[\w.-]*)",
    "yarn.lock": r"^\"?NAME@[^\n]*:\n\s+version:? \"?(\d[\w.-]*)",
    "bun.lock": r'"NAME":\s*\["NAME@(\d[^"]*)"',
}
"""How each lock file writes the version of a package that is installed."""

_NUMBER = re.compile(r"[\^~>=v\s]*(\d{1,9})(?:\.(\d{1,9}))?")


def fitting(detected: Detected, folder: Path) -> Detected:
    """The profile of the version that a project has; without one, that of the newest. The evidence says which."""
    newest = detected.profile
    if newest.versions is None or not newest.versions.older:
        return detected
    declared = _declared(newest.versions, folder)
    if declared is None:
        said = f"no version found: taken as {newest.versions}"
        return replace(detected, evidence=f"{detected.evidence}; {said}")
    version, said = declared
    profile: Profile | None = newest
    while profile and profile.versions and version < profile.versions.since:
        profile = profile.versions.older
    return replace(detected, profile=profile or newest, evidence=f"{detected.evidence}; {printable(said)}")


@cache
def _declared(versions: Versions, folder: Path) -> tuple[Version, str] | None:
    """The version that is installed, or asked for, and what says so."""
    for package in versions.packages:
        if declared := _package(package, folder):
            return declared
    return _action(versions.action, folder) if versions.action else None


def _package(name: str, folder: Path) -> tuple[Version, str] | None:
    """What the nearest package.json asks for, and better what the lock file beside or above it has come to.

    A lock file with several versions of the package, or one older than what is asked for, does not decide.
    """
    asked: tuple[Version, str] | None = None
    for place in upwards(folder):
        asked = asked or _asked(place / "package.json", name)
        for lock in _LOCKS:
            locked = _locked(place / lock, name)
            if locked and (asked is None or locked[0] >= asked[0]):
                return locked
    return asked


def _asked(file: Path, name: str) -> tuple[Version, str] | None:
    """The least version that a package.json lets be installed."""
    try:
        tree = json.loads(content(file) or "null")
    except (ValueError, RecursionError):
        return None
    for group in _DEPENDENCIES if isinstance(tree, dict) else ():
        said = tree[group].get(name) if isinstance(tree.get(group), dict) else None
        if isinstance(said, str) and (version := _version(said)):
            return version, f"{file.name}: {name} {said}"
    return None


def _locked(file: Path, name: str) -> tuple[Version, str] | None:
    pattern = _LOCKS[file.name].replace("NAME", re.escape(name))
    text = content(file)
    locked = set(re.findall(pattern, text, re.MULTILINE)) if name in text else set()
    if len(locked) != 1 or (version := _version(said := locked.pop())) is None:
        return None
    return version, f"{file.name}: {name} {said}"


def _action(name: str, folder: Path) -> tuple[Version, str] | None:
    """The version that a GitHub workflow has its action install."""
    for file in _workflows(folder):
        for step in content(file).split(f"{name}@")[1:]:
            rest = re.split(r"^\s*-\s|\buses:", step, maxsplit=1, flags=re.MULTILINE)[0]
            said = re.search(r"^\s+version:\s*[\"']?([^\s\"'#]+)", rest, re.MULTILINE)
            if said and (version := _version(said[1])):
                return version, f"{file.name}: {name} {said[1]}"
    return None


def _workflows(folder: Path) -> Iterator[Path]:
    for place in upwards(folder):
        yield from sorted((place / ".github" / "workflows").glob("*.y*ml"))


def _version(said: str) -> Version | None:
    """Major and minor; None for a word such as latest."""
    number = _NUMBER.match(said)
    return (int(number[1]), int(number[2] or 0)) if number else None
