"""From what was seen to what it says: each claim confirmed, contradicted, or not decided, and why."""

import re
from collections.abc import Iterator, Sequence

from idxlint.live.proof.episode import FindingCase
from idxlint.model import LOCK_MODES, Kind, Safety, Severity
from idxlint.model.evidence import DML, Claim, Crash, FileRun, ObservedStatement, Status

_SQLSTATE = re.compile(r"`([0-9][0-9A-Z]{4})`")
_ABORTED = "25P02"
_DATA = "23"
_COPIES = re.compile(r"_cc(?:new|old)\d*\Z")
_LOUD = ("unnamed-concurrent-index",)
"""Rules whose fix only promises that a second run does not pass over what the first one left."""

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

_WHOLE = ("opt-out-not-read",)
"""Rules whose finding stands in front of a file, any statement of which may be the one that is refused."""

ELSEWHERE = {
    "runner-lock-blocks-concurrently": "the lock is the runner's own, and only the runner takes it",
    "commit-ends-runner-transaction": "what goes wrong is the runner's own bookkeeping",
    "mixed-migration-refused": "the runner refuses the file before a server sees it",
}
"""Rules about what happens in the runner itself."""


def waiting(case: FindingCase) -> tuple[str, ...]:
    """The probes that have to wait if the page is right."""
    found = {kind for lock in case.locks for kind in _WAITING.get(lock.mode, ())}
    return tuple(kind for kind in DML if kind in found)


def original(
    case: FindingCase,
    seen: ObservedStatement | None,
    played: FileRun,
    crashes: Sequence[Crash],
    *,
    conditional: bool,
) -> Iterator[Claim]:
    """What the page says about the statement as it stands: the negative control.

    conditional: it is a block that may do it or not
    """
    rule = case.finding.rule
    if rule.name in ELSEWHERE:
        yield Claim("the original does harm", Status.SKIPPED, ELSEWHERE[rule.name])
    elif rule.kind is Kind.REFUSED:
        yield _refused(case, played.failed if rule.name in _WHOLE or seen is None else seen)
    elif seen is None:
        yield Claim("the original does harm", Status.SKIPPED, "the statement was not reached")
    elif rule.kind is Kind.LEFTOVER:
        yield from _leaves([one for one in crashes if one.script == "original"])
    else:
        yield from _blocks(case, seen, conditional=conditional)


def _refused(case: FindingCase, seen: ObservedStatement | None) -> Claim:
    text = "PostgreSQL refuses the original"
    if seen is not None and not seen.sqlstate and case.finding.hit.severity is Severity.WARNING:
        return Claim(
            "a failure behind it leaves the index INVALID", Status.SKIPPED, "nothing behind it failed"
        )
    if seen is None and case.finding.rule.name in _WHOLE:
        return Claim(text, Status.INCONCLUSIVE, "the file goes through without what the directive asks for")
    if seen is None or not seen.sqlstate:
        return Claim(text, Status.CONTRADICTED, "it went through")
    if seen.sqlstate in _codes(case):
        return Claim(f"{text} ({seen.sqlstate})", Status.CONFIRMED)
    if seen.sqlstate == _ABORTED:
        return Claim(text, Status.INCONCLUSIVE, "an earlier statement of the transaction failed")
    return Claim(text, Status.INCONCLUSIVE, f"it says {seen.sqlstate} {seen.error}")


def _codes(case: FindingCase) -> set[str]:
    """The errors that the page names."""
    return set(_SQLSTATE.findall(case.finding.rule.body))


