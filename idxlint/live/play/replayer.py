"""Run a migration as its runner does, and look at it while it runs."""

import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from idxlint.live.play.interrupt import Strike
from idxlint.live.play.monitor import PATIENCE, Watch
from idxlint.live.play.observer import Look, Looking, may_build
from idxlint.live.play.script import Act, Script, Take
from idxlint.live.play.target_table import Target, statements, target
from idxlint.live.play.traffic import QUIET, Clock, traffic
from idxlint.live.play.waits import stages_of
from idxlint.live.server.connection import LONGEST, Answer, Session
from idxlint.live.server.shared_objects import WITHHELD, sent, withheld
from idxlint.model import Send
from idxlint.model.evidence import Observed, Played, Probe, Stop
from idxlint.sql.meaning.operations import Transaction
from idxlint.sql.meaning.refusing import refusing

_DDL = re.compile(r"(?:alter|create|drop|reindex|do)\b", re.IGNORECASE)
_COPY = re.compile(r"copy\b.*\b(?:from\s+stdin|to\s+stdout)\b", re.IGNORECASE | re.DOTALL)


class Player:
    """One run of one script in one database. look: watch it, or only send it; strike: stop it half way."""

    def __init__(self, conninfo: str, *, look: bool = False, strike: Strike | None = None) -> None:
        self._conninfo, self._look, self._strike = conninfo, look, strike
        self._clock = Clock()
        self._seen: list[Observed] = []
        self._eye = Session(conninfo, lock_timeout=f"{PATIENCE:.0f}s")
        self.watch = Watch(self._eye)
        self._standing = self.watch.relations()
        self._probes: dict[int, dict[str, str]] = {}

    def play(self, script: Script) -> Played:
        """Run a script; psql goes on behind an error, all others end there. Raises psycopg.Error if we fail."""
        with ExitStack() as stack:
            stack.callback(self._eye.close)
            if self._look:
                self._prepare(script)
            self._takes(script, stack)
            return Played(script.path, tuple(self._seen), self.watch.indexes(), self._clock.now())

    def _takes(self, script: Script, stack: ExitStack) -> None:
        goes_on = script.runner == "psql"
        session: Session | None = None
        for take in script.takes:
            if session is None or not take.continues:
                if session is not None:
                    session.close()
                session = self._session()
                stack.callback(session.close)
            self._take(session, take, goes_on)
            if session.connection.closed or (not goes_on and self._seen and self._seen[-1].sqlstate):
                break
        if session is not None:
            session.close()

    def _prepare(self, script: Script) -> None:
        """Make the probes while nobody holds a lock that making them would wait for."""
        for act in script.acts:
            table = target(self._eye, self._standing, act.index_work) if act.index_work else None
            if table is not None and table.oid not in self._probes:
                self._probes[table.oid] = statements(self._eye, table)

    def _session(self) -> Session:
        """The runner's; the application looks for deadlocks long before it does."""
        return Session(
            self._conninfo, LONGEST, deadlock_timeout="20s", **(self._strike.settings if self._strike else {})
        )

    def _take(self, session: Session, take: Take, goes_on: bool) -> None:
        if take.wrapped:
            session.send("BEGIN")
        for message in take.messages:
            ran = self._message(session, message, take.send)
            if session.connection.closed or (not ran and not goes_on):
                break
        if session.in_transaction:
            self._committed(session.send("COMMIT"))

    def _committed(self, answer: Answer) -> None:
        """What only the end of the transaction says, such as a deferred constraint, is the last statement's."""
        if answer.sqlstate and self._seen and not self._seen[-1].sqlstate:
            self._seen[-1] = replace(self._seen[-1], sqlstate=answer.sqlstate, error=answer.error)

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
            self._add(act, start, Look(answer), runs="message", table=table.name if table else "")
        return not answer.sqlstate

    def _single(self, session: Session, act: Act) -> bool:
        start = self._clock.now()
        if act.rows is not None or _COPY.match(act.sql):
            return self._add(act, start, Look(session.copy(act.sql, act.rows or "")))
        if withheld(act.sql) and not session.in_transaction:
            self._add(act, start, Look(Answer(error=WITHHELD)))
            return True
        if self._strike and self._strike.act is act and not session.in_transaction:
            answer, stood = self._strike.run(session, self.watch, self._conninfo, self._standing)
            return self._add(act, start, Look(answer, stops=tuple(Stop(name, start) for name in stood)))
        looking = Looking(session, self.watch, self._conninfo)
        table = self._target(session, act)
        stages = () if session.in_transaction else stages_of(act)
        if table is None or not (stages or session.in_transaction or _can_wait(act)):
            if self._look and may_build(act) and not _failed(session):
                return self._add(act, start, looking.glance(act, self._standing, start, hold=not _apart(act)))
            return self._add(act, start, Look(session.send(sent(act.sql)), own=not session.in_transaction))
        with traffic(self._conninfo, self._probes[table.oid], self.watch, self._clock) as running:
            start = self._clock.now()
            look = (
                looking.staged(act, table, stages, running) if stages else looking.held(act, table, running)
            )
            end = self._clock.now()
            time.sleep(QUIET if look.own else 0)
            return self._add(act, start, look, end=end, table=table.name, probes=running.probes())

    def _target(self, session: Session, act: Act) -> Target | None:
        if not self._look or not act.index_work or _failed(session):
            return None
        found = target(session, self._standing, act.index_work)
        if found is not None and found.oid not in self._probes and not session.in_transaction:
            self._probes[found.oid] = statements(self._eye, found)
        return found if found is not None and found.oid in self._probes else None

    def _add(
        self,
        act: Act,
        start: float,
        look: Look,
        *,
        end: float | None = None,
        runs: str = "",
        table: str = "",
        probes: tuple[Probe, ...] = (),
    ) -> bool:
        self._seen.append(
            Observed(
                act.step.statement.start,
                act.line,
                act.sql,
                start,
                self._clock.now() if end is None else end,
                runs or ("autocommit" if look.own else "transaction"),
                table,
                look.stops,
                probes,
                look.builds,
                look.answer.notices,
                look.answer.sqlstate,
                look.answer.error,
                look.rewrites,
            )
        )
        return not look.answer.sqlstate


def _apart(act: Act) -> bool:
    """Whether a statement ends transactions or refuses them, so that a message that holds it is sent whole."""
    return any(isinstance(one, Transaction) or refusing(one) for one in act.step.operations)


def _can_wait(act: Act) -> bool:
    """Whether a statement may be held in a transaction block to be looked at."""
    return bool(_DDL.match(act.sql)) and not _apart(act)


def _failed(session: Session) -> bool:
    return session.in_transaction and session.connection.info.transaction_status.name == "INERROR"
