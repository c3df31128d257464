"""`idxlint live`: the files that are asked for, the servers, and what was seen."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from idxlint.cli.check_command import request_of
from idxlint.engine.run import Request
from idxlint.model.evidence import LiveReport, LiveRun, Status
from idxlint.runners import STDIN, Unread, collect, load
from idxlint.runners.plan import order, plan
from idxlint.system import console
from idxlint.system.console import Code, Failure

if TYPE_CHECKING:
    from idxlint.live.play.script import Script
    from idxlint.live.proof.episode import Episode
    from idxlint.live.server.cluster import Server

_BAD = (Status.CONTRADICTED, Status.ERROR)
_MAJORS = range(12, 19)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What live mode is to do.

    majors: the servers, the newest that there is where none is named; pg_bin: where to look first
    dsn: a server that is there already; destroy: its database may be lost
    crash: stop each concurrent statement in each wait, in each way
    """

    majors: tuple[int, ...]
    pg_bin: tuple[str, ...]
    dsn: str | None
    destroy: bool
    crash: bool


def live(
    *,
    paths: Sequence[str],
    format_: str,
    output: str | None,
    html: str | None,
    schema: str | None,
    color: str,
    postgres: str | None,
    pg_bin: Sequence[str],
    dsn: str | None,
    destroy_database: bool,
    crash: bool,
    **flags: Any,
) -> int:
    """Prove on servers what idxlint says of migrations."""
    wanted = Wanted(_majors(postgres), tuple(pg_bin), dsn, destroy_database, crash)
    _installed()
    request = request_of(paths, {**flags, "postgres": None, "jobs": 1, "staged": False}, None)
    if any(entry.shown == STDIN for entry in request.plans):
        raise Failure(Code.USAGE, "-: live mode reads files, whose place in the history it has to know")
    asked = frozenset(entry.shown for entry in request.plans if request.reports(entry.shown))
    if request.change is not None and not asked:
        console.say(f"no migration has changed {request.change.scope}")
        return Code.CLEAN
    dump = _dump(schema) if schema else None
    report = LiveReport(tuple(_runs(request if dump else _with_history(request), asked, wanted, dump)))
    _show(report, format_, output, html, color)
    bad = any(proof.status in _BAD for run in report.runs for proof in run.proofs)
    return Code.FINDINGS if bad else Code.CLEAN


def _show(report: LiveReport, format_: str, output: str | None, html: str | None, color: str) -> None:
    from idxlint.reporters import LIVE_REPORTERS

    paint = output is None and console.coloured(color, sys.stdout)
    console.emit(LIVE_REPORTERS[format_](report, paint), output, utf8=format_ != "text")
    if html:
        console.emit(LIVE_REPORTERS["html"](report, False), html)


def _installed() -> None:
    try:
        import fcntl
    except ImportError:
        raise Failure(
            Code.NO_SERVER, "live mode needs Unix sockets and runs on Linux and macOS only"
        ) from None
    try:
        import psycopg
    except ImportError:
        raise Failure(Code.NO_SERVER, "live mode needs psycopg: pip install 'idxlint[live]'") from None
    del fcntl, psycopg


def _majors(words: str | None) -> tuple[int, ...]:
    """The servers to use, out of 15,16,18."""
    found = tuple(word for word in (words or "").replace(",", " ").split())
    for word in found:
        if not word.isdecimal() or int(word) not in _MAJORS:
            raise Failure(Code.USAGE, f"--postgres: {word} is not a major release; 12 to 18, as in 15,16,18")
    return tuple(dict.fromkeys(int(word) for word in found))


def _with_history(request: Request) -> Request:
    """The request with all files of the histories that its files are part of."""
    asked = {entry.shown: entry for entry in request.plans}
    histories = {entry.history for entry in request.plans}
    config = request.config
    folders = sorted({str(entry.path.parent) for entry in request.plans})
    folders += sorted(str(config.start / one) for one in histories if (config.start / one).is_dir())
    found, unread = collect(folders, config.start, config.excluded, config.runner_of)
    for line in unread:
        console.say(line)
    # A file's place in its history is known only where all of the history is.
    whole = {entry.shown: entry for entry in found if entry.history in histories}
    return replace(request, plans=sorted({**asked, **whole}.values(), key=order))


def _dump(path: str) -> "Script":
    from idxlint.live.play.script import script

    try:
        return script(load(plan(Path(path), path)))
    except Unread as error:
        raise Failure(Code.NOTHING_READ, f"--schema {error}") from None


def _runs(
    request: Request, asked: frozenset[str], wanted: Wanted, dump: "Script | None"
) -> Iterator[LiveRun]:
    from idxlint.cli.episodes import episodes
    from idxlint.live.proof import history
    from idxlint.live.server.binaries import NoServer, chosen
    from idxlint.live.server.borrowed import borrowed
    from idxlint.live.server.cluster import cluster

    found: tuple[Episode, ...] = tuple(episodes(request, asked))

    def run(server: "Server", origin: str) -> LiveRun:
        with _progress(server.version) as progress:
            return history.prove(server, origin, found, crash=wanted.crash, schema=dump, progress=progress)

    try:
        if wanted.dsn is not None:
            with borrowed(wanted.dsn, wanted.destroy) as server:
                yield run(server, "--dsn")
            return
        for binaries in chosen(wanted.majors, wanted.pg_bin):
            with cluster(binaries) as server:
                yield run(server, binaries.origin)
    except NoServer as error:
        raise Failure(Code.NO_SERVER, str(error)) from None


@contextmanager
def _progress(version: str) -> Iterator[Callable[[str], None]]:
    """A line on a terminal that says what is being worked on; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from idxlint.live.progress import shown

    with shown(f"PostgreSQL {version}") as tell:
        yield tell
