"""Who waits for whom, and who does not."""

import pytest

from .database import Database, Session

pytestmark = pytest.mark.live

EVERYBODY = {"INSERT", "SELECT"}
INDEX = "CREATE INDEX orders_status_idx ON orders (status)"
EVENTS = """
    CREATE TABLE events (id bigint, day date NOT NULL) PARTITION BY RANGE (day);
    CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')"""

# How the waits of a concurrent statement are held: a writer, an old snapshot of another table, a reader.
WRITER = ("BEGIN", "UPDATE orders SET status = 'old' WHERE id = 1")
SNAPSHOT = ("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT * FROM countries")
READER = ("BEGIN", "SELECT * FROM orders")


def tables(database: Database, session: Session, mode: str) -> set[str]:
    """The tables on which a session holds a mode."""
    return {name for name, kind, held in database.locks(session) if kind in "rp" and held == mode}


def test_waiting_build_stops_new_writes(database: Database) -> None:
    """A plain build that waits for one writer already stops the others, though nobody who reads."""
    database.deploy("", "orders")
    writer = database.session(*WRITER)

    with database.waiting(INDEX):
        stopped = database.blocked("orders")
        writer.run("COMMIT")

    assert stopped == {"INSERT"}


def test_waiting_drop_stops_everybody(database: Database) -> None:
    """A plain drop that waits for one idle reader stops every other reader."""
    database.deploy("", "orders")
    reader = database.session(INDEX, *READER)

    with database.waiting("DROP INDEX orders_status_idx"):
        stopped = database.blocked("orders")
        reader.run("COMMIT")

    assert stopped == EVERYBODY


@pytest.mark.parametrize("blocker", [WRITER, SNAPSHOT], ids=["writer", "snapshot"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE INDEX CONCURRENTLY orders_id_idx ON orders (id)",
        "REINDEX INDEX CONCURRENTLY orders_status_idx",
    ],
)
def test_waiting_concurrent_build_stops_nobody(
    database: Database, statement: str, blocker: tuple[str, ...]
) -> None:
    """It waits for writers of its table, and for old snapshots of any table; nobody waits for it."""
    database.deploy("", "orders countries")
    held = database.session(INDEX, *blocker)

    with database.waiting(statement) as build:
        stopped = database.blocked("orders")
        modes = {mode for _, _, mode in database.locks(build)}
        held.run("COMMIT")

    assert stopped == set()
    assert modes == {"SHARE UPDATE EXCLUSIVE"}
    assert set(database.indexes().values()) == {"v1r1"}


@pytest.mark.parametrize(
    "statement", ["DROP INDEX CONCURRENTLY orders_status_idx", "REINDEX INDEX CONCURRENTLY orders_status_idx"]
)
def test_waiting_concurrent_drop_and_rebuild_stop_nobody(database: Database, statement: str) -> None:
    """These wait for readers too, and still nobody waits for them."""
    database.deploy("", "orders")
    reader = database.session(INDEX, *READER)

    with database.waiting(statement):
        stopped = database.blocked("orders")
        reader.run("COMMIT")

    assert stopped == set()


def test_concurrent_build_does_not_wait_for_readers(database: Database) -> None:
    """An idle reader without a snapshot holds nothing up."""
    database.deploy("", "orders")
    database.session(*READER)

    database.session("CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status)")

    assert database.indexes()["orders_status_idx"] == "v1r1"


def test_build_locks_every_partition(database: Database) -> None:
    """A plain build on the parent takes SHARE all the way down."""
    session = database.session(EVENTS, "BEGIN", "CREATE INDEX events_day_idx ON events (day)")

    assert tables(database, session, "SHARE") == {"events", "events_2024", "events_2025"}
    assert database.blocked("events_2025") == {"INSERT"}


def test_only_locks_the_parent(database: Database) -> None:
    """ON ONLY builds nothing and leaves the partitions alone."""
    session = database.session(EVENTS, "BEGIN", "CREATE INDEX events_day_idx ON ONLY events (day)")

    assert tables(database, session, "SHARE") == {"events"}
    assert database.blocked("events_2025") == set()


def test_partitioned_drop_locks_everything(database: Database) -> None:
    """Dropping the parent's index keeps readers out of every partition."""
    session = database.session(EVENTS, "CREATE INDEX events_day_idx ON events (day)", "BEGIN")
    session.run("DROP INDEX events_day_idx")

    assert tables(database, session, "ACCESS EXCLUSIVE") == {"events", "events_2024", "events_2025"}
    assert database.blocked("events_2025") == EVERYBODY


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE users ADD COLUMN handle text UNIQUE",
        "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_idx",
        "ALTER TABLE users DROP CONSTRAINT users_pkey",
    ],
)
def test_constraint_statement_shuts_the_table(database: Database, statement: str) -> None:
    """ADD COLUMN UNIQUE, USING INDEX and DROP CONSTRAINT all take ACCESS EXCLUSIVE."""
    database.deploy("", "users")
    session = database.session("CREATE UNIQUE INDEX users_email_idx ON users (email)", "BEGIN", statement)

    assert tables(database, session, "ACCESS EXCLUSIVE") == {"users"}
    assert database.blocked("users") == EVERYBODY


def test_using_index_builds_nothing(database: Database) -> None:
    """The constraint takes the file of the index that is there, and its own name for it."""
    database.deploy("", "users")
    session = database.session("CREATE UNIQUE INDEX users_email_idx ON users (email)")
    built = session.run("SELECT pg_relation_filenode('users_email_idx')")

    session.run("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_idx")

    assert session.run("SELECT pg_relation_filenode('users_email_key')") == built


@pytest.mark.parametrize(("nullable", "scans"), [("", 1), ("NOT NULL", 0)], ids=["nullable", "not-null"])
def test_primary_key_over_nullable_column_reads_the_table(
    database: Database, nullable: str, scans: int
) -> None:
    """USING INDEX looks for nulls under its lock, unless the column is NOT NULL already."""
    session = database.session(f"CREATE TABLE accounts (id bigint {nullable})")
    session.run("CREATE UNIQUE INDEX accounts_pkey ON accounts (id)")
    counted = "SELECT pg_stat_get_xact_numscans('accounts'::regclass)"
    [(before,)] = session.run(counted)

    session.run("BEGIN; ALTER TABLE accounts ADD PRIMARY KEY USING INDEX accounts_pkey")

    assert session.run(counted) == [(before + scans,)]


def test_block_keeps_every_lock_to_its_end(database: Database) -> None:
    """A DO block that builds table by table stops the writes to all of them."""
    session = database.session(EVENTS, "BEGIN")
    session.run("""
        DO $$
        BEGIN
          EXECUTE 'CREATE INDEX ON events_2024 (day)';
          EXECUTE 'CREATE INDEX ON events_2025 (day)';
        END
        $$""")

    assert tables(database, session, "SHARE") == {"events_2024", "events_2025"}


@pytest.mark.parametrize("scope", ["TABLE orders", "SCHEMA public", "DATABASE app"])
def test_rebuild_waits_for_writers_in_every_scope(database: Database, scope: str) -> None:
    """REINDEX of a table, a schema or a database stops the writes and reads that queue behind it."""
    database.deploy("", "orders")
    writer = database.session(*WRITER)

    with database.waiting(f"REINDEX {scope}"):
        stopped = database.blocked("orders")
        writer.run("COMMIT")

    assert "INSERT" in stopped