def _blocks(case: FindingCase, seen: ObservedStatement, *, conditional: bool) -> Iterator[Claim]:
    """That those wait whom the page names; a stronger lock than its own does for a lock as well."""
    who = waiting(case) or DML[1:]
    text = f"{_and(who)} wait{'s' if len(who) == 1 else ''} for the original"
    if seen.sqlstate:
        yield Claim(text, Status.INCONCLUSIVE, f"the server refuses it: {seen.sqlstate} {seen.error}")
        return
    if not seen.table:
        yield Claim(text, Status.SKIPPED, "no other session can see its table")
        return
    if conditional and not seen.builds:
        yield Claim(text, Status.INCONCLUSIVE, "the block builds nothing on this database")
        return
    for lock in case.locks:
        held = {one.mode for one in seen.locks if (one.relation == seen.table) is (lock.on == "table")}
        strong = any(LOCK_MODES.index(mode) >= LOCK_MODES.index(lock.mode) for mode in held)
        status = Status.CONFIRMED if strong else Status.CONTRADICTED
        yield Claim(f"it takes {lock.mode} on the {lock.on}", status, "" if held else "no lock was seen")
    tried = {*seen.waited, *seen.passed}
    missing = [kind for kind in who if kind not in seen.waited and kind in tried]
    if missing:
        yield Claim(text, Status.CONTRADICTED, f"{_and(missing)} went through")
    elif not seen.waited:
        yield Claim(text, Status.INCONCLUSIVE, "no probe came to an end")
    else:
        yield Claim(f"{_and(seen.waited)} wait for the original", Status.CONFIRMED)


def _leaves(crashes: Sequence[Crash]) -> Iterator[Claim]:
    text = "stopped half way, the original leaves an INVALID index, and a second run does not repair it"
    if not crashes:
        yield Claim(text, Status.SKIPPED, "no statement of it could be stopped")
        return
    bad = next((one for one in crashes if one.left and not one.repaired), None)
    if bad is not None:
        left = ", ".join(bad.end or bad.missing)
        yield Claim(f"stopped by {bad.kill}, the original leaves {left} INVALID", Status.CONFIRMED)
    elif any(one.left for one in crashes):
        yield Claim(text, Status.CONTRADICTED, "the second run repaired it")
    else:
        yield Claim(text, Status.INCONCLUSIVE, "nothing was left behind")


def fixed(
    case: FindingCase,
    before: ObservedStatement | None,
    seen: Sequence[ObservedStatement],
    crashes: Sequence[Crash],
) -> Iterator[Claim]:
    """What the fix promises. before: the original, as it went."""
    fix = case.finding.hit.fix
    if fix is None:
        yield Claim("the fix is safe", Status.SKIPPED, "there is none that could be written")
        return
    if not case.fixed:
        kind = "an unsafe" if fix.safety is Safety.UNSAFE else "a safe"
        yield Claim("the fix is safe", Status.SKIPPED, f"{kind} one, which would bring another finding")
        return
    refused = next((one for one in seen if one.sqlstate), None)
    if refused is not None:
        own = case.finding.rule.kind is Kind.REFUSED and refused.sqlstate in _codes(case)
        alike = before is not None and refused.sqlstate == before.sqlstate and not own
        alike |= before is not None and bool(before.sqlstate) and refused.sqlstate in _MISSING
        data = refused.sqlstate.startswith(_DATA)
        status = Status.INCONCLUSIVE if data or alike else Status.CONTRADICTED
        yield Claim("PostgreSQL takes the fix", status, f"{refused.sqlstate} {refused.error}")
        return
    yield from _free(case, seen)
    guarded = any(one.sql[:10].upper() == "DROP INDEX" for one in seen)
    ours = [one for one in crashes if one.script == "fixed"]
    yield from _repairs(case.finding.rule.name, ours, guarded=guarded)


def _free(case: FindingCase, seen: Sequence[ObservedStatement]) -> Iterator[Claim]:
    """Nobody waits while something is built."""
    looked = [one for one in seen if one.stops]
    building = next((one for one in looked if one.waited and one.builds), None)
    if building is not None:
        yield Claim("nobody waits for the fix", Status.CONTRADICTED, f"{_and(building.waited)} waited")
        return
    if not looked:
        if case.finding.rule.kind is Kind.BLOCKS:
            yield Claim("nobody waits for the fix", Status.INCONCLUSIVE, "it was never seen standing still")
        else:
            yield Claim("PostgreSQL takes the fix", Status.CONFIRMED)
        return
    free = [one for one in looked if not one.waited]
    if free:
        stops = sum(len(one.stops) for one in free)
        yield Claim(f"nobody waits for the fix, at none of its {stops} stops", Status.CONFIRMED)
    if len(free) < len(looked):
        yield Claim("what the fix locks, it locks for a change in the catalogue only", Status.CONFIRMED)


