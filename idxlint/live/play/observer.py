"""A statement that is looked at while it runs: made to stand still, or kept in its transaction."""

import re
import time
from collections.abc import Container, Sequence
from contextlib import ExitStack

from psycopg.pq import TransactionStatus

from idxlint.live.play.monitor import PATIENCE, Storage, Watch, apart, built, storage
from idxlint.live.play.script import Act
from idxlint.live.play.target_table import Target
from idxlint.live.play.traffic import Traffic
from idxlint.live.play.waits import QUEUE, Blocker, Stage
from idxlint.live.server.connection import LONGEST, Answer, Running, Session
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
class Look:
    """What was seen of a statement; own: it ran in a transaction of its own. The rest is as in Observed."""

    answer: Answer
    own: bool = True
    stops: tuple[Stop, ...] = ()
    builds: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()


def may_build(act: Act) -> bool:
    """Whether a statement is worth a glance although nothing in it is known to build an index."""
    return bool(_MAY_BUILD.match(act.sql))


class Looking:
    """The migration's session and the onlooker beside it."""

    def __init__(self, session: Session, watch: Watch, conninfo: str) -> None:
        self._session, self._watch, self._conninfo = session, watch, conninfo

    def staged(self, act: Act, table: Target, stages: Sequence[Stage], running: Traffic) -> Look:
        """A concurrent statement, made to stand still in each of its waits."""
        before = storage(self._watch.session)
        stops: list[Stop] = []
        with ExitStack() as stack:
            blocker = stack.enter_context(Blocker(self._conninfo, stages[0], table.quoted))
            work = Running(self._session, act.sql)
            for stage, following in zip(stages, (*stages[1:], None), strict=True):
                if not blocker.holds(work, self._watch):
                    break
                stops.append(running.look(stage.name, self._session.pid))
                if following:
                    opened = stack.enter_context(Blocker(self._conninfo, following, table.quoted))
                    blocker.release()
                    blocker = opened
        answer = work.end(PATIENCE)
        return Look(answer, True, tuple(stops), built(before, storage(self._watch.session)))

    def held(self, act: Act, table: Target, running: Traffic) -> Look:
        """A statement whose locks are kept until everybody was seen to wait for them, or to pass."""
        session, stops, made = self._session, list[Stop](), tuple[str, ...]()
        own = self._begin()
        before = self._storage()
        answer = self._queued(act, table, running, stops) if own else session.send(act.sql)
        if own and answer.sqlstate == _TIMED_OUT:  # our sessions were in its way: once more, and patiently
            session.send("ROLLBACK")
            self._begin()
            session.send("SET LOCAL lock_timeout = 0")
            answer = session.send(act.sql)
        if not answer.sqlstate:
            made = built(before, self._storage())
            stops.append(running.look("holds its locks", session.pid))
            time.sleep(HOLD)
        return Look(self._end(act, answer) if own else answer, own, tuple(stops), made)

    def glance(self, act: Act, standing: Container[int], at: float, *, hold: bool) -> Look:
        """A statement about no index, and what it builds all the same. hold: it may be put in a transaction."""
        own = self._begin() if hold else False
        before = self._storage()
        answer = self._session.send(act.sql)
        stops, builds, rewrites = tuple[Stop, ...](), tuple[str, ...](), tuple[str, ...]()
        if not answer.sqlstate:
            builds, rewrites = apart(before, self._storage(), standing)
        if (builds or rewrites) and self._session.in_transaction:
            stops = (self._watch.stop("holds its locks", self._session.pid, at),)
        return Look(
            self._end(act, answer) if own else answer,
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

    def _end(self, act: Act, answer: Answer) -> Answer:
        """End our transaction; what ends transactions itself is sent again without one."""
        ended = self._session.send("ROLLBACK" if answer.sqlstate else "COMMIT")
        if answer.sqlstate in _BREAKS_OUT:
            return self._session.send(act.sql)
        return ended if ended.sqlstate and not answer.sqlstate else answer

    def _queued(self, act: Act, table: Target, running: Traffic, stops: list[Stop]) -> Answer:
        """The answer of a statement that finds a reader; where it has to wait, all others wait behind it."""
        with Blocker(self._conninfo, QUEUE, table.quoted) as reader:
            work = Running(self._session, act.sql)
            if reader.holds(work, self._watch):
                stops.append(running.look(QUEUE.name, self._session.pid))
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
