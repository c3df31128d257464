"""From what was seen to what it says: each claim confirmed, contradicted, or not decided, and why."""

import re
from collections.abc import Iterator, Sequence

from idxlint.live.proof.episode import FindingCase
from idxlint.live.proof.second_run import leaves
from idxlint.model import LOCK_MODES, Kind, Rule, Safety, Severity, StoppedBy
from idxlint.model.evidence import DML, Claim, Crash, FileRun, ObservedStatement, Status
from idxlint.sql.state.transaction import TIMEOUTS

_SQLSTATE = re.compile(r"`([0-9][0-9A-Z]{4})`")
_ABORTED = "25P02"
_DATA = "23"
_COPIES = re.compile(r"_cc(?:new|old)\d*\Z")
_MISSING = ("42704", "42P01", "42703")
"""What a statement says when an earlier file did not come to its end, so that what it works on is not there."""

_REWRITING = re.compile(r"(?:alter\s+table|cluster|vacuum|refresh)\b", re.IGNORECASE)
"""What builds indexes anew by the way, about which no rule speaks."""

_EXISTS = "42P07"
_WAITING = {
    "SHARE": ("INSERT", "UPDATE", "DELETE"),
    "SHARE ROW EXCLUSIVE": ("INSERT", "UPDATE", "DELETE"),
    "EXCLUSIVE": ("INSERT", "UPDATE", "DELETE"),
    "ACCESS EXCLUSIVE": DML,
}
"""Who waits for a lock (Explicit Locking, Conflicting Lock Modes); planning opens every index for a SELECT too."""


def expected_waiters(case: FindingCase) -> tuple[str, ...]:
    """The probes that have to wait if the page is right."""
    kinds = {kind for lock in case.locks for kind in _WAITING.get(lock.mode, ())}
    return tuple(kind for kind in DML if kind in kinds)


def original(
    case: FindingCase,
    observed: ObservedStatement | None,
    file_run: FileRun,
    crashes: Sequence[Crash],
    *,
    conditional: bool,
) -> Iterator[Claim]:
    """What the page says about the statement as it stands: the negative control.

    conditional: it is a block that may do it or not
    """
    rule = case.finding.rule
    if rule.no_proof:
        yield Claim("the original causes the problem", Status.SKIPPED, rule.no_proof)
    elif rule.kind is Kind.REFUSED:
        yield _refused(case, file_run.failed if rule.whole_file or observed is None else observed)
    elif observed is None:
        yield Claim("the original causes the problem", Status.SKIPPED, "the statement was not reached")
    elif rule.kind is Kind.LEFTOVER:
        yield from leaves(case.finding.hit.rerun, [crash for crash in crashes if crash.script == "original"])
    else:
        yield from _blocks(case, observed, conditional=conditional)


def _refused(case: FindingCase, observed: ObservedStatement | None) -> Claim:
    text = "PostgreSQL rejects the original"
    if observed is not None and not observed.sqlstate and case.finding.hit.severity is Severity.WARNING:
        return Claim("a later failure leaves the index INVALID", Status.SKIPPED, "no later statement failed")
    if observed is None and case.finding.rule.whole_file:
        return Claim(text, Status.INCONCLUSIVE, "the file runs without the opt-out")
    if observed is None or not observed.sqlstate:
        return Claim(text, Status.CONTRADICTED, "it succeeded")
    if observed.sqlstate in _codes(case):
        return Claim(f"{text} ({observed.sqlstate})", Status.CONFIRMED)
    if observed.sqlstate == _ABORTED:
        return Claim(text, Status.INCONCLUSIVE, "an earlier statement of the transaction failed")
    return Claim(text, Status.INCONCLUSIVE, f"it fails with {observed.sqlstate} {observed.error}")


def _codes(case: FindingCase) -> set[str]:
    """The errors that the page names."""
    return set(_SQLSTATE.findall(case.finding.rule.body))


