"""What a rule about leftovers says of a second run, beside what crashes have shown."""

from collections.abc import Iterator, Sequence

from idxlint.model import Rerun
from idxlint.model.evidence import Claim, Crash, Status

_EXISTS = "42P07"
_SKIPPED = "already exists, skipping"
_PROMISES = (Rerun.REPAIRS, Rerun.FINISHES)
_NEXT = {
    Rerun.FAILS: f"the next run fails ({_EXISTS})",
    Rerun.HIDES: "the next run reports success",
    Rerun.FAILS_AT_CHECK: "the next run fails at the check of indisvalid",
    Rerun.BUILDS_ANOTHER: "the next run builds another index beside it",
    Rerun.LEAVES_COPY: "the next run does not drop it",
}


def leaves(rerun: Rerun | None, crashes: Sequence[Crash]) -> Iterator[Claim]:
    """That what is left is as the finding says. rerun: what it says of the second run; None where nothing."""
    if rerun in _PROMISES:
        yield _repaired(crashes)
    else:
        yield _left(rerun, crashes)


def _left(rerun: Rerun | None, crashes: Sequence[Crash]) -> Claim:
    text = "if interrupted, the original leaves an INVALID index, and a second run does not repair it"
    if not crashes:
        return Claim(text, Status.SKIPPED, "no statement of it could be interrupted")
    bad = next((crash for crash in crashes if crash.left and not crash.repaired), None)
    if bad is None:
        if any(crash.left for crash in crashes):
            return Claim(text, Status.CONTRADICTED, "the second run repaired it")
        return Claim(text, Status.INCONCLUSIVE, "nothing was left behind")
    left = f"interrupted by {bad.kill}, the original leaves {', '.join(bad.end or bad.missing)} INVALID"
    if rerun is None:
        return Claim(left, Status.CONFIRMED)
    text = f"{left}, and {_NEXT[rerun]}"
    if not bad.again:
        return Claim(text, Status.INCONCLUSIVE, f"the next run stops before it: {bad.second}")
    if _went_as_said(rerun, bad):
        return Claim(text, Status.CONFIRMED)
    return Claim(text, Status.CONTRADICTED, bad.second or "it succeeded")


def _went_as_said(rerun: Rerun, crash: Crash) -> bool:
    """Whether the statement ended in the second run as a finding foretells; other statements may fail there too."""
    own, *later = crash.again
    if rerun is Rerun.FAILS:
        return own == _EXISTS
    if own or rerun not in (Rerun.HIDES, Rerun.FAILS_AT_CHECK):
        return not own
    return _SKIPPED in crash.second and (rerun is Rerun.HIDES or bool(later))


def _repaired(crashes: Sequence[Crash]) -> Claim:
    """That running the file again is enough, wherever it was stopped."""
    text = "interrupted and run again, the original leaves only valid indexes"
    stopped = [crash for crash in crashes if crash.first]
    if not stopped:
        return Claim(text, Status.SKIPPED, "no statement of it could be interrupted")
    bad = next((crash for crash in stopped if not crash.repaired), None)
    if bad is not None and not bad.again:
        return Claim(text, Status.INCONCLUSIVE, f"the next run stops before it: {bad.second}")
    if bad is not None:
        left = ", ".join(bad.end or bad.missing)
        return Claim(
            text, Status.CONTRADICTED, f"{left}, interrupted by {bad.kill}: {bad.second or 'not valid'}"
        )
    if not any(crash.left for crash in stopped):
        return Claim(text, Status.INCONCLUSIVE, "nothing was left behind")
    times = "once" if len(stopped) == 1 else f"{len(stopped)} times"
    return Claim(
        f"interrupted {times} and run again, the original leaves only valid indexes", Status.CONFIRMED
    )
