"""The advisory lock that several tools hold for a whole run, and what it does to a concurrent build."""

from idxlint.model import Lock


def advisory_lock(second: str) -> Lock:
    """The lock of a tool that waits for it in a statement. second: who waits while the first one builds."""
    return Lock(
        f"{second} waits in pg_advisory_lock() and holds a snapshot that the build waits for, and PostgreSQL"
        " cancels one of them (40P01); allow only one run at a time"
    )
