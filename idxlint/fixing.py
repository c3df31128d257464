"""Fix the files of a request one after another, each judged against the schema that stood before it."""

from collections.abc import Iterator
from dataclasses import replace

from idxlint import fixer
from idxlint.engine import Judged, Request, one, read
from idxlint.judge import replay
from idxlint.model import Finding, Migration, Reason, Safety, value
from idxlint.prepare import prepare
from idxlint.runners import STDIN, Plan, Unread, units
from idxlint.sql.schema import Schema


def differences(request: Request, level: Safety) -> Iterator[str]:
    """What the fixes would change, as unified diffs."""
    for one_file in mended(request, level):
        if one_file.fixed.text != one_file.migration.source.text:
            yield from fixer.diff(one_file.migration.source, one_file.fixed.text)


def write_all(request: Request, level: Safety) -> Iterator[str]:
    """Write the fixes; the lines say what was done, and which fixes were not taken."""
    count = files = 0
    for one_file in mended(request, level):
        plan, migration, fixed = one_file.plan, one_file.migration, one_file.fixed
        for finding in fixed.refused:
            line = migration.source.position(finding.hit.at.start).line
            yield f"{plan.shown}:{line}: the fix of {finding.rule.name} would bring another finding; not written"
        if fixed.text == migration.source.text:
            continue
        if plan.shown == STDIN:
            yield "-: standard input cannot be written back; --diff shows the fixes"
            continue
        try:
            fixer.write(plan.path, migration.source, fixed.text)
        except fixer.FixError as error:
            yield str(error)
            continue
        count, files = count + fixed.count, files + 1
    yield f"fixed {count} finding{'s' * (count != 1)} in {files} file{'s' * (files != 1)}"


@value
class Mended:
    """A file and its fixes. findings: what is said of it as it stands; silenced: what is said and not shown."""

    plan: Plan
    migration: Migration
    findings: tuple[Finding, ...]
    silenced: tuple[Finding, ...]
    fixed: fixer.Fixed


def mended(request: Request, level: Safety) -> Iterator[Mended]:
    """Each file with its fixes, judged against the schema that the fixed files before it have built."""
    selection = request.selection()
    schema, history = Schema(), None
    accepted = request.baseline.findings if request.baseline else {}
    for plan in request.plans:
        if plan.history != history:
            schema, history = Schema(), plan.history
        try:
            migration = read(request, plan)
        except Unread:
            continue  # the report that follows says so
        if not request.reports(plan.shown):
            replay(prepare(migration), schema, selection)
            yield Mended(plan, migration, (), (), fixer.Fixed(migration.source.text, 0))
            continue
        first: list[Judged] = []

        def lint(
            text: str,
            plan: Plan = plan,
            migration: Migration = migration,
            schema: Schema = schema,
            first: list[Judged] = first,
        ) -> fixer.Linted:
            prepared = prepare(with_text(plan, migration, text))
            with schema.aside():
                judged = one(prepared, schema, selection, request)
            first.append(judged)
            shown = [finding for finding in judged.findings if finding.fingerprint not in accepted]
            gaps = sum(entry.gap.reason is not Reason.PSQL for entry in judged.gaps)
            return fixer.Linted(shown, gaps)

        fixed = fixer.improve(migration.source.text, lint, level)
        replay(prepare(with_text(plan, migration, fixed.text)), schema, selection)
        shown = tuple(finding for finding in first[0].findings if finding.fingerprint not in accepted)
        silenced = tuple(finding for finding in first[0].findings if finding.fingerprint in accepted)
        silenced += tuple(entry.finding for entry in first[0].suppressed)
        yield Mended(plan, migration, shown, silenced, fixed)


def with_text(plan: Plan, migration: Migration, text: str) -> Migration:
    """The migration as its runner would read it with another text."""
    if text == migration.source.text or not migration.units:
        return migration
    source = fixer.with_text(migration.source, text)
    return replace(migration, source=source, units=units(plan, source))
