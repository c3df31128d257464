"""One connection to a throw-away server, and what the server says on it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.sql import Literal

from idxlint.model import value
from idxlint.model.evidence import Notice

LOST = "08006"
"""What a session that ended without a word is said to have ended with (connection_failure)."""

LONGEST = 60.0
"""Seconds after which a statement of a migration is cancelled."""


@value
class Response:
    """How a message went. sqlstate: "" where it went through; error: the server's first line."""

    sqlstate: str = ""
    error: str = ""
    notices: tuple[Notice, ...] = ()


class DatabaseSession:
    """A session in autocommit, as the migration, the application or a monitor has one.

    longest: seconds after which a text that was sent is cancelled; None: it may take for ever
    """

    def __init__(self, conninfo: str, time_limit: float | None = None, **settings: str) -> None:
        self._limit = time_limit
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.connection: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(
            conninfo, autocommit=True, prepare_threshold=None, options=options
        )
        self.pid = self.connection.info.backend_pid
        self._notices: list[Notice] = []
        self.connection.add_notice_handler(
            lambda notice: self._notices.append(
                Notice(notice.severity or "NOTICE", notice.message_primary or "")
            )
        )

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction block is open, failed or not."""
        return self.connection.info.transaction_status in (
            TransactionStatus.INTRANS,
            TransactionStatus.INERROR,
        )

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        """The rows of a query of our own."""
        cursor = self.connection.execute(query.encode(), parameters or None)
        # With SQL_ASCII as the encoding of the client, which a migration may choose, texts come as bytes.
        return [tuple(map(_text, row)) for row in cursor.fetchall()] if cursor.description else []

    def send(self, sql: str) -> Response:
        """A text as one simple query."""
        return self._respond(lambda: self.connection.execute(sql.encode()))

    def pipeline(self, statements: Sequence[str]) -> Response:
        """Statements in one pipeline with a single Sync, as pgjdbc, Npgsql and pgx's Batch send them."""
        return self._respond(lambda: self._pipelined(statements))

    def copy(self, sql: str, rows: str) -> Response:
        """COPY … FROM stdin with its rows, or COPY … TO stdout without any."""
        return self._respond(lambda: self._copied(sql, rows))

    def close(self) -> None:
        """End the session; an open transaction is rolled back."""
        self.connection.close()

    def _pipelined(self, statements: Sequence[str]) -> None:
        with self.connection.pipeline():
            for sql in statements:
                self.connection.execute(sql.encode())

    def _copied(self, sql: str, rows: str) -> None:
        with self.connection.cursor() as cursor, cursor.copy(sql.encode()) as copy:
            if rows:
                copy.write(rows)
            elif cursor.pgresult is not None and cursor.pgresult.status == ExecStatus.COPY_OUT:
                for _ in copy:
                    pass

    def _respond(self, work: Callable[[], object]) -> Response:
        self._notices.clear()
        with self._time_limit() as timed_out:
            try:
                work()
            except psycopg.Error as error:
                if error.sqlstate is None:  # the client's own complaint, which leaves it out of step
                    self.connection.close()
                words = f"did not end within {self._limit:.0f} s" if timed_out.is_set() else one_line(error)
                return Response(error.sqlstate or LOST, words, self._received_notices())
        return Response(notices=self._received_notices())

    @contextmanager
    def _time_limit(self) -> Iterator[threading.Event]:
        """Cancel what goes on for too long; whether that was so."""
        timed_out = threading.Event()
        if self._limit is None:
            yield timed_out
            return

        def cancel() -> None:
            timed_out.set()
            self.connection.cancel()

        timer = threading.Timer(self._limit, cancel)
        timer.daemon = True
        timer.start()
        try:
            yield timed_out
        finally:
            timer.cancel()

    def _received_notices(self) -> tuple[Notice, ...]:
        return tuple(self._notices)


def one_line(error: psycopg.Error) -> str:
    """The first line of what the server or the client says."""
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    return lines[0] if lines else "the session is gone"


def quote_literal(text: str) -> str:
    """A text as an SQL literal."""
    return Literal(text).as_string(None)


def _text(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


class RunningStatement:
    """A message that is sent while others look on."""

    def __init__(self, session: DatabaseSession, sql: str) -> None:
        self.session = session
        self.response = Response(LOST, "did not end")
        self._thread = threading.Thread(target=self._run, args=(sql,), daemon=True)
        self._thread.start()

    def _run(self, sql: str) -> None:
        self.response = self.session.send(sql)

    @property
    def done(self) -> bool:
        """Whether the server has answered."""
        return not self._thread.is_alive()

    def end(self, seconds: float) -> Response:
        """The answer; a statement that takes longer is cancelled."""
        self._thread.join(seconds)
        if not self.done:
            self.session.connection.cancel()
            self._thread.join(seconds)
        return self.response


@contextmanager
def open_session(conninfo: str, **settings: str) -> Iterator[DatabaseSession]:
    """A session that is closed in the end."""
    opened = DatabaseSession(conninfo, None, **settings)
    try:
        yield opened
    finally:
        opened.close()
