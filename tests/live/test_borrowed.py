"""Somebody else's server is used with leave only, when it is empty, and is left as it was."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from idxlint.live.server import borrowed as module
from idxlint.live.server.binaries import NoServer
from idxlint.live.server.borrowed import borrowed

from .server import LOOPBACK, Server, installed, running

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not installed(), reason="no PostgreSQL binaries"),
]

SECRET = "s3sam/öffne dich"  # noqa: S105
ENCODED = "s3sam%2F%C3%B6ffne%20dich"
HBA = f"local all all trust\nhost all all {LOOPBACK}/32 scram-sha-256\n"
THINGS = {
    "table public.orders": "CREATE TABLE orders (id int)",
    "table public.parts": "CREATE TABLE parts (id int) PARTITION BY LIST (id)",
    "view public.one": "CREATE VIEW one AS SELECT 1",
    "materialized view public.one": "CREATE MATERIALIZED VIEW one AS SELECT 1",
    "sequence public.numbers": "CREATE SEQUENCE numbers",
    "function public.one": "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "type public.mood": "CREATE TYPE mood AS ENUM ('good')",
    "type public.pair": "CREATE TYPE pair AS (a int, b int)",
    "type public.digits": "CREATE DOMAIN digits AS text[]",
    "schema sales": "CREATE SCHEMA sales",
    "extension hstore": "CREATE EXTENSION hstore",
}


@dataclass
class Elsewhere:
    """A server with roles that need a password."""

    server: Server

    def dsn(self, role: str = "maker", password: str = ENCODED, database: str = "app") -> str:
        """How a CI job would name it."""
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.server.port}/{database}"

    def run(self, sql: str, database: str = "app") -> list[tuple[object, ...]]:
        """What its owner asks it."""
        with psycopg.connect(self.server.dsn(database), autocommit=True) as connection:
            done = connection.execute(sql.encode())
            return done.fetchall() if done.description else []

    def databases(self) -> set[object]:
        """What is there."""
        return {name for (name,) in self.run("SELECT datname FROM pg_database")}


@pytest.fixture(
    scope="module", params=(installed()[:1] + installed()[-1:]), ids=lambda found: f"pg{found.major}"
)
def elsewhere(request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    """The oldest and the newest PostgreSQL, on a port of the loopback address."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as hba:
        hba.write(HBA)
        hba.flush()
        Path(hba.name).chmod(0o644)
        settings = [f"hba_file={hba.name}", "password_encryption=scram-sha-256"]
        with running(request.param, loopback=True, settings=settings) as server:
            there = Elsewhere(server)
            there.run(f"CREATE ROLE maker LOGIN CREATEDB PASSWORD '{SECRET}'")
            there.run(f"CREATE ROLE guest LOGIN PASSWORD '{SECRET}'")
            yield there


@pytest.fixture
def empty(elsewhere: Elsewhere) -> Elsewhere:
    """Its database app has nothing in it, but a `public` that is not the first one."""
    elsewhere.run("DROP EXTENSION IF EXISTS hstore; DROP SCHEMA IF EXISTS sales; DROP SCHEMA public CASCADE")
    elsewhere.run("CREATE SCHEMA public")
    return elsewhere


def refusal(dsn: str, destroy: bool = True) -> str:
    """The one line with which a server is refused."""
    with pytest.raises(NoServer) as caught, borrowed(dsn, destroy):
        pass
    line = str(caught.value)
    assert line.startswith("--dsn")
    assert "\n" not in line
    assert SECRET not in line
    assert ENCODED not in line
    return line


def test_databases_are_made_and_dropped(empty: Elsewhere) -> None:
    """Whatever begins with the prefix is gone in the end, somebody connected to it or not; the rest stays."""
    before = empty.databases()
    with borrowed(empty.dsn(), destroy=True) as server:
        with psycopg.connect(server.database("app"), autocommit=True) as connection:
            for name in ("one", 'quo"ted'):
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(_name(server.prefix + name)))
        inside = psycopg.connect(server.database(f"{server.prefix}one"), application_name="psql")
        inside.execute("SELECT 1")
        made = empty.databases() - before
    inside.close()

    assert {f"{server.prefix}one", f'{server.prefix}quo"ted'} == made
    assert before == empty.databases()
    assert (empty.server.major, empty.server.live.version) == (server.major, server.version)


