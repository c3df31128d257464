"""Which migration tool runs a folder: evidence, never a guess.

A marker in a file beats a configuration file, that a dependency manifest, that the file names. Where
two tools have evidence of the same strength and nothing else tells them apart, psql is assumed, and said to be.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from idxlint.runners.shared.profile import Detected, Profile
from idxlint.runners.shared.project_files import upwards
from idxlint.runners.tools.psql import PSQL
from idxlint.runners.versions import fitting

_HEAD = 16_384
_LONG = 1_048_576
_SAMPLES = 64


def detect(profiles: Sequence[Profile], folder: Path, files: Sequence[Path], shown: str) -> Detected:
    """The tool that runs the migrations of a folder. shown: one of their paths, from the working folder on."""
    candidates = _marked(profiles, files)
    for look in (_configured, _declared):
        if not candidates:
            candidates = look(profiles, folder, files)
    if not candidates:
        candidates = _named(profiles, files, shown)
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
        head = _head(file)
        for profile in profiles:
            if profile.marker and re.search(profile.marker, head, re.MULTILINE | re.IGNORECASE):
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
        candidates = [
            (profile, f"{word} in {manifest}")
            for profile in profiles
            for manifest, word in profile.manifests
            if word in _manifest(place / manifest) and _fits(profile, files)
        ]
        if candidates:
            return candidates
    return []


def _named(profiles: Sequence[Profile], files: Sequence[Path], shown: str) -> Candidates:
    return [
        (profile, "the file names")
        for profile in profiles
        if profile.layout and re.search(profile.layout, shown) and _fits(profile, files)
    ]


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
    fitting = sum(re.fullmatch(profile.names, file.name) is not None for file in files)
    return fitting * 2 > len(files)


@cache
def _manifest(file: Path) -> str:
    """What a manifest says; go.mod also lists what others need (https://go.dev/ref/mod#go-mod-file-require)."""
    text = _head(file, _LONG)
    return re.sub(r"^.*// indirect.*$", "", text, flags=re.MULTILINE) if file.name == "go.mod" else text


@cache
def _head(file: Path, size: int = _HEAD) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(size).decode("utf-8-sig", "replace")
    except OSError:
        return ""
