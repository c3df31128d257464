"""Measure idxlint, and squawk beside it where it is installed, on made-up migrations.

python benchmarks/run.py [--quick] [--runs N] [--only NAME]
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import corpus
from measure import Command, Failed, Figures, compare

IDXLINT, SQUAWK = "idxlint", "squawk"
_BINARY = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ")
_TWICE = 2.2  # a tenth more is what the moods of a machine can add
_HEAD = ("", "wall s", "(min, max)", "cpu s", "MB", "wall/squawk", "MB/squawk", "bar")


class Sizes(NamedTuple):
    """How much there is to do."""

    files: int
    dump: int
    linear: int


FULL = Sizes(corpus.FILES, 50_000_000, 1000)
QUICK = Sizes(100, 1_000_000, 50)


class Tools(NamedTuple):
    """How the tools are called."""

    idxlint: Command
    squawk: Command | None

    def on(self, ours: str, theirs: str) -> dict[str, Command]:
        """Both on the same files: idxlint takes a folder or a file, squawk a file or a pattern."""
        commands: dict[str, Command] = {IDXLINT: (*self.idxlint, "check", "--format", "json", ours)}
        if self.squawk:
            commands[SQUAWK] = (*self.squawk, "--reporter", "json", theirs)
        return commands


Results = Mapping[str, Figures | Failed]
Verdicts = dict[str, str]


class Work(NamedTuple):
    """Something to measure: how to make it ready, and what is asked of the results."""

    prepare: Callable[[Path, Sizes, Tools], tuple[str, dict[str, Command]]]
    judge: Callable[[Results], Verdicts]


def main(arguments: list[str]) -> int:
    """Measure what was asked for."""
    options = _parser().parse_args(arguments)
    tools = Tools(_idxlint(), _squawk())
    print(_machine(tools))
    sizes = QUICK if options.quick else FULL
    if options.quick:
        print("quick: small works, which show that everything runs; the bars are for the whole ones")
    for name in [options.only] if options.only else WORKS:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            work = WORKS[name]
            title, commands = work.prepare(Path(folder), sizes, tools)
            results = compare(commands, Path(folder), options.runs or (2 if options.quick else 5))
            print(f"\n{name}: {title}")
            for line in _table(results, {} if options.quick else work.judge(results)):
                print(line)
            sys.stdout.flush()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Measure idxlint, and squawk where it is installed, on made-up migrations."
    )
    parser.add_argument("--quick", action="store_true", help="small works, to see that everything runs")
    parser.add_argument(
        "--runs", type=_count, metavar="N", help="runs of each command that count [5; quick: 2]"
    )
    parser.add_argument("--only", choices=list(WORKS), help="only this work")
    return parser


def _count(text: str) -> int:
    if text.isdecimal() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text}: a number from 1 on")


def _beside(name: str) -> str | None:
    """A program next to the running Python."""
    return shutil.which(name, path=str(Path(sys.executable).parent))


def _idxlint() -> Command:
    found = _beside(IDXLINT)
    return (found,) if found else (sys.executable, "-m", IDXLINT)


def _squawk() -> Command | None:
    found = _beside(SQUAWK) or shutil.which(SQUAWK)
    return (found,) if found else None


def _machine(tools: Tools) -> str:
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count()
    squawk = "squawk is not installed"
    if tools.squawk:
        native = Path(tools.squawk[0]).read_bytes()[:4].startswith(_BINARY)
        squawk = _version(tools.squawk) + (
            "" if native else " (a script that starts it: each run is too long)"
        )
    python = f"{platform.python_implementation()} {platform.python_version()}"
    system = f"{platform.system()} {platform.machine()}"
    return f"{_version(tools.idxlint)} · {squawk} · {python} · {system} · cores: {cores}"


def _version(command: Command) -> str:
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    said = (done.stdout or done.stderr).strip().splitlines()
    return said[-1].replace(", version", "") if said else command[0]


def _many(folder: Path, sizes: Sizes, tools: Tools) -> tuple[str, dict[str, Command]]:
    written = corpus.write(folder / "many", sizes.files)
    return _title(written), tools.on("many", "many/*.sql")


def _one(folder: Path, _sizes: Sizes, tools: Tools) -> tuple[str, dict[str, Command]]:
    written = corpus.write(folder / "one", 1)
    file = next((folder / "one").iterdir()).relative_to(folder)
    return _title(written), tools.on(str(file), str(file))


def _dump(folder: Path, sizes: Sizes, tools: Tools) -> tuple[str, dict[str, Command]]:
    written = corpus.dump(folder / "dump.sql", sizes.dump)
    return _title(written), tools.on("dump.sql", "dump.sql")


def _linear(folder: Path, sizes: Sizes, tools: Tools) -> tuple[str, dict[str, Command]]:
    commands: dict[str, Command] = {}
    for times in (1, 2, 4):
        name = f"{sizes.linear * times} files"
        corpus.write(folder / name, sizes.linear * times)
        commands[name] = tools.on(name, "")[IDXLINT]
    return "idxlint alone, one history and its beginnings", commands


def _title(written: corpus.Written) -> str:
    files = "1 file" if written.files == 1 else f"{written.files:,} files"
    size = f"{written.size / 1e6:.1f} MB" if written.size > 1e5 else f"{written.size / 1e3:.1f} kB"
    return f"{files}, {written.statements:,} statements, {size}"


def _pair(results: Results) -> tuple[Figures, Figures] | None:
    """Both tools' figures, if there are both."""
    ours, theirs = results[IDXLINT], results.get(SQUAWK)
    return (ours, theirs) if isinstance(ours, Figures) and isinstance(theirs, Figures) else None


