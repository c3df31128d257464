"""Four times the input does not cost much more than four times the work, whatever the input repeats."""

from pathlib import Path

import pytest

from tests.test_benchmarks import BENCHMARKS

assert BENCHMARKS  # which has made the scripts importable

import grow  # noqa: E402

MOST = 9
"""Between the 4 of what is linear, the 16 of a square and what a busy machine adds."""

ENOUGH = 0.1
MENDED = {
    "indexes without names": ("check", 1),
    "concurrent builds": ("check", 2),
    "new partitions": ("--diff", 1),
}


@pytest.fixture(scope="module")
def start() -> float:
    """CPU seconds of a run that has nothing to do."""
    return float(grow.floor())


@pytest.mark.parametrize("name", MENDED)
def test_growth(tmp_path: Path, start: float, name: str) -> None:
    """A shape that once took time with the square of its size, in the mode in which it did."""
    mode, times = MENDED[name]
    shape = grow.SHAPES[name]
    folders = [tmp_path / "little", tmp_path / "much"]
    for folder, size in zip(folders, (times, 4 * times), strict=True):
        grow.write(folder, shape.make(shape.base * size))
    options = (*grow.MODES[mode], *shape.options)
    ratio = float("inf")
    for _ in range(3):
        little, much = (grow.cpu(folder, options) - start for folder in folders)
        ratio = min(ratio, much / max(little, ENOUGH))
        if ratio < MOST:
            break

    assert ratio < MOST
