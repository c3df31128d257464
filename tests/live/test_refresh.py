"""What REFRESH MATERIALIZED VIEW blocks, and what its concurrent form asks for."""

import pytest

from tests.checks.test_refresh import NOT_USABLE, USABLE

from .database import Database, Session

pytestmark = pytest.mark.live

VIEW = "CREATE MATERIALIZED VIEW totals AS SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id"
CONCURRENT = "REFRESH MATERIALIZED VIEW CONCURRENTLY totals"


@pytest.fixture
def session(database: Database) -> Session:
    """One that has made the view, and another that has no index that would serve."""
    database.deploy("", "orders")
    return database.session(VIEW, VIEW.replace("totals", "others"))


@pytest.mark.parametrize("index", USABLE.values(), ids=USABLE)
def test_usable_index(session: Session, index: str) -> None:
    """What the check takes for usable is what the server takes, also in a transaction block."""
    session.run(f"{index} BEGIN; {CONCURRENT}; COMMIT")

    assert session.run("SELECT count(*) FROM totals") == [(7,)]


@pytest.mark.parametrize("index", NOT_USABLE.values(), ids=NOT_USABLE)
def test_index_that_does_not_serve(session: Session, index: str) -> None:
    """The rest is refused."""
    if index:
        session.run(index)

    assert session.sqlstate(CONCURRENT) == "55000"


def test_view_without_data(session: Session) -> None:
    """Nobody can read it, and it cannot be filled concurrently."""
    session.run(f"{USABLE['plain']} REFRESH MATERIALIZED VIEW totals WITH NO DATA")

    assert session.sqlstate("SELECT * FROM totals") == "55000"
    assert session.sqlstate(CONCURRENT) == "0A000"


@pytest.mark.parametrize(
    ("words", "waits"),
    [("", {"INSERT", "SELECT"}), ("CONCURRENTLY", {"INSERT"})],
    ids=["plain", "concurrent"],
)
def test_readers(database: Database, session: Session, words: str, waits: set[str]) -> None:
    """Only the plain refresh keeps readers out; INSERT stands for whatever changes the view."""
    session.run(f"{USABLE['plain']} BEGIN; REFRESH MATERIALIZED VIEW {words} totals")

    assert waits == database.blocked("totals")
