"""PostgreSQL's table-level lock modes and their conflicts (Explicit Locking, "Conflicting Lock Modes")."""

from collections.abc import Mapping

from idxlint.model import LOCK_MODES

_CONFLICTS: Mapping[str, tuple[str, ...]] = {
    "ACCESS SHARE": ("ACCESS EXCLUSIVE",),
    "ROW SHARE": ("EXCLUSIVE", "ACCESS EXCLUSIVE"),
    "ROW EXCLUSIVE": ("SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"),
    "SHARE UPDATE EXCLUSIVE": (
        "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
    ),
    "SHARE": (
        "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
    ),
    "SHARE ROW EXCLUSIVE": (
        "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE",
        "ACCESS EXCLUSIVE",
    ),
    "EXCLUSIVE": LOCK_MODES[1:],
    "ACCESS EXCLUSIVE": LOCK_MODES,
}  # fmt: skip

_TAKEN_BY = (
    ("SELECT", "ACCESS SHARE"),
    ("SELECT FOR UPDATE", "ROW SHARE"),
    ("INSERT", "ROW EXCLUSIVE"),
    ("UPDATE", "ROW EXCLUSIVE"),
    ("DELETE", "ROW EXCLUSIVE"),
    ("MERGE", "ROW EXCLUSIVE"),
)
"""What an application runs, and the mode that it needs."""


def conflict(held: str, wanted: str) -> bool:
    """Whether a session waits for one mode while another session holds the other on the same table."""
    return wanted in _CONFLICTS[held]


def blocks(mode: str) -> tuple[str, ...]:
    """The statements of an application that wait while a table is locked in this mode."""
    return tuple(statement for statement, wanted in _TAKEN_BY if conflict(mode, wanted))


def blocks_writers(mode: str) -> bool:
    """Whether INSERT, UPDATE and DELETE wait."""
    return conflict(mode, "ROW EXCLUSIVE")


def blocks_readers(mode: str) -> bool:
    """Whether SELECT waits."""
    return conflict(mode, "ACCESS SHARE")


def stronger(first: str, second: str) -> str:
    """The mode that comes later in PostgreSQL's list."""
    return max(first, second, key=LOCK_MODES.index)
