"""From the evidence of one migration to a proof for each finding, and for index work that no rule speaks about."""

from collections.abc import Iterator, Sequence

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


def proofs_of(episode: Episode, evidence: Evidence) -> Iterator[Proof]:
    """What the evidence says, finding by finding, then about the rest of the index work."""
    judged: set[int] = set()
    for case in episode.cases:
        statement = statement_of(episode, case)
        judged |= {statement.offset} if statement else set()
        yield _proof(episode, case, statement, evidence)
    for statement in episode.script.statements:
        start = statement.offset
        observed = _observation_of(evidence.original, statement)
        if (
            observed is not None
            and start not in judged
            and (statement.index_work or observed.builds or observed.rewrites)
        ):
            yield _silent(episode, statement, observed, evidence, quiet=start in episode.quiet)


def error_proofs(episode: Episode, error: str) -> Iterator[Proof]:
    """What is to be said of a migration where live mode itself came to an end."""
    error_claims = (Claim("it can be proved", Status.ERROR, error),)
    for case in episode.cases:
        finding, rule = case.finding, case.finding.rule
        statement = statement_of(episode, case)
        line = finding.source.position(finding.hit.at.start).line
        yield Proof(
            episode.script.path,
            line,
            statement.sql if statement else "",
            error_claims,
            rule.name,
            rule.id,
            finding.hit.message,
        )
    if not episode.cases:
        first = next((statement for statement in episode.script.statements if statement.index_work), None)
        yield Proof(episode.script.path, first.line if first else 1, first.sql if first else "", error_claims)


def _proof(
    episode: Episode, case: FindingCase, statement: ScriptStatement | None, evidence: Evidence
) -> Proof:
    finding = case.finding
    observed = _observation_of(evidence.original, statement) if statement else None
    ours = [
        fixed
        for other in fixed_statements(episode, case)
        if (fixed := _observation_of(evidence.fixed, other)) is not None
    ]
    kill = finding.rule.stopped_by
    crashes = tuple(sorted(_crashes(evidence.crashes, statement, ours), key=lambda crash: crash.kill != kill))
    if statement and defines_routine(statement) and finding.rule.kind is not Kind.REFUSED:
        why = "it does so only when the function is called"
        proof_claims = [Claim("the original causes the problem", Status.SKIPPED, why)]
    else:
        conditional = bool(statement and statement.step.body)
        proof_claims = [*claims.original(case, observed, evidence.original, crashes, conditional=conditional)]
    proof_claims += claims.fixed(case, observed, ours, crashes)
    if case.fixed and evidence.fixed is not None:
        proof_claims += evidence.after
    return Proof(
        finding.source.path,
        finding.source.position(finding.hit.at.start).line,
        statement.sql if statement else finding.source.text[finding.statement.start : finding.statement.end],
        tuple(proof_claims),
        finding.rule.name,
        finding.rule.id,
        finding.hit.message,
        observed,
        tuple(ours),
        crashes,
        _indexes(evidence.original, observed),
        _indexes(evidence.fixed, observed),
    )


def _silent(
    episode: Episode,
    statement: ScriptStatement,
    observed: ObservedStatement,
    evidence: Evidence,
    *,
    quiet: bool,
) -> Proof:
    if quiet:
        proof_claims: tuple[Claim, ...] = (Claim("nobody waits", Status.SKIPPED, "its finding is ignored"),)
    elif (
        statement.index_work
        and not defines_routine(statement)
        and not (observed.builds and not observed.table)
    ):
        proof_claims = tuple(claims.silent(observed, guard=_is_guard(episode, statement)))
    else:
        proof_claims = tuple(claims.unforeseen(observed, _line_told(episode)))
    return Proof(
        episode.script.path,
        statement.line,
        statement.sql,
        proof_claims,
        original=observed,
        crashes=_crashes(evidence.crashes, statement, ()),
    )


def _line_told(episode: Episode) -> int:
    """The line in which idxlint speaks of what other statements call, or says that it cannot judge; 0 if nowhere."""
    lines = [
        statement.line for statement in episode.script.statements if statement.offset in episode.unjudged
    ]
    lines += [
        statement.line
        for case in episode.cases
        if (statement := statement_of(episode, case)) and defines_routine(statement)
    ]
    return min(lines, default=0)


def _is_guard(episode: Episode, statement: ScriptStatement) -> bool:
    """Whether a statement drops, if it is there, what a later one builds."""
    drops = any(isinstance(op, DropIndex) and op.if_exists for op in statement.index_work)
    start = statement.offset
    later = [other for other in episode.script.statements if other.offset > start]
    return drops and any(index_names(statement) & index_names(other) for other in later)


def _indexes(file_run: FileRun | None, observed: ObservedStatement | None) -> tuple[IndexState, ...]:
    """The indexes of the table that a statement works on, as a replay leaves them."""
    if file_run is None or observed is None:
        return ()
    return tuple(index for index in file_run.indexes if index.table == observed.table)


def _observation_of(file_run: FileRun | None, statement: ScriptStatement) -> ObservedStatement | None:
    """How a statement went; one place of a file in another language may mean several statements."""
    if file_run is None:
        return None
    start = statement.offset
    return next(
        (
            observed
            for observed in file_run.statements
            if observed.offset == start and observed.sql == statement.sql
        ),
        None,
    )


def _crashes(
    crashes: Sequence[Crash], statement: ScriptStatement | None, ours: Sequence[ObservedStatement]
) -> tuple[Crash, ...]:
    texts = {observed.sql for observed in ours}
    return tuple(
        crash
        for crash in crashes
        if (statement is not None and crash.script == "original" and crash.sql == statement.sql)
        or (crash.script == "fixed" and crash.sql in texts)
    )