def _blocks(case: FindingCase, observed: ObservedStatement, *, conditional: bool) -> Iterator[Claim]:
    """That those wait whom the page names; a stronger lock than its own does for a lock as well."""
    who = expected_waiters(case) or DML[1:]
    text = f"{_and(who)} wait{'s' if len(who) == 1 else ''} for the original"
    if observed.sqlstate:
        yield Claim(text, Status.INCONCLUSIVE, f"it fails with {observed.sqlstate} {observed.error}")
        return
    if not observed.table:
        yield Claim(text, Status.SKIPPED, "no other session can see its table")
        return
    if conditional and not observed.builds:
        yield Claim(text, Status.INCONCLUSIVE, "the block builds nothing on this database")
        return
    for lock in case.locks:
        held = {
            lock_held.mode
            for lock_held in observed.locks
            if (lock_held.relation == observed.table) is (lock.on == "table")
        }
        strong = any(LOCK_MODES.index(mode) >= LOCK_MODES.index(lock.mode) for mode in held)
        status = Status.CONFIRMED if strong else Status.CONTRADICTED
        yield Claim(f"it takes {lock.mode} on the {lock.on}", status, "" if held else "no lock was seen")
    tried = {*observed.waited, *observed.passed}
    missing = [kind for kind in who if kind not in observed.waited and kind in tried]
    if missing:
        yield Claim(text, Status.CONTRADICTED, f"{_and(missing)} did not wait")
    elif not observed.waited:
        yield Claim(text, Status.INCONCLUSIVE, "no concurrent statement finished")
    else:
        yield Claim(f"{_and(observed.waited)} wait for the original", Status.CONFIRMED)


def fixed(
    case: FindingCase,
    before: ObservedStatement | None,
    statements: Sequence[ObservedStatement],
    crashes: Sequence[Crash],
) -> Iterator[Claim]:
    """What the fix promises. before: the original, as it went."""
    fix = case.finding.hit.fix
    if fix is None:
        yield Claim("the fix is safe", Status.SKIPPED, "there is no fix")
        return
    if not case.fixed:
        kind = "an unsafe" if fix.safety is Safety.UNSAFE else "a safe"
        yield Claim("the fix is safe", Status.SKIPPED, f"{kind} one, which would cause another finding")
        return
    refused = next((observed for observed in statements if observed.sqlstate), None)
    if refused is not None:
        own = case.finding.rule.kind is Kind.REFUSED and refused.sqlstate in _codes(case)
        alike = before is not None and refused.sqlstate == before.sqlstate and not own
        alike |= before is not None and bool(before.sqlstate) and refused.sqlstate in _MISSING
        data = refused.sqlstate.startswith(_DATA)
        status = Status.INCONCLUSIVE if data or alike else Status.CONTRADICTED
        yield Claim("PostgreSQL accepts the fix", status, f"{refused.sqlstate} {refused.error}")
        return
    yield from _free(case, statements)
    guarded = any(observed.sql[:10].upper() == "DROP INDEX" for observed in statements)
    ours = [crash for crash in crashes if crash.script == "fixed"]
    yield from _repairs(case.finding.rule, ours, guarded=guarded)


def _free(case: FindingCase, statements: Sequence[ObservedStatement]) -> Iterator[Claim]:
    """Nobody waits while something is built."""
    looked = [observed for observed in statements if observed.stops]
    building = next((observed for observed in looked if observed.waited and observed.builds), None)
    if building is not None:
        yield Claim("nobody waits for the fix", Status.CONTRADICTED, f"{_and(building.waited)} waited")
        return
    if not looked:
        if case.finding.rule.kind is Kind.BLOCKS and not case.finding.rule.no_proof:
            yield Claim("nobody waits for the fix", Status.INCONCLUSIVE, "it was not observed while it ran")
        else:
            yield Claim("PostgreSQL accepts the fix", Status.CONFIRMED)
        return
    free = [observed for observed in looked if not observed.waited]
    if free:
        stops = sum(len(observed.stops) for observed in free)
        yield Claim(f"nobody waits for the fix, at any of its {stops} stops", Status.CONFIRMED)
    if len(free) < len(looked):
        yield Claim("the fix blocks only during a catalog change", Status.CONFIRMED)


