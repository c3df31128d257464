"""Which migration tool runs a folder: evidence, never a guess.

A marker in a file beats a configuration file, that a dependency manifest, that the file names. Where
two tools have evidence of the same strength and nothing else tells them apart, psql is assumed, and said to be.
"""

import fnmatch
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from idxlint.runners.shared.profile import Detected, Profile
from idxlint.runners.shared.project_files import HEAD, head, upwards
from idxlint.runners.shared.workspaces import members
from idxlint.runners.tools.psql import PSQL
from idxlint.runners.versions import fitting

_LONG = 1_048_576
_SAMPLES = 64


def detect(profiles: Sequence[Profile], folder: Path, files: Sequence[Path], shown: str) -> Detected:
    """The tool that runs the migrations of a folder. shown: one of their paths, from the working folder on."""
    candidates = _marked(profiles, files)
    for look in (_configured, _declared):
        if not candidates:
            candidates = look(profiles, folder, files)
    if not candidates:
        candidates = _named(profiles, files, shown) or _linted(profiles, files)
    if len(candidates) > 1:
        candidates = _narrowed(candidates, folder, files, shown)
    if len(candidates) == 1:
        profile, evidence = candidates[0]
        return fitting(Detected(profile, evidence), folder)
    return Detected(PSQL, "no tool was detected", assumed=True)


Candidates = list[tuple[Profile, str]]


def _marked(profiles: Sequence[Profile], files: Sequence[Path]) -> Candidates:
    candidates: dict[str, tuple[Profile, str]] = {}
    for file in _samples(files):
        text = _head(file)
        for profile in profiles:
            if profile.marker and re.search(profile.marker, text, re.MULTILINE | re.IGNORECASE):
                candidates.setdefault(profile.name, (profile, f"a marker in {file.name}"))
    return list(candidates.values())


def _samples(files: Sequence[Path]) -> list[Path]:
    """All files of a common folder, and some from all over a large one."""
    step = max(1, len(files) // _SAMPLES)
    return list(files[::step])


def _configured(profiles: Sequence[Profile], folder: Path, files: Sequence[Path]) -> Candidates:
    for place in upwards(folder):
        candidates = [
            (profile, config)
            for profile in profiles
            if (config := next((name for name in profile.configs if (place / name).exists()), None))
            and _fits(profile, files)
        ]
        if candidates:
            return candidates
    return []


def _declared(profiles: Sequence[Profile], folder: Path, files: Sequence[Path]) -> Candidates:
    for place in upwards(folder):
        if candidates := _manifests(profiles, place, files):
            return candidates
    for place in upwards(folder):  # a part of the project runs what lies outside of all parts
        parts = members(place)
        if any(folder.is_relative_to(part) for part in parts):
            return []
        of_parts = {
            profile.name: (profile, f"{evidence} of {part.relative_to(place).as_posix()}")
            for part in parts
            for profile, evidence in _manifests(profiles, part, files)
        }
        if of_parts:
            return list(of_parts.values())
    return []


def _manifests(profiles: Sequence[Profile], place: Path, files: Sequence[Path]) -> Candidates:
    return [
        (profile, f"{word} in {manifest.name}")
        for profile in profiles
        for name, word in profile.manifests
        for manifest in _named_by(place, name)
        if word in _manifest(manifest) and _fits(profile, files)
    ]


@cache
def _named_by(place: Path, name: str) -> tuple[Path, ...]:
    """The manifests in a folder that a name, or a pattern, stands for."""
    folder, _, pattern = name.rpartition("/")
    if "*" not in pattern:
        return (place / name,)
    return tuple(place / folder / hit for hit in fnmatch.filter(_others(place / folder), pattern))


@cache
def _others(folder: Path) -> tuple[str, ...]:
    """The names in a folder that are not those of migrations."""
    try:
        return tuple(sorted(name for name in os.listdir(folder) if not name.endswith(".sql")))  # noqa: PTH208
    except OSError:
        return ()


def _named(profiles: Sequence[Profile], files: Sequence[Path], shown: str) -> Candidates:
    return [
        (profile, "the file names")
        for profile in profiles
        if profile.layout and _fits(profile, files) and _laid_out(profile.layout, files, shown)
    ]


def _laid_out(layout: str, files: Sequence[Path], shown: str) -> bool:
    """Whether one of the files of a folder lies where the tool has it, not only the first."""
    folder = shown.rpartition("/")[0]
    beside = (f"{folder}/{file.name}" for file in files if file.parent == files[0].parent)
    return any(re.search(layout, path) for path in (shown, *beside))


def _linted(profiles: Sequence[Profile], files: Sequence[Path]) -> Candidates:
    """A folder that Atlas lints and does not run, which its directive alone says.

    Of the formats that it reads, only that of golang-migrate has an up and a down file for each migration
    (ariga/atlas: sql/sqltool/tool.go).
    """
    return [
        (profile, f"atlas:nolint in {file.name}, and the file names")
        for profile in profiles
        if profile.name == "golang-migrate" and _fits(profile, files)
        for file in _samples(files)
        if re.search(r"^-- atlas:nolint\b", _head(file), re.MULTILINE)
    ][:1]


def _narrowed(candidates: Candidates, folder: Path, files: Sequence[Path], shown: str) -> Candidates:
    """Several tools with evidence of one strength: the weaker evidence decides between them."""
    rivals = [profile for profile, _ in candidates]
    for weaker in (
        _configured(rivals, folder, files),
        _declared(rivals, folder, files),
        _named(rivals, files, shown),
    ):
        if len({profile.name for profile, _ in weaker}) == 1:
            return weaker[:1]
    return candidates


def _fits(profile: Profile, files: Sequence[Path]) -> bool:
    """Whether most of the files have names that the tool would take."""
    if not profile.names:
        return True
    takes = re.compile(profile.names).fullmatch
    fitting = sum(takes(file.name) is not None for file in files)
    return fitting * 2 > len(files)


@cache
def _manifest(file: Path) -> str:
    """What a manifest says; go.mod also lists what others need (https://go.dev/ref/mod#go-mod-file-require)."""
    text = _head(file, _LONG)
    return re.sub(r"^.*// indirect.*$", "", text, flags=re.MULTILINE) if file.name == "go.mod" else text


@cache
def _head(file: Path, size: int = HEAD) -> str:
    return head(file, size)
