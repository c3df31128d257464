"""The servers of the tests: live mode's own, with a database in each, on a loopback port for who needs one."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from idxlint.live.server import cluster
from idxlint.live.server.binaries import VARIABLE, Binaries, available

DATABASE = "app"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and the port that its socket is named after."""

    live: cluster.Server
    port: int

    @property
    def major(self) -> int:
        """Its major version."""
        return self.live.major

    @property
    def socket(self) -> Path:
        """The folder of its socket."""
        return Path(str(conninfo_to_dict(self.live.conninfo)["host"]))

    def dsn(self, database: str = DATABASE) -> str:
        """A connection string for this server only."""
        return self.live.database(database)

    def url(self, database: str = DATABASE) -> str:
        """The same as a URL, for a server that listens on a loopback port: every tool understands it."""
        return f"postgresql://{cluster.USER}@{LOOPBACK}:{self.port}/{database}"


def installed() -> tuple[Binaries, ...]:
    """Every major, the oldest first: those of IDXLINT_POSTGRES_BINS, else of the cache, else whatever there is."""
    cached = [str(folder) for folder in sorted(Path.home().glob(".cache/postgres-majors/*/bin"))]
    named = os.environ.get(VARIABLE)
    servers = available([] if named else cached)
    wanted = [binaries for binaries in servers if binaries.origin == "--pg-bin"] or servers
    return tuple(reversed(wanted))


@contextmanager
def running(binaries: Binaries, loopback: bool = False, settings: Sequence[str] = ()) -> Iterator[Server]:
    """A server on a Unix socket, with loopback also on a free port of 127.0.0.1."""
    port = _free() if loopback else cluster.PORT
    settings = [*settings, f"listen_addresses={LOOPBACK if loopback else ''}"]
    with cluster.cluster(binaries, port=port, settings=settings) as live:
        server = Server(live, port)
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())
        yield server


def _free() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port
