"""What a concurrent statement leaves behind when it is cut short, and what repairs it."""

import time

import pytest

from .database import Database

pytestmark = pytest.mark.live

UNIQUE = "CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email)"
GUARD = "DROP INDEX CONCURRENTLY IF EXISTS users_email_key"
PLAIN = "CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status)"
RETRY = "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_status_idx ON orders (status)"
SKIPPED = 'relation "{}" already exists, skipping'

# Transactions that a concurrent statement waits for.
WRITER = (
    "BEGIN",
    "UPDATE orders SET status = 'old' WHERE id = 1",
    "UPDATE users SET email = 'x' WHERE id = 1",
)
SNAPSHOT = ("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT * FROM countries")
READER = ("BEGIN", "SELECT * FROM orders")
TIMEOUTS = [("lock_timeout", "55P03"), ("statement_timeout", "57014")]


@pytest.fixture
def deployed(database: Database) -> Database:
    """The tables, with rows."""
    database.deploy("", "orders users countries")
    return database


def killed(database: Database, statement: str, *blocker: str, setting: str = "lock_timeout") -> str | None:
    """The SQLSTATE that ends a statement which waits for a transaction longer than a timeout allows."""
    held = database.session(*blocker)
    limit = 100 if setting == "lock_timeout" else 400  # the others count the work before the wait as well
    code = database.session(f"SET {setting} = {limit}").sqlstate(statement)
    held.run("ROLLBACK")
    return code


def phase(database: Database, name: str) -> None:
    """Return once the build has come to a phase."""
    deadline = time.monotonic() + 10
    while (name,) not in database.watch.run("SELECT phase FROM pg_stat_progress_create_index"):
        assert time.monotonic() < deadline, f"it never came to {name}"
        time.sleep(0.01)


def test_duplicates_leave_an_index_that_enforces_nothing(deployed: Database) -> None:
    """The build fails, the retry fails, IF NOT EXISTS is content, and the guard repairs."""
    session = deployed.session("INSERT INTO users VALUES (100, '2@example.com')")
    error = session.error(UNIQUE)
    assert error.sqlstate == "23505"
    assert error.diag.message_primary == 'could not create unique index "users_email_key"'
    assert deployed.indexes()["users_email_key"] == "v0r0"

    session.run("INSERT INTO users VALUES (101, '2@example.com')")
    session.run("DELETE FROM users WHERE id >= 100")
    assert session.sqlstate(UNIQUE) == "42P07"

    session.run(UNIQUE.replace("CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS"))
    assert ("NOTICE", SKIPPED.format("users_email_key")) in session.said
    assert deployed.indexes()["users_email_key"] == "v0r0"

    session.run(GUARD)
    session.run(UNIQUE)
    assert deployed.indexes()["users_email_key"] == "v1r1"
    assert session.sqlstate("INSERT INTO users VALUES (101, '2@example.com')") == "23505"


def test_guard_repairs_on_the_second_run(deployed: Database) -> None:
    """The same two statements fail over duplicates, and succeed once these are gone."""
    session = deployed.session("INSERT INTO users VALUES (100, '2@example.com')")
    assert session.sqlstate(f"{GUARD}; {UNIQUE}") == "23505"

    session.run("DELETE FROM users WHERE id = 100")
    session.run(f"{GUARD}; {UNIQUE}")

    assert deployed.indexes()["users_email_key"] == "v1r1"


def test_guard_drops_whatever_has_the_name(deployed: Database) -> None:
    """A valid index of another table goes too."""
    deployed.session("CREATE INDEX users_email_key ON orders (status)", GUARD)

    assert "users_email_key" not in deployed.indexes()


@pytest.mark.parametrize(("setting", "code"), TIMEOUTS)
def test_timeout_in_the_last_wait_leaves_an_index_that_is_kept_up(
    deployed: Database, setting: str, code: str
) -> None:
    """An old snapshot of an unrelated table is enough; a retry with IF NOT EXISTS then succeeds."""
    assert killed(deployed, PLAIN, *SNAPSHOT, setting=setting) == code
    assert deployed.indexes()["orders_status_idx"] == "v0r1"

    session = deployed.session(RETRY)
    assert session.said == [("NOTICE", SKIPPED.format("orders_status_idx"))]
    assert deployed.indexes()["orders_status_idx"] == "v0r1"

    session.run(f"DROP INDEX CONCURRENTLY IF EXISTS orders_status_idx; {PLAIN}")
    assert deployed.indexes()["orders_status_idx"] == "v1r1"