def _repairs(rule: str, crashes: Sequence[Crash], *, guarded: bool) -> Iterator[Claim]:
    """That a second run repairs what a first one left. guarded: the fix drops that before it builds."""
    stopped = [one for one in crashes if one.first]
    bad = next((one for one in stopped if not one.repaired), None)
    if bad is not None and rule in _LOUD and _EXISTS in bad.second:
        yield Claim(f"run again, the fix says {_EXISTS} instead of building one more", Status.CONFIRMED)
    elif bad is not None and not guarded and _EXISTS in bad.second:
        text = "stopped half way and run again, the fix leaves only valid indexes"
        yield Claim(text, Status.INCONCLUSIVE, f"it stops with {_EXISTS} at what is left: drop that first")
    elif bad is not None:
        copies = not bad.missing and all(_COPIES.search(name) for name in bad.end)
        left = ", ".join(bad.end or bad.missing)
        text = f"stopped by {bad.kill} where it {bad.stop}, and run again, the fix leaves only valid indexes"
        if copies:
            yield Claim(text, Status.INCONCLUSIVE, f"all but the copy {left}: drop it CONCURRENTLY")
        else:
            yield Claim(text, Status.CONTRADICTED, f"{left}: {bad.second or 'not valid'}")
    elif stopped:
        yield Claim(
            f"stopped {_times(len(stopped))} and run again, the fix leaves only valid indexes",
            Status.CONFIRMED,
        )
    elif crashes:
        yield Claim("no timeout stops the fix", Status.CONFIRMED)


def silent(seen: ObservedStatement, *, guard: bool) -> Iterator[Claim]:
    """What idxlint's silence about a statement promises. guard: it clears away what may not be there."""
    text = "nobody waits while an index is built"
    if seen.sqlstate:
        yield Claim("PostgreSQL takes it", Status.INCONCLUSIVE, f"{seen.sqlstate} {seen.error}")
    elif not seen.table:
        yield Claim(text, Status.SKIPPED, "no other session can see its table yet")
    elif seen.waited and seen.builds:
        yield Claim(text, Status.CONTRADICTED, f"{_and(seen.waited)} waited")
    elif seen.waited:
        yield Claim("what it locks, it locks for a change in the catalogue only", Status.CONFIRMED)
    elif seen.stops:
        yield Claim(text, Status.CONFIRMED)
    else:
        yield Claim(text, Status.INCONCLUSIVE, "it was never seen standing still")
    for notice in seen.notices:
        if guard and notice.severity == "NOTICE":
            continue
        if notice.severity == "WARNING" or "skipping" in notice.message or "truncated" in notice.message:
            yield Claim("it does what it says", Status.INCONCLUSIVE, f"{notice.severity}: {notice.message}")


def unforeseen(seen: ObservedStatement, told: int) -> Iterator[Claim]:
    """What a statement does in which idxlint sees no index work. told: the line where it says something, or 0."""
    held = [lock for lock in seen.locks if lock.mode in _WAITING]
    text = "nobody waits while an index is built"
    if not seen.builds and not seen.rewrites:
        yield Claim(text, Status.SKIPPED, "nothing was built")
    elif told:
        yield Claim(
            text, Status.INCONCLUSIVE, f"it builds {_and(seen.builds or seen.rewrites)}, see line {told}"
        )
    elif not seen.builds:
        yield Claim(
            text, Status.INCONCLUSIVE, f"it rewrites {_and(seen.rewrites)}; idxlint has no rule for that"
        )
    elif held:
        what = f"it builds {_and(seen.builds)} under {held[0].mode} on {held[0].relation}"
        known = _REWRITING.match(seen.sql) is not None
        status = Status.INCONCLUSIVE if known else Status.CONTRADICTED
        yield Claim(
            text,
            status,
            f"{what}; idxlint has no rule for that" if known else f"{what}, and idxlint is silent",
        )
    else:
        yield Claim(text, Status.INCONCLUSIVE, f"it builds {_and(seen.builds)}; who waits was not seen")


def _and(words: Sequence[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
