"""The application: four sessions that read and write one table over and over, and how long each answer took."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from idxlint.live.play.monitor import PATIENCE, Monitor, until
from idxlint.live.server.connection import DatabaseSession
from idxlint.model.evidence import DML, Probe, Stop

PAUSE = 0.004
"""Seconds between two probes of one session."""

QUIET = 0.015
"""Seconds of traffic before and after, so that a picture shows how it was and how it is again."""

_REFUSED = "23"
_DEADLOCK = "50ms"
_GIVES_UP = "10s"


class Clock:
    """Milliseconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def now(self) -> float:
        """A whole run has one clock, so that all of it fits on one time line."""
        return round((time.monotonic() - self._start) * 1000, 2)


@dataclass(slots=True)
class ProbeInFlight:
    """A probe that is on its way: since when (negative: there is none), and whether it was seen waiting."""

    since: float = -1.0
    waited: bool = False  # the monitor sets this while the probe's own thread waits for the answer


class ProbeLoop:
    """One kind of statement, sent over and over in a session of its own, each in a transaction that is rolled back."""

    def __init__(self, kind: str, sql: str, session: DatabaseSession, clock: Clock) -> None:
        self.kind, self.sql, self.session, self._clock = kind, sql, session, clock
        self.finished: list[Probe] = []
        self.in_flight = ProbeInFlight()
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over:
            self.session.send("BEGIN")
            self.in_flight = in_flight = ProbeInFlight(self._clock.now())
            response = self.session.send(self.sql)
            self.in_flight = ProbeInFlight()
            self.finished.append(
                Probe(self.kind, in_flight.since, self._clock.now(), in_flight.waited, response.sqlstate)
            )
            self.session.send("ROLLBACK")
            time.sleep(PAUSE)

    def passed(self, since: float) -> bool:
        """Whether a statement sent after a moment got its locks; a refused row has come past them as well."""
        return any(
            probe.start >= since and not probe.waited and probe.sqlstate[:2] in ("", _REFUSED)
            for probe in self.finished[-2:]
        )

    def stop(self) -> None:
        """Send no more; a statement that still waits is cancelled."""
        self._over = True
        self._thread.join(0 if self.in_flight.waited else 0.2)
        if self._thread.is_alive():
            self.session.connection.cancel()
            self._thread.join(PATIENCE)
        self.session.close()


class Traffic:
    """All probes of a table."""

    def __init__(self, probes: Mapping[str, ProbeLoop], monitor: Monitor, clock: Clock) -> None:
        self._probes, self._monitor, self._clock = probes, monitor, clock

    def settle(self) -> None:
        """Let each probe go through once, or be seen waiting for a lock that was taken earlier."""
        started = self._clock.now()
        until(
            lambda: all(
                probe.passed(started) or probe.in_flight.since >= 0 for probe in self._probes.values()
            ),
            0.5,
        )
        time.sleep(QUIET)

    def observe_stop(self, name: str, pid: int) -> Stop:
        """Which probes go through while the migration stands still, and which wait for it or behind it."""
        at = self._clock.now()
        passed: set[str] = set()
        waited: set[str] = set()

        def all_known() -> bool:
            for kind, probe in self._probes.items():
                if probe.passed(at):
                    passed.add(kind)
                elif (in_flight := probe.in_flight).since >= 0 and pid in self._monitor.blockers(
                    probe.session.pid
                ):
                    in_flight.waited = True
                    waited.add(kind)
            return passed | waited == set(self._probes)

        until(all_known, 1.0)
        return Stop(
            name,
            at,
            self._monitor.phase(pid),
            self._monitor.locks(pid),
            tuple(kind for kind in DML if kind in passed),
            tuple(kind for kind in DML if kind in waited),
        )

    def probes(self) -> tuple[Probe, ...]:
        """Everything that was sent, in the order of the answers."""
        return tuple(
            sorted(
                (finished for loop in self._probes.values() for finished in loop.finished),
                key=lambda probe: probe.start,
            )
        )

    def stop(self) -> None:
        """End it."""
        for probe in self._probes.values():
            probe.stop()


@contextmanager
def run_traffic(
    conninfo: str, statements: Mapping[str, str], monitor: Monitor, clock: Clock
) -> Iterator[Traffic]:
    """Traffic on a table until the end of the block. statements: by kind of probe."""
    with ExitStack() as stack:
        probes: dict[str, ProbeLoop] = {}
        traffic = Traffic(probes, monitor, clock)
        stack.callback(traffic.stop)
        for kind, sql in statements.items():
            # The application is the victim of a deadlock, never the migration: it looks for one much earlier.
            session = DatabaseSession(conninfo, deadlock_timeout=_DEADLOCK, lock_timeout=_GIVES_UP)
            probes[kind] = ProbeLoop(kind, sql, session, clock)
        traffic.settle()
        yield traffic