def _verdict(bar: str, kept: bool) -> str:
    return f"{bar}: {'ok' if kept else 'over'}"


def _as_fast(results: Results) -> Verdicts:
    pair = _pair(results)
    return {IDXLINT: _verdict("wall ≤ squawk's", pair[0].wall <= pair[1].wall)} if pair else {}


def _at_once(results: Results) -> Verdicts:
    ours = results[IDXLINT]
    return {IDXLINT: _verdict("wall ≤ 0.120", ours.wall <= 0.120)} if isinstance(ours, Figures) else {}


def _half(results: Results) -> Verdicts:
    pair = _pair(results)
    if not pair:
        return {}
    ours, theirs = pair
    wall = _verdict("wall ≤ half", ours.wall <= theirs.wall / 2)
    return {IDXLINT: f"{wall}; {_verdict('MB ≤ half', ours.memory.total <= theirs.memory.total / 2)}"}


def _doubling(results: Results) -> Verdicts:
    """Twice the files take twice the time."""
    verdicts: Verdicts = {}
    names = list(results)
    for before, name in pairwise(names):
        less, more = results[before], results[name]
        if isinstance(less, Figures) and isinstance(more, Figures):
            ratio = more.wall / less.wall
            bar = f"wall ≤ twice the row above (is {ratio:.2f}; up to {_TWICE} is noise)"
            verdicts[name] = _verdict(bar, ratio <= _TWICE)
    return verdicts


WORKS = {
    "many": Work(_many, _as_fast),
    "one": Work(_one, _at_once),
    "dump": Work(_dump, _half),
    "linear": Work(_linear, _doubling),
}


def _table(results: Results, verdicts: Verdicts) -> Iterator[str]:
    """The results in columns."""
    pair = _pair(results) if IDXLINT in results else None
    rows, failures = [_HEAD], []
    for name, figures in results.items():
        if isinstance(figures, Failed):
            failures.append(f"  {name} failed, {figures}")
            continue
        ratios = ("", "")
        if pair and name == IDXLINT:
            ratios = (
                f"{pair[0].wall / pair[1].wall:.2f}",
                f"{pair[0].memory.total / pair[1].memory.total:.2f}",
            )
        rows.append((name, *_cells(figures), *ratios, verdicts.get(name, "")))
    if len(rows) > 1:
        columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
        widths = [max(map(len, column)) for column in columns]
        for row in zip(*columns, strict=True):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            yield f"  {'  '.join(cells)}".rstrip()
    yield from failures


def _cells(figures: Figures) -> tuple[str, str, str, str]:
    low, high = figures.span
    largest, total = figures.memory
    several = f" (largest process {largest:.0f})" if total - largest >= 1 else ""
    return f"{figures.wall:.3f}", f"({low:.3f}, {high:.3f})", f"{figures.cpu:.3f}", f"{total:.0f}{several}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
