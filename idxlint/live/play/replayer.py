"""Run a migration as its runner does, and look at it while it runs."""

import re
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from idxlint.live.play.interrupt import Interruption
from idxlint.live.play.monitor import PATIENCE, Monitor
from idxlint.live.play.observer import Observation, Observer, may_build
from idxlint.live.play.script import Script, ScriptStatement, ScriptUnit
from idxlint.live.play.target_table import TargetTable, find_target, probe_statements
from idxlint.live.play.traffic import QUIET, Clock, run_traffic
from idxlint.live.play.waits import Wait, waits_of
from idxlint.live.server.connection import LONGEST, DatabaseSession, Response
from idxlint.live.server.shared_objects import WITHHELD, changes_server, repeatable
from idxlint.model import Send
from idxlint.model.evidence import FileRun, ObservedStatement, Probe, Stop
from idxlint.sql.meaning.operations import Transaction
from idxlint.sql.meaning.refusing import refusing

_DDL = re.compile(r"(?:alter|create|drop|reindex|do)\b", re.IGNORECASE)
_COPY = re.compile(r"copy\b.*\b(?:from\s+stdin|to\s+stdout)\b", re.IGNORECASE | re.DOTALL)


class Replayer:
    """One run of one script in one database. observe: look at it, or only send it; interruption: stop it half way."""

    def __init__(
        self, conninfo: str, *, observe: bool = False, interruption: Interruption | None = None
    ) -> None:
        self._conninfo, self._observe, self._interruption = conninfo, observe, interruption
        self._clock = Clock()
        self._observed: list[ObservedStatement] = []
        self._own_session = DatabaseSession(conninfo, lock_timeout=f"{PATIENCE:.0f}s")
        self.monitor = Monitor(self._own_session)
        self._standing = self.monitor.relations()
        self._probes: dict[int, dict[str, str]] = {}

    def replay(self, script: Script) -> FileRun:
        """Run a script; psql goes on behind an error, all others end there. Raises psycopg.Error if we fail."""
        with ExitStack() as stack:
            stack.callback(self._own_session.close)
            if self._observe:
                self._prepare(script)
            self._run_units(script, stack)
            return FileRun(script.path, tuple(self._observed), self.monitor.indexes(), self._clock.now())

    def _run_units(self, script: Script, stack: ExitStack) -> None:
        goes_on = script.runner == "psql"
        session: DatabaseSession | None = None
        for unit in script.units:
            if session is None or not unit.continues:
                if session is not None:
                    session.close()
                session = self._session()
                stack.callback(session.close)
            self._run_unit(session, unit, goes_on)
            if session.connection.closed or (not goes_on and self._observed and self._observed[-1].sqlstate):
                break
        if session is not None:
            session.close()

    def _prepare(self, script: Script) -> None:
        """Make the probes while nobody holds a lock that making them would wait for."""
        for statement in script.statements:
            table = (
                find_target(self._own_session, self._standing, statement.index_work)
                if statement.index_work
                else None
            )
            if table is not None and table.oid not in self._probes:
                self._probes[table.oid] = probe_statements(self._own_session, table)

    def _session(self) -> DatabaseSession:
        """The runner's; the application looks for deadlocks long before it does."""
        return DatabaseSession(
            self._conninfo,
            LONGEST,
            deadlock_timeout="20s",
            **(self._interruption.settings if self._interruption else {}),
        )

    def _run_unit(self, session: DatabaseSession, unit: ScriptUnit, goes_on: bool) -> None:
        if unit.wrapped:
            session.send("BEGIN")
        for message in unit.messages:
            ran = self._send_message(session, message, unit.send)
            if session.connection.closed or (not ran and not goes_on):
                break
        if session.in_transaction:
            self._record_commit(session.send("COMMIT"))

    def _record_commit(self, response: Response) -> None:
        """What only the end of the transaction says, such as a deferred constraint, is the last statement's."""
        if response.sqlstate and self._observed and not self._observed[-1].sqlstate:
            self._observed[-1] = replace(self._observed[-1], sqlstate=response.sqlstate, error=response.error)

    def _send_message(self, session: DatabaseSession, message: Sequence[ScriptStatement], send: Send) -> bool:
        """Send what goes together; whether all of it went through."""
        if len(message) == 1:
            return self._send_statement(session, message[0])
        if any(_cannot_be_wrapped(statement) for statement in message):
            return self._send_whole(session, message, send)
        # Several statements in one message are one transaction to the server, so that each can be looked at.
        own = not session.in_transaction
        if own:
            session.send("BEGIN")
        ran = all(self._send_statement(session, statement) for statement in message)
        if own:
            session.send("COMMIT" if ran else "ROLLBACK")
        return ran

    def _send_whole(self, session: DatabaseSession, message: Sequence[ScriptStatement], send: Send) -> bool:
        """What ends transactions, or refuses them, is sent just as the runner sends it."""
        tables = [self._observable_table(session, statement) for statement in message]
        start = self._clock.now()
        texts = [statement.sql for statement in message]
        response = session.pipeline(texts) if send is Send.PIPELINE else session.send(";\n".join(texts))
        for statement, table in zip(message, tables, strict=True):
            self._record(
                statement, start, Observation(response), runs="message", table=table.name if table else ""
            )
        return not response.sqlstate

    def _send_statement(self, session: DatabaseSession, statement: ScriptStatement) -> bool:
        start = self._clock.now()
        if statement.rows is not None or _COPY.match(statement.sql):
            return self._record(
                statement, start, Observation(session.copy(statement.sql, statement.rows or ""))
            )
        if changes_server(statement.sql) and not session.in_transaction:
            self._record(statement, start, Observation(Response(error=WITHHELD)))
            return True
        if self._interruption and self._interruption.statement is statement and not session.in_transaction:
            response, stood = self._interruption.run(session, self.monitor, self._conninfo, self._standing)
            return self._record(
                statement, start, Observation(response, stops=tuple(Stop(name, start) for name in stood))
            )
        table = self._observable_table(session, statement)
        waits = () if session.in_transaction else waits_of(statement)
        if table is not None and (waits or session.in_transaction or _can_wait(statement)):
            return self._send_with_traffic(session, statement, table, waits)
        if self._observe and may_build(statement) and not _failed(session):
            hold = not _cannot_be_wrapped(statement)
            observer = Observer(session, self.monitor, self._conninfo)
            return self._record(
                statement, start, observer.glance(statement, self._standing, start, hold=hold)
            )
        response = session.send(repeatable(statement.sql))
        return self._record(statement, start, Observation(response, own=not session.in_transaction))

    def _send_with_traffic(
        self, session: DatabaseSession, statement: ScriptStatement, table: TargetTable, waits: Sequence[Wait]
    ) -> bool:
        """Send a statement while an application works on its table."""
        observer = Observer(session, self.monitor, self._conninfo)
        with run_traffic(self._conninfo, self._probes[table.oid], self.monitor, self._clock) as traffic:
            start = self._clock.now()
            observation = (
                observer.at_each_wait(statement, table, waits, traffic)
                if waits
                else observer.holding_locks(statement, table, traffic)
            )
            end = self._clock.now()
            time.sleep(QUIET if observation.own else 0)
            return self._record(
                statement, start, observation, end=end, table=table.name, probes=traffic.probes()
            )

    def _observable_table(self, session: DatabaseSession, statement: ScriptStatement) -> TargetTable | None:
        if not self._observe or not statement.index_work or _failed(session):
            return None
        table = find_target(session, self._standing, statement.index_work)
        if table is not None and table.oid not in self._probes and not session.in_transaction:
            self._probes[table.oid] = probe_statements(self._own_session, table)
        return table if table is not None and table.oid in self._probes else None

    def _record(
        self,
        statement: ScriptStatement,
        start: float,
        observation: Observation,
        *,
        end: float | None = None,
        runs: str = "",
        table: str = "",
        probes: tuple[Probe, ...] = (),
    ) -> bool:
        self._observed.append(
            ObservedStatement(
                statement.offset,
                statement.line,
                statement.sql,
                start,
                self._clock.now() if end is None else end,
                runs or ("autocommit" if observation.own else "transaction"),
                table,
                observation.stops,
                probes,
                observation.builds,
                observation.response.notices,
                observation.response.sqlstate,
                observation.response.error,
                observation.rewrites,
            )
        )
        return not observation.response.sqlstate


def _cannot_be_wrapped(statement: ScriptStatement) -> bool:
    """Whether a statement ends transactions or refuses them, so that a message that holds it is sent whole."""
    return any(
        isinstance(operation, Transaction) or refusing(operation) for operation in statement.step.operations
    )


def _can_wait(statement: ScriptStatement) -> bool:
    """Whether a statement may be held in a transaction block to be looked at."""
    return bool(_DDL.match(statement.sql)) and not _cannot_be_wrapped(statement)


def _failed(session: DatabaseSession) -> bool:
    return session.in_transaction and session.connection.info.transaction_status.name == "INERROR"
