"""What `start_after` leaves alone: the migrations that have run once the one that it names has."""

from collections.abc import Iterable

from idxlint.runners.plan import STDIN, Plan, order
from idxlint.runners.shared.orders import begins


def past(plans: Iterable[Plan], start_after: str | None) -> frozenset[str]:
    """The printed paths of the migrations that the tool would run at or before start_after.

    start_after: a version, the name of a migration (or of its folder), or the beginning of one. Where a file tells
    the tool the order, it goes by the place of what is named; a history without it goes by the names.
    """
    if not start_after:
        return frozenset()
    histories: dict[str, list[Plan]] = {}
    for plan in sorted(plans, key=order):
        if plan.shown != STDIN:
            histories.setdefault(plan.history, []).append(plan)
    return frozenset(plan.shown for group in histories.values() for plan in _past(group, start_after))


def _past(group: list[Plan], start_after: str) -> list[Plan]:
    named = [place for place, plan in enumerate(group) if begins(plan.own, start_after)]
    if named and any(plan.rank for plan in group):
        return group[: named[-1] + 1]
    return [plan for plan in group if plan.order.is_past(plan.own, start_after)]
