"""One throw-away server for each PostgreSQL major that is installed."""

from collections.abc import Iterator

import pytest

from .database import Database
from .server import Server, installed, running

MAJORS = installed()
NONE = pytest.param(
    None,
    id="none",
    marks=pytest.mark.skip(reason="no PostgreSQL binaries; name their bin folders in IDXLINT_POSTGRES_BINS"),
)


@pytest.fixture(scope="session", params=MAJORS or [NONE], ids=lambda binaries: f"pg{binaries.major}")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of one major, up for all of its tests."""
    with running(request.param) as started:
        yield started


@pytest.fixture(scope="session")
def connected(server: Server) -> Iterator[Database]:
    """The database of a server; connecting for each test would take longer than the tests."""
    database = Database(server)
    yield database
    database.close()


@pytest.fixture
def database(connected: Database) -> Iterator[Database]:
    """An empty database. Its sessions end with the test: an open transaction holds back VACUUM on the whole server."""
    connected.reset()
    yield connected
    connected.leave()


@pytest.fixture(scope="session", params=[MAJORS[-1] if MAJORS else NONE], ids=["newest"])
def newest(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of the newest major, for what does not depend on it."""
    with running(request.param) as started:
        yield started
