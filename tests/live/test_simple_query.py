"""What PostgreSQL makes of statements that are sent together, and of a runner's own lock."""

import threading

import psycopg
import pytest
from psycopg import errors

from .database import Database, Session

pytestmark = pytest.mark.live

BUILD = "CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status)"
STATEMENTS = (
    BUILD,
    "DROP INDEX CONCURRENTLY IF EXISTS orders_old_idx",
    "REINDEX TABLE CONCURRENTLY orders",
    "REINDEX SCHEMA public",
    "VACUUM orders",
)
TOGETHER = {
    "before": "SELECT 1; {}",
    "after": "{}; SELECT 1",
    "set": "SET lock_timeout = 0; {}",
    "commit": "COMMIT; {}",
    "rollback": "ROLLBACK; {}",
    "block": "BEGIN; SELECT 1; COMMIT; {}",
    "chain": "BEGIN; COMMIT AND CHAIN; {}",
    "committed": "{}; COMMIT",
}
ALONE = {
    "bare": "{}",
    "semicolons": ";;{};;",
    "comments": "-- first\n/* then */ {}; -- last\n",
}


def refused(session: Session, message: str) -> str | None:
    """The SQLSTATE of a text that is sent as one simple query; None where it runs."""
    try:
        session.connection.execute(message.encode())
    except psycopg.Error as error:
        return error.sqlstate
    return None


def piped(session: Session, *texts: str) -> str | None:
    """The SQLSTATE of statements that are sent as one pipeline with one Sync; None where all run."""
    try:
        with session.connection.pipeline():
            for text in texts:
                session.connection.execute(text.encode())
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda text: text.partition(" orders")[0])
@pytest.mark.parametrize("shape", TOGETHER)
def test_together_is_a_transaction(database: Database, shape: str, statement: str) -> None:
    """Beside anything else in its message it is refused, COMMIT or not."""
    database.deploy("", "orders")

    assert refused(database.session(), TOGETHER[shape].format(statement)) == "25001"
    assert "orders_status_idx" not in database.indexes()


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda text: text.partition(" orders")[0])
@pytest.mark.parametrize("shape", ALONE)
def test_alone_runs(database: Database, shape: str, statement: str) -> None:
    """Comments and empty statements are no company."""
    database.deploy("", "orders")

    assert refused(database.session(), ALONE[shape].format(statement)) is None


def test_each_message_for_itself(database: Database) -> None:
    """The same text runs when each statement is a message, as psql -f sends it."""
    database.deploy("", "orders")

    database.session("BEGIN; SELECT 1; COMMIT; " + BUILD)

    assert database.indexes()["orders_status_idx"] == "v1r1"


def test_plain_work_rolls_back_together(database: Database) -> None:
    """A message is all or nothing, without any BEGIN."""
    database.deploy("", "orders")
    message = "CREATE INDEX orders_status_idx ON orders (status); SELECT 1/0"

    assert refused(database.session(), message) == "22012"
    assert "orders_status_idx" not in database.indexes()


def test_commit_keeps_what_came_before(database: Database) -> None:
    """COMMIT ends the runner's transaction: a later failure leaves the first half."""
    database.deploy("", "orders")
    session = database.session("BEGIN", "CREATE INDEX orders_status_idx ON orders (status)", "COMMIT")

    assert session.sqlstate("SELECT 1/0") == "22012"
    session.run("ROLLBACK")
    assert ("WARNING", "there is no transaction in progress") in session.said
    assert database.indexes()["orders_status_idx"] == "v1r1"


def test_begin_inside_is_a_warning(database: Database) -> None:
    """BEGIN in the runner's transaction has no effect, and its COMMIT ends the runner's."""
    session = database.session("BEGIN", "BEGIN", "CREATE TABLE made (a int)", "COMMIT", "ROLLBACK")

    assert ("WARNING", "there is already a transaction in progress") in session.said
    assert database.watch.run("SELECT to_regclass('made') IS NOT NULL") == [(True,)]


def test_first_in_a_pipeline_runs(database: Database) -> None:
    """Only the first statement of a pipeline escapes."""
    database.deploy("", "orders")

    assert piped(database.session(), BUILD, "SELECT 1") is None
    assert database.indexes()["orders_status_idx"] == "v1r1"


@pytest.mark.parametrize("first", ["SELECT 1", "SET lock_timeout = 0"])
def test_later_in_a_pipeline_is_refused(database: Database, first: str) -> None:
    """Behind anything else it is refused before it starts."""
    database.deploy("", "orders")

    assert piped(database.session(), first, BUILD) == "25001"
    assert "orders_status_idx" not in database.indexes()


@pytest.mark.parametrize(
    ("second", "state"), [("SELECT 1/0", "22012"), (BUILD.replace("status", "id"), "25001")]
)
def test_pipeline_that_fails_leaves_it_invalid(database: Database, second: str, state: str) -> None:
    """The finished index is lost to a failure that has nothing to do with it."""
    database.deploy("", "orders")

    assert piped(database.session(), BUILD, second) == state
    assert database.indexes()["orders_status_idx"].startswith("v0")


def test_waiting_for_the_lock_deadlocks(database: Database) -> None:
    """A second runner in pg_advisory_lock() holds a snapshot that the build of the first one waits for."""
    database.deploy("", "orders")
    first = database.session("SET deadlock_timeout = '200ms'", "SELECT pg_advisory_lock(42)")
    waited: list[str | None] = []

    second = database.session("SET deadlock_timeout = '200ms'")
    waits = threading.Thread(target=lambda: waited.append(refused(second, "SELECT pg_advisory_lock(42)")))
    waits.start()
    database.wait(second)
    built = refused(first, BUILD)
    first.run("SELECT pg_advisory_unlock_all()")
    waits.join(10)

    assert {built, *waited} == {"40P01", None}
    assert database.indexes()["orders_status_idx"].startswith("v0" if built else "v1")


def test_polling_for_the_lock_does_not(database: Database) -> None:
    """pg_try_advisory_lock() in autocommit leaves no snapshot behind."""
    database.deploy("", "orders")
    first = database.session("SELECT pg_advisory_lock(42)")
    database.session("SELECT pg_try_advisory_lock(42)")

    assert refused(first, BUILD) is None


@pytest.mark.parametrize("binary", [True, False], ids=["extended", "simple"])
def test_idle_lock_of_another_session(database: Database, binary: bool) -> None:
    """The open portal of an extended-protocol SELECT keeps its snapshot; a simple query keeps none."""
    database.deploy("", "orders")
    holder = database.session("BEGIN")
    holder.connection.execute(b"SELECT pg_try_advisory_xact_lock(42)", binary=binary)
    build = database.session("SET statement_timeout = '400ms'")

    if binary:
        with pytest.raises(errors.QueryCanceled):
            build.run(BUILD)
        assert database.indexes()["orders_status_idx"].startswith("v0")
        build.run("DROP INDEX CONCURRENTLY orders_status_idx")
    else:
        build.run(BUILD)
        assert database.indexes()["orders_status_idx"] == "v1r1"


def test_concurrent_drop_does_not_wait_for_snapshots(database: Database) -> None:
    """The same open portal does not stop a drop."""
    database.deploy("", "orders")
    holder = database.session("CREATE INDEX orders_status_idx ON orders (status)", "BEGIN")
    holder.connection.execute(b"SELECT pg_try_advisory_xact_lock(42)", binary=True)

    database.session("SET statement_timeout = '5s'", "DROP INDEX CONCURRENTLY orders_status_idx")

    assert "orders_status_idx" not in database.indexes()
