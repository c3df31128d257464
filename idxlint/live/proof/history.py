"""A whole history in one database, and each migration that is to be proved beside it, original and fixed."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import groupby

import psycopg

from idxlint.live.play.monitor import Monitor
from idxlint.live.play.replayer import Replayer
from idxlint.live.play.script import Script
from idxlint.live.play.target_table import find_target
from idxlint.live.proof import oracles
from idxlint.live.proof.crash_runs import CrashRuns
from idxlint.live.proof.episode import Episode
from idxlint.live.proof.verdicts import Evidence, error_proofs, proofs_of
from idxlint.live.seed import fill
from idxlint.live.server.cluster import Server
from idxlint.live.server.connection import one_line, open_session
from idxlint.live.server.databases import Databases
from idxlint.model import Kind
from idxlint.model.evidence import Claim, FileRun, LiveRun, ObservedStatement, Proof, Unplayed, Unseeded

Progress = Callable[[str], None]
"""Told what is being worked on."""

_DATA = "23"
_HISTORIES, _PLAYS = 3, 4
"""How many run at once, which mostly wait; each play has up to nine sessions."""


def run_histories(
    server: Server,
    origin: str,
    episodes: Sequence[Episode],
    *,
    crash: bool = False,
    schema: Script | None = None,
    progress: Progress = lambda _: None,
) -> LiveRun:
    """Run histories on a server and prove what is asked for. schema: a dump that each starts from."""
    started = time.monotonic()
    with ExitStack() as stack:
        histories, plays = stack.enter_context(_pool(_HISTORIES)), stack.enter_context(_pool(_PLAYS))
        databases = Databases(server, stack)

        def one(group: Sequence[Episode]) -> HistoryRun:
            theatre = HistoryRun(databases, plays, crash=crash, progress=progress)
            theatre.history(group, schema)
            return theatre

        groups = [[*group] for _, group in groupby(episodes, key=lambda one: one.history)]
        done = [*histories.map(one, groups)]
    seeded = {table: rows for theatre in done for table, rows in theatre.seeded.items()}
    return LiveRun(
        server.version,
        origin,
        tuple(proof for theatre in done for proof in theatre.proofs),
        tuple(unplayed for theatre in done for unplayed in theatre.unplayed),
        tuple(
            Unseeded(*words)
            for words in dict.fromkeys(pair for theatre in done for pair in theatre.unseeded.items())
        ),
        len({one.script.path for one in episodes}),
        len(seeded),
        sum(seeded.values()),
        round(time.monotonic() - started, 2),
    )


@contextmanager
def _pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Some at once. After Ctrl-C nobody is waited for: they end when the server does."""
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool
    finally:
        pool.shutdown(wait=sys.exc_info()[0] is None, cancel_futures=True)


