"""psql itself: with -f a file is sent statement by statement, with -1 and with -c it is not."""

import subprocess
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, RUN_SECONDS, from_system

pytestmark = pytest.mark.tools

BUILD = "CREATE INDEX CONCURRENTLY items_name_idx ON items (name);"
SET = "SET lock_timeout = 0;"


def psql(database: Database, *arguments: str) -> str:
    """What psql complains about, which stops it."""
    program = from_system("psql", "postgresql-client")
    database.watch.run("CREATE TABLE items (id int, name text)")
    command = [str(program), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.server.dsn(), *arguments]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=RUN_SECONDS)
    return done.stderr


def written(folder: Path, *lines: str) -> str:
    """A script with these lines."""
    script = folder / "script.sql"
    script.write_text("\n".join(lines), "utf-8")
    return str(script)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((SET, BUILD, "ANALYZE items;"), id="beside-others"),
        pytest.param(("BEGIN;", "SELECT 1;", "COMMIT;", BUILD), id="behind-its-own-block"),
    ],
)
def test_file(database: Database, tmp_path: Path, lines: tuple[str, ...]) -> None:
    """Each statement is a message of its own."""
    assert psql(database, "-f", written(tmp_path, *lines)) == ""
    assert database.indexes() == {"items_name_idx": "v1r1"}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("BEGIN;", BUILD, "COMMIT;"), id="own-block"),
        pytest.param((r"SELECT 1\;", BUILD), id="joined"),
    ],
)
def test_refused_in_a_file(database: Database, tmp_path: Path, lines: tuple[str, ...]) -> None:
    """A block, and statements that are joined into one message."""
    assert REFUSED in psql(database, "-f", written(tmp_path, *lines))
    assert database.indexes() == {}


def test_single_transaction(database: Database, tmp_path: Path) -> None:
    """-1 puts BEGIN and COMMIT around even a single statement."""
    assert REFUSED in psql(database, "-1", "-f", written(tmp_path, BUILD))
    assert database.indexes() == {}


def test_single_transaction_that_the_file_ends(database: Database, tmp_path: Path) -> None:
    """Behind a COMMIT in the file there is no transaction (IDX208)."""
    assert "ERROR" not in psql(database, "-1", "-f", written(tmp_path, "COMMIT;", BUILD))
    assert database.indexes() == {"items_name_idx": "v1r1"}


@pytest.mark.parametrize(
    "text", [f"{SET} {BUILD}", f"COMMIT; {BUILD}"], ids=["beside-another", "behind-commit"]
)
def test_command_refused(database: Database, text: str) -> None:
    """The text of one -c is one simple query, which is a transaction, COMMIT or not."""
    assert REFUSED in psql(database, "-c", text)
    assert database.indexes() == {}


def test_command(database: Database) -> None:
    """Alone in a -c of its own it runs."""
    assert psql(database, "-c", SET, "-c", BUILD) == ""
    assert database.indexes() == {"items_name_idx": "v1r1"}
