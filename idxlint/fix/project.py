"""Fix the files of a request one after another, each judged against the schema that stood before it."""

from collections.abc import Iterator
from dataclasses import replace

from idxlint.engine.ending import settled
from idxlint.engine.judge import Selection, replay
from idxlint.engine.judged_file import JudgedFile, judge_file, read_migration
from idxlint.engine.once import Once
from idxlint.engine.parsed_file import parse_file
from idxlint.engine.request import Request
from idxlint.fix import apply, line_diff
from idxlint.fix.territory import within
from idxlint.model import Finding, Migration, Reason, Safety, UnreadError, value
from idxlint.runners import STDIN, Plan, units
from idxlint.sql.state.schema import Schema


def differences(request: Request, level: Safety) -> Iterator[str]:
    """What the fixes would change, as unified diffs."""
    for file in fixes_of(request, level):
        if file.fixed.text != file.migration.source.text:
            yield from line_diff.diff(file.migration.source, file.fixed.text, file.fixed.passes)


def write_all(request: Request, level: Safety) -> Iterator[str]:
    """Write the fixes; the lines say what was done, and which fixes were not taken."""
    count = files = 0
    for file in fixes_of(request, level):
        plan, migration, fixed = file.plan, file.migration, file.fixed
        for finding in fixed.refused:
            line = migration.source.position(finding.hit.at.start).line
            yield f"{plan.shown}:{line}: the fix of {finding.rule.name} would cause another finding; not applied"
        if fixed.text == migration.source.text:
            continue
        if plan.shown == STDIN:
            yield "-: fixes cannot be written to standard input; use --diff"
            continue
        if not within(plan.path, request):
            yield f"{plan.shown}: leads out of the folders that were given and of the repository; not written"
            continue
        try:
            apply.write(plan.path, migration.source, fixed.text)
        except apply.FixError as error:
            yield str(error)
            continue
        count, files = count + fixed.count, files + 1
    yield f"fixed {count} finding{'s' * (count != 1)} in {files} file{'s' * (files != 1)}"


@value
class FileFixes:
    """A file and its fixes. findings: what is said of it as it stands; silenced: what is said and not shown."""

    plan: Plan
    migration: Migration
    findings: tuple[Finding, ...]
    silenced: tuple[Finding, ...]
    fixed: apply.Fixed


def fixes_of(request: Request, level: Safety) -> Iterator[FileFixes]:
    """Each file with its fixes, judged against the schema that the fixed files before it have built."""
    selection = request.selection()
    schema, history, once = Schema(), None, Once()
    for plan in request.plans:
        if plan.history != history:
            schema, history = Schema(), plan.history
        try:
            migration = read_migration(request, plan)
        except UnreadError:
            continue  # the report that follows says so
        if request.reports(plan.shown):
            file = _fixes_of_file(plan, migration, request, selection, schema, level, once)
        else:
            file = FileFixes(plan, migration, (), (), apply.Fixed(migration.source.text, 0))
        replay(parse_file(with_text(plan, migration, file.fixed.text)), schema, selection)
        yield file


def _fixes_of_file(
    plan: Plan,
    migration: Migration,
    request: Request,
    selection: Selection,
    schema: Schema,
    level: Safety,
    once: Once,
) -> FileFixes:
    accepted = request.baseline.findings if request.baseline else {}
    seen: list[JudgedFile] = []

    def lint(text: str) -> apply.Linted:
        parsed = parse_file(with_text(plan, migration, text))
        with schema.aside():
            judged = settled(judge_file(parsed, schema, selection, request), schema)
        seen.append(judged)
        shown = tuple(finding for finding in judged.findings if finding.fingerprint not in accepted)
        return apply.Linted(shown, sum(entry.gap.reason is not Reason.PSQL for entry in judged.gaps))

    fixed = apply.improve(migration.source.text, lint, level)
    judged = once.keep(seen[0], plan.history)  # the file as it stands is linted first
    shown = tuple(finding for finding in judged.findings if finding.fingerprint not in accepted)
    silenced = tuple(finding for finding in judged.findings if finding.fingerprint in accepted)
    return FileFixes(
        plan, migration, shown, (*silenced, *(entry.finding for entry in judged.suppressed)), fixed
    )


def with_text(plan: Plan, migration: Migration, text: str) -> Migration:
    """The migration as its runner would read it with another text."""
    if text == migration.source.text or not migration.units:
        return migration
    source = apply.with_text(migration.source, text)
    return replace(migration, source=source, units=units(plan, source))
