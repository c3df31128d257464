"""A statement that is looked at while it runs: made to stand still, or kept in its transaction."""

import re
import time
from collections.abc import Container, Sequence
from contextlib import ExitStack

from psycopg.pq import TransactionStatus

from idxlint.live.play.monitor import PATIENCE, Monitor, Storage, built_and_rewritten, new_storage, storage
from idxlint.live.play.script import ScriptStatement
from idxlint.live.play.target_table import TargetTable
from idxlint.live.play.traffic import Traffic
from idxlint.live.play.waits import QUEUE, Blocker, Wait
from idxlint.live.server.connection import LONGEST, DatabaseSession, Response, RunningStatement
from idxlint.model import value
from idxlint.model.evidence import Stop

HOLD = 0.06
"""Seconds that a lock is kept after everybody was seen to wait for it; in production the work itself keeps it."""

_BREAKS_OUT = ("25001", "2D000")
"""What a statement says that ends transactions itself, in a block that we opened to look at it."""

_TIMED_OUT = "55P03"
"""What a statement with a lock_timeout of its own says when it meets a session of ours."""

_MAY_BUILD = re.compile(
    r"(?:alter|do|select|with|values|call|execute|cluster|vacuum|refresh|reindex|create\s+extension)\b",
    re.IGNORECASE,
)
"""What may build an index without a word about it: by a function, a script, or a new copy of a table."""

_IDLE = "idle_in_transaction_session_timeout"
"""The setting of a migration that would end it while we keep it standing."""


@value
class Observation:
    """What was seen of a statement; own: it ran in a transaction of its own. The rest is as in ObservedStatement."""

    response: Response
    own: bool = True
    stops: tuple[Stop, ...] = ()
    builds: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()


def may_build(statement: ScriptStatement) -> bool:
    """Whether a statement is worth a glance although nothing in it is known to build an index."""
    return bool(_MAY_BUILD.match(statement.sql))


class Observer:
    """The migration's session and the monitor beside it."""

    def __init__(self, session: DatabaseSession, monitor: Monitor, conninfo: str) -> None:
        self._session, self._monitor, self._conninfo = session, monitor, conninfo

    def at_each_wait(
        self, statement: ScriptStatement, table: TargetTable, waits: Sequence[Wait], traffic: Traffic
    ) -> Observation:
        """A concurrent statement, made to stand still in each of its waits."""
        before = storage(self._monitor.session)
        stops: list[Stop] = []
        with ExitStack() as stack:
            blocker = stack.enter_context(Blocker(self._conninfo, waits[0], table.quoted))
            work = RunningStatement(self._session, statement.sql)
            for wait, following in zip(waits, (*waits[1:], None), strict=True):
                if not blocker.holds(work, self._monitor):
                    break
                stops.append(traffic.observe_stop(wait.name, self._session.pid))
                if following:
                    opened = stack.enter_context(Blocker(self._conninfo, following, table.quoted))
                    blocker.release()
                    blocker = opened
        response = work.end(PATIENCE)
        return Observation(response, True, tuple(stops), new_storage(before, storage(self._monitor.session)))

    def holding_locks(self, statement: ScriptStatement, table: TargetTable, traffic: Traffic) -> Observation:
        """A statement whose locks are kept until everybody was seen to wait for them, or to pass."""
        session, stops, builds = self._session, list[Stop](), tuple[str, ...]()
        own = self._begin()
        before = self._storage()
        response = (
            self._behind_reader(statement, table, traffic, stops) if own else session.send(statement.sql)
        )
        if own and response.sqlstate == _TIMED_OUT:  # our sessions were in its way: once more, and patiently
            session.send("ROLLBACK")
            self._begin()
            session.send("SET LOCAL lock_timeout = 0")
            response = session.send(statement.sql)
        if not response.sqlstate:
            builds = new_storage(before, self._storage())
            stops.append(traffic.observe_stop("holds its locks", session.pid))
            time.sleep(HOLD)
        return Observation(self._end(statement, response) if own else response, own, tuple(stops), builds)

    def glance(
        self, statement: ScriptStatement, standing: Container[int], at: float, *, hold: bool
    ) -> Observation:
        """A statement about no index, and what it builds all the same. hold: it may be put in a transaction."""
        own = self._begin() if hold else False
        before = self._storage()
        response = self._session.send(statement.sql)
        stops, builds, rewrites = tuple[Stop, ...](), tuple[str, ...](), tuple[str, ...]()
        if not response.sqlstate:
            builds, rewrites = built_and_rewritten(before, self._storage(), standing)
        if (builds or rewrites) and self._session.in_transaction:
            stops = (self._monitor.stop("holds its locks", self._session.pid, at),)
        return Observation(
            self._end(statement, response) if own else response,
            not self._session.in_transaction,
            stops,
            builds,
            rewrites,
        )

    def _begin(self) -> bool:
        """Open a transaction to look in, where the runner has none; whether that was so."""
        own = not self._session.in_transaction
        if own:
            self._session.send("BEGIN")
        if self._session.connection.info.transaction_status is TransactionStatus.INTRANS:
            self._session.send(f"SET LOCAL {_IDLE} = 0")
        return own

    def _end(self, statement: ScriptStatement, response: Response) -> Response:
        """End our transaction; what ends transactions itself is sent again without one."""
        ended = self._session.send("ROLLBACK" if response.sqlstate else "COMMIT")
        if response.sqlstate in _BREAKS_OUT:
            return self._session.send(statement.sql)
        return ended if ended.sqlstate and not response.sqlstate else response

    def _behind_reader(
        self, statement: ScriptStatement, table: TargetTable, traffic: Traffic, stops: list[Stop]
    ) -> Response:
        """The answer of a statement that finds a reader; where it has to wait, all others wait behind it."""
        with Blocker(self._conninfo, QUEUE, table.quoted) as reader:
            work = RunningStatement(self._session, statement.sql)
            if reader.holds(work, self._monitor):
                stops.append(traffic.observe_stop(QUEUE.name, self._session.pid))
        return work.end(LONGEST)

    def _storage(self) -> Storage:
        """The files as the migration sees them, however short a timeout it has set."""
        ((limit,),) = self._session.rows("SELECT pg_catalog.current_setting('statement_timeout')")
        if limit == "0":
            return storage(self._session)
        change = "SELECT pg_catalog.set_config('statement_timeout', %s, false)"
        self._session.rows(change, "0")
        try:
            return storage(self._session)
        finally:
            self._session.rows(change, limit)
