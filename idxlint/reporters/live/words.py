"""What live mode saw, in the words that all its reports for people share."""

import re

from idxlint.model import LOCK_MODES
from idxlint.model.evidence import Claim, LiveRun, Notice, ObservedStatement, Proof, Status, Stop, TableLock
from idxlint.reporters.parts.phrases import NONE, counted, listed

LIMITS = "Live mode shows locks and index validity on generated data, not how long a statement takes in production."
DEFECT = "This is a bug in idxlint. Please report it."
MARKS = {
    Status.CONFIRMED: "✓",
    Status.CONTRADICTED: "✗",
    Status.INCONCLUSIVE: "?",
    Status.SKIPPED: NONE,
    Status.ERROR: "!",
}
"""A tick stands for what was seen and for nothing else."""

_RUNS = {
    "autocommit": "on its own",
    "transaction": "in a transaction",
    "message": "in one message with others",
}
_MOST = 4


def server(run: LiveRun) -> str:
    """The name that a server goes by."""
    return f"PostgreSQL {run.version}"


def about(proof: Proof) -> str:
    """The rule that a proof is about."""
    return f"{proof.id} {proof.rule}" if proof.rule else "no finding"


def verdict(status: Status, count: int) -> str:
    """How many proofs have a status."""
    return counted(count, status) if status is Status.ERROR else f"{count:,} {status}"


def verdicts(run: LiveRun) -> tuple[tuple[Status, int], ...]:
    """How many proofs of a run have each status that occurs."""
    return tuple((status, run.count(status)) for status in Status if run.count(status))


def summary(run: LiveRun) -> str:
    """One line: what came out, on how much data, in how many seconds."""
    words = listed(tuple(verdict(status, count) for status, count in verdicts(run)))
    proofs = f"{counted(len(run.proofs), 'proof')} on {server(run)}"
    seeded = f"{counted(run.tables, 'table')} seeded with {counted(run.rows, 'row')}"
    return f"{proofs}{': ' if words else ''}{words}; {seeded}; {run.seconds:.1f} s"


def held(locks: tuple[TableLock, ...]) -> str:
    """The strongest lock on each relation, grouped by mode, the strongest first."""
    modes: dict[str, list[str]] = {}
    for lock in strongest(locks):
        modes.setdefault(lock.mode, []).append(lock.relation)
    return listed(tuple(f"{mode} on {_few(names)}" for mode, names in modes.items()))


def _few(names: list[str]) -> str:
    """Names in a row, not all of them where there are many; JSON has all."""
    more = len(names) - _MOST
    return f"{listed(tuple(names[:_MOST]))} and {more} more" if more > 1 else listed(tuple(names))


def strongest(locks: tuple[TableLock, ...]) -> list[TableLock]:
    """One lock for each relation, which says what the weaker ones say as well; the strongest first."""
    best: dict[str, TableLock] = {}
    for lock in locks:
        if lock.relation not in best or strength(lock.mode) > strength(best[lock.relation].mode):
            best[lock.relation] = lock
    return sorted(best.values(), key=lambda lock: -strength(lock.mode))


def strength(mode: str) -> int:
    """Where a lock mode stands among the others; one that is not known is weak."""
    return LOCK_MODES.index(mode) if mode in LOCK_MODES else -1


def seen(observed: ObservedStatement) -> str:
    """What a statement did, in one sentence: its locks, who waited, who passed, how it failed."""
    if nothing_to_drop(observed):
        return "ran; there was nothing to drop"
    parts = []
    if observed.stops:
        parts.append(held(observed.locks) or "no lock on an existing table")
        parts += _probed(observed.waited, observed.passed)
    if observed.sqlstate:
        parts.append(f"failed with {observed.sqlstate}: {observed.error}")
    return "; ".join(parts) or "ran; not observed meanwhile"


def nothing_to_drop(observed: ObservedStatement) -> bool:
    """Whether a statement found that what it would clear away is not there."""
    dropping = observed.sql.lstrip()[:4].upper() == "DROP"
    gone = [notice.message.endswith("does not exist, skipping") for notice in observed.notices]
    return dropping and bool(gone) and all(gone) and not observed.stops and not observed.sqlstate


def told(observed: ObservedStatement) -> tuple[Notice, ...]:
    """The messages of the server that what was seen does not say already."""
    return () if nothing_to_drop(observed) else observed.notices


def sent(observed: ObservedStatement) -> str:
    """How a statement was sent, and what it gave new storage to, in sentences."""
    how = _RUNS.get(observed.runs, observed.runs)
    built = f" Created new storage for {listed(observed.builds)}." if observed.builds else ""
    return f"Ran {how}.{built}"


def stop_seen(stop: Stop) -> str:
    """What was seen while a statement stood still."""
    parts = [
        held(stop.locks) or "no lock on an existing table",
        *_probed(stop.waited, stop.passed),
    ]
    return "; ".join(parts)


def stop_name(stop: Stop) -> str:
    """Why it stands, with the server's own word for the phase where that says more."""
    name = standing(stop.name)
    more = stop.phase and _bare(standing(stop.phase)) != _bare(name)
    return f"{name} ({stop.phase})" if more else name


def standing(name: str) -> str:
    """The name of a stop as a verb, whichever way it was written."""
    return re.sub(r"\Awaiting for ", "waits for ", name)


def _bare(words: str) -> str:
    return words.replace(",", "").replace("before the ", "before ")


def _probed(waited: tuple[str, ...], passed: tuple[str, ...]) -> list[str]:
    said = [f"{listed(waited)} waited"] if waited else []
    return [*said, f"{listed(passed)} passed"] if passed else said


def contradictions(run: LiveRun) -> tuple[tuple[Proof, Claim], ...]:
    """Claims of the rule book that the server proved wrong."""
    return tuple(
        (proof, claim)
        for proof in run.proofs
        for claim in proof.claims
        if claim.status is Status.CONTRADICTED
    )