@pytest.mark.parametrize(("setting", "code"), TIMEOUTS)
def test_timeout_while_waiting_for_writers_leaves_an_idle_index(
    deployed: Database, setting: str, code: str
) -> None:
    """Killed earlier, the index is there and nothing maintains it."""
    assert killed(deployed, PLAIN, *WRITER, setting=setting) == code

    assert deployed.indexes()["orders_status_idx"] == "v0r0"


def test_lock_timeout_says_what_the_page_says(deployed: Database) -> None:
    """The message that an engineer will search for."""
    deployed.session(*SNAPSHOT)
    error = deployed.session("SET lock_timeout = 100").error(PLAIN)

    assert error.diag.message_primary == "canceling statement due to lock timeout"


def test_transaction_timeout_ends_the_session(deployed: Database) -> None:
    """From 17 on; the index stays."""
    if deployed.major < 17:
        pytest.skip("transaction_timeout came with 17")
    held = deployed.session(*SNAPSHOT)
    session = deployed.session("SET transaction_timeout = 400")
    assert session.sqlstate(PLAIN) == "25P04"
    held.run("ROLLBACK")

    assert session.connection.closed
    assert deployed.indexes()["orders_status_idx"] == "v0r1"


@pytest.mark.parametrize(
    ("blocker", "state", "refused"),
    [(SNAPSHOT, "v0r1", True), (WRITER, "v0r0", False)],
    ids=["late", "early"],
)
def test_unique_leftover_rejects_duplicates_once_it_is_ready(
    deployed: Database, blocker: tuple[str, ...], state: str, refused: bool
) -> None:
    """Invalid and ready enforces; invalid and not ready does not."""
    assert killed(deployed, UNIQUE, *blocker) == "55P03"
    assert deployed.indexes()["users_email_key"] == state

    session = deployed.session()
    if refused:
        assert session.sqlstate("INSERT INTO users VALUES (100, '2@example.com')") == "23505"
    else:
        session.run("INSERT INTO users VALUES (100, '2@example.com')")


@pytest.mark.parametrize(("end", "code"), [("pg_cancel_backend", "57014"), ("pg_terminate_backend", "57P01")])
def test_cancel_and_lost_session_leave_it_too(deployed: Database, end: str, code: str) -> None:
    """It takes no timeout."""
    deployed.session(*SNAPSHOT)

    with deployed.waiting(PLAIN, code) as build:
        deployed.watch.run(f"SELECT {end}({build.pid})")

    assert deployed.indexes()["orders_status_idx"] == "v0r1"


def test_waits_for_writers_twice(deployed: Database) -> None:
    """Before the build and after it; killed in the second of these waits, the index is kept up."""
    first = deployed.session(*WRITER)
    with deployed.waiting(PLAIN, "57014") as build:
        deployed.session("BEGIN", "DELETE FROM orders WHERE id = 2")
        before = deployed.indexes()["orders_status_idx"]
        first.run("COMMIT")
        phase(deployed, "waiting for writers before validation")
        deployed.watch.run(f"SELECT pg_cancel_backend({build.pid})")

    assert (before, deployed.indexes()["orders_status_idx"]) == ("v0r0", "v0r1")


def test_deadlock_leaves_it_too(deployed: Database) -> None:
    """A second runner that waits for the first one's advisory lock is a snapshot to wait for."""
    first = deployed.session("SET deadlock_timeout = 100", "SELECT pg_advisory_lock(1)")

    with deployed.waiting("SET deadlock_timeout = '20s'; SELECT pg_advisory_lock(1)"):
        code = first.sqlstate(PLAIN)
        first.run("SELECT pg_advisory_unlock(1)")

    assert code == "40P01"
    assert deployed.indexes()["orders_status_idx"] == "v0r1"


def test_unnamed_retry_builds_one_more(deployed: Database) -> None:
    """Nothing fails, and the first copy stays."""
    unnamed = "CREATE INDEX CONCURRENTLY ON orders (status)"
    assert killed(deployed, unnamed, *SNAPSHOT) == "55P03"

    session = deployed.session(unnamed, unnamed)

    assert session.said == []
    indexes = {name: state for name, state in deployed.indexes().items() if name.startswith("orders_status")}
    assert indexes == {
        "orders_status_idx": "v0r1",
        "orders_status_idx1": "v1r1",
        "orders_status_idx2": "v1r1",
    }


