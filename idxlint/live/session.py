"""One connection to a throw-away server, and what the server says on it."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from idxlint.model import value
from idxlint.model.live import Notice

LOST = "08006"
"""What a session that ended without a word is said to have ended with (connection_failure)."""


@value
class Answer:
    """How a message went. sqlstate: "" where it went through; error: the server's first line."""

    sqlstate: str = ""
    error: str = ""
    notices: tuple[Notice, ...] = ()


class Session:
    """A session in autocommit, as the migration, the application or an onlooker has one."""

    def __init__(self, conninfo: str, **settings: str) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.connection: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(
            conninfo, autocommit=True, prepare_threshold=None, options=options
        )
        self.pid = self.connection.info.backend_pid
        self._said: list[Notice] = []
        self.connection.add_notice_handler(
            lambda said: self._said.append(Notice(said.severity or "NOTICE", said.message_primary or ""))
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
        return cursor.fetchall() if cursor.description else []

    def send(self, sql: str) -> Answer:
        """A text as one simple query."""
        return self._answer(lambda: self.connection.execute(sql.encode()))

    def pipeline(self, statements: Sequence[str]) -> Answer:
        """Statements in one pipeline with a single Sync, as pgjdbc, Npgsql and pgx's Batch send them."""
        return self._answer(lambda: self._pipelined(statements))

    def copy(self, sql: str, rows: str) -> Answer:
        """COPY … FROM stdin with its rows."""
        return self._answer(lambda: self._copied(sql, rows))

    def close(self) -> None:
        """End the session; an open transaction is rolled back."""
        self.connection.close()

    def _pipelined(self, statements: Sequence[str]) -> None:
        with self.connection.pipeline():
            for sql in statements:
                self.connection.execute(sql.encode())

    def _copied(self, sql: str, rows: str) -> None:
        with self.connection.cursor() as cursor, cursor.copy(sql.encode()) as copy:
            copy.write(rows)

    def _answer(self, work: Any) -> Answer:
        self._said.clear()
        try:
            work()
        except psycopg.Error as error:
            lines = (error.diag.message_primary or str(error)).strip().splitlines()
            return Answer(error.sqlstate or LOST, lines[0] if lines else "the session is gone", self._heard())
        return Answer(notices=self._heard())

    def _heard(self) -> tuple[Notice, ...]:
        return tuple(self._said)


class Running:
    """A message that is sent while others look on."""

    def __init__(self, session: Session, sql: str) -> None:
        self.session = session
        self.answer = Answer(LOST, "did not end")
        self._thread = threading.Thread(target=self._run, args=(sql,), daemon=True)
        self._thread.start()

    def _run(self, sql: str) -> None:
        self.answer = self.session.send(sql)

    @property
    def done(self) -> bool:
        """Whether the server has answered."""
        return not self._thread.is_alive()

    def end(self, seconds: float) -> Answer:
        """The answer; a statement that takes longer is cancelled."""
        self._thread.join(seconds)
        if not self.done:
            self.session.connection.cancel()
            self._thread.join(seconds)
        return self.answer


@contextmanager
def session(conninfo: str, **settings: str) -> Iterator[Session]:
    """A session that is closed in the end."""
    opened = Session(conninfo, **settings)
    try:
        yield opened
    finally:
        opened.close()
