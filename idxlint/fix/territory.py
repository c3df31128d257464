"""Where fixes may be written: under the paths that were given, and in the repositories that hold them."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from idxlint.engine.request import Request
from idxlint.runners import is_root

_WILD = "*?["


def within(file: Path, request: Request) -> bool:
    """Whether a file, links followed, lies where the request may write."""
    target = Path(os.path.realpath(file))
    return any(target.is_relative_to(place) for place in _places(request))


def _places(request: Request) -> Iterator[Path]:
    for asked in request.asked:
        given = _given(request.config.start, asked)
        yield given
        if top := _repository(given):
            yield top


@lru_cache(maxsize=1024)
def _given(start: Path, asked: str) -> Path:
    """The folder that a path is about: itself, that of a file, or that of a glob above its first wildcard."""
    parts = Path(asked).parts
    wild = next((at for at, part in enumerate(parts) if any(char in part for char in _WILD)), None)
    place = start / Path(*parts[:wild])
    return Path(os.path.realpath(place if place.is_dir() else place.parent))


@lru_cache(maxsize=1024)
def _repository(folder: Path) -> Path | None:
    return next((place for place in (folder, *folder.parents) if is_root(place)), None)