def _repairs(rule: Rule, crashes: Sequence[Crash], *, guarded: bool) -> Iterator[Claim]:
    """That a second run repairs what a first one left. guarded: the fix drops that before it builds."""
    stopped = [crash for crash in crashes if crash.first]
    bad = next((crash for crash in stopped if not crash.repaired), None)
    if bad is not None and rule.stopped_by == StoppedBy.OWN_TIMEOUT:
        yield _outlasts(crashes, bad)
    elif bad is not None and not rule.fix_repairs and _EXISTS in bad.second:
        yield Claim(
            f"run again, the fix fails with {_EXISTS} instead of building another copy", Status.CONFIRMED
        )
    elif bad is not None and not guarded and _EXISTS in bad.second:
        text = "interrupted and run again, the fix leaves only valid indexes"
        yield Claim(
            text, Status.INCONCLUSIVE, f"it stops with {_EXISTS} at the invalid index: drop that first"
        )
    elif bad is not None:
        copies = not bad.missing and all(_COPIES.search(name) for name in bad.end)
        left = ", ".join(bad.end or bad.missing)
        text = (
            f"interrupted by {bad.kill} where it {bad.stop} and run again, the fix leaves only valid indexes"
        )
        if copies:
            yield Claim(text, Status.INCONCLUSIVE, f"all but the copy {left}: drop it CONCURRENTLY")
        else:
            yield Claim(text, Status.CONTRADICTED, f"{left}: {bad.second or 'not valid'}")
    elif stopped:
        yield Claim(
            f"interrupted {_times(len(stopped))} and run again, the fix leaves only valid indexes",
            Status.CONFIRMED,
        )
    elif crashes:
        yield Claim("no timeout interrupts the fix", Status.CONFIRMED)


def _outlasts(crashes: Sequence[Crash], bad: Crash) -> Claim:
    """That the timeouts of the file do not interrupt the fix; it promises nothing about a cancel or a lost session."""
    text = "the timeouts of the file do not interrupt the fix"
    if any(crash.kill in (*TIMEOUTS, StoppedBy.OWN_TIMEOUT) and not crash.first for crash in crashes):
        return Claim(text, Status.CONFIRMED)
    return Claim(text, Status.INCONCLUSIVE, f"{bad.kill} leaves {', '.join(bad.end or bad.missing)}")


def silent(observed: ObservedStatement, *, guard: bool) -> Iterator[Claim]:
    """What idxlint's silence about a statement promises. guard: it clears away what may not be there."""
    text = "nobody waits while an index is built"
    if observed.sqlstate:
        yield Claim("PostgreSQL accepts it", Status.INCONCLUSIVE, f"{observed.sqlstate} {observed.error}")
    elif not observed.table:
        yield Claim(text, Status.SKIPPED, "no other session can see its table yet")
    elif observed.waited and observed.builds:
        yield Claim(text, Status.CONTRADICTED, f"{_and(observed.waited)} waited")
    elif observed.waited:
        yield Claim("it blocks only during a catalog change", Status.CONFIRMED)
    elif observed.stops:
        yield Claim(text, Status.CONFIRMED)
    else:
        yield Claim(text, Status.INCONCLUSIVE, "it was not observed while it ran")
    for notice in observed.notices:
        if guard and notice.severity == "NOTICE":
            continue
        if notice.severity == "WARNING" or "skipping" in notice.message or "truncated" in notice.message:
            yield Claim("it does what it says", Status.INCONCLUSIVE, f"{notice.severity}: {notice.message}")


def unforeseen(observed: ObservedStatement, told_line: int) -> Iterator[Claim]:
    """What a statement does in which idxlint sees no index work. told: the line where it says something, or 0."""
    held = [lock for lock in observed.locks if lock.mode in _WAITING]
    text = "nobody waits while an index is built"
    if not observed.builds and not observed.rewrites:
        yield Claim(text, Status.SKIPPED, "nothing was built")
    elif told_line:
        yield Claim(
            text,
            Status.INCONCLUSIVE,
            f"it builds {_and(observed.builds or observed.rewrites)}, see line {told_line}",
        )
    elif not observed.builds:
        yield Claim(
            text, Status.INCONCLUSIVE, f"it rewrites {_and(observed.rewrites)}; idxlint has no rule for that"
        )
    elif held:
        what = f"it builds {_and(observed.builds)} under {held[0].mode} on {held[0].relation}"
        known = _REWRITING.match(observed.sql) is not None
        status = Status.INCONCLUSIVE if known else Status.CONTRADICTED
        yield Claim(
            text,
            status,
            f"{what}; idxlint has no rule for that" if known else f"{what}, and idxlint does not report it",
        )
    else:
        yield Claim(
            text,
            Status.INCONCLUSIVE,
            f"it builds {_and(observed.builds)}; whether anybody waits was not observed",
        )


def _and(words: Sequence[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
