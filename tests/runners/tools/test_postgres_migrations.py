"""postgres-migrations itself runs its fixture: what idxlint says about it is what happens."""

from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_npm, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "postgres-migrations" / "migrations"
SCRIPT = """
const { migrate } = require("postgres-migrations");
const { Client } = require("pg");
const [connectionString, folder] = process.argv.slice(2);
const client = new Client({ connectionString });
client.connect()
  .then(() => migrate({ client }, folder))
  .then(() => console.log("migrated"), (error) => console.log(error.message))
  .finally(() => client.end());
"""


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script that calls the library, which has no program of its own."""
    folder = tmp_path_factory.mktemp("postgres-migrations")
    from_npm(folder, "postgres-migrations@5.3.0", "pg@8")
    script = folder / "migrate.cjs"
    script.write_text(SCRIPT, "utf-8")
    return script


def run(tool: Path, database: Database, folder: Path, name: str) -> str:
    """What is said when a migration of the fixture runs behind the first two; it wants them numbered."""
    for number, file in enumerate(("0001-create-trips", "0002-plain", name), 1):
        text = (MIGRATIONS / f"{file}.sql").read_text("utf-8")
        (folder / f"{number:04}{file[4:]}.sql").write_text(text, "utf-8")
    return said("node", tool, database.server.url(), folder, cwd=folder)


@pytest.mark.parametrize(
    "name", ["0003-wrapped", "0005-two-statements", "0006-capitals", "0007-of-another-tool"]
)
def test_refused(tool: Path, database: Database, tmp_path: Path, name: str) -> None:
    """IDX201, IDX202 and IDX204 are right: PostgreSQL answers 25001."""
    assert REFUSED in run(tool, database, tmp_path, name)
    assert {"trips_harbour_idx", "trips_pkey", "trips_sails_idx"} == {
        index for index in database.indexes() if index.startswith("trips")
    }


def test_opted_out(tool: Path, database: Database, tmp_path: Path) -> None:
    """A statement alone in its file with the directive is built."""
    assert "migrated" in run(tool, database, tmp_path, "0004-right")
    assert "v1r1" == database.indexes()["trips_harbour_sails_idx"]
