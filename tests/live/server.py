"""A throw-away PostgreSQL server on a Unix socket, and on a loopback port where a program needs one."""

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

DATABASE = "app"
LOOPBACK = "127.0.0.1"
PORT = 5432
UNPRIVILEGED = "nobody"
STARTUP_SECONDS = 30.0
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
SETTINGS = (
    "fsync=off",
    "autovacuum=off",
    "shared_buffers=16MB",
    "max_connections=20",
    "lc_messages=C",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """Where the programs of one major version are."""

    major: int
    bin: Path


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its major version and where it listens."""

    major: int
    socket: Path
    port: int = PORT

    def dsn(self, database: str = DATABASE) -> str:
        """A connection string for this server only."""
        return f"host={self.socket} port={self.port} user=postgres dbname={database}"

    def url(self, database: str = DATABASE) -> str:
        """The same as a URL, for a server that listens on a loopback port: every tool understands it."""
        return f"postgresql://postgres@{LOOPBACK}:{self.port}/{database}"


def installed() -> tuple[Binaries, ...]:
    """Every major found in IDXLINT_POSTGRES_BINS, else in the cache, else where Debian puts them."""
    named = os.environ.get("IDXLINT_POSTGRES_BINS")
    if named:
        folders = [Path(part) for part in named.split(os.pathsep)]
    else:
        folders = sorted(Path.home().glob(".cache/postgres-majors/*/bin"))
        folders = folders or sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = {major(folder): folder for folder in folders if (folder / "initdb").exists()}
    return tuple(Binaries(number, found[number]) for number in sorted(found))


def major(folder: Path) -> int:
    """The major version that the programs in a folder report."""
    said = subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True, text=True)
    number = re.search(r"\d+", said.stdout)
    if number is None:
        raise ValueError(f"{folder}: {said.stdout!r} names no version")
    return int(number[0])


@contextmanager
def running(binaries: Binaries, loopback: bool = False) -> Iterator[Server]:
    """A server in a private folder; both are gone afterwards, whatever happened in between.

    It listens on a Unix socket in that folder, with loopback also on a free port of 127.0.0.1.
    """
    home = Path(tempfile.mkdtemp(prefix="idxlint-live-"))
    try:
        programs = _reachable(binaries.bin, home)
        if os.geteuid() == 0:
            shutil.chown(home, UNPRIVILEGED)
        data = home / "data"
        _run(
            programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        server = Server(binaries.major, home, _free() if loopback else PORT)
        with _started(programs, server, LOOPBACK if loopback else ""):
            with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())
            yield server
    finally:
        shutil.rmtree(home)


@contextmanager
def _started(programs: Path, server: Server, addresses: str) -> Iterator[None]:
    """The server process, stopped in the end."""
    home = server.socket
    settings = (*SETTINGS, f"listen_addresses={addresses}", f"port={server.port}")
    options = [word for setting in settings for word in ("-c", setting)]
    command = _unprivileged(programs / "postgres", "-D", home / "data", "-k", home, *options)
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
    try:
        _wait(process, server)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(10)


def _free() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(process: "subprocess.Popen[bytes]", server: Server) -> None:
    """Return once the server answers; a server that died says why."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            psycopg.connect(server.dsn("postgres")).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((server.socket / "log").read_text()) from None
            time.sleep(0.02)
        else:
            return


def _reachable(folder: Path, home: Path) -> Path:
    """The programs where the server's user can run them: in place, or copied."""
    parents = [folder, *folder.resolve().parents]
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in parents):
        return folder
    copy = home / "postgres"
    for part in ("bin", "lib", "share"):
        shutil.copytree(folder.parent / part, copy / part, symlinks=True)
    return copy / "bin"


def _unprivileged(*command: str | Path) -> list[str | Path]:
    """The command, under another user when we are root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return list(command)
    group = str(pwd.getpwnam(UNPRIVILEGED).pw_gid)
    return ["setpriv", "--reuid", UNPRIVILEGED, "--regid", group, "--clear-groups", *command]


def _run(*command: str | Path) -> None:
    """A command that must succeed."""
    done = subprocess.run(_unprivileged(*command), check=False, capture_output=True, text=True, cwd="/")
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
