"""From the evidence of one migration to a proof for each finding, and for index work that no rule speaks about."""

from collections.abc import Iterator, Sequence

from idxlint.live.play.interrupt import usual
from idxlint.live.play.script import Act
from idxlint.live.proof import claims
from idxlint.live.proof.episode import Case, Episode, indexes, meant, mended, routine
from idxlint.model import Kind, value
from idxlint.model.evidence import Claim, Crash, IndexState, Observed, Played, Proof, Status
from idxlint.sql.meaning.operations import DropIndex


@value
class Evidence:
    """What was seen of a migration. after: what the server says about the state that the fix leaves."""

    original: Played
    fixed: Played | None = None
    after: tuple[Claim, ...] = ()
    crashes: tuple[Crash, ...] = ()


def proofs(one: Episode, evidence: Evidence) -> Iterator[Proof]:
    """What the evidence says, finding by finding, then about the rest of the index work."""
    spoken: set[int] = set()
    for case in one.cases:
        act = meant(one, case)
        spoken |= {act.step.statement.start} if act else set()
        yield _proof(one, case, act, evidence)
    for act in one.script.acts:
        start = act.step.statement.start
        seen = _seen(evidence.original, act)
        if seen is not None and start not in spoken and (act.index_work or seen.builds or seen.rewrites):
            yield _silent(one, act, seen, evidence, quiet=start in one.quiet)


def failed(one: Episode, error: str) -> Iterator[Proof]:
    """What is to be said of a migration where live mode itself came to an end."""
    claims_ = (Claim("it can be proved", Status.ERROR, error),)
    for case in one.cases:
        finding, rule = case.finding, case.finding.rule
        act = meant(one, case)
        line = finding.source.position(finding.hit.at.start).line
        yield Proof(
            one.script.path, line, act.sql if act else "", claims_, rule.name, rule.id, finding.hit.message
        )
    if not one.cases:
        first = next((act for act in one.script.acts if act.index_work), None)
        yield Proof(one.script.path, first.line if first else 1, first.sql if first else "", claims_)


def _proof(one: Episode, case: Case, act: Act | None, evidence: Evidence) -> Proof:
    finding = case.finding
    seen = _seen(evidence.original, act) if act else None
    ours = [got for other in mended(one, case) if (got := _seen(evidence.fixed, other))]
    kill = usual(finding.rule.name)
    crashes = tuple(sorted(_crashes(evidence.crashes, act, ours), key=lambda crash: crash.kill != kill))
    if act and routine(act) and finding.rule.kind is not Kind.REFUSED:
        found = [Claim("the original does harm", Status.SKIPPED, "it does when the function is called")]
    else:
        conditional = bool(act and act.step.body)
        found = [*claims.original(case, seen, evidence.original, crashes, conditional=conditional)]
    found += claims.fixed(case, seen, ours, crashes)
    if case.fixed and evidence.fixed is not None:
        found += evidence.after
    return Proof(
        finding.source.path,
        finding.source.position(finding.hit.at.start).line,
        act.sql if act else finding.source.text[finding.statement.start : finding.statement.end],
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


def _silent(one: Episode, act: Act, seen: Observed, evidence: Evidence, *, quiet: bool) -> Proof:
    if quiet:
        found: tuple[Claim, ...] = (Claim("nobody waits", Status.SKIPPED, "a finding about it is silenced"),)
    elif act.index_work and not routine(act) and not (seen.builds and not seen.table):
        found = tuple(claims.silent(seen, guard=_is_guard(one, act)))
    else:
        found = tuple(claims.unforeseen(seen, _told(one)))
    return Proof(
        one.script.path, act.line, act.sql, found, original=seen, crashes=_crashes(evidence.crashes, act, ())
    )


def _told(one: Episode) -> int:
    """The line in which idxlint speaks of what other statements call, or says that it cannot judge; 0 if nowhere."""
    found = [act.line for act in one.script.acts if act.step.statement.start in one.unjudged]
    stored = [act for case in one.cases if (act := meant(one, case)) and routine(act)]
    return min(found + [act.line for act in stored], default=0)


def _is_guard(one: Episode, act: Act) -> bool:
    """Whether a statement drops, if it is there, what a later one builds."""
    drops = any(isinstance(op, DropIndex) and op.if_exists for op in act.index_work)
    start = act.step.statement.start
    later = [other for other in one.script.acts if other.step.statement.start > start]
    return drops and any(indexes(act) & indexes(other) for other in later)


def _indexes(played: Played | None, seen: Observed | None) -> tuple[IndexState, ...]:
    """The indexes of the table that a statement works on, as a play leaves them."""
    if played is None or seen is None:
        return ()
    return tuple(index for index in played.indexes if index.table == seen.table)


def _seen(played: Played | None, act: Act) -> Observed | None:
    """How a statement went; one place of a file in another language may mean several statements."""
    if played is None:
        return None
    start = act.step.statement.start
    return next((seen for seen in played.statements if seen.offset == start and seen.sql == act.sql), None)


def _crashes(crashes: Sequence[Crash], act: Act | None, ours: Sequence[Observed]) -> tuple[Crash, ...]:
    texts = {seen.sql for seen in ours}
    return tuple(
        crash
        for crash in crashes
        if (act is not None and crash.script == "original" and crash.sql == act.sql)
        or (crash.script == "fixed" and crash.sql in texts)
    )
