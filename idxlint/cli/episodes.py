"""From a request to what live mode is given: each file's statements, its fixed form, and what idxlint says of it."""

from collections.abc import Collection, Iterator

from idxlint import rulebook
from idxlint.engine.request import Request
from idxlint.fix.project import FileFixes, fixes_of, with_text
from idxlint.live.play.script import Script, script_of
from idxlint.live.proof.episode import Episode, FindingCase
from idxlint.model import Direction, Finding, Kind, LockClaim, Safety
from idxlint.sql.rewrite.rewriting import applied


def episodes(request: Request, asked: Collection[str]) -> Iterator[Episode]:
    """The files in the order in which they run, each with its way back behind it. asked: those to be proved."""
    claims = {rule.name: rulebook.claims(rule) for rule in request.book.rules}
    for file in fixes_of(request, Safety.UNSAFE):
        for direction in Direction:
            if any(unit.direction is direction for unit in file.migration.units):
                yield _episode(file, direction, claims, asked=file.plan.shown in asked)


def _episode(
    file: FileFixes, direction: Direction, claims: dict[str, tuple[LockClaim, ...]], *, asked: bool
) -> Episode:
    told = {finding.statement.start for finding in file.findings if finding.rule.kind is not Kind.SELF}
    original = script_of(file.migration, direction, told)
    text = file.migration.source.text
    fixed = script_of(with_text(file.plan, file.migration, file.fixed.text), direction)
    changed = file.fixed.text != text and [statement.sql for statement in fixed.statements] != [
        statement.sql for statement in original.statements
    ]
    refused = {finding.fingerprint for finding in file.fixed.refused}
    cases = tuple(
        FindingCase(
            finding,
            claims[finding.rule.name],
            _wrote(file, finding, original, direction),
            changed and finding.hit.fix is not None and finding.fingerprint not in refused,
        )
        for finding in sorted(file.findings, key=lambda finding: finding.key)
        if finding.direction is direction and finding.rule.kind is not Kind.SELF
    )
    quiet = frozenset(finding.statement.start for finding in file.silenced)
    unjudged = frozenset(
        finding.statement.start for finding in file.findings if finding.rule.kind is Kind.SELF
    )
    down = direction is Direction.DOWN
    return Episode(
        file.plan.history, original, fixed if changed else None, cases, quiet, unjudged, down, asked
    )


def _wrote(file: FileFixes, finding: Finding, original: Script, direction: Direction) -> tuple[str, ...]:
    """The statements that the fix of one finding writes."""
    if finding.hit.fix is None:
        return ()
    text = applied(file.migration.source.text, finding.hit.fix.edits)
    known = {statement.sql for statement in original.statements}
    statements = script_of(with_text(file.plan, file.migration, text), direction).statements
    return tuple(statement.sql for statement in statements if statement.sql not in known)
