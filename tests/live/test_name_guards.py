"""What a guard that asks for the name only does with an invalid index, and what a dropped table answers."""

import os
import shutil
import subprocess

import pytest

from .database import Database

pytestmark = pytest.mark.live

BUILD = "CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status)"
BY_NAME = "SELECT FROM pg_indexes WHERE indexname = 'orders_status_idx'"
OF_VALID = "SELECT FROM pg_index WHERE indexrelid = to_regclass('orders_status_idx') AND indisvalid"
CLEARED = "DROP INDEX CONCURRENTLY IF EXISTS orders_status_idx;"
GUARDED = {
    "gexec": "SELECT '{build}' WHERE NOT EXISTS ({asked}) \\gexec\n",
    "if": "SELECT NOT EXISTS ({asked}) AS missing \\gset\n\\if :missing\n{build};\n\\endif\n",
}
WRITER = ("BEGIN", "UPDATE orders SET status = 'old' WHERE id = 1")


@pytest.fixture
def deployed(database: Database) -> Database:
    """A table with rows."""
    database.deploy("", "orders")
    return database


def psql(database: Database, text: str, *, timeout: int = 0) -> int:
    """The exit code of psql; timeout: that of locks, in ms."""
    program = shutil.which("psql")
    if program is None:
        pytest.skip("no psql on the path")
    done = subprocess.run(
        [program, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", database.server.dsn()],
        input=text,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PGOPTIONS": f"-c lock_timeout={timeout}"},
    )
    return done.returncode


@pytest.mark.parametrize("form", GUARDED.values(), ids=list(GUARDED))
def test_second_run_passes_over_an_invalid_index(deployed: Database, form: str) -> None:
    """The first run is interrupted; the second one ends well, and the index stays invalid."""
    text = form.format(build=BUILD, asked=BY_NAME)
    held = deployed.session(*WRITER)

    first = psql(deployed, text, timeout=200)
    held.run("ROLLBACK")
    second = psql(deployed, text)

    assert (3, 0) == (first, second)
    assert "v0r0" == deployed.indexes()["orders_status_idx"]


@pytest.mark.parametrize("form", GUARDED.values(), ids=list(GUARDED))
def test_second_run_that_asks_for_a_valid_index(deployed: Database, form: str) -> None:
    """A guard that tests indisvalid lets the second run try; behind a drop that comes first it repairs."""
    text = form.format(build=BUILD, asked=OF_VALID)
    held = deployed.session(*WRITER)

    first = psql(deployed, text, timeout=200)
    held.run("ROLLBACK")

    assert (3, 3, 0) == (first, psql(deployed, text), psql(deployed, CLEARED + "\n" + text))
    assert "v1r1" == deployed.indexes()["orders_status_idx"]


def test_drop_before_a_guard_repairs(deployed: Database) -> None:
    """With the leftover gone, a guard that asks for the name only finds nothing."""
    text = CLEARED + "\n" + GUARDED["gexec"].format(build=BUILD, asked=BY_NAME)
    held = deployed.session(*WRITER)

    first = psql(deployed, text, timeout=200)
    held.run("ROLLBACK")

    assert (3, 0, "v1r1") == (first, psql(deployed, text), deployed.indexes()["orders_status_idx"])


def test_dblink_behind_a_guard(deployed: Database) -> None:
    """A DO block that sends the build through dblink fails the first time, and passes over it the second time."""
    session = deployed.session("SET client_min_messages = error")
    if not session.run("SELECT name FROM pg_available_extensions WHERE name = 'dblink'"):
        pytest.skip("no dblink on this server")
    session.run("CREATE EXTENSION dblink")
    target = deployed.server.dsn().replace("'", "''")
    block = (
        f"DO $$ BEGIN IF NOT EXISTS ({BY_NAME}) THEN PERFORM dblink_exec("
        f"$c${target} options='-c lock_timeout=200'$c$, '{BUILD}'); END IF; END $$"
    )
    held = deployed.session(*WRITER)

    first = session.sqlstate(block)
    held.run("ROLLBACK")
    session.run(block)

    assert ("55P03", "v0r0") == (first, deployed.indexes()["orders_status_idx"])


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("CREATE INDEX i ON orders (status)", "42P01"),
        ("CREATE INDEX IF NOT EXISTS i ON orders (status)", "42P01"),
        ("CREATE INDEX i ON ONLY orders (status)", "42P01"),
        ("CREATE INDEX CONCURRENTLY i ON orders (status)", "42P01"),
        ("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (status)", "42P01"),
        ("ALTER TABLE orders ADD UNIQUE (status)", "42P01"),
        ("ALTER TABLE orders ADD PRIMARY KEY (id)", "42P01"),
        ("REINDEX TABLE orders", "42P01"),
        ("REINDEX INDEX orders_status_idx", "42P01"),
        ("DROP INDEX orders_status_idx", "42704"),
        ("DROP INDEX CONCURRENTLY orders_status_idx", "42704"),
    ],
)
@pytest.mark.parametrize("end", ["DROP TABLE orders", "ALTER TABLE orders RENAME TO sales; DROP TABLE sales"])
def test_table_that_is_gone(deployed: Database, end: str, statement: str, code: str) -> None:
    """What works on a dropped or renamed table, or on its index, is refused."""
    session = deployed.session(BUILD, *end.split("; "))

    assert code == session.sqlstate(statement)


@pytest.mark.parametrize(
    "statement",
    ["DROP INDEX IF EXISTS orders_status_idx", "ALTER TABLE IF EXISTS orders ADD UNIQUE (status)"],
)
def test_if_exists_is_content(deployed: Database, statement: str) -> None:
    """IF EXISTS makes a notice of it."""
    session = deployed.session(BUILD, "DROP TABLE orders", statement)

    assert "NOTICE" == session.said[-1][0]


def test_drop_view_of_a_table(deployed: Database) -> None:
    """A name that DROP VIEW has taken was no table's: IF EXISTS does not pass over one."""
    assert "42809" == deployed.session().sqlstate("DROP VIEW IF EXISTS orders")