@pytest.mark.parametrize(("setting", "code"), TIMEOUTS)
def test_killed_drop_leaves_an_invalid_index_and_can_be_repeated(
    deployed: Database, setting: str, code: str
) -> None:
    """The second run finishes the job."""
    drop = "DROP INDEX CONCURRENTLY IF EXISTS orders_status_idx"
    deployed.session(PLAIN)
    assert killed(deployed, drop, *READER, setting=setting) == code
    assert deployed.indexes()["orders_status_idx"] == "v0r1"

    deployed.session(drop)

    assert "orders_status_idx" not in deployed.indexes()


@pytest.mark.parametrize(
    ("blocker", "suffix"),
    [(WRITER, "_ccnew"), (SNAPSHOT, "_ccnew"), (READER, "_ccold")],
    ids=["writer", "snapshot", "reader"],
)
def test_killed_rebuild_leaves_a_copy(deployed: Database, blocker: tuple[str, ...], suffix: str) -> None:
    """Before the swap the new one is left over, after it the old one; the index itself stays valid."""
    deployed.session(PLAIN)
    assert killed(deployed, "REINDEX INDEX CONCURRENTLY orders_status_idx", *blocker) == "55P03"

    indexes = deployed.indexes()
    assert indexes["orders_status_idx"] == "v1r1"
    assert indexes[f"orders_status_idx{suffix}"].startswith("v0")


def test_table_rebuild_skips_what_is_invalid(deployed: Database) -> None:
    """REINDEX TABLE CONCURRENTLY only warns; REINDEX INDEX CONCURRENTLY repairs."""
    killed(deployed, PLAIN, *SNAPSHOT)

    session = deployed.session("REINDEX TABLE CONCURRENTLY orders")
    assert [(level, "skipping" in text) for level, text in session.said] == [("WARNING", True)]
    assert deployed.indexes()["orders_status_idx"] == "v0r1"

    session.run("REINDEX INDEX CONCURRENTLY orders_status_idx")
    assert deployed.indexes()["orders_status_idx"] == "v1r1"


@pytest.mark.parametrize(
    "other",
    ["CREATE TABLE orders_status_idx (id int)", "CREATE INDEX orders_status_idx ON users (email)"],
    ids=["table", "index-of-another-table"],
)
def test_if_not_exists_asks_for_the_name_only(deployed: Database, other: str) -> None:
    """Anything of that name will do."""
    session = deployed.session(other, RETRY)

    assert session.said == [("NOTICE", SKIPPED.format("orders_status_idx"))]


def test_set_local_outside_a_transaction_only_warns(deployed: Database) -> None:
    """The timeout stays what it was."""
    session = deployed.session("SET lock_timeout = '5s'", "SET LOCAL lock_timeout = 0")

    assert session.said == [("WARNING", "SET LOCAL can only be used in transaction blocks")]
    assert session.run("SHOW lock_timeout") == [("5s",)]


def test_progress_view_names_the_one_it_waits_for(deployed: Database) -> None:
    """The query of IDX601 shows the phase and the session to look at; a running build is not valid yet."""
    held = deployed.session(*SNAPSHOT)
    with deployed.waiting(PLAIN):
        rows = deployed.watch.run("SELECT phase, current_locker_pid FROM pg_stat_progress_create_index")
        meanwhile = deployed.indexes()
        held.run("COMMIT")

    assert rows == [("waiting for old snapshots", held.pid)]
    assert meanwhile["orders_status_idx"] == "v0r1"


def test_timeout_of_a_role_counts_as_well(deployed: Database) -> None:
    """Nothing in the file sets it."""
    held = deployed.session(*SNAPSHOT)
    try:
        deployed.session("ALTER ROLE postgres SET lock_timeout = 100")
        code = deployed.session().sqlstate(PLAIN)
    finally:
        deployed.watch.run("ALTER ROLE postgres RESET lock_timeout")
    held.run("COMMIT")

    assert code == "55P03"
    assert deployed.indexes()["orders_status_idx"] == "v0r1"