def test_what_cannot_be_dropped_is_named(empty: Elsewhere) -> None:
    """What stays on somebody else's server is not passed over in silence."""
    with pytest.raises(NoServer) as caught, borrowed(empty.dsn(), destroy=True) as server:
        empty.run(f"CREATE DATABASE {server.prefix}theirs")
    empty.run(f"DROP DATABASE {server.prefix}theirs")

    why = f"must be owner of database {server.prefix}theirs"
    assert f"--dsn: not dropped: {server.prefix}theirs: {why}" == str(caught.value)


def _name(name: str) -> psycopg.sql.Identifier:
    return psycopg.sql.Identifier(name)


def test_prefix_belongs_to_a_run(empty: Elsewhere) -> None:
    """Two runs beside each other share no database."""
    with borrowed(empty.dsn(), destroy=True) as first, borrowed(empty.dsn(), destroy=True) as other:
        assert first.prefix != other.prefix


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_dropped_after_signals(empty: Elsewhere, number: signal.Signals) -> None:
    """Nothing is left after Ctrl-C and SIGTERM, and the password is never seen."""
    before = empty.databases()
    process = child(empty.dsn())
    assert process.stdin is not None
    assert process.stdout is not None
    prefix = process.stdout.readline().strip()
    process.stdin.write("CREATE DATABASE PREFIXone\nSELECT 1\n")
    process.stdin.flush()
    said = [process.stdout.readline() for _ in range(3)]
    made = empty.databases() - before
    process.send_signal(number)
    out, err = process.communicate(timeout=20)

    assert {f"{prefix}one"} == made
    assert before == empty.databases()
    assert all(SECRET not in text and ENCODED not in text for text in (*said, out, err))


def test_traceback_has_no_password(empty: Elsewhere) -> None:
    """An error in the middle shows where, and not with what it was connected."""
    process = child(empty.dsn())
    out, err = process.communicate("raise\n", timeout=20)

    assert "RuntimeError: as it was told" in err
    assert f"Server(major={empty.server.major}, " in out
    assert SECRET not in out + err
    assert ENCODED not in out + err


def child(dsn: str) -> "subprocess.Popen[str]":
    """A process that has borrowed a server."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.live.child", str(os.geteuid()), "borrowed", dsn],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("what", THINGS)
def test_anything_in_it_is_a_refusal(empty: Elsewhere, what: str) -> None:
    """A database that has anything of its own is named, with what it has, whatever the flags."""
    empty.run(THINGS[what])

    assert f"--dsn: database app is not empty: it has {what}" in refusal(empty.dsn())


def test_needs_leave() -> None:
    """Without --destroy-database nothing is even asked."""
    assert "needs --destroy-database" in refusal("host=/nonexistent", destroy=False)


def test_role_without_createdb(empty: Elsewhere) -> None:
    """Who may not create databases is told what would allow it."""
    assert "role guest cannot create databases; ALTER ROLE" in refusal(empty.dsn("guest"))


def test_other_majors(empty: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    """A major that idxlint does not know is refused."""
    monkeypatch.setattr(module, "NEWEST", 11)

    assert f"the server is PostgreSQL {empty.server.live.version}" in refusal(empty.dsn())


def test_keywords(empty: Elsewhere) -> None:
    """The other form of a DSN is as good."""
    dsn = f"host={LOOPBACK} port={empty.server.port} user=maker dbname=app password='{SECRET}'"
    with borrowed(dsn, destroy=True) as server, psycopg.connect(server.database("app")) as connection:
        assert connection.execute("SELECT current_user").fetchall() == [("maker",)]


@pytest.mark.parametrize(
    ("dsn", "why"),
    [
        ("", "--dsn: empty"),
        (f"{ENCODED} and more", "--dsn: neither postgresql://"),
        (f"postgresql://me:{ENCODED}@[::1/app", "--dsn: neither postgresql://"),
        (f"postgresql://me:{ENCODED}@{LOOPBACK}:1/app", "Connection refused"),
        (f"host=/nonexistent user=me password='{SECRET}'", "No such file or directory"),
        (f"host='/{SECRET}' user=me password='{SECRET}'", "/***"),
    ],
    ids=["empty", "words", "url", "port", "socket", "echo"],
)
def test_no_connection(dsn: str, why: str) -> None:
    """What cannot be read or reached is one line with the reason, and no secret is in it."""
    assert why in refusal(dsn)


def test_wrong_password(empty: Elsewhere) -> None:
    """The server's no is repeated, the password is not."""
    assert "password authentication failed" in refusal(empty.dsn(password="wr0ng"))  # noqa: S106
