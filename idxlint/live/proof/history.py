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
_HISTORIES_AT_ONCE, _REPLAYS_AT_ONCE = 3, 4
"""How many run at once, which mostly wait; each replay has up to nine sessions."""


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
        history_pool = stack.enter_context(_pool(_HISTORIES_AT_ONCE))
        replay_pool = stack.enter_context(_pool(_REPLAYS_AT_ONCE))
        databases = Databases(server, stack)

        def run_history(group: Sequence[Episode]) -> HistoryRun:
            history = HistoryRun(databases, replay_pool, crash=crash, progress=progress)
            history.run(group, schema)
            return history

        groups = [[*group] for _, group in groupby(episodes, key=lambda episode: episode.history)]
        histories = [*history_pool.map(run_history, groups)]
    files = len({episode.script.path for episode in episodes})
    return _live_run(server.version, origin, histories, files, time.monotonic() - started)


def _live_run(
    version: str, origin: str, histories: Sequence["HistoryRun"], files: int, seconds: float
) -> LiveRun:
    """What several histories come to; a table that none of them could seed is told once for each reason."""
    seeded = {table: rows for history in histories for table, rows in history.seeded.items()}
    unseeded = dict.fromkeys(pair for history in histories for pair in history.unseeded.items())
    return LiveRun(
        version,
        origin,
        tuple(proof for history in histories for proof in history.proofs),
        tuple(unplayed for history in histories for unplayed in history.unplayed),
        tuple(Unseeded(table, reason) for table, reason in unseeded),
        files,
        len(seeded),
        sum(seeded.values()),
        round(seconds, 2),
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

    def run(self, episodes: Sequence[Episode], schema: Script | None) -> None:
        """One history, in its order; what comes behind the last file that is asked for does not matter."""
        try:
            self._run_history(episodes, schema)
        except psycopg.Error as error:
            told = {proof.path for proof in self.proofs}
            left = (episode for episode in episodes if episode.asked and episode.script.path not in told)
            self.proofs += (proof for episode in left for proof in error_proofs(episode, one_line(error)))

    def _run_history(self, episodes: Sequence[Episode], schema: Script | None) -> None:
        main = self._databases.make()
        if schema:
            self.unplayed += _failures(schema, Replayer(self._databases.conninfo(main)).replay(schema))
        last = max((at for at, episode in enumerate(episodes) if episode.asked), default=-1)
        for episode in episodes[: last + 1]:
            self._progress(episode.script.path)
            self._episode(main, episode)
        self._databases.drop(main)

    def _episode(self, main: str, episode: Episode) -> None:
        """Prove one migration, if it is asked for, and bring the history forward."""
        on_copies = episode.asked and self._has_visible_table(main, episode)
        try:
            if on_copies:
                self.proofs += self._prove(main, episode)
        except psycopg.Error as error:
            self.proofs += error_proofs(episode, one_line(error))
        if episode.down:
            return
        try:
            self._replay(main, episode, observe=episode.asked and not on_copies)
        except psycopg.Error as error:
            first = next(iter(episode.script.statements), None)
            where = (first.line, first.sql) if first else (1, "")
            self.unplayed.append(Unplayed(episode.script.path, *where, one_line(error)))

    def _has_visible_table(self, main: str, episode: Episode) -> bool:
        """Whether rows and sessions beside it matter: there is a finding, or its tables are there already."""
        if episode.cases or not episode.watched:
            return bool(episode.cases)
        with open_session(self._databases.conninfo(main)) as session:
            standing = Monitor(session).relations()
            return any(
                find_target(session, standing, statement.index_work)
                for statement in episode.script.statements
            )

    def _replay(self, main: str, episode: Episode, *, observe: bool) -> None:
        """Bring the history forward; where the original fails, by what it was meant to do."""
        file_run = Replayer(self._databases.conninfo(main), observe=observe).replay(episode.script)
        self.unplayed += episode.script.unsent
        if observe:
            self.proofs += proofs_of(episode, Evidence(file_run))
        if file_run.failed is None:
            self.unplayed += _failures(episode.script, file_run)
            return
        expected = {
            case.finding.statement.start for case in episode.cases if case.finding.rule.kind is Kind.REFUSED
        }
        if episode.fixed is not None:
            Replayer(self._databases.conninfo(main)).replay(episode.fixed)
        if not expected:
            self.unplayed += _failures(episode.script, file_run)

    def _prove(self, main: str, episode: Episode) -> Iterator[Proof]:
        """Prove one migration; rows that it does not expect are taken away again."""
        evidence = self._evidence(main, episode, rows=20)
        if _spoilt(evidence.original):
            evidence = self._evidence(main, episode, rows=0)
        return proofs_of(episode, evidence)

    def _evidence(self, main: str, episode: Episode, rows: int) -> Evidence:
        databases = self._databases
        before = databases.make(main)
        if rows:
            self._seed(before, rows)
        crash_runs = CrashRuns(databases, self._pool, before, episode, everything=self._crash)
        fixed_database = databases.make(before) if episode.fixed is not None else ""
        original_database = databases.make(before) if crash_runs.plans else before
        first = self._pool.submit(
            Replayer(databases.conninfo(original_database), observe=True).replay, episode.script
        )
        second = None
        if episode.fixed is not None:
            second = self._pool.submit(
                Replayer(databases.conninfo(fixed_database), observe=True).replay, episode.fixed
            )
        original, fixed = first.result(), second.result() if second else None
        after = self._compared(original, fixed, original_database, fixed_database) if fixed else ()
        evidence = Evidence(original, fixed, after, crash_runs.run(original, fixed))
        databases.drop(*{before, original_database, fixed_database} - {""})
        return evidence

    def _compared(
        self, first: FileRun, second: FileRun, original_database: str, fixed_database: str
    ) -> tuple[Claim, ...]:
        """What the server says of the state that the fix leaves, beside that of the original."""
        conninfo = self._databases.conninfo
        new = {index.name for index in second.indexes}
        made = sorted(new & {name for observed in second.statements for name in observed.builds})
        with (
            open_session(conninfo(original_database)) as left,
            open_session(conninfo(fixed_database)) as right,
        ):
            return (
                oracles.valid(second),
                oracles.same(first, Monitor(left).definitions(), Monitor(right).definitions()),
                oracles.complete(right, made),
                *oracles.unique(right, made),
            )

    def _seed(self, database: str, rows: int) -> None:
        with open_session(self._databases.conninfo(database)) as session:
            for table in fill.seed(session.connection, None, rows):
                if table.reason:
                    self.unseeded[table.table] = table.reason
                else:
                    self.seeded[table.table] = table.rows
                    self.unseeded.pop(table.table, None)


def _failures(script: Script, file_run: FileRun) -> Iterator[Unplayed]:
    """What did not go through; the same error many times over is told once."""
    by_error: dict[str, list[ObservedStatement]] = {}
    for observed in file_run.statements:
        if observed.error:
            by_error.setdefault(f"{observed.sqlstate} {observed.error}".strip(), []).append(observed)
    for error, (first, *others) in by_error.items():
        more = f" (and so {len(others)} more)" if others else ""
        yield Unplayed(script.path, first.line, first.sql, f"{error}{more}")
    rest = len(script.statements) - len(file_run.statements)
    if rest:
        statement = script.statements[len(file_run.statements)]
        more = f" and {rest - 1} more" if rest > 1 else ""
        yield Unplayed(
            script.path, statement.line, statement.sql, f"not sent{more}: the runner stops at the first error"
        )


def _spoilt(file_run: FileRun) -> bool:
    """Whether rows of ours made a statement fail: a constraint over rows that no application has written."""
    return any(observed.sqlstate.startswith(_DATA) for observed in file_run.statements)
