"""Stop a migration half way, as production does: a cancel, a lost session, a timeout."""

import re
from collections.abc import Container, Mapping
from contextlib import ExitStack
from dataclasses import field

from idxlint.live.play.monitor import PATIENCE, Monitor, until
from idxlint.live.play.script import Script, ScriptStatement
from idxlint.live.play.target_table import find_target
from idxlint.live.play.waits import Blocker, waits_of
from idxlint.live.server.connection import DatabaseSession, Response, RunningStatement
from idxlint.model import StoppedBy, value
from idxlint.sql.meaning.operations import SetParameter
from idxlint.sql.state.transaction import TIMEOUTS

TERMINATE = "a lost session"
KILLS = (StoppedBy.CANCEL, TERMINATE, "lock_timeout", "statement_timeout")
"""How a statement is stopped in a wait; timeouts are set for the session, as a role or a runner sets them."""

_TIMEOUT = 0.4
_LONGER = 0.5
_UNITS = {"us": 1e-6, "ms": 1e-3, "": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}
_VALUE = re.compile(r"\s*'?(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d|)'?\s*\Z")
_MOST = 15.0


@value
class Interruption:
    """Where and how a script is stopped. act: its statement; stage: the wait, counted from 0; patience: seconds."""

    statement: ScriptStatement
    wait: int
    kill: str
    patience: float = 0.0
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, script: Script, statement: ScriptStatement, wait: int, kill: str) -> "Interruption":
        """A strike with the time that its timeouts take: those of the file, or the one we set."""
        own = max(
            (
                timeout_seconds(parameter.value)
                for other in script.statements
                for parameter in _timeouts(other)
            ),
            default=0.0,
        )
        settings = {kill: f"{_TIMEOUT * 1000:.0f}ms"} if kill in TIMEOUTS else {}
        return cls(statement, wait, kill, min(max(own, _TIMEOUT) + _LONGER, _MOST), settings)

    def run(
        self, session: DatabaseSession, monitor: Monitor, conninfo: str, standing: Container[int]
    ) -> tuple[Response, tuple[str, ...]]:
        """Send the statement and stop it in its wait; the answer, and where it stood if it came there."""
        table = find_target(session, standing, self.statement.index_work)
        waits = waits_of(self.statement)
        if table is None or self.kill == StoppedBy.DUPLICATES:
            return session.send(self.statement.sql), ("builds",) if table else ()
        with ExitStack() as stack:
            blocker = stack.enter_context(Blocker(conninfo, waits[0], table.quoted))
            work = RunningStatement(session, self.statement.sql)
            for wait in waits[1 : self.wait + 1]:
                if not blocker.holds(work, monitor):
                    break
                following = stack.enter_context(Blocker(conninfo, wait, table.quoted))
                blocker.release()
                blocker = following
            stood = blocker.holds(work, monitor)
            if stood:
                self._kill(work, monitor)
        return work.end(PATIENCE), (waits[self.wait].name,) if stood else ()

    def _kill(self, work: RunningStatement, monitor: Monitor) -> None:
        pid = work.session.pid
        if self.kill == StoppedBy.CANCEL:
            monitor.session.rows("SELECT pg_catalog.pg_cancel_backend(%s)", pid)
        elif self.kill == TERMINATE:
            monitor.session.rows("SELECT pg_catalog.pg_terminate_backend(%s)", pid)
        until(lambda: work.done, self.patience)


def timeout_seconds(value: str | None) -> float:
    """A timeout in seconds (Numeric with Unit, in Parameter Names and Values); 0 for what cannot be read."""
    match = _VALUE.match(value or "")
    return float(match[1]) * _UNITS[match[2]] if match else 0.0


def _timeouts(statement: ScriptStatement) -> tuple[SetParameter, ...]:
    return tuple(
        operation
        for operation in statement.step.operations
        if isinstance(operation, SetParameter) and operation.name in TIMEOUTS
    )