class HistoryRun:
    """What is seen of one history."""

    def __init__(
        self, databases: Databases, pool: ThreadPoolExecutor, *, crash: bool, progress: Progress
    ) -> None:
        self._databases, self._pool, self._crash, self._progress = databases, pool, crash, progress
        self.proofs: list[Proof] = []
        self.unplayed: list[Unplayed] = []
        self.seeded: dict[str, int] = {}
        self.unseeded: dict[str, str] = {}

    def history(self, episodes: Sequence[Episode], schema: Script | None) -> None:
        """One history, in its order; what comes behind the last file that is asked for does not matter."""
        try:
            self._history(episodes, schema)
        except psycopg.Error as error:
            told = {proof.path for proof in self.proofs}
            left = (one for one in episodes if one.asked and one.script.path not in told)
            self.proofs += (proof for one in left for proof in error_proofs(one, one_line(error)))

    def _history(self, episodes: Sequence[Episode], schema: Script | None) -> None:
        main = self._databases.make()
        if schema:
            self.unplayed += _failures(schema, Replayer(self._databases.conninfo(main)).replay(schema))
        last = max((at for at, one in enumerate(episodes) if one.asked), default=-1)
        for one in episodes[: last + 1]:
            self._progress(one.script.path)
            self._episode(main, one)
        self._databases.drop(main)

    def _episode(self, main: str, one: Episode) -> None:
        """Prove one migration, if it is asked for, and bring the history forward."""
        beside = one.asked and self._stands(main, one)
        try:
            if beside:
                self.proofs += self._watched(main, one)
        except psycopg.Error as error:
            self.proofs += error_proofs(one, one_line(error))
        if one.down:
            return
        try:
            self._replay(main, one, observe=one.asked and not beside)
        except psycopg.Error as error:
            first = next(iter(one.script.statements), None)
            where = (first.line, first.sql) if first else (1, "")
            self.unplayed.append(Unplayed(one.script.path, *where, one_line(error)))

    def _stands(self, main: str, one: Episode) -> bool:
        """Whether rows and sessions beside it matter: there is a finding, or its tables are there already."""
        if one.cases or not one.watched:
            return bool(one.cases)
        with open_session(self._databases.conninfo(main)) as opened:
            standing = Monitor(opened).relations()
            return any(
                find_target(opened, standing, statement.index_work) for statement in one.script.statements
            )

    def _replay(self, main: str, one: Episode, *, observe: bool) -> None:
        """Bring the history forward; where the original fails, by what it was meant to do."""
        played = Replayer(self._databases.conninfo(main), observe=observe).replay(one.script)
        self.unplayed += one.script.unsent
        if observe:
            self.proofs += proofs_of(one, Evidence(played))
        if played.failed is None:
            self.unplayed += _failures(one.script, played)
            return
        expected = {
            case.finding.statement.start for case in one.cases if case.finding.rule.kind is Kind.REFUSED
        }
        if one.fixed is not None:
            Replayer(self._databases.conninfo(main)).replay(one.fixed)
        if not expected:
            self.unplayed += _failures(one.script, played)

    def _watched(self, main: str, one: Episode) -> Iterator[Proof]:
        """Prove one migration; rows that it does not expect are taken away again."""
        evidence = self._evidence(main, one, rows=20)
        if _spoilt(evidence.original):
            evidence = self._evidence(main, one, rows=0)
        return proofs_of(one, evidence)

    def _evidence(self, main: str, one: Episode, rows: int) -> Evidence:
        databases = self._databases
        before = databases.make(main)
        if rows:
            self._seed(before, rows)
        crashing = CrashRuns(databases, self._pool, before, one, everything=self._crash)
        beside = databases.make(before) if one.fixed is not None else ""
        place = databases.make(before) if crashing.planned else before
        first = self._pool.submit(Replayer(databases.conninfo(place), observe=True).replay, one.script)
        second = None
        if one.fixed is not None:
            second = self._pool.submit(Replayer(databases.conninfo(beside), observe=True).replay, one.fixed)
        original, fixed = first.result(), second.result() if second else None
        after = self._compared(original, fixed, place, beside) if fixed else ()
        evidence = Evidence(original, fixed, after, crashing.all(original, fixed))
        databases.drop(*{before, place, beside} - {""})
        return evidence

    def _compared(self, first: FileRun, second: FileRun, place: str, beside: str) -> tuple[Claim, ...]:
        """What the server says of the state that the fix leaves, beside that of the original."""
        conninfo = self._databases.conninfo
        new = {index.name for index in second.indexes}
        made = sorted(new & {name for seen in second.statements for name in seen.builds})
        with open_session(conninfo(place)) as left, open_session(conninfo(beside)) as right:
            return (
                oracles.valid(second),
                oracles.same(first, Monitor(left).definitions(), Monitor(right).definitions()),
                oracles.complete(right, made),
                *oracles.unique(right, made),
            )

    def _seed(self, database: str, rows: int) -> None:
        with open_session(self._databases.conninfo(database)) as opened:
            for table in fill.seed(opened.connection, None, rows):
                if table.reason:
                    self.unseeded[table.table] = table.reason
                else:
                    self.seeded[table.table] = table.rows
                    self.unseeded.pop(table.table, None)


def _failures(script: Script, played: FileRun) -> Iterator[Unplayed]:
    """What did not go through; the same error many times over is told once."""
    by_error: dict[str, list[ObservedStatement]] = {}
    for seen in played.statements:
        if seen.error:
            by_error.setdefault(f"{seen.sqlstate} {seen.error}".strip(), []).append(seen)
    for error, (first, *others) in by_error.items():
        more = f" (and so {len(others)} more)" if others else ""
        yield Unplayed(script.path, first.line, first.sql, f"{error}{more}")
    rest = len(script.statements) - len(played.statements)
    if rest:
        statement = script.statements[len(played.statements)]
        more = f" and {rest - 1} more" if rest > 1 else ""
        yield Unplayed(
            script.path, statement.line, statement.sql, f"not sent{more}: the runner stops at the first error"
        )


def _spoilt(played: FileRun) -> bool:
    """Whether rows of ours made a statement fail: a constraint over rows that no application has written."""
    return any(seen.sqlstate.startswith(_DATA) for seen in played.statements)
