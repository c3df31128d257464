"""Crash a migration on copies of one database, run the same file again, and look at what is there."""

import re
from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg

from idxlint.live.play.interrupt import DUPLICATES, KILLS, Interruption, usual_kill
from idxlint.live.play.replayer import Replayer
from idxlint.live.play.script import Script, ScriptStatement
from idxlint.live.play.target_table import find_target
from idxlint.live.play.waits import waits_of
from idxlint.live.proof.episode import Episode, fixed_statements, index_names, statement_of
from idxlint.live.seed import probes
from idxlint.live.server.connection import open_session
from idxlint.live.server.databases import Databases
from idxlint.model import Kind
from idxlint.model.evidence import Crash, FileRun
from idxlint.sql.meaning.operations import BuildIndex

_QUOTED = re.compile(r'"([^"]+)"')


class CrashRuns:
    """All crashes of one migration.

    before: the database in front of it; everything: each wait and each way, else what the findings speak about
    """

    def __init__(
        self, databases: Databases, pool: ThreadPoolExecutor, before: str, one: Episode, *, everything: bool
    ) -> None:
        self._databases, self._pool, self._before = databases, pool, before
        planned = _everything(one) if everything else _spoken(one)
        self.planned = tuple({_mark(plan): plan for plan in planned}.values())

    def all(self, original: FileRun, fixed: FileRun | None) -> tuple[Crash, ...]:
        """What came of them, each on a copy of the database of its own."""
        whole = {"original": original, "fixed": fixed}
        wanted = [(*plan, played) for plan in self.planned if (played := whole[plan[0]]) is not None]
        # The last one takes the original, which nobody needs any more.
        names = [*(self._databases.make(self._before) for _ in wanted[1:]), self._before][: len(wanted)]
        jobs = [self._pool.submit(self._one, *job, name) for job, name in zip(wanted, names, strict=True)]
        found = tuple(crash for job in jobs if (crash := job.result()))
        self._databases.drop(*names[:-1])
        return found

    def _one(
        self, label: str, script: Script, interruption: Interruption, whole: FileRun, name: str
    ) -> Crash | None:
        """What came of one; None where the statement never stood where it was to be stopped."""
        conninfo = self._databases.conninfo(name)
        doubled = self._double(conninfo, interruption) if interruption.kill == DUPLICATES else None
        first = Replayer(conninfo, interruption=interruption).replay(script)
        stopped = next((seen for seen in first.statements if seen.stops), None)
        if stopped is None or (interruption.kill == DUPLICATES and not doubled):
            return None
        if doubled:
            self._single(conninfo, *doubled)
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
            _said(second, index_names(interruption.statement)),
            second.invalid,
            tuple(sorted(wanted - present)),
        )

    def _double(self, conninfo: str, interruption: Interruption) -> tuple[str, tuple[str, ...]] | None:
        """Two equal rows under a unique build; its table and columns."""
        build = next(one for one in interruption.statement.step.operations if isinstance(one, BuildIndex))
        columns = tuple(column.name for column in build.columns if column.name)
        with open_session(conninfo) as opened:
            standing = frozenset(row[0] for row in opened.rows("SELECT oid FROM pg_catalog.pg_class"))
            table = find_target(opened, standing, (build,))
            if (
                table is None
                or not columns
                or not probes.duplicates(opened.connection, table.quoted, columns)
            ):
                return None
            return table.quoted, columns

    def _single(self, conninfo: str, table: str, columns: tuple[str, ...]) -> None:
        """Take the duplicates away, as the page advises."""
        names = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
        with open_session(conninfo) as opened:
            try:
                opened.rows(
                    f"DELETE FROM {table} WHERE (tableoid, ctid) NOT IN"
                    f" (SELECT DISTINCT ON ({names}) tableoid, ctid FROM {table} ORDER BY {names})"
                )
            except psycopg.Error:
                opened.rows(f"TRUNCATE {table} CASCADE")


Plan = tuple[str, Script, Interruption]
Planned = Iterator[Plan]


def _mark(plan: Plan) -> tuple[str, int, int, str]:
    """What makes two crashes the same: rules may speak about one statement together."""
    label, _, interruption = plan
    return label, interruption.statement.offset, interruption.wait, interruption.kill


def _spoken(one: Episode) -> Planned:
    """What the rules about leftovers say: the statement is stopped in its last wait, and what its fix writes too."""
    for case in one.cases:
        statement = statement_of(one, case)
        if case.finding.rule.kind is not Kind.LEFTOVER or statement is None:
            continue
        kill = usual_kill(case.finding.rule.name)
        yield from (
            ("original", one.script, interruption) for interruption in _last(one.script, statement, kill)
        )
        for other in fixed_statements(one, case):
            if one.fixed is not None:
                yield from (
                    ("fixed", one.fixed, interruption) for interruption in _last(one.fixed, other, kill)
                )


def _last(script: Script, statement: ScriptStatement, kill: str) -> Iterator[Interruption]:
    waits = waits_of(statement)
    if waits and (kill != DUPLICATES or _unique(statement)):
        yield Interruption.at(script, statement, len(waits) - 1, kill)


def _everything(one: Episode) -> Planned:
    """Each concurrent statement in each of its waits, in each way."""
    for label, script in (("original", one.script), ("fixed", one.fixed)):
        for statement in script.statements if script else ():
            waits = range(len(waits_of(statement)))
            kills = [(wait, kill) for wait in waits for kill in KILLS]
            kills += [(0, DUPLICATES)] if _unique(statement) and waits else []
            if script:
                yield from ((label, script, Interruption.at(script, statement, *kill)) for kill in kills)


def _unique(statement: ScriptStatement) -> bool:
    return any(isinstance(one, BuildIndex) and one.unique for one in statement.step.operations)


def _said(played: FileRun, names: Container[str]) -> str:
    """The errors and tell-tale notices of a run; where some are about certain indexes, only those."""
    told = [f"{seen.sqlstate} {seen.error}" for seen in played.statements if seen.sqlstate]
    told += [
        notice.message
        for seen in played.statements
        for notice in seen.notices
        if "already exists, skipping" in notice.message or "cannot reindex invalid" in notice.message
    ]
    about = [words for words in told if any(name in names for name in _QUOTED.findall(words))]
    return "; ".join(dict.fromkeys(about or told[:1]))
