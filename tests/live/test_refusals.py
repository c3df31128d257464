"""What PostgreSQL refuses, in the words and codes that the pages quote."""

import shutil
import subprocess

import pytest

from .database import Database

pytestmark = pytest.mark.live

CONCURRENT = [
    "CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status)",
    "DROP INDEX CONCURRENTLY orders_id_idx",
    "REINDEX INDEX CONCURRENTLY orders_id_idx",
]
LONE = [
    *CONCURRENT,
    "VACUUM orders",
    "REINDEX SCHEMA public",
    "REINDEX SCHEMA CONCURRENTLY public",
    "REINDEX DATABASE app",
    "REINDEX DATABASE CONCURRENTLY app",
    "REINDEX SYSTEM app",
]
EVENTS = """
    CREATE TABLE events (id bigint, day date NOT NULL) PARTITION BY RANGE (day);
    CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"""
LEAF = "CREATE INDEX CONCURRENTLY events_2025_day_idx ON events_2025 (day)"
ATTACH = "ALTER INDEX events_day_idx ATTACH PARTITION events_2025_day_idx"


@pytest.fixture
def deployed(database: Database) -> Database:
    """A table with an index of its own."""
    database.deploy("", "orders")
    database.session("CREATE INDEX orders_id_idx ON orders (id)")
    return database


@pytest.mark.parametrize("statement", LONE)
def test_refused_in_a_transaction(deployed: Database, statement: str) -> None:
    """The block is lost with the statement: COMMIT answers ROLLBACK."""
    session = deployed.session("BEGIN", "CREATE TABLE lost (id int)")
    error = session.error(statement)

    assert error.sqlstate == "25001"
    assert "cannot run inside a transaction block" in str(error.diag.message_primary)
    assert session.connection.execute(b"COMMIT").statusmessage == "ROLLBACK"
    assert session.run("SELECT to_regclass('lost')") == [(None,)]


def test_psql_goes_on_and_exits_0(deployed: Database) -> None:
    """Without ON_ERROR_STOP a refused block looks like a success."""
    psql = shutil.which("psql")
    if psql is None:
        pytest.skip("no psql on the path")
    block = f"BEGIN;\n{CONCURRENT[0]};\nCOMMIT;\n"
    command = [psql, "-X", "-q", "-f", "-", deployed.server.dsn()]
    done = subprocess.run(command, input=block, check=False, capture_output=True, text=True)

    assert "cannot run inside a transaction block" in done.stderr
    assert done.returncode == 0
    assert "orders_status_idx" not in deployed.indexes()


def test_detach_concurrently_is_refused_in_a_transaction(database: Database) -> None:
    """From 14 on; before that the grammar does not know it."""
    session = database.session(EVENTS, "BEGIN")

    code = session.sqlstate("ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY")

    assert code == ("25001" if database.major >= 14 else "42601")


@pytest.mark.parametrize(
    ("end", "code"), [("COMMIT", None), ("ROLLBACK", None), ("COMMIT AND CHAIN", "25001")], ids=str
)
def test_block_is_over_or_chained(deployed: Database, end: str, code: str | None) -> None:
    """COMMIT and ROLLBACK end the block, AND CHAIN opens the next."""
    session = deployed.session("BEGIN", end)

    if code is None:
        session.run(CONCURRENT[0])
    else:
        assert session.sqlstate(CONCURRENT[0]) == code


@pytest.mark.parametrize("statement", CONCURRENT)
@pytest.mark.parametrize(
    "shape", ["{}", "EXECUTE '{}'", "COMMIT; {}"], ids=["plain", "execute", "after-commit"]
)
def test_refused_in_a_body(deployed: Database, shape: str, statement: str) -> None:
    """A procedure is created all the same; the call fails."""
    session = deployed.session()
    session.run(f"CREATE PROCEDURE p() LANGUAGE plpgsql AS $$BEGIN {shape.format(statement)}; END$$")

    error = session.error("CALL p()")

    assert error.sqlstate == "25001"
    assert "cannot be executed from a function" in str(error.diag.message_primary)
    assert session.sqlstate(f"DO $$BEGIN {shape.format(statement)}; END$$") == "25001"


@pytest.mark.parametrize("only", ["", "ONLY "], ids=["all", "only"])
def test_concurrent_build_is_refused_on_a_partitioned_table(database: Database, only: str) -> None:
    """ON ONLY does not help."""
    error = database.session(EVENTS).error(f"CREATE INDEX CONCURRENTLY i ON {only}events (day)")

    assert error.sqlstate == "0A000"
    assert error.diag.message_primary == 'cannot create index on partitioned table "events" concurrently'


def test_partition_with_partitions_refuses_as_well(database: Database) -> None:
    """Such a level needs a recipe of its own."""
    session = database.session(
        EVENTS, "CREATE TABLE later PARTITION OF events DEFAULT PARTITION BY RANGE (day)"
    )

    assert session.sqlstate("CREATE INDEX CONCURRENTLY later_day_idx ON later (day)") == "0A000"


def test_attached_index_cannot_be_dropped_alone(database: Database) -> None:
    """Once attached, the guard of the recipe would fail."""
    session = database.session(EVENTS, "CREATE INDEX events_day_idx ON ONLY events (day)", LEAF, ATTACH)

    assert session.sqlstate("DROP INDEX CONCURRENTLY IF EXISTS events_2025_day_idx") == "2BP01"


def test_invalid_index_is_attached_without_a_word(database: Database) -> None:
    """And the parent's index never becomes valid."""
    session = database.session(EVENTS, "CREATE INDEX events_day_idx ON ONLY events (day)")
    held = database.session("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT * FROM events_2024")
    session.run("SET lock_timeout = 100")
    assert session.sqlstate(LEAF) == "55P03"
    held.run("COMMIT")
    session.run("CREATE INDEX events_2024_day_idx ON events_2024 (day)")

    session.run(ATTACH)
    session.run("ALTER INDEX events_day_idx ATTACH PARTITION events_2024_day_idx")

    assert session.said == []
    assert database.indexes()["events_day_idx"].startswith("v0")


def test_recipe_ends_with_a_valid_parent_and_new_partitions_join(database: Database) -> None:
    """A partition made in between gets its index by itself."""
    session = database.session(EVENTS, "CREATE INDEX events_day_idx ON ONLY events (day)")
    session.run(
        "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
    )
    for year in (2024, 2025):
        assert database.indexes()["events_day_idx"].startswith("v0")
        session.run(LEAF.replace("2025", str(year)))
        session.run(ATTACH.replace("2025", str(year)))

    assert database.indexes() == dict.fromkeys(
        ["events_2024_day_idx", "events_2025_day_idx", "events_2026_day_idx", "events_day_idx"], "v1r1"
    )


def test_table_rebuild_skips_an_exclusion_constraint(database: Database) -> None:
    """A warning, and success."""
    database.deploy("", "bookings")
    session = database.session(
        "ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap EXCLUDE USING gist (during WITH &&)",
        "REINDEX TABLE CONCURRENTLY bookings",
    )

    skipped = 'cannot reindex exclusion constraint index "public.bookings_no_overlap" concurrently, skipping'
    assert ("WARNING", skipped) in session.said


def test_constraint_refuses_an_invalid_index(database: Database) -> None:
    """USING INDEX stops a file whose build went wrong before."""
    database.deploy("", "users")
    session = database.session("INSERT INTO users VALUES (100, '2@example.com')")
    assert session.sqlstate("CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email)") == "23505"

    promote = "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key"

    assert session.sqlstate(promote) == "55000"
