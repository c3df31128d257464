"""`idxlint live`: the files that are asked for, the servers, and what was seen."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from idxlint.cli.collect import request_of, with_baseline
from idxlint.cli.options import FileOptions
from idxlint.engine.request import Request
from idxlint.model import ExitCode, Failure, UnreadError, value
from idxlint.model.evidence import LiveReport, LiveRun, Status
from idxlint.runners import STDIN, collect, load
from idxlint.runners.plan import order, plan
from idxlint.runners.start_after import past
from idxlint.system import console

if TYPE_CHECKING:
    from idxlint.live.play.script import Script
    from idxlint.live.proof.episode import Episode
    from idxlint.live.server.cluster import Server

_BAD = (Status.CONTRADICTED, Status.ERROR)
_MAJORS = range(12, 19)


@value
class LiveOptions(FileOptions):
    """`idxlint live`. majors: as in 15,16,18; pg_bin: where PostgreSQL's programs are; html: a file."""

    majors: str | None = None
    pg_bin: tuple[str, ...] = ()
    dsn: str | None = None
    destroy_database: bool = False
    crash: bool = False
    schema: str | None = None
    format_: str = "text"
    html: str | None = None
    output: str | None = None
    color: str = "auto"


def live(options: LiveOptions) -> ExitCode:
    """Prove on servers what idxlint says of migrations."""
    majors = _majors(options.majors)
    _installed()
    request = with_baseline(request_of(options), None)
    if any(entry.shown == STDIN for entry in request.plans):
        raise Failure("-: live mode cannot read standard input; pass files or folders")
    asked = frozenset(entry.shown for entry in request.plans if request.reports(entry.shown))
    if request.change is not None and not asked:
        console.say(f"no migration has changed {request.change.scope}")
        return ExitCode.CLEAN
    dump = _dump(options.schema) if options.schema else None
    whole = request if dump else _with_history(request)
    report = LiveReport(tuple(_runs(whole, asked, options, majors, dump)))
    _show(report, options)
    bad = any(proof.status in _BAD for run in report.runs for proof in run.proofs)
    return ExitCode.FINDINGS if bad else ExitCode.CLEAN


def _show(report: LiveReport, options: LiveOptions) -> None:
    from idxlint.reporters import LIVE_REPORTERS

    paint = options.output is None and console.coloured(options.color, sys.stdout)
    pieces = LIVE_REPORTERS[options.format_](report, paint)
    console.emit(pieces, options.output, utf8=options.format_ != "text")
    if options.html:
        console.emit(LIVE_REPORTERS["html"](report, False), options.html)


def _installed() -> None:
    try:
        import fcntl
    except ImportError:
        raise Failure(
            "live mode needs Unix sockets and runs on Linux and macOS only", ExitCode.NO_SERVER
        ) from None
    try:
        import psycopg
    except ImportError:
        raise Failure("live mode needs psycopg: pip install 'idxlint[live]'", ExitCode.NO_SERVER) from None
    del fcntl, psycopg


def _majors(words: str | None) -> tuple[int, ...]:
    """The servers to use, out of 15,16,18."""
    majors = tuple(word for word in (words or "").replace(",", " ").split())
    for word in majors:
        if not word.isdecimal() or int(word) not in _MAJORS:
            raise Failure(f"--postgres: {word} is not a major version from 12 to 18, such as 15,16,18")
    return tuple(dict.fromkeys(int(word) for word in majors))


def _with_history(request: Request) -> Request:
    """The request with all files of the histories that its files are part of."""
    asked = {entry.shown: entry for entry in request.plans}
    histories = {entry.history for entry in request.plans}
    config = request.config
    folders = sorted({str(entry.path.parent) for entry in request.plans})
    folders += sorted(str(config.start / name) for name in histories if (config.start / name).is_dir())
    plans, unread = collect(folders, config.start, config.excluded, config.runner_of)
    for entry in unread:
        console.say(str(entry))
    # A file's place in its history is known only where all of the history is.
    whole = {entry.shown: entry for entry in plans if entry.history in histories and not entry.left_out}
    history = sorted({**asked, **whole}.values(), key=order)
    return replace(request, plans=history, past=past(history, config.start_after))


def _dump(path: str) -> "Script":
    from idxlint.live.play.script import script_of

    try:
        return script_of(load(plan(Path(path), path)))
    except UnreadError as error:
        raise Failure(f"--schema {error}", ExitCode.NOTHING_READ) from None


def _runs(
    request: Request,
    asked: frozenset[str],
    options: LiveOptions,
    majors: tuple[int, ...],
    dump: "Script | None",
) -> Iterator[LiveRun]:
    from idxlint.cli.episodes import episodes
    from idxlint.live.proof import history
    from idxlint.live.server.binaries import chosen
    from idxlint.live.server.borrowed import borrowed
    from idxlint.live.server.cluster import cluster

    asked_episodes: tuple[Episode, ...] = tuple(episodes(request, asked))

    def run(server: "Server", origin: str) -> LiveRun:
        with _progress(server.version) as progress:
            return history.run_histories(
                server, origin, asked_episodes, crash=options.crash, schema=dump, progress=progress
            )

    if options.dsn is not None:
        with borrowed(options.dsn, options.destroy_database) as server:
            yield run(server, "--dsn")
        return
    for binaries in chosen(majors, options.pg_bin):
        with cluster(binaries) as server:
            yield run(server, binaries.origin)


@contextmanager
def _progress(version: str) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being worked on; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from idxlint.live.progress import shown

    with shown(f"PostgreSQL {version}") as tell:
        yield tell
