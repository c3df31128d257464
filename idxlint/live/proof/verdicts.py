"""From the evidence of one migration to a proof for each finding, and for index work that no rule speaks about."""

from collections.abc import Iterator, Sequence

from idxlint.live.play.interrupt import usual_kill
from idxlint.live.play.script import ScriptStatement
from idxlint.live.proof import claims
from idxlint.live.proof.episode import (
    Episode,
    FindingCase,
    defines_routine,
    fixed_statements,
    index_names,
    statement_of,
)
from idxlint.model import Kind, value
from idxlint.model.evidence import Claim, Crash, FileRun, IndexState, ObservedStatement, Proof, Status
from idxlint.sql.meaning.operations import DropIndex


@value
class Evidence:
    """What was seen of a migration. after: what the server says about the state that the fix leaves."""

    original: FileRun
    fixed: FileRun | None = None
    after: tuple[Claim, ...] = ()
    crashes: tuple[Crash, ...] = ()


def proofs_of(one: Episode, evidence: Evidence) -> Iterator[Proof]:
    """What the evidence says, finding by finding, then about the rest of the index work."""
    spoken: set[int] = set()
    for case in one.cases:
        statement = statement_of(one, case)
        spoken |= {statement.offset} if statement else set()
        yield _proof(one, case, statement, evidence)
    for statement in one.script.statements:
        start = statement.offset
        seen = _seen(evidence.original, statement)
        if (
            seen is not None
            and start not in spoken
            and (statement.index_work or seen.builds or seen.rewrites)
        ):
            yield _silent(one, statement, seen, evidence, quiet=start in one.quiet)


def error_proofs(one: Episode, error: str) -> Iterator[Proof]:
    """What is to be said of a migration where live mode itself came to an end."""
    claims_ = (Claim("it can be proved", Status.ERROR, error),)
    for case in one.cases:
        finding, rule = case.finding, case.finding.rule
        statement = statement_of(one, case)
        line = finding.source.position(finding.hit.at.start).line
        yield Proof(
            one.script.path,
            line,
            statement.sql if statement else "",
            claims_,
            rule.name,
            rule.id,
            finding.hit.message,
        )
    if not one.cases:
        first = next((statement for statement in one.script.statements if statement.index_work), None)
        yield Proof(one.script.path, first.line if first else 1, first.sql if first else "", claims_)


def _proof(one: Episode, case: FindingCase, statement: ScriptStatement | None, evidence: Evidence) -> Proof:
    finding = case.finding
    seen = _seen(evidence.original, statement) if statement else None
    ours = [got for other in fixed_statements(one, case) if (got := _seen(evidence.fixed, other))]
    kill = usual_kill(finding.rule.name)
    crashes = tuple(sorted(_crashes(evidence.crashes, statement, ours), key=lambda crash: crash.kill != kill))
    if statement and defines_routine(statement) and finding.rule.kind is not Kind.REFUSED:
        found = [Claim("the original does harm", Status.SKIPPED, "it does when the function is called")]
    else:
        conditional = bool(statement and statement.step.body)
        found = [*claims.original(case, seen, evidence.original, crashes, conditional=conditional)]
    found += claims.fixed(case, seen, ours, crashes)
    if case.fixed and evidence.fixed is not None:
        found += evidence.after
    return Proof(
        finding.source.path,
        finding.source.position(finding.hit.at.start).line,
        statement.sql if statement else finding.source.text[finding.statement.start : finding.statement.end],
        tuple(found),
        finding.rule.name,
        finding.rule.id,
        finding.hit.message,
        seen,
        tuple(ours),
        crashes,
        _indexes(evidence.original, seen),
        _indexes(evidence.fixed, seen),
    )


def _silent(
    one: Episode, statement: ScriptStatement, seen: ObservedStatement, evidence: Evidence, *, quiet: bool
) -> Proof:
    if quiet:
        found: tuple[Claim, ...] = (Claim("nobody waits", Status.SKIPPED, "a finding about it is silenced"),)
    elif statement.index_work and not defines_routine(statement) and not (seen.builds and not seen.table):
        found = tuple(claims.silent(seen, guard=_is_guard(one, statement)))
    else:
        found = tuple(claims.unforeseen(seen, _told(one)))
    return Proof(
        one.script.path,
        statement.line,
        statement.sql,
        found,
        original=seen,
        crashes=_crashes(evidence.crashes, statement, ()),
    )


def _told(one: Episode) -> int:
    """The line in which idxlint speaks of what other statements call, or says that it cannot judge; 0 if nowhere."""
    found = [statement.line for statement in one.script.statements if statement.offset in one.unjudged]
    stored = [
        statement
        for case in one.cases
        if (statement := statement_of(one, case)) and defines_routine(statement)
    ]
    return min(found + [statement.line for statement in stored], default=0)


def _is_guard(one: Episode, statement: ScriptStatement) -> bool:
    """Whether a statement drops, if it is there, what a later one builds."""
    drops = any(isinstance(op, DropIndex) and op.if_exists for op in statement.index_work)
    start = statement.offset
    later = [other for other in one.script.statements if other.offset > start]
    return drops and any(index_names(statement) & index_names(other) for other in later)


def _indexes(played: FileRun | None, seen: ObservedStatement | None) -> tuple[IndexState, ...]:
    """The indexes of the table that a statement works on, as a play leaves them."""
    if played is None or seen is None:
        return ()
    return tuple(index for index in played.indexes if index.table == seen.table)


def _seen(played: FileRun | None, statement: ScriptStatement) -> ObservedStatement | None:
    """How a statement went; one place of a file in another language may mean several statements."""
    if played is None:
        return None
    start = statement.offset
    return next(
        (seen for seen in played.statements if seen.offset == start and seen.sql == statement.sql), None
    )


def _crashes(
    crashes: Sequence[Crash], statement: ScriptStatement | None, ours: Sequence[ObservedStatement]
) -> tuple[Crash, ...]:
    texts = {seen.sql for seen in ours}
    return tuple(
        crash
        for crash in crashes
        if (statement is not None and crash.script == "original" and crash.sql == statement.sql)
        or (crash.script == "fixed" and crash.sql in texts)
    )
