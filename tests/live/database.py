"""Sessions on a test database, and what can be asked of it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pglast
import psycopg
from psycopg import errors

from .server import Server

# Tables that the examples mention and do not create, so that the pages stay short.
TABLES = {
    "orders": """
        CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text);
        INSERT INTO orders SELECT n, n % 7, 'new' FROM generate_series(1, 50) n""",
    "users": """
        CREATE TABLE users (id bigint PRIMARY KEY, email text);
        INSERT INTO users SELECT n, n || '@example.com' FROM generate_series(1, 50) n""",
    "countries": """
        CREATE TABLE countries (code text NOT NULL);
        INSERT INTO countries VALUES ('NL'), ('NO')""",
    "bookings": """
        CREATE TABLE bookings (room int, during tsrange);
        INSERT INTO bookings VALUES (1, '[2025-01-01, 2025-01-02)')""",
}

PROBES = {"INSERT": "INSERT INTO {} DEFAULT VALUES", "SELECT": "SELECT * FROM {} LIMIT 1"}


def statements(sql: str) -> tuple[str, ...]:
    """The statements of a text, also where one of them does not parse."""
    return tuple(pglast.split(sql, with_parser=False))


@dataclass
class Session:
    """One connection in autocommit, which keeps what the server said."""

    connection: psycopg.Connection[tuple[Any, ...]]
    said: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Notices and warnings are evidence."""
        self.connection.add_notice_handler(
            lambda notice: self.said.append((notice.severity or "", notice.message_primary or ""))
        )

    @property
    def pid(self) -> int:
        """The server process behind this session."""
        return self.connection.info.backend_pid

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Each statement as its own message, as `psql -f` sends them; the rows of the last."""
        rows: list[tuple[Any, ...]] = []
        for statement in statements(sql):
            cursor = self.connection.execute(statement.encode())
            rows = cursor.fetchall() if cursor.description else []
        return rows

    def error(self, sql: str) -> psycopg.Error:
        """The error that stops a text."""
        try:
            self.run(sql)
        except psycopg.Error as error:
            return error
        raise AssertionError(f"nothing refused: {sql}")

    def sqlstate(self, sql: str) -> str | None:
        """The code of the error that stops a text."""
        return self.error(sql).sqlstate


@dataclass
class Database:
    """The test database; watch sees what is there, probe is the innocent third party."""

    server: Server
    watch: Session = field(init=False)
    probe: Session = field(init=False)
    sessions: list[Session] = field(default_factory=list)

    def __post_init__(self) -> None:
        """These two stay connected from test to test."""
        self.watch, self.probe = self._connect(), self._connect()
        self.watch.run("SET allow_in_place_tablespaces = on; CREATE TABLESPACE fast LOCATION ''")

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.server.major

    def session(self, *setup: str) -> Session:
        """A new session, with what it runs first."""
        session = self._connect()
        self.sessions.append(session)
        for sql in setup:
            session.run(sql)
        return session

    def reset(self) -> None:
        """Nobody else is connected, nothing is deployed."""
        self.leave()
        self.watch.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self.watch.said.clear()

    def leave(self) -> None:
        """The sessions of a test are closed."""
        while self.sessions:
            self.sessions.pop().connection.close()

    def close(self) -> None:
        """Nobody is connected."""
        self.leave()
        for session in (self.watch, self.probe):
            session.connection.close()

    def _connect(self) -> Session:
        return Session(psycopg.connect(self.server.dsn(), autocommit=True, prepare_threshold=None))

    def deploy(self, before: str, mentioned: str) -> None:
        """What an example expects to be there."""
        example = before + mentioned
        words = set(example.replace("(", " ").replace(";", " ").split())
        wanted = [name for name in TABLES if name in words and f"CREATE TABLE {name} " not in example]
        self.session(*(TABLES[name] for name in wanted), before)

    def indexes(self) -> dict[str, str]:
        """The state of every index: valid and ready as v1r1, v0r1, v0r0."""
        rows = self.watch.run("""
            SELECT c.relname, 'v' || i.indisvalid::int || 'r' || i.indisready::int
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1""")
        return dict(rows)

    def schema(self) -> list[tuple[Any, ...]]:
        """Every index and constraint as the server would write it."""
        return self.watch.run("""
            SELECT pg_get_indexdef(indexrelid), indisvalid FROM pg_index i JOIN pg_class c ON c.oid = indrelid
            WHERE relnamespace = 'public'::regnamespace
            UNION ALL
            SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid), convalidated
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""")

    def locks(self, session: Session) -> set[tuple[str, str, str]]:
        """(relation, kind, mode) that a session holds on relations everybody can see."""
        rows = self.watch.run("""
            SELECT l.pid, c.relname, c.relkind, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
            WHERE l.granted AND c.relnamespace = 'public'::regnamespace""")
        return {(name, kind, mode_name(mode)) for pid, name, kind, mode in rows if pid == session.pid}

    def blocked(self, table: str) -> set[str]:
        """Which probes from another session have to wait for the table."""
        waiting = set()
        for name, sql in PROBES.items():
            self.probe.run("BEGIN; SET LOCAL lock_timeout = 80")
            try:
                self.probe.run(sql.format(table))
            except errors.LockNotAvailable:
                waiting.add(name)
            except (errors.IntegrityError, errors.WrongObjectType):  # it got as far as the lock
                continue
            finally:
                self.probe.run("ROLLBACK")
        return waiting

    def wait(self, session: Session) -> None:
        """Return once the session stands in the queue for a lock."""
        deadline = time.monotonic() + 10
        while (session.pid,) not in self.watch.run("SELECT pid FROM pg_locks WHERE NOT granted"):
            assert time.monotonic() < deadline, "it never waited for a lock"
            time.sleep(0.01)

    @contextmanager
    def waiting(self, sql: str, *ends: str) -> Iterator[Session]:
        """A session stuck in a statement until released inside; ends: the SQLSTATE, if it must fail."""
        session = self.session()
        failed: list[str | None] = []

        def work() -> None:
            try:
                session.run(sql)
            except psycopg.Error as error:
                failed.append(error.sqlstate)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            self.wait(session)
            yield session
        finally:
            thread.join(10)
            if thread.is_alive():
                session.connection.cancel()
                thread.join()
        assert failed == list(ends)


def mode_name(mode: str) -> str:
    """PostgreSQL's documented name: AccessExclusiveLock is ACCESS EXCLUSIVE."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in mode.removesuffix("Lock"))
    return words.strip().upper()
