"""The commands behind the command line, one function each."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from idxlint import rulebook
from idxlint.cli import targets
from idxlint.config import load
from idxlint.config.configuration import Config
from idxlint.engine import baseline as baselines
from idxlint.engine import run
from idxlint.model import Reason, Report, Safety, printable
from idxlint.runners import STDIN, Plan, collect, likely, passed_over
from idxlint.runners.registry import PROFILES
from idxlint.system import console
from idxlint.system.console import Code, Failure

BASELINE = "idxlint-baseline.json"
_NOT_JUDGED = ("IDX901", "IDX902")


def check(
    *,
    paths: Sequence[str],
    formats: Sequence[str],
    output: str | None,
    fail_on: str | None,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    baseline: str | None,
    strict: bool,
    statistics: bool,
    quiet: bool,
    color: str,
    **flags: Any,
) -> int:
    """`idxlint check`."""
    asked = targets.targets(formats, output)
    request = request_of(paths, flags, baseline, fix=fix or unsafe_fixes)
    if diff or fix or unsafe_fixes:
        _fix(request, Safety.UNSAFE if unsafe_fixes or (diff and not fix) else Safety.SAFE, diff)
    report = run.check(request)
    if fail_on:
        report = replace(report, threshold=load.FAIL_ON[fail_on])
    # A diff takes the place of a report, but not of one with a file of its own.
    shown = [target for target in asked if target.named or not diff]
    targets.write(report, shown, statistics=statistics, quiet=quiet, color=color)
    beside = _beside(request)
    for line in (*report.unread, *beside):
        console.say(line)
    if report.unread or not (report.files or request.change):
        return Code.NOTHING_READ
    bad = any(map(report.failing, report.findings)) or (strict and (beside or _unjudged(report)))
    return Code.FINDINGS if bad else Code.CLEAN


def _fix(request: run.Request, level: Safety, diff: bool) -> None:
    from idxlint.fix.project import differences, write_all

    if diff:
        console.emit(differences(request, level))
        return
    for line in write_all(request, level):
        console.say(line)


def _beside(request: run.Request) -> tuple[str, ...]:
    """What is said of migrations in languages that nobody here reads."""
    found = passed_over(request.plans)
    what = "idxlint reads SQL, Liquibase's changelogs, Alembic and Django"
    return (f"not read: {found}; {what}",) if found else ()


def _unjudged(report: Report) -> bool:
    """Whether something was not judged that should have been; psql's own lines are not SQL."""
    return any(entry.gap.reason is not Reason.PSQL for entry in report.gaps) or any(
        finding.rule.id in _NOT_JUDGED for finding in report.findings
    )


def baseline(*, paths: Sequence[str], output: str | None, **flags: Any) -> int:
    """`idxlint baseline`."""
    request = request_of(paths, flags, None, with_baseline=False)
    report = run.check(request)
    for line in report.unread:
        console.say(line)
    if report.unread or not report.files:
        return Code.NOTHING_READ
    path = Path(output) if output else request.config.baseline or request.config.root / BASELINE
    try:
        written = baselines.write(path, report.findings)
    except baselines.BaselineError as error:
        raise Failure(Code.USAGE, str(error)) from None
    console.emit(
        [f"{len(written.findings)} findings written to {_relative(path)}\n", *_advice(request.config, path)]
    )
    return Code.CLEAN


def runners(*, paths: Sequence[str], **flags: Any) -> int:
    """`idxlint runners`."""
    found = _files(paths, {**flags, "select": (), "ignore": (), "postgres": None})
    for line in found.unread:
        console.say(line)
    seen: dict[str, str] = {}
    for plan in found.plans:
        assumed = "assumed: " if plan.assumed else ""
        seen.setdefault(plan.history or ".", f"{plan.profile.full} ({assumed}{plan.evidence})")
    console.emit(f"{printable(folder)}: {printable(runner)}\n" for folder, runner in seen.items())
    width = max(len(profile.name) for profile in PROFILES)
    known = (f"  {profile.name:<{width}}  {profile.full}\n" for profile in PROFILES)
    console.emit(["\n" if seen else "", "known runners:\n", *known])
    return Code.NOTHING_READ if found.unread else Code.CLEAN


