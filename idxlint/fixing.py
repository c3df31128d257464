"""Fix the files of a request one after another, each judged against the schema that stood before it."""

from collections.abc import Iterator
from dataclasses import replace

from idxlint import fixer
from idxlint.engine import Request, one, read
from idxlint.judge import Selection, replay
from idxlint.model import Migration, Reason, Safety
from idxlint.prepare import prepare
from idxlint.runners import STDIN, Plan, Unread, units
from idxlint.sql.schema import Schema


def differences(request: Request, level: Safety) -> Iterator[str]:
    """What the fixes would change, as unified diffs."""
    for _, migration, fixed in _fixed(request, level):
        if fixed.text != migration.source.text:
            yield from fixer.diff(migration.source, fixed.text)


def write_all(request: Request, level: Safety) -> Iterator[str]:
    """Write the fixes; the lines say what was done, and which fixes were not taken."""
    count = files = 0
    for plan, migration, fixed in _fixed(request, level):
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


def _fixed(request: Request, level: Safety) -> Iterator[tuple[Plan, Migration, fixer.Fixed]]:
    selection = Selection.of(request.book.rules, request.config)
    schema, history = Schema(), None
    accepted = request.baseline.findings if request.baseline else {}
    for plan in request.plans:
        if plan.history != history:
            schema, history = Schema(), plan.history
        try:
            migration = read(request, plan)
        except Unread:
            continue  # the report that follows says so

        def lint(
            text: str, plan: Plan = plan, migration: Migration = migration, schema: Schema = schema
        ) -> fixer.Linted:
            prepared = prepare(_with_text(plan, migration, text))
            with schema.aside():
                judged = one(prepared, schema, selection, request)
            shown = [finding for finding in judged.findings if finding.fingerprint not in accepted]
            gaps = sum(entry.gap.reason is not Reason.PSQL for entry in judged.gaps)
            return fixer.Linted(shown, gaps)

        fixed = fixer.improve(migration.source.text, lint, level)
        replay(prepare(_with_text(plan, migration, fixed.text)), schema, selection)
        yield plan, migration, fixed


def _with_text(plan: Plan, migration: Migration, text: str) -> Migration:
    """The migration as its runner would read it with another text."""
    if text == migration.source.text or not migration.units:
        return migration
    source = fixer.with_text(migration.source, text)
    return replace(migration, source=source, units=units(plan, source))
