"""From the options of a command to the files, the rule book and the configuration that it works with."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from idxlint import rulebook
from idxlint.cli.options import FileOptions
from idxlint.config import load
from idxlint.config.configuration import Config
from idxlint.engine import baseline as baselines
from idxlint.engine.request import Request
from idxlint.model import ExitCode, Failure, Unread, value
from idxlint.runners import STDIN, Plan, collect, foreign_here, foreign_under, likely
from idxlint.runners.registry import PROFILES
from idxlint.runners.start_after import past
from idxlint.system import console
from idxlint.system.working_folder import working_folder

BASELINE = "idxlint-baseline.json"
READS = "idxlint reads SQL, Liquibase's changelogs, Alembic and Django"


@value
class Collected:
    """What a command works on. asked: the paths, given, configured or likely; unread: what cannot be read."""

    book: rulebook.Book
    settings: Config
    asked: list[str]
    plans: list[Plan]
    unread: list[Unread]


def collected(options: FileOptions) -> Collected:
    """The files of the arguments, else of the configuration, else of the folders that look like migrations."""
    start = working_folder()
    book = rulebook.load()
    settings = _settings(start, options, book)
    asked = list(options.paths) or [str(settings.root / path) for path in settings.paths] or likely(start)
    plans, unread = collect(asked, start, settings.excluded, settings.runner_of)
    return Collected(book, settings, asked, plans, unread)


def request_of(options: FileOptions, *, fix: bool = False) -> Request:
    """What the engine is asked to judge, without a baseline.

    fix: files may be written. Raises Failure where nothing, or not everything, can be read: a gate must not pass on
    the rest.
    """
    narrow = options.since is not None or options.staged
    if narrow:
        from idxlint.git.changed_files import narrowed, refuse

        refuse(options.since, options.paths, staged=options.staged, fix=fix)
    files = collected(options)
    if not files.asked:
        line = foreign(files) or "no migrations found here; pass a PATH"
        raise Failure(line, ExitCode.NOTHING_READ)
    for unread in files.unread[:-1]:
        console.say(str(unread))
    if files.unread:
        raise Failure(str(files.unread[-1]), ExitCode.NOTHING_READ)
    if not files.plans:
        read = "no .sql file, Liquibase changelog, or Alembic or Django migration"
        line = foreign(files) or f"{read} under {', '.join(options.paths or files.asked)}"
        raise Failure(line, ExitCode.NOTHING_READ)
    stdin = sys.stdin.buffer.read() if any(plan.shown == STDIN for plan in files.plans) else None
    over = past(files.plans, files.settings.start_after)
    request = Request(
        files.plans, files.book, files.settings, stdin, None, options.jobs, past=over, asked=files.asked
    )
    if narrow:
        request = narrowed(request, options.since, files.asked)
    return _parted(request)


def _parted(request: Request) -> Request:
    """The request without the files that no tool runs on PostgreSQL; those that would be reported on are counted."""
    left_out = sum(request.reports(plan.shown) for plan in request.plans if plan.left_out)
    return replace(request, plans=[plan for plan in request.plans if not plan.left_out], left_out=left_out)


def foreign(files: Collected) -> str:
    """The line about migrations that nobody here reads, where there are no others; "" where there are none."""
    if files.plans:
        return ""
    start = files.settings.start
    programs = (
        foreign_under([start / path for path in files.asked], start) if files.asked else foreign_here(start)
    )
    return f"not read: {programs}; {READS}" if programs else ""


def with_baseline(request: Request, file: str | None) -> Request:
    """The request with the findings that are accepted: of --baseline, the configuration, or the standard place."""
    path = Path(file) if file else request.config.baseline
    standard = request.config.root / BASELINE
    if path is None and standard.exists() and not standard.is_dir():
        path = standard
    return replace(request, baseline=baselines.read(path)) if path else request


def _settings(start: Path, options: FileOptions, book: rulebook.Book) -> Config:
    """The configuration with the options over it."""
    names = book.names()
    runners = tuple(profile.name for profile in PROFILES)
    settings = load.load(start, Path(options.config) if options.config else None, names, runners)
    if options.select:
        settings = replace(settings, select=load.chosen(_words(options.select), names, "--select"))
    if options.ignore:
        ignored = load.chosen(_words(options.ignore), names, "--ignore")
        settings = replace(settings, ignore=settings.ignore | ignored)
    if options.postgres:
        settings = replace(settings, postgres=options.postgres)
    if options.runner:
        if options.runner not in runners:
            raise Failure(f"--runner: {options.runner} is not a known runner; known: {', '.join(runners)}")
        settings = replace(settings, runner=(("**", options.runner),))
    return settings


def _words(values: Sequence[str]) -> list[str]:
    return [word for value in values for word in value.replace(",", " ").split()]
