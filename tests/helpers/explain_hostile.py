"""Explanations that try to be something else, and the door to the formats of explain."""

from idxlint.model import FileGap, Gap, Reason, Source, Span, Unread
from idxlint.model.explained import Explained, ExplainedTransaction, Explanation, HeldLock, LockStretch
from idxlint.model.migration import Direction
from idxlint.reporters import EXPLAIN_REPORTERS
from tests.helpers.live_hostile import EVIL

ALL = ("SELECT", "SELECT FOR UPDATE", "INSERT", "UPDATE", "DELETE", "MERGE")


def rendered(name: str, explanation: Explanation, colour: bool = False) -> str:
    """An explanation in a format."""
    return "".join(EXPLAIN_REPORTERS[name](explanation, colour))


def hostile() -> Explanation:
    """An explanation in which everything that a file can choose is hostile."""
    source = Source(EVIL, f"{EVIL}\n{EVIL}")
    lock = HeldLock(EVIL, "ACCESS EXCLUSIVE", ALL, "file", None, "rewrite")
    names = (EVIL,) * 7
    statement = Explained(
        source, Span(0, len(EVIL)), EVIL, "create-index", Direction.UP, EVIL, "transaction", 1,
        False, True, (lock,) * 7, names, names, names, names, True,
    )  # fmt: skip
    alone = Explained(
        source, Span(3, len(EVIL)), EVIL, "drop-index", Direction.DOWN, EVIL, "autocommit", 2, True, False
    )  # fmt: skip
    stretch = LockStretch(EVIL, "ACCESS EXCLUSIVE", ALL, 0, 0, "run", None)
    return Explanation(
        (statement, alone),
        (ExplainedTransaction(1, "transaction", "runner", 0, 0, "run", None, (stretch,), (0,)),),
        (FileGap(source, Gap(Span(len(EVIL) + 1, len(source.text)), Reason.TEMPLATE, EVIL)),),
        (Unread(EVIL, EVIL),),
        (EVIL,),
    )
