"""A throw-away PostgreSQL server: put up in a private folder, gone afterwards whatever happens."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import field

from idxlint.live.server.account import programs, unprivileged
from idxlint.live.server.binaries import INSTALL, Binaries, NoServer
from idxlint.live.server.folder import SECONDS_TO_STOP, Folder, create, remove, sweep
from idxlint.live.server.signals import Guard
from idxlint.model import printable, record
from idxlint.system import shell

USER = "postgres"
PREFIX = "idxlint_"
PORT = 5432
SECONDS_TO_START = 30.0
# Small segments of the log: nothing is filled with zeros that is never written.
INITDB = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1")
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "shared_buffers=16MB",
    "max_connections=60",
    "max_prepared_transactions=10",
    # No slower than the lower levels, at which CREATE PUBLICATION would warn.
    "wal_level=logical",
    "max_wal_senders=0",
    "max_wal_size=1GB",
    "jit=off",
    "logging_collector=off",
    "lc_messages=C",
    "timezone=UTC",
    "log_timezone=UTC",
    # In the data directory, where it goes with the folder, not in /dev/shm.
    "dynamic_shared_memory_type=mmap",
)


@record
class Server:
    """A server to connect to. version: such as 18.4; prefix: what the names of all databases of this run begin with.

    conninfo: libpq's, without dbname; it may hold a password, so it is no part of what is printed.
    admin: the database from which others are created.
    """

    major: int
    version: str
    conninfo: str = field(repr=False)
    prefix: str = PREFIX
    admin: str = "postgres"

    def database(self, name: str) -> str:
        """The conninfo of one database."""
        from psycopg.conninfo import make_conninfo

        return make_conninfo(self.conninfo, dbname=name)


@contextmanager
def cluster(binaries: Binaries, *, port: int = PORT, settings: Sequence[str] = ()) -> Iterator[Server]:
    """A server on a Unix socket that only we can reach; NoServer where it cannot be put up.

    port: names the socket, and counts where the settings (as `postgres -c` takes them) have it listen elsewhere too.
    In here Ctrl-C is KeyboardInterrupt, and SIGTERM and SIGHUP are SystemExit, provided this is the main thread.
    libpq's own variables (PGHOST, PGOPTIONS, PGSERVICE …) are about other servers, so they are unset meanwhile.
    """
    need_driver()
    account = unprivileged()
    with Guard() as guard, _without_libpq_variables():
        sweep()
        folder = create(account)
        process = None
        try:
            process = _start(binaries, (*SETTINGS, f"port={port}", *settings), account, folder)
            with guard.open():
                yield _ready(process, binaries, port, folder)
        finally:
            if process is not None:
                # At once: nothing in it is worth writing out. It ends its children and gives back its memory.
                shell.end(process, signal.SIGQUIT, SECONDS_TO_STOP)
            remove(folder)


def need_driver() -> None:
    """NoServer where psycopg is missing, or the library that it stands on."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise NoServer(f"live mode needs psycopg; {INSTALL.partition(' brings')[0]}") from None


@contextmanager
def _without_libpq_variables() -> Iterator[None]:
    hidden = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith("PG")}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _environment() -> dict[str, str]:
    """What the programs see. TZ: else initdb compares ours with every zone there is."""
    return {**os.environ, "LC_ALL": "C", "TZ": "UTC"}


def _start(
    binaries: Binaries, settings: Sequence[str], account: shell.Account | None, folder: Folder
) -> "shell.Process[bytes]":
    """The server, on its way up with an empty data directory."""
    home = programs(binaries, account, folder)
    initdb: list[shell.Word] = [home / "initdb", "-D", folder.data, *INITDB]
    options = [word for setting in settings for word in ("-c", setting)]
    postgres: list[shell.Word] = [home / "postgres", "-D", folder.data, "-k", folder.run, *options]
    try:
        done = shell.run(initdb, cwd=folder.run, env=_environment(), account=account, apart=True)
        if done.code != 0:
            raise NoServer(f"PostgreSQL {binaries.version}: initdb failed: {_complaint(done.err)}")
        return shell.start(postgres, log=folder.log, cwd=folder.run, env=_environment(), account=account)
    except shell.Stopped as error:
        raise NoServer(f"PostgreSQL {binaries.version} did not start: {error}") from None


def _ready(process: "shell.Process[bytes]", binaries: Binaries, port: int, folder: Folder) -> Server:
    """The server once it answers; one that died says why."""
    import psycopg

    conninfo = psycopg.conninfo.make_conninfo(host=str(folder.run), port=port, user=USER)
    server = Server(binaries.major, binaries.version, conninfo)
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            if (folder.run / f".s.PGSQL.{port}").exists():
                psycopg.connect(server.database("postgres")).close()
                return server
        time.sleep(0.01)
    why = _complaint(folder.log.read_bytes()) if process.poll() is not None else "it does not answer"
    raise NoServer(f"PostgreSQL {binaries.version} did not start: {why}")


def _complaint(said: bytes) -> str:
    """The line that says what went wrong, without the time before it."""
    lines = [" ".join(line.split()) for line in said.decode(errors="replace").splitlines() if line.strip()]
    marked = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    line = (marked or lines or ["no error message"])[0]
    return printable(line[max(line.find("FATAL"), 0) :])
