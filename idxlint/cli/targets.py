"""Where reports go: a format each, into a file of its own or to standard output."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from idxlint.model import Failure, Report
from idxlint.reporters import FORMATS, REPORTERS
from idxlint.system import console


class Target(NamedTuple):
    """A report that is asked for.

    file: where it goes; None is standard output
    named: by FORMAT=FILE, not by --output
    """

    format: str
    file: str | None
    named: bool = False

    @property
    def said(self) -> str:
        """The option that named the file, for the line that says what is wrong with it."""
        return f"--format {self.format}={self.file}" if self.named else f"--output {self.file}"


def targets(formats: Sequence[str], output: str | None) -> tuple[Target, ...]:
    """What `--format FORMAT`, `--format FORMAT=FILE` and `--output FILE` ask for, files first.

    Raises Failure where that is unknown, goes to one place twice, or needs a folder that is not there.
    """
    asked = [_target(said, output) for said in formats or ["text"]]
    if output is not None and all(target.named for target in asked):
        raise Failure(f"--output {output}: cannot be used if every --format names its own file")
    taken: dict[Path | None, str] = {}
    for target in asked:
        place = Path(target.file).absolute() if target.file is not None else None
        if place in taken:
            where = target.file or "standard output"
            names = f"{taken[place]} and {target.format}"
            raise Failure(f"--format: {names} cannot both go to {where}; use --format FORMAT=FILE")
        taken[place] = target.format
        if target.file is not None and not Path(target.file).parent.is_dir():
            raise Failure(f"{target.said}: no such file or directory")
    return tuple(sorted(asked, key=lambda target: target.file is None))


def _target(said: str, output: str | None) -> Target:
    name, named, file = said.partition("=")
    if name not in FORMATS:
        raise Failure(f"--format: {name} is not one of {', '.join(FORMATS)}")
    if not named:
        return Target(name, output)
    if not file:
        raise Failure(f"--format {said}: missing file name after =")
    return Target(name, file, named=True)


def write(report: Report, asked: Sequence[Target], *, statistics: bool, quiet: bool, color: str) -> None:
    """Write the reports that were asked for."""
    for target in asked:
        text = target.format == "text"
        if text and quiet and not report.findings:
            continue
        paint = target.file is None and console.coloured(color, sys.stdout)
        pieces = _counts(report) if text and statistics else REPORTERS[target.format](report, paint)
        console.emit(pieces, target.file, utf8=not text, said=target.said)


def _counts(report: Report) -> Iterable[str]:
    from idxlint.reporters.text import statistics, summary

    return (*statistics(report), summary(report), "\n")
