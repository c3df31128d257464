"""`idxlint baseline`: write today's findings down."""

from collections.abc import Iterator
from pathlib import Path

from idxlint.cli.collect import BASELINE, request_of
from idxlint.cli.options import FileOptions
from idxlint.config.configuration import Config
from idxlint.engine import baseline as baselines
from idxlint.engine import run
from idxlint.model import ExitCode, value
from idxlint.system import console


@value
class BaselineOptions(FileOptions):
    """`idxlint baseline`. output: the file to write."""

    output: str | None = None


def baseline(options: BaselineOptions) -> ExitCode:
    """Write the findings of the files that the options ask for."""
    request = request_of(options)
    report = run.check(request)
    for unread in report.unread:
        console.say(str(unread))
    if report.unread or not report.files:
        return ExitCode.NOTHING_READ
    config = request.config
    path = Path(options.output) if options.output else config.baseline or config.root / BASELINE
    written = baselines.write(path, report.findings)
    count = len(written.findings)
    console.emit([f"{count} findings written to {_relative(path)}\n", *_advice(config, path)])
    return ExitCode.CLEAN


def _advice(settings: Config, path: Path) -> Iterator[str]:
    if settings.baseline is None and path.name != BASELINE:
        yield f"to use it, set baseline: {path.name} in the configuration, or pass --baseline\n"


def _relative(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
