"""Crashes in words: those that came out alike are one sentence."""

from collections.abc import Sequence

from idxlint.model.evidence import Crash
from idxlint.reporters.live.words import standing
from idxlint.reporters.parts.phrases import listed

Batch = tuple[Crash, ...]
"""Crashes of one statement that came out alike, never empty."""


def batches(crashes: Sequence[Crash]) -> tuple[Batch, ...]:
    """The crashes in groups that came out alike, each where its first one stands."""
    groups: dict[tuple[object, ...], list[Crash]] = {}
    for crash in crashes:
        came = crash.left, crash.second, crash.end, crash.missing
        key = crash.script, crash.sql, bool(crash.first), _waits(crash), came
        groups.setdefault(key, []).append(crash)
    return tuple(map(tuple, groups.values()))


def halted(batch: Batch) -> str:
    """Where a migration was stopped, and how."""
    stopped = bool(batch[0].first)
    kills = dict.fromkeys(f"{crash.kill} ({crash.first})" if stopped else crash.kill for crash in batch)
    stops = tuple(dict.fromkeys(standing(crash.stop) for crash in batch))
    start = "stopped" if stopped else "could not be interrupted"
    if stopped and len(batch) > 1:
        start = f"stopped {'twice' if len(batch) == 2 else f'{len(batch)} times'},"
    return (
        f"{start} by {_either(tuple(kills))} {_where(stops, stopped, len(batch) == len(kills) * len(stops))}"
    )


def _where(stops: tuple[str, ...], stopped: bool, each: bool) -> str:
    if len(stops) > 1 and each:
        return f"in each of {len(stops)} waits" if stopped else f"in any of {len(stops)} waits"
    return " or ".join(f"where it {stop}" for stop in stops)


def _waits(crash: Crash) -> bool:
    return standing(crash.stop).startswith("waits ")


def left(batch: Batch) -> str:
    """What the first run left."""
    if not batch[0].first:
        return "not tried"
    what = f"left INVALID {listed(batch[0].left)}" if batch[0].left else "left no INVALID index"
    return f"each time it {what}" if len(batch) > 1 else what


def rerun(batch: Batch) -> str:
    """What the second run made of it."""
    crash = batch[0]
    if not crash.first:
        return "not tried"
    faults = [f"still INVALID {listed(crash.end)}"] if crash.end else []
    faults += [f"{listed(crash.missing)} missing"] if crash.missing else []
    also = "" if faults else "also "
    said = f" (it {also}said {crash.second})" if crash.second else ""
    return (" and ".join(faults) or ("repaired" if crash.left else "complete")) + said


def crashed(batch: Batch) -> str:
    """A crash and its repair as one sentence."""
    script = batch[0].script
    if not batch[0].first:
        return f"{script}: {halted(batch)}"
    return f"{script}: {halted(batch)}; {left(batch)}; run again: {rerun(batch)}"


def aftermath(crashes: Sequence[Crash], script: str) -> tuple[str, bool]:
    """What the crashes of a script came to, in three words, and whether it is well; "" where there was none."""
    stopped = [crash for crash in crashes if crash.script == script and crash.first]
    well = all(crash.repaired for crash in stopped)
    return (("a crash: " + ("repaired" if well else "not repaired")) if stopped else "", well)


def _either(words: tuple[str, ...]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)
