"""A database for the migration tools."""

from collections.abc import Iterator

import pytest

from tests.live.database import Database
from tests.live.server import installed, running


@pytest.fixture(scope="module")
def connected() -> Iterator[Database]:
    """The newest PostgreSQL that is installed; how a tool sends a file does not depend on it."""
    majors = installed()
    if not majors:
        pytest.skip("no PostgreSQL binaries; name their bin folders in IDXLINT_POSTGRES_BINS")
    with running(majors[-1]) as server:
        database = Database(server)
        yield database
        database.close()


@pytest.fixture
def database(connected: Database) -> Database:
    """An empty database."""
    connected.reset()
    return connected
