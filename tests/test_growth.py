"""Four times the input does not cost much more than four times the work, whatever the input repeats."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.helpers.benchmarks import grow

MOST = 6
"""Between the 4 of what is linear and the 16 of a square; starting and a busy machine take their part of both."""

ENOUGH = 0.1
MENDED: Mapping[str, tuple[str, float]] = {
    "locks in one transaction": ("explain", 1),
    "savepoints gone back to": ("explain", 1),
    "indexes without names": ("check", 0.5),
    "concurrent builds": ("--diff", 0.7),
    "new partitions": ("--diff", 1),
    "goose in blocks": ("--diff", 1),
    "one transaction": ("--diff", 0.1),
    "names in quotes": ("--diff", 0.7),
    "a block never closed": ("--diff", 0.7),
    "timeouts": ("--diff", 1),
    "ADD COLUMN UNIQUE": ("--diff", 0.05),
    "ADD COLUMN UNIQUE in letters": ("check", 0.2),
    "expression columns": ("check", 0.5),
    "one table renamed": ("check", 0.4),
    "a long search path": ("check", 0.5),
    "open tags": ("check", 1.2),
    "one long function": ("check", 1),
    "one line": ("check", 1.5),
    "Alembic with ignores in SQL": ("check", 2),
}
"""Shapes that took time with the square of their size, or could: where, and how many of their n show it."""


@pytest.fixture(scope="module")
def start() -> float:
    """CPU seconds of a run that has nothing to do."""
    return float(grow.floor())


@pytest.mark.parametrize("name", MENDED)
def test_growth(tmp_path: Path, start: float, name: str) -> None:
    """A shape takes about four times the CPU when it is four times as large; the best of three tries counts."""
    mode, times = MENDED[name]
    shape = grow.SHAPES[name]
    folders = [tmp_path / "little", tmp_path / "much"]
    for folder, size in zip(folders, (times, 4 * times), strict=True):
        grow.write(folder, shape.make(int(shape.base * size)))
    options = (*grow.MODES[mode], *shape.options)
    ratio = float("inf")
    for _ in range(3):
        little, much = (grow.cpu(folder, options) - start for folder in folders)
        ratio = min(ratio, much / max(little, ENOUGH))
        if ratio < MOST:
            break

    assert ratio < MOST
