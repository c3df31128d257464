"""Sqitch: psql -f for each change; the transaction is the one that the script itself writes."""

from pathlib import Path

from idxlint.model import Lock, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.orders import by_file
from idxlint.runners.shared.profile import Place, Profile
from idxlint.runners.tools.sqitch_plan import PLAN, chains

_LEAVE = "delete `BEGIN;` and `COMMIT;` from the script"
_CONFIGS = (PLAN, "sqitch.conf")
_LOCK = Lock(
    "a second Sqitch waits in pg_advisory_lock() and holds a snapshot that the build waits for, until its lock"
    " timeout ends that wait; allow only one deployment at a time"
)


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole script, as psql sends it (App/Sqitch/Engine/pg.pm); verify scripts change nothing."""
    if "verify" in _below(place.path):
        return ()
    unit = Unit(
        Span(0, len(source.text)), place.direction, Wrap.NONE, Send.STATEMENT, leave=_LEAVE, lock=_LOCK
    )
    return (unit,)


def _below(path: Path) -> tuple[str, ...]:
    """The folders between the plan and the script."""
    for parent in path.parents:
        if any((parent / name).exists() for name in _CONFIGS):
            return path.relative_to(parent).parts[:-1]
    return path.parts[-2:-1]


SQITCH = Profile(
    name="sqitch",
    title="Sqitch",
    read=read,
    wrap=Wrap.NONE,
    send=Send.STATEMENT,
    order=by_file("sqitch.plan", "no sqitch.plan names it"),
    leave=_LEAVE,
    lock=_LOCK,
    source="sqitchers/sqitch: lib/App/Sqitch/Engine/pg.pm, lib/App/Sqitch/Plan.pm",
    configs=_CONFIGS,
    chains=chains,
)
