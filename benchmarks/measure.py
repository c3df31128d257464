"""What a command costs: seconds on the clock, seconds of processor, megabytes."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple

_PROC = Path("/proc")
_FINE = (0, 1)  # with findings, both tools end with 1
_NAP = 0.001


class Failed(Exception):
    """A command that did not do its work."""


class Run(NamedTuple):
    """One run of a command."""

    wall: float
    cpu: float
    megabytes: float


class Memory(NamedTuple):
    """The peak of the largest process, and the sum of all their peaks."""

    largest: float
    total: float


class Figures(NamedTuple):
    """The runs of one command."""

    runs: tuple[Run, ...]
    memory: Memory

    @property
    def wall(self) -> float:
        """The median of the seconds on the clock."""
        return median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median of the seconds of processor, user and system, of all processes."""
        return median(run.cpu for run in self.runs)

    @property
    def span(self) -> tuple[float, float]:
        """The fastest and the slowest run on the clock."""
        walls = [run.wall for run in self.runs]
        return min(walls), max(walls)


Command = Sequence[str]


def compare(commands: Mapping[str, Command], folder: Path, runs: int) -> dict[str, Figures | Failed]:
    """Run commands in turn, A B A B, after a run of each that does not count, and look at their memory last."""
    taken: dict[str, list[Run]] = {name: [] for name in commands}
    failed: dict[str, Failed] = {}
    for number in range(runs + 1):
        for name, command in commands.items():
            if name in failed:
                continue
            try:
                run = timed(command, folder)
            except Failed as error:
                failed[name] = error
                continue
            if number:
                taken[name].append(run)
    return {
        name: failed.get(name) or _figures(command, folder, taken[name]) for name, command in commands.items()
    }


def _figures(command: Command, folder: Path, runs: Sequence[Run]) -> Figures:
    largest = max(run.megabytes for run in runs)
    return Figures(tuple(runs), memory(command, folder) or Memory(largest, largest))


def timed(command: Command, folder: Path) -> Run:
    """One run of a command in a folder; its output goes nowhere."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = _start(command, folder, errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        _accept(process.returncode, errors)
    unit = 1e6 if sys.platform == "darwin" else 1e6 / 1024  # bytes there, kibibytes elsewhere
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def memory(command: Command, folder: Path) -> Memory | None:
    """The peaks of a command's processes, from a run that is watched and not timed; only Linux can say.

    The kernel's own figure for a child (ru_maxrss) would not do: it starts at the size of whoever started it.
    """
    if not (_PROC / "self/status").exists():
        return None
    peaks: dict[int, float] = {}
    with tempfile.TemporaryFile() as errors:
        process = _start(command, folder, errors)
        while process.poll() is None:
            for pid in _family(process.pid):
                peaks[pid] = max(peaks.get(pid, 0), _peak(pid))
            time.sleep(_NAP)
    return Memory(max(peaks.values()), sum(peaks.values())) if peaks else None


def _start(command: Command, folder: Path, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a command; what Python compiles is kept beside the work, as it is kept where a package is installed."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=folder, stdin=quiet, stdout=quiet, stderr=errors, env=env)


def _accept(code: int, errors: IO[bytes]) -> None:
    if code in _FINE:
        return
    errors.seek(0)
    lines = errors.read().decode(errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), "it said nothing")
    raise Failed(f"exit {code}: {last.strip()}")


def _family(pid: int) -> Iterator[int]:
    yield pid
    for listed in (_PROC / str(pid) / "task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in children:
            yield from _family(int(child))


def _peak(pid: int) -> float:
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    kibibytes = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
    return kibibytes * 1024 / 1e6
