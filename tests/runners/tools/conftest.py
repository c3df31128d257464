"""A database for the migration tools."""

from collections.abc import Iterator

import pytest

from tests.live.database import Database
from tests.live.server import installed, running

from .programs import unavailable

OWN = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')"


@pytest.fixture(scope="session")
def connected() -> Iterator[Database]:
    """The newest PostgreSQL that is installed; how a tool sends a file does not depend on it."""
    majors = installed()
    if not majors:
        unavailable("no PostgreSQL binaries; name their bin folders in IDXLINT_POSTGRES_BINS")
    with running(majors[-1], loopback=True) as server:
        database = Database(server)
        yield database
        database.close()


@pytest.fixture
def database(connected: Database) -> Database:
    """An empty database, without the schemas in which tools keep their own tables."""
    connected.reset()
    for (name,) in connected.watch.run(OWN):
        connected.watch.run(f"DROP SCHEMA {name} CASCADE")
    return connected