def _advice(settings: Config, path: Path) -> Iterator[str]:
    if settings.baseline is None and path.name != BASELINE:
        yield f"name it in the configuration, baseline: {path.name}, or with --baseline\n"


def _relative(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def request_of(
    paths: Sequence[str],
    flags: dict[str, Any],
    baseline: str | None,
    *,
    with_baseline: bool = True,
    fix: bool = False,
) -> run.Request:
    """The files, the rule book and the configuration that flags and the working folder ask for."""
    narrow = flags.get("since") is not None or flags.get("staged")
    if narrow:
        from idxlint.git import changed_files

        changed_files.refuse(flags, paths, fix=fix)
    found = _files(paths, flags)
    if not found.asked:
        raise Failure(Code.NOTHING_READ, "no folder here looks like migrations; name one, as PATH")
    for line in found.unread[:-1]:
        console.say(line)
    if found.unread:  # a gate must not pass on the rest
        raise Failure(Code.NOTHING_READ, found.unread[-1])
    if not found.plans:
        read = "no .sql file, no changelog of Liquibase, no migration of Alembic or Django"
        raise Failure(Code.NOTHING_READ, f"{read} under {', '.join(paths or found.asked)}")
    stdin = sys.stdin.buffer.read() if any(plan.shown == STDIN for plan in found.plans) else None
    accepted = _baseline(found.settings, baseline) if with_baseline else None
    request = run.Request(found.plans, found.book, found.settings, stdin, accepted, flags["jobs"])
    return changed_files.narrowed(request, flags["since"], found.asked) if narrow else request


class _Files(NamedTuple):
    """What a command works on: the paths that were asked for, the files under them, and what cannot be read."""

    book: rulebook.Book
    settings: Config
    asked: list[str]
    plans: list[Plan]
    unread: list[str]


def _files(paths: Sequence[str], flags: dict[str, Any]) -> _Files:
    """The files of the arguments, else of the configuration, else of the folders that look like migrations."""
    from idxlint.cli.main import working_folder

    start = working_folder()
    try:
        book = rulebook.load()
        settings = _settings(start, flags, book)
    except (rulebook.CatalogueError, load.ConfigError) as error:
        raise Failure(Code.USAGE, str(error)) from None
    asked = list(paths) or [str(settings.root / path) for path in settings.paths] or likely(start)
    plans, unread = collect(asked, start, settings.excluded, settings.runner_of)
    return _Files(book, settings, asked, plans, unread)


def _settings(start: Path, flags: dict[str, Any], book: rulebook.Book) -> Config:
    """The configuration with the flags over it."""
    names = book.names()
    file = flags["config"]
    runners = tuple(profile.name for profile in PROFILES)
    settings = load.load(start, Path(file) if file else None, names, runners)
    if flags["select"]:
        settings = replace(settings, select=load.chosen(_words(flags["select"]), names, "--select"))
    if flags["ignore"]:
        ignored = load.chosen(_words(flags["ignore"]), names, "--ignore")
        settings = replace(settings, ignore=settings.ignore | ignored)
    if flags["postgres"]:
        settings = replace(settings, postgres=flags["postgres"])
    if flags["runner"]:
        if flags["runner"] not in runners:
            raise load.ConfigError(f"--runner: {flags['runner']} is not known; known: {', '.join(runners)}")
        settings = replace(settings, runner=(("**", flags["runner"]),))
    return settings


def _words(values: Sequence[str]) -> list[str]:
    return [word for value in values for word in value.replace(",", " ").split()]


def _baseline(settings: Config, flag: str | None) -> baselines.Baseline | None:
    path = Path(flag) if flag else settings.baseline
    standard = settings.root / BASELINE
    if path is None and standard.is_file():
        path = standard
    try:
        return baselines.read(path) if path else None
    except baselines.BaselineError as error:
        raise Failure(Code.USAGE, str(error)) from None
