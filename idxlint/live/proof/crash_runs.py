"""Crash a migration on copies of one database, run the same file again, and look at what is there."""

import re
from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import dropwhile

import psycopg

from idxlint.live.play.interrupt import KILLS, Interruption
from idxlint.live.play.replayer import Replayer
from idxlint.live.play.script import Script, ScriptStatement
from idxlint.live.play.target_table import find_target
from idxlint.live.play.waits import waits_of
from idxlint.live.proof.episode import Episode, fixed_statements, index_names, statement_of
from idxlint.live.seed import probes
from idxlint.live.server.connection import open_session
from idxlint.live.server.databases import Databases
from idxlint.model import Kind, StoppedBy
from idxlint.model.evidence import Crash, FileRun
from idxlint.sql.meaning.operations import BuildIndex

_QUOTED = re.compile(r'"([^"]+)"')


class CrashRuns:
    """All crashes of one migration.

    before: the database in front of it; everything: each wait and each way, else what the findings speak about
    """

    def __init__(
        self,
        databases: Databases,
        pool: ThreadPoolExecutor,
        before: str,
        episode: Episode,
        *,
        everything: bool,
    ) -> None:
        self._databases, self._pool, self._before = databases, pool, before
        plans = _every_crash(episode) if everything else _crashes_of_findings(episode)
        self.plans = tuple({_plan_key(plan): plan for plan in plans}.values())

    def run(self, original: FileRun, fixed: FileRun | None) -> tuple[Crash, ...]:
        """What came of them, each on a copy of the database of its own."""
        whole = {"original": original, "fixed": fixed}
        wanted = [(*plan, file_run) for plan in self.plans if (file_run := whole[plan[0]]) is not None]
        # The last one takes the original, which nobody needs any more.
        names = [*(self._databases.make(self._before) for _ in wanted[1:]), self._before][: len(wanted)]
        jobs = [self._pool.submit(self._crash, *job, name) for job, name in zip(wanted, names, strict=True)]
        crashes = tuple(crash for job in jobs if (crash := job.result()))
        self._databases.drop(*names[:-1])
        return crashes

    def _crash(
        self, label: str, script: Script, interruption: Interruption, whole: FileRun, name: str
    ) -> Crash | None:
        """What came of one; None where the statement never stood where it was to be stopped."""
        conninfo = self._databases.conninfo(name)
        duplicates = (
            self._make_duplicates(conninfo, interruption)
            if interruption.kill == StoppedBy.DUPLICATES
            else None
        )
        first = Replayer(conninfo, interruption=interruption).replay(script)
        stopped = next((observed for observed in first.statements if observed.stops), None)
        if stopped is None or (interruption.kill == StoppedBy.DUPLICATES and not duplicates):
            return None
        if duplicates:
            self._remove_duplicates(conninfo, *duplicates)
        second = Replayer(conninfo).replay(script)
        present = {index.name for index in second.indexes}
        wanted = {index.name for index in whole.indexes if index.valid}
        return Crash(
            label,
            interruption.statement.sql,
            stopped.stops[0].name,
            interruption.kill,
            stopped.sqlstate,
            first.invalid,
            _messages(second, index_names(interruption.statement)),
            second.invalid,
            tuple(sorted(wanted - present)),
            _again(second, interruption.statement),
        )

    def _make_duplicates(
        self, conninfo: str, interruption: Interruption
    ) -> tuple[str, tuple[str, ...]] | None:
        """Two equal rows under a unique build; its table and columns."""
        build = next(
            operation
            for operation in interruption.statement.step.operations
            if isinstance(operation, BuildIndex)
        )
        columns = tuple(column.name for column in build.columns if column.name)
        with open_session(conninfo) as session:
            standing = frozenset(row[0] for row in session.rows("SELECT oid FROM pg_catalog.pg_class"))
            table = find_target(session, standing, (build,))
            if (
                table is None
                or not columns
                or not probes.make_duplicates(session.connection, table.quoted, columns)
            ):
                return None
            return table.quoted, columns

    def _remove_duplicates(self, conninfo: str, table: str, columns: tuple[str, ...]) -> None:
        """Take the duplicates away, as the page advises."""
        names = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
        with open_session(conninfo) as session:
            try:
                session.rows(
                    f"DELETE FROM {table} WHERE (tableoid, ctid) NOT IN"
                    f" (SELECT DISTINCT ON ({names}) tableoid, ctid FROM {table} ORDER BY {names})"
                )
            except psycopg.Error:
                session.rows(f"TRUNCATE {table} CASCADE")


CrashPlan = tuple[str, Script, Interruption]
"""Which script ("original" or "fixed"), the script itself, and where it is stopped."""


def _plan_key(plan: CrashPlan) -> tuple[str, int, int, str]:
    """What makes two crashes the same: rules may speak about one statement together."""
    label, _, interruption = plan
    return label, interruption.statement.offset, interruption.wait, interruption.kill


def _crashes_of_findings(episode: Episode) -> Iterator[CrashPlan]:
    """What the rules about leftovers say: the statement is stopped in its last wait, and what its fix writes too."""
    for case in episode.cases:
        statement = statement_of(episode, case)
        if case.finding.rule.kind is not Kind.LEFTOVER or statement is None:
            continue
        kill = case.finding.rule.stopped_by
        yield from (
            ("original", episode.script, interruption)
            for interruption in _in_last_wait(episode.script, statement, kill)
        )
        for other in fixed_statements(episode, case):
            if episode.fixed is not None:
                yield from (
                    ("fixed", episode.fixed, interruption)
                    for interruption in _in_last_wait(episode.fixed, other, kill)
                )


def _in_last_wait(script: Script, statement: ScriptStatement, kill: str) -> Iterator[Interruption]:
    waits = waits_of(statement)
    if waits and (kill != StoppedBy.DUPLICATES or _builds_unique(statement)):
        yield Interruption.at(script, statement, len(waits) - 1, kill)


def _every_crash(episode: Episode) -> Iterator[CrashPlan]:
    """Each concurrent statement in each of its waits, in each way."""
    for label, script in (("original", episode.script), ("fixed", episode.fixed)):
        for statement in script.statements if script else ():
            waits = range(len(waits_of(statement)))
            kills = [(wait, kill) for wait in waits for kill in KILLS]
            kills += [(0, StoppedBy.DUPLICATES)] if _builds_unique(statement) and waits else []
            if script:
                yield from ((label, script, Interruption.at(script, statement, *kill)) for kill in kills)


def _builds_unique(statement: ScriptStatement) -> bool:
    return any(
        isinstance(operation, BuildIndex) and operation.unique for operation in statement.step.operations
    )


def _again(second: FileRun, statement: ScriptStatement) -> tuple[str, ...]:
    """The SQLSTATE of a statement in a run and those of the failures behind it; none where it was not reached."""
    rest = dropwhile(
        lambda seen: (seen.offset, seen.sql) != (statement.offset, statement.sql), second.statements
    )
    states = [observed.sqlstate for observed in rest]
    return (*states[:1], *filter(None, states[1:]))


def _messages(file_run: FileRun, names: Container[str]) -> str:
    """The errors and tell-tale notices of a run; where some are about certain indexes, only those."""
    told = [f"{observed.sqlstate} {observed.error}" for observed in file_run.statements if observed.sqlstate]
    told += [
        notice.message
        for observed in file_run.statements
        for notice in observed.notices
        if "already exists, skipping" in notice.message or "cannot reindex invalid" in notice.message
    ]
    about = [words for words in told if any(name in names for name in _QUOTED.findall(words))]
    return "; ".join(dict.fromkeys(about or told[:1]))
