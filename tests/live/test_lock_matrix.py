"""The lock table against the server: each row has an example, and each major says the same of each example."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pglast
import psycopg
import pytest

from idxlint.model import LOCK_MODES
from idxlint.sql.locks.effects import Effects, Work, effects
from idxlint.sql.locks.forms import forms
from idxlint.sql.locks.table import ROWS
from idxlint.sql.state.replay import apply
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import Statement
from idxlint.sql.whole.complete import describe_all

from .database import mode_name
from .lock_examples import EXAMPLES, FIXTURE, HELD
from .observed import Observed, Observer, Relation
from .server import Server

pytestmark = pytest.mark.live

ONE_A_LINE = EXAMPLES.strip().splitlines()
FINALIZE = "ALTER TABLE p DETACH PARTITION p2 FINALIZE"
UNSEEN = (
    "ANALYZE",
    "VACUUM",
    "TRUNCATE",
    "ALTER INDEX SET TABLESPACE",
    "SET TABLESPACE",
    "REFRESH",
    "CREATE TABLE PARTITION OF",
)
"""Forms whose work the server tells nothing of, or that only make new and empty files."""


@pytest.fixture(scope="module")
def observer(server: Server) -> Iterator[Observer]:
    """A session on a database with the relations of the examples."""
    elsewhere = Path(server.socket) / "elsewhere"
    elsewhere.mkdir(exist_ok=True)
    shutil.chown(elsewhere, server.socket.stat().st_uid)
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE locks")
        admin.execute("CREATE ROLE joe SUPERUSER")
        with suppress(psycopg.Error):
            admin.execute(f"CREATE TABLESPACE elsewhere LOCATION '{elsewhere}'".encode())
    with psycopg.connect(server.dsn("locks"), autocommit=True, prepare_threshold=None) as connection:
        connection.execute(FIXTURE.encode())
        connection.execute(
            "SET TimeZone = 'Europe/Amsterdam'"
        )  # in UTC timestamptz has the bytes of timestamp
        yield Observer(connection)


def replayed() -> Schema:
    """The schema of the fixture."""
    session = Session(Schema(), {})
    for sql in pglast.split(FIXTURE):
        for operation in describe_all(sql):
            apply(session, operation, Statement(0, len(sql), sql), "fixture.sql")
    return session.schema


REPLAYED = replayed()


def observed(observer: Observer, sql: str) -> Observed | None:
    """What the server says of a statement; None where this major refuses it."""
    observer.connection.execute("BEGIN")
    try:
        return observer.run(sql)
    except psycopg.Error:
        return None
    finally:
        observer.connection.execute("ROLLBACK")


def said(expected: Effects) -> dict[str, str]:
    """The mode by relation."""
    return {str(taken.relation): taken.mode for taken in expected.taken}


def heaviest(seen: Observed) -> dict[str, Work]:
    """What the server did with each table."""
    work: dict[str, Work] = {}
    done = [(kind, table) for kind, table in seen.worked if kind != "validate"]
    for kind, table in (*done, *(("rewrite", name.name) for name in seen.rewritten)):
        work[table] = max(work.get(table, Work.NONE), Work(kind), key=[*Work].index)
    return work


def agree(expected: dict[str, Work], seen: Observed) -> bool:
    """Whether both say the same; a foreign key is checked once for all partitions, under a name of its own."""
    if any(kind == "validate" for kind, _ in seen.worked):
        return bool({Work.SCAN, Work.REWRITE} & {*expected.values()})
    return heaviest(seen) == expected


def worked(expected: Effects) -> dict[str, Work]:
    """What `effects` says is done with each table."""
    return {
        taken.relation.name: taken.work
        for taken in expected.taken
        if not taken.index and taken.work not in (Work.NONE, Work.WAIT)
    }


def test_every_major_locks_what_the_table_says(server: Server, observer: Observer) -> None:
    """The strongest mode on each relation that was there before, at the end of the statement."""
    wrong = []
    for sql in ONE_A_LINE:
        expected = effects(describe_all(sql), REPLAYED, server.major)
        seen = observed(observer, sql)
        if seen is not None and {str(name): mode for name, mode in seen.modes.items()} != said(expected):
            wrong.append((sql, said(expected), {str(name): mode for name, mode in seen.modes.items()}))

    assert [] == wrong


def test_every_major_works_as_the_table_says(server: Server, observer: Observer) -> None:
    """Scans, builds and rewrites are those that the server speaks of at debug1, and the files that are new."""
    wrong = []
    for sql in ONE_A_LINE:
        operations = describe_all(sql)
        if any(form.startswith(UNSEEN) for one in operations for form, _ in forms(one, REPLAYED)):
            continue
        expected = worked(effects(operations, REPLAYED, server.major))
        seen = observed(observer, sql)
        if seen is not None and not agree(expected, seen):
            wrong.append((sql, expected, heaviest(seen)))

    assert [] == wrong


@pytest.mark.parametrize(("sql", "holders"), HELD, ids=[sql for sql, _ in HELD])
def test_statement_that_refuses_a_block_holds_what_the_table_says(
    server: Server, observer: Observer, sql: str, holders: tuple[str, ...]
) -> None:
    """A second session makes it wait where it waits, a third looks on; then the next session takes over."""
    expected = effects(describe_all(sql), REPLAYED, server.major)
    if not expected.known:
        pytest.skip("this major has no such form")

    seen = waits(server, observer, sql, holders)

    held = {name: mode for name, mode in said(expected).items() if f"LOCK TABLE {name}" not in holders[0]}
    assert [held] * len(holders) == seen


def test_detach_that_was_interrupted_is_finished(server: Server, observer: Observer) -> None:
    """FINALIZE is only taken after a DETACH PARTITION … CONCURRENTLY that was cancelled in its wait."""
    if server.major < 14:
        pytest.skip("FINALIZE came with 14")
    detach = "ALTER TABLE p DETACH PARTITION p2 CONCURRENTLY"
    waits(server, observer, detach, ("BEGIN; SELECT 1 FROM p",), cancel=True)

    seen = observed(observer, FINALIZE)

    assert seen is not None
    expected = said(effects(describe_all(FINALIZE), REPLAYED, server.major))
    assert expected == {str(name): mode for name, mode in seen.modes.items()}


def waits(
    server: Server, observer: Observer, sql: str, holders: tuple[str, ...], *, cancel: bool = False
) -> list[dict[str, str]]:
    """What a statement holds in each of its waits; cancel: it is cancelled in the last one."""
    dsn, seen, failed = server.dsn("locks"), list[dict[str, str]](), list[str]()
    before = observer.relations()
    with ExitStack() as stack:
        sessions = [
            stack.enter_context(psycopg.connect(dsn, autocommit=True)) for _ in range(len(holders) + 1)
        ]
        worker, *others = sessions
        others[0].execute(holders[0].encode())

        def work() -> None:
            try:
                worker.execute(sql.encode())
            except psycopg.Error as error:
                failed.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        for at, holder in enumerate(others):
            wait_for(observer, worker.info.backend_pid, holder.info.backend_pid)
            seen.append(strongest(observer, worker.info.backend_pid, before))
            if at + 1 < len(others):
                others[at + 1].execute(holders[at + 1].encode())
            elif cancel:
                worker.cancel()
                thread.join(10)
            holder.execute("ROLLBACK")
        thread.join(10)
    assert cancel == bool(failed), failed
    return seen


def wait_for(observer: Observer, pid: int, holder: int) -> None:
    """Return once a session waits for another: for its lock, its snapshot or its page."""
    deadline = time.monotonic() + 10
    question = """
        SELECT %s = ANY(pg_blocking_pids(pid)) OR wait_event_type = 'BufferPin' OR wait_event = 'BufferPin'
        FROM pg_stat_activity WHERE pid = %s"""
    while observer.connection.execute(question, [holder, pid]).fetchone() != (True,):
        assert time.monotonic() < deadline, "it never waited"
        time.sleep(0.01)


def strongest(observer: Observer, pid: int, before: dict[int, Relation]) -> dict[str, str]:
    """The strongest mode of a session on each relation that was there before."""
    rows = observer.connection.execute(
        "SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND granted AND pid = %s", [pid]
    ).fetchall()
    modes: dict[str, str] = {}
    for oid, written in rows:
        mode = mode_name(written)
        if oid in before and mode != LOCK_MODES[0]:
            name = str(before[oid][0])
            modes[name] = max(modes.get(name, mode), mode, key=LOCK_MODES.index)
    return modes


def test_every_row_has_an_example() -> None:
    """A row that no example takes is a row that nobody has measured."""
    examples = [FINALIZE, *ONE_A_LINE, *(sql for sql, _ in HELD)]
    taken = {form for sql in examples for one in describe_all(sql) for form, _ in forms(one, REPLAYED)}

    assert [] == sorted({row.form for row in ROWS} - taken)
