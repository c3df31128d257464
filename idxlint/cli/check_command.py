"""`idxlint check`: judge, fix, write the reports, and say by the exit code how it went."""

from dataclasses import replace

from idxlint.cli import targets
from idxlint.cli.collect import READS, request_of, with_baseline
from idxlint.cli.options import CheckOptions
from idxlint.config.load import FAIL_ON
from idxlint.engine import run
from idxlint.engine.request import Request
from idxlint.model import ExitCode, Reason, Report, Safety
from idxlint.runners import passed_over
from idxlint.system import console


def check(options: CheckOptions) -> ExitCode:
    """Lint what the options ask for."""
    asked = targets.targets(options.formats, options.output)
    writes = options.fix or options.unsafe_fixes
    request = with_baseline(request_of(options, fix=writes), options.baseline)
    if options.diff or writes:
        unsafe = options.unsafe_fixes or (options.diff and not options.fix)
        _fix(request, Safety.UNSAFE if unsafe else Safety.SAFE, diff=options.diff)
    report = run.check(request)
    if options.fail_on:
        report = replace(report, threshold=FAIL_ON[options.fail_on])
    # A diff takes the place of a report, but not of one with a file of its own.
    shown = [target for target in asked if target.named or not options.diff]
    targets.write(report, shown, statistics=options.statistics, quiet=options.quiet, color=options.color)
    beside = _beside(request)
    for line in (*map(str, report.unread), *beside):
        console.say(line)
    if report.unread or not (report.files or report.left_out or request.change):
        return ExitCode.NOTHING_READ
    bad = any(map(report.failing, report.findings)) or (options.strict and (beside or _unjudged(report)))
    return ExitCode.FINDINGS if bad else ExitCode.CLEAN


def _fix(request: Request, level: Safety, *, diff: bool) -> None:
    from idxlint.fix.project import differences, write_all

    if diff:
        console.emit(differences(request, level))
        return
    for line in write_all(request, level):
        console.say(line)


def _beside(request: Request) -> tuple[str, ...]:
    """What is said of migrations in languages that nobody here reads."""
    programs = passed_over(request.plans)
    return (f"not read: {programs}; {READS}",) if programs else ()


def _unjudged(report: Report) -> bool:
    """Whether something was not judged that should have been; psql's own lines are not SQL."""
    return any(entry.gap.reason is not Reason.PSQL for entry in report.gaps) or any(
        finding.rule.unjudged for finding in report.findings
    )
