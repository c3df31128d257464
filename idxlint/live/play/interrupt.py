"""Stop a migration half way, as production does: a cancel, a lost session, a timeout."""

import re
from collections.abc import Container, Mapping
from contextlib import ExitStack
from dataclasses import field

from idxlint.live.play.monitor import PATIENCE, Watch, until
from idxlint.live.play.script import Act, Script
from idxlint.live.play.target_table import target
from idxlint.live.play.waits import Blocker, stages_of
from idxlint.live.server.connection import Answer, Running, Session
from idxlint.model import value
from idxlint.sql.meaning.operations import SetParameter
from idxlint.sql.state.transaction import TIMEOUTS

CANCEL = "a cancel"
TERMINATE = "a lost session"
OWN = "a timeout of the file"
DUPLICATES = "duplicate rows"
KILLS = (CANCEL, TERMINATE, "lock_timeout", "statement_timeout")
"""How a statement is stopped in a wait; timeouts are set for the session, as a role or a runner sets them."""

_USUAL = {"unique-concurrent-build": DUPLICATES, "timeout-kills-concurrent-build": OWN}

_TIMEOUT = 0.4
_LONGER = 0.5
_UNITS = {"us": 1e-6, "ms": 1e-3, "": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}
_VALUE = re.compile(r"\s*'?(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d|)'?\s*\Z")
_MOST = 15.0


@value
class Strike:
    """Where and how a script is stopped. act: its statement; stage: the wait, counted from 0; patience: seconds."""

    act: Act
    stage: int
    kill: str
    patience: float = 0.0
    settings: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, script: Script, act: Act, stage: int, kill: str) -> "Strike":
        """A strike with the time that its timeouts take: those of the file, or the one we set."""
        own = max((seconds(one.value) for other in script.acts for one in _timeouts(other)), default=0.0)
        settings = {kill: f"{_TIMEOUT * 1000:.0f}ms"} if kill in TIMEOUTS else {}
        return cls(act, stage, kill, min(max(own, _TIMEOUT) + _LONGER, _MOST), settings)

    def run(
        self, session: Session, watch: Watch, conninfo: str, standing: Container[int]
    ) -> tuple[Answer, tuple[str, ...]]:
        """Send the statement and stop it in its wait; the answer, and where it stood if it came there."""
        table = target(session, standing, self.act.index_work)
        stages = stages_of(self.act)
        if table is None or self.kill == DUPLICATES:
            return session.send(self.act.sql), ("builds",) if table else ()
        with ExitStack() as stack:
            blocker = stack.enter_context(Blocker(conninfo, stages[0], table.quoted))
            work = Running(session, self.act.sql)
            for stage in stages[1 : self.stage + 1]:
                if not blocker.holds(work, watch):
                    break
                following = stack.enter_context(Blocker(conninfo, stage, table.quoted))
                blocker.release()
                blocker = following
            stood = blocker.holds(work, watch)
            if stood:
                self._kill(work, watch)
        return work.end(PATIENCE), (stages[self.stage].name,) if stood else ()

    def _kill(self, work: Running, watch: Watch) -> None:
        pid = work.session.pid
        if self.kill == CANCEL:
            watch.session.rows("SELECT pg_catalog.pg_cancel_backend(%s)", pid)
        elif self.kill == TERMINATE:
            watch.session.rows("SELECT pg_catalog.pg_terminate_backend(%s)", pid)
        until(lambda: work.done, self.patience)


def usual(rule: str) -> str:
    """What stops the statement that a rule speaks about, if it names something; a cancel stops all others."""
    return _USUAL.get(rule, CANCEL)


def seconds(value: str | None) -> float:
    """A timeout in seconds (Numeric with Unit, in Parameter Names and Values); 0 for what cannot be read."""
    found = _VALUE.match(value or "")
    return float(found[1]) * _UNITS[found[2]] if found else 0.0


def _timeouts(act: Act) -> tuple[SetParameter, ...]:
    return tuple(one for one in act.step.operations if isinstance(one, SetParameter) and one.name in TIMEOUTS)
