"""The databases of a run: made one out of another, and dropped."""

from contextlib import ExitStack, suppress
from itertools import count

import psycopg

from idxlint.live.server.cluster import Server
from idxlint.live.server.connection import DatabaseSession, open_session, quote_literal

_STRATEGIES = 15


class Databases:
    """Databases with names of their own, all gone in the end."""

    def __init__(self, server: Server, stack: ExitStack) -> None:
        self._server, self._numbers = server, count(1)
        self._admin = DatabaseSession(server.database(server.admin))
        self._made: set[str] = set()
        stack.callback(self._admin.close)
        stack.callback(self._end)

    def make(self, template: str = "template0") -> str:
        """The name of a new database, a copy of another one that nobody is connected to (CREATE DATABASE)."""
        name = f"{self._server.prefix}{next(self._numbers)}"
        self._settle(template)
        # Measured: a third of the time that copying by way of the log takes, which came with 15.
        strategy = " STRATEGY FILE_COPY" if self._server.major >= _STRATEGIES else ""
        self._admin.rows(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{strategy}')
        self._made.add(name)
        return name

    def drop(self, *names: str) -> None:
        """Drop some; who is still connected is sent away."""
        for name in names:
            self._settle(name)
            self._admin.rows(
                "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = %s",
                name,
            )
            self._admin.rows(f'DROP DATABASE IF EXISTS "{name}"')
            self._made.discard(name)

    def _end(self) -> None:
        """What an error has left over goes; where that fails as well, the server goes, or its lender is told."""
        with suppress(psycopg.Error):
            self.drop(*sorted(self._made))

    def _settle(self, name: str) -> None:
        """What a migration leaves that keeps a database from being copied or dropped: prepared transactions, slots."""
        prepared = self._admin.rows("SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = %s", name)
        if prepared:
            with open_session(self.conninfo(name)) as opened:
                for (gid,) in prepared:
                    opened.send(f"ROLLBACK PREPARED {quote_literal(gid)}")
        self._admin.rows(
            "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots"
            " WHERE database = %s AND NOT active",
            name,
        )

    def conninfo(self, name: str) -> str:
        """How to connect to one."""
        return self._server.database(name)
