"""Measure whether idxlint's work grows faster than its input.

python benchmarks/grow.py [--quick] [--jobs N] [--runs N] [--only TEXT …]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path
from typing import NamedTuple

from projects import PROJECTS
from shapes import SQL, STATEMENTS, TEXTS, Files, Shape

SHAPES = {**STATEMENTS, **TEXTS, **PROJECTS}
SIZES, QUICK = (1, 2, 4, 8), (1, 2)
MODES = {"check": ("check",), "--diff": ("check", "--diff"), "explain": ("explain",)}
"""A command and its options."""

BAR = 2.6
"""Linear is 2; memory, sorting and the moods of a machine take some of the rest."""

ENOUGH = 0.15
"""Seconds above the floor that are more than noise; fewer count as this many."""

LIMIT = 60
"""Seconds of CPU after which a run is ended, and counts as endless."""

_FINE = (0, 1)  # without and with findings
_AGAIN = 3


class Seconds(NamedTuple):
    """CPU seconds of a shape from the smallest size to the largest, without those that starting costs."""

    taken: tuple[float, ...]

    @property
    def growth(self) -> float:
        """How many times as much the last doubling costs."""
        return inf if inf in self.taken else self.taken[-1] / max(self.taken[-2], ENOUGH)

    @property
    def over(self) -> bool:
        """Whether it costs more than it may."""
        return self.growth > BAR


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for; 1 where something grows faster than its input."""
    parser = _parser()
    options = parser.parse_args(arguments)
    wanted = {name: shape for name, shape in SHAPES.items() if _is_wanted(name, options.only)}
    if not wanted:
        parser.error(f"no shape has {' or '.join(options.only)} in its name")
    sizes, modes = (QUICK, ("--diff",)) if options.quick else (SIZES, tuple(MODES))
    print(_row("shape (n)", "", [f"{size}n" for size in sizes], f"the last doubling (limit: {BAR})"))
    start, slow = floor(), list[str]()

    def measure(shape: Shape) -> list[tuple[str, Seconds]]:
        return [*measured(shape, sizes, modes, options.runs, start)]

    with ThreadPoolExecutor(options.jobs) as pool:
        for (name, shape), rows in zip(wanted.items(), pool.map(measure, wanted.values()), strict=True):
            for mode, seconds in rows:
                print(_row(f"{name} ({shape.base})", mode, *_cells(seconds)), flush=True)
                slow += [f"{name}, {mode}"] if seconds.over else []
    print(f"\n{len(wanted)} shapes; over the limit: {'; '.join(slow) or 'none'}")
    return 1 if slow else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Measure whether idxlint's work grows faster than its input."
    )
    parser.add_argument("--quick", action="store_true", help="two sizes, and only with --diff, as CI does it")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="runs of which the best counts [1]")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="shapes measured at a time [1]")
    parser.add_argument(
        "--only", nargs="+", default=(), metavar="TEXT", help="shapes with this in their name"
    )
    return parser


def _is_wanted(name: str, only: Sequence[str]) -> bool:
    return not only or any(text in name for text in only)


def _cells(seconds: Seconds) -> tuple[list[str], str]:
    growth = f"{seconds.growth:.2f}" if seconds.taken[-1] > ENOUGH else "-"
    cells = [f"{taken:.2f}" if taken < inf else f"> {LIMIT}" for taken in seconds.taken]
    return cells, growth + (" OVER" if seconds.over else "")


def _row(name: str, mode: str, cells: Sequence[str], growth: str) -> str:
    return f"{name:<36} {mode:<8}{''.join(f'{cell:>8}' for cell in cells)}  {growth}".rstrip()


def floor() -> float:
    """CPU seconds of starting, and of reading nearly nothing."""
    with tempfile.TemporaryDirectory(prefix="grow-") as folder:
        write(Path(folder), {SQL: "SELECT 1;\n"})
        return min(cpu(Path(folder), MODES["check"]) for _ in range(_AGAIN))


def measured(
    shape: Shape, sizes: Sequence[int], modes: Sequence[str], runs: int, start: float
) -> Iterator[tuple[str, Seconds]]:
    """A shape in each mode. What seems to grow too fast is measured again, and the best counts.

    A report format is only asked for in `check`; the shape is measured there.
    """
    with tempfile.TemporaryDirectory(prefix="grow-") as place:
        folders = [Path(place, str(size)) for size in sizes]
        for size, folder in zip(sizes, folders, strict=True):
            write(folder, shape.make(shape.base * size))
        for mode in ("check",) if "--format" in shape.options else modes:
            options = (*MODES[mode], *shape.options)
            seconds = _best([], folders, options, runs, start)
            for _ in range(_AGAIN):
                if seconds.over and seconds.taken[-1] < inf:
                    seconds = _best(seconds.taken, folders, options, 1, start)
            yield mode, seconds


def _best(
    known: Sequence[float], folders: Sequence[Path], options: Sequence[str], runs: int, start: float
) -> Seconds:
    """The least of what is known and of some more runs; what is endless is not made longer still."""
    taken: list[float] = []
    for at, folder in enumerate(folders):
        if inf in taken:
            taken.append(inf)
            continue
        seconds = [max(0.0, cpu(folder, options) - start) for _ in range(runs)]
        taken.append(min([*seconds, *known[at : at + 1]]))
    return Seconds(tuple(taken))


def write(folder: Path, files: Files) -> None:
    """Write the files of a project into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="")


def cpu(folder: Path, options: Sequence[str]) -> float:
    """CPU seconds of a command in a folder, with its children; infinite above the limit."""
    limited = ("sh", "-c", f'ulimit -t {LIMIT} && exec "$@"', "sh")
    # JSON has the whole statement with each of its findings, which is a square where one statement has them all.
    format_ = () if "--format" in options or options[0] != "check" else ("--format", "sarif")
    command = (*limited, sys.executable, "-m", "idxlint", *options, *format_, ".")
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
    if process.returncode < 0:
        return inf
    if process.returncode not in _FINE:
        raise SystemExit(f"idxlint ended with {process.returncode}: {said.splitlines()[-1]}")
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
