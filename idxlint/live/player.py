"""Run a migration as its runner does, and look at it while it runs."""

import re
import time
from collections.abc import Sequence

from idxlint.live.crash import Strike
from idxlint.live.script import Act, Script, Take
from idxlint.live.session import Answer, Running, Session
from idxlint.live.stages import QUEUE, Blocker, Stage, stages_of
from idxlint.live.target import Target, statements, target
from idxlint.live.traffic import QUIET, Clock, Traffic, traffic
from idxlint.live.watch import PATIENCE, Watch, built, storage
from idxlint.model import Send
from idxlint.model.live import Observed, Played, Stop
from idxlint.sql.commands import refusing
from idxlint.sql.operations import Transaction

HOLD = 0.06
"""Seconds that a lock is kept after everybody was seen to wait for it; in production the work itself keeps it."""

_DDL = re.compile(r"(?:alter|create|drop|reindex|do)\b", re.IGNORECASE)
_BREAKS_OUT = ("25001", "2D000")
"""What a statement says that ends transactions itself, in a block that we opened to look at it."""


class Player:
    """One run of one script in one database. look: watch it, or only send it; strike: stop it half way."""

    def __init__(self, conninfo: str, *, look: bool = False, strike: Strike | None = None) -> None:
        self._conninfo, self._look, self._strike = conninfo, look, strike
        self._clock = Clock()
        self._seen: list[Observed] = []
        self._eye = Session(conninfo)
        self.watch = Watch(self._eye)
        self._standing = self.watch.relations()
        self._probes: dict[int, dict[str, str]] = {}

    def play(self, script: Script) -> Played:
        """Run a script; psql goes on behind an error, all others end there."""
        goes_on = script.runner == "psql"
        if self._look:
            self._prepare(script)
        session: Session | None = None
        for take in script.takes:
            if session is None or not take.continues:
                if session is not None:
                    session.close()
                session = self._session()
            self._take(session, take, goes_on)
            if session.connection.closed or (not goes_on and self._seen and self._seen[-1].sqlstate):
                break
        if session is not None:
            session.close()
        indexes = self.watch.indexes()
        self._eye.close()
        return Played(script.path, tuple(self._seen), indexes, self._clock.now())

    def _prepare(self, script: Script) -> None:
        """Make the probes while nobody holds a lock that making them would wait for."""
        for act in script.acts:
            table = target(self._eye, self._standing, act.index_work) if act.index_work else None
            if table is not None and table.oid not in self._probes:
                self._probes[table.oid] = statements(self._eye, table)

    def _session(self) -> Session:
        """The runner's; the application looks for deadlocks long before it does."""
        return Session(
            self._conninfo, deadlock_timeout="20s", **(self._strike.settings if self._strike else {})
        )

    def _take(self, session: Session, take: Take, goes_on: bool) -> None:
        if take.wrapped:
            session.send("BEGIN")
        for message in take.messages:
            ran = self._message(session, message, take.send)
            if session.connection.closed or (not ran and not goes_on):
                break
        if session.in_transaction:
            session.send("COMMIT")

    def _message(self, session: Session, message: Sequence[Act], send: Send) -> bool:
        """Send what goes together; whether all of it went through."""
        if len(message) == 1:
            return self._single(session, message[0])
        if any(_apart(act) for act in message):
            return self._whole(session, message, send)
        # Several statements in one message are one transaction to the server, so that each can be looked at.
        own = not session.in_transaction
        if own:
            session.send("BEGIN")
        ran = all(self._single(session, act) for act in message)
        if own:
            session.send("COMMIT" if ran else "ROLLBACK")
        return ran

    def _whole(self, session: Session, message: Sequence[Act], send: Send) -> bool:
        """What ends transactions, or refuses them, is sent just as the runner sends it."""
        tables = [self._target(session, act) for act in message]
        start = self._clock.now()
        texts = [act.sql for act in message]
        answer = session.pipeline(texts) if send is Send.PIPELINE else session.send(";\n".join(texts))
        for act, table in zip(message, tables, strict=True):
            self._add(act, start, answer, runs="message", table=table.name if table else "")
        return not answer.sqlstate

    def _single(self, session: Session, act: Act) -> bool:
        if act.rows is not None:
            start = self._clock.now()
            return self._add(act, start, session.copy(act.sql, act.rows))
        if self._strike and self._strike.act is act and not session.in_transaction:
            start = self._clock.now()
            answer, stood = self._strike.run(session, self.watch, self._conninfo, self._standing)
            return self._add(act, start, answer, stops=tuple(Stop(name, start) for name in stood))
        table = self._target(session, act)
        stages = () if session.in_transaction else stages_of(act)
        if table is None or not (stages or session.in_transaction or _can_wait(act)):
            start = self._clock.now()
            runs = "transaction" if session.in_transaction else "autocommit"
            return self._add(act, start, session.send(act.sql), runs=runs)
        with traffic(self._conninfo, self._probes[table.oid], self.watch, self._clock) as running:
            if stages:
                return self._staged(session, act, table, stages, running)
            return self._held(session, act, table, running)

    def _target(self, session: Session, act: Act) -> Target | None:
        if not self._look or not act.index_work or _failed(session):
            return None
        found = target(session, self._standing, act.index_work)
        if found is not None and found.oid not in self._probes and not session.in_transaction:
            self._probes[found.oid] = statements(self._eye, found)
        return found if found is not None and found.oid in self._probes else None

    def _staged(
        self, session: Session, act: Act, table: Target, stages: Sequence[Stage], running: Traffic
    ) -> bool:
        """A concurrent statement, made to stand still in each of its waits."""
        before, start = storage(self._eye), self._clock.now()
        stops: list[Stop] = []
        blocker = Blocker(self._conninfo, stages[0], table.quoted)
        work = Running(session, act.sql)
        for at, stage in enumerate(stages):
            if not blocker.holds(work, self.watch):
                break
            stops.append(running.look(stage.name, session.pid))
            following = stages[at + 1 : at + 2]
            opened = [Blocker(self._conninfo, one, table.quoted) for one in following]
            blocker.release()
            blocker = opened[0] if opened else blocker
        blocker.release()
        answer = work.end(PATIENCE)
        end = self._clock.now()
        time.sleep(QUIET)
        made = built(before, storage(self._eye))
        return self._add(
            act, start, answer, end=end, table=table.name, stops=tuple(stops), traffic=running, builds=made
        )

    def _held(self, session: Session, act: Act, table: Target, running: Traffic) -> bool:
        """A statement whose locks are kept until everybody was seen to wait for them, or to pass."""
        own = not session.in_transaction
        if own:
            session.send("BEGIN")
        before, start = storage(session), self._clock.now()
        stops: list[Stop] = []
        answer = self._queued(session, act, table, running, stops) if own else session.send(act.sql)
        made: tuple[str, ...] = ()
        if not answer.sqlstate:
            made = built(before, storage(session))
            stops.append(running.look("holds its locks", session.pid))
            time.sleep(HOLD)
        runs = "autocommit" if own else "transaction"
        if own:
            session.send("COMMIT" if not answer.sqlstate else "ROLLBACK")
            if answer.sqlstate in _BREAKS_OUT:
                answer = session.send(act.sql)
        end = self._clock.now()
        time.sleep(QUIET if own else 0)
        return self._add(
            act,
            start,
            answer,
            end=end,
            runs=runs,
            table=table.name,
            stops=tuple(stops),
            traffic=running,
            builds=made,
        )

    def _queued(
        self, session: Session, act: Act, table: Target, running: Traffic, stops: list[Stop]
    ) -> Answer:
        """The answer of a statement that finds a reader; where it has to wait, all others wait behind it."""
        reader = Blocker(self._conninfo, QUEUE, table.quoted)
        work = Running(session, act.sql)
        if reader.holds(work, self.watch):
            stops.append(running.look(QUEUE.name, session.pid))
        reader.release()
        return work.end(PATIENCE)

    def _add(
        self,
        act: Act,
        start: float,
        answer: Answer,
        *,
        end: float | None = None,
        runs: str = "autocommit",
        table: str = "",
        stops: tuple[Stop, ...] = (),
        traffic: Traffic | None = None,
        builds: tuple[str, ...] = (),
    ) -> bool:
        self._seen.append(
            Observed(
                act.step.statement.start,
                act.line,
                act.sql,
                start,
                self._clock.now() if end is None else end,
                runs,
                table,
                stops,
                traffic.probes() if traffic else (),
                builds,
                answer.notices,
                answer.sqlstate,
                answer.error,
            )
        )
        return not answer.sqlstate


def _apart(act: Act) -> bool:
    """Whether a statement ends transactions or refuses them, so that a message that holds it is sent whole."""
    return any(isinstance(one, Transaction) or refusing(one) for one in act.step.operations)


def _can_wait(act: Act) -> bool:
    """Whether a statement may be held in a transaction block to be looked at."""
    return bool(_DDL.match(act.sql)) and not _apart(act)


def _failed(session: Session) -> bool:
    return session.in_transaction and session.connection.info.transaction_status.name == "INERROR"
