"""The whole program on one screen: read, parse, replay, judge, silence, report."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from idxlint.engine import baseline as baselines
from idxlint.engine.ending import all_settled
from idxlint.engine.histories import histories
from idxlint.engine.judged_file import JudgedFile, judge_file
from idxlint.engine.once import Once
from idxlint.engine.parallel import chunks, spread
from idxlint.engine.request import Request
from idxlint.model import Report, Unread
from idxlint.runners import Plan

MANY = 500
"""From this many files on a second process pays (measured: starting it costs what 200 files cost)."""


def check(request: Request) -> Report:
    """Judge all files and put the results together in their order."""
    parts = chunks(request.plans, request.jobs, MANY)
    judged = spread(request, parts) if len(parts) > 1 else judge_files(request, request.plans)
    once = Once()
    files = all_settled(request.plans, [*judged])
    results = [once.keep(file, plan.history) for plan, file in zip(request.plans, files, strict=True)]
    findings = sorted(
        (finding for result in results for finding in result.findings), key=lambda finding: finding.key
    )
    quiet = [entry for result in results for entry in result.suppressed]
    stale = 0
    if request.baseline is not None:
        paths = {plan.shown for plan in request.plans if request.reports(plan.shown)}
        known = baselines.apply(request.baseline, findings, paths)
        findings, stale = list(known.kept), known.stale
        quiet += known.suppressed
    return Report(
        findings=tuple(findings),
        suppressed=tuple(sorted(quiet, key=lambda entry: entry.finding.key)),
        gaps=tuple(gap for result in results for gap in result.gaps),
        unread=tuple(result.unread for result in results if result.unread),
        files=sum(not result.unread and not result.replayed for result in results),
        statements=sum(result.statements for result in results),
        judged=sum(result.judged for result in results),
        stale=stale,
        scope=request.change.scope if request.change else "",
        replayed=sum(result.replayed for result in results),
        paths=tuple(
            plan.shown
            for plan, result in zip(request.plans, results, strict=True)
            if not (result.unread or result.replayed)
        ),
        left_out=request.left_out,
        threshold=request.config.fail_on,
    )


def judge_files(request: Request, plans: Sequence[Plan]) -> Iterator[JudgedFile]:
    """Judge files one after another, the schema growing with each history."""
    selection = request.selection()
    for number, (plan, schema, parsed) in enumerate(histories(request, plans), 1):
        if isinstance(parsed, Unread):
            judged = JudgedFile(unread=parsed)
        else:
            judged = judge_file(parsed, schema, selection, request)
        last = number == len(plans) or plans[number].history != plan.history
        yield replace(judged, ending=schema) if last else judged
