"""Where a concurrent statement waits, and the transactions that make it stand still just there.

Each blocker is opened while the statement stands at the one before it, so that it comes to every wait and
nothing is left to chance. The order of the waits is that of DefineIndex, index_drop and
ReindexRelationConcurrently (src/backend/commands/indexcmds.c, src/backend/catalog/index.c).
"""

import psycopg

from idxlint.live.play.monitor import PATIENCE, Monitor, until
from idxlint.live.play.script import ScriptStatement
from idxlint.live.server.connection import DatabaseSession, RunningStatement
from idxlint.model import value
from idxlint.sql.meaning.operations import BuildIndex, DropIndex, Operation, Reindex

WRITER = "ROW EXCLUSIVE"
READER = "ACCESS SHARE"
SNAPSHOT = ""


@value
class Wait:
    """A wait. name: what a statement does there; lock: what its blocker holds on the table, "" for a snapshot."""

    name: str
    lock: str


_BUILD = (
    Wait("waits for writers, before the build", WRITER),
    Wait("waits for writers, before the validation", WRITER),
    Wait("waits for old snapshots", SNAPSHOT),
)
_DROP = (
    Wait("waits for readers and writers", READER),
    Wait("waits for those who may still use it", READER),
)
_REBUILD = (
    *_BUILD,
    Wait("waits for readers, before the old one is dead", READER),
    Wait("waits for readers, before the old one is dropped", READER),
)
QUEUE = Wait("waits for a reader, and all others behind it", READER)
"""Where a statement stands that needs ACCESS EXCLUSIVE, as long as anybody reads."""


def _waits_of(operation: Operation) -> tuple[Wait, ...]:
    """The waits of a concurrent statement; none for any other."""
    match operation:
        case BuildIndex(concurrently=True):
            return _BUILD
        case DropIndex(concurrently=True):
            return _DROP
        case Reindex(concurrently=True, kind="INDEX" | "TABLE"):
            return _REBUILD
    return ()


def waits_of(statement: ScriptStatement) -> tuple[Wait, ...]:
    """The waits of a statement."""
    return next((waits for operation in statement.step.operations if (waits := _waits_of(operation))), ())


class Blocker:
    """A transaction that a migration has to wait for."""

    def __init__(self, conninfo: str, wait: Wait, table: str) -> None:
        self.session = DatabaseSession(conninfo, lock_timeout=f"{PATIENCE:.0f}s")
        self.pid = self.session.pid
        try:
            if wait.lock:
                self.session.rows("BEGIN")
                self.session.rows(f"LOCK TABLE {table} IN {wait.lock} MODE")
            else:
                self.session.rows("BEGIN ISOLATION LEVEL REPEATABLE READ")
                self.session.rows("SELECT 1")
        except psycopg.Error:
            self.release()
            raise

    def __enter__(self) -> "Blocker":
        """Released in the end, whatever happens; twice does no harm."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the transaction."""
        self.release()

    def holds(self, work: RunningStatement, monitor: Monitor) -> bool:
        """Wait until a statement stands behind this transaction; False where it ended instead."""
        return until(lambda: work.done or self.pid in monitor.blockers(work.session.pid)) and not work.done

    def release(self) -> None:
        """End the transaction, and with it the wait."""
        self.session.close()
