"""Where a concurrent statement waits, and the transactions that make it stand still just there.

Each blocker is opened while the statement stands at the one before it, so that it comes to every wait and
nothing is left to chance. The order of the waits is that of DefineIndex, index_drop and
ReindexRelationConcurrently (src/backend/commands/indexcmds.c, src/backend/catalog/index.c).
"""

import psycopg

from idxlint.live.play.monitor import PATIENCE, Watch, until
from idxlint.live.play.script import Act
from idxlint.live.server.connection import Running, Session
from idxlint.model import value
from idxlint.sql.meaning.operations import BuildIndex, DropIndex, Operation, Reindex

WRITER = "ROW EXCLUSIVE"
READER = "ACCESS SHARE"
SNAPSHOT = ""


@value
class Stage:
    """A wait. name: what a statement does there; lock: what its blocker holds on the table, "" for a snapshot."""

    name: str
    lock: str


_BUILD = (
    Stage("waits for writers, before the build", WRITER),
    Stage("waits for writers, before the validation", WRITER),
    Stage("waits for old snapshots", SNAPSHOT),
)
_DROP = (
    Stage("waits for readers and writers", READER),
    Stage("waits for those who may still use it", READER),
)
_REBUILD = (
    *_BUILD,
    Stage("waits for readers, before the old one is dead", READER),
    Stage("waits for readers, before the old one is dropped", READER),
)
QUEUE = Stage("waits for a reader, and all others behind it", READER)
"""Where a statement stands that needs ACCESS EXCLUSIVE, as long as anybody reads."""


def waits(operation: Operation) -> tuple[Stage, ...]:
    """The waits of a concurrent statement; none for any other."""
    match operation:
        case BuildIndex(concurrently=True):
            return _BUILD
        case DropIndex(concurrently=True):
            return _DROP
        case Reindex(concurrently=True, kind="INDEX" | "TABLE"):
            return _REBUILD
    return ()


def stages_of(act: Act) -> tuple[Stage, ...]:
    """The waits of a statement."""
    return next((found for one in act.step.operations if (found := waits(one))), ())


class Blocker:
    """A transaction that a migration has to wait for."""

    def __init__(self, conninfo: str, stage: Stage, table: str) -> None:
        self.session = Session(conninfo, lock_timeout=f"{PATIENCE:.0f}s")
        self.pid = self.session.pid
        try:
            if stage.lock:
                self.session.rows("BEGIN")
                self.session.rows(f"LOCK TABLE {table} IN {stage.lock} MODE")
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

    def holds(self, work: Running, watch: Watch) -> bool:
        """Wait until a statement stands behind this transaction; False where it ended instead."""
        return until(lambda: work.done or self.pid in watch.blockers(work.session.pid)) and not work.done

    def release(self) -> None:
        """End the transaction, and with it the wait."""
        self.session.close()
