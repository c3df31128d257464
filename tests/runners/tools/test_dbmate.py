"""dbmate itself runs its fixture: what idxlint says about it is what happens."""

import shutil
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_npm, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "dbmate" / "db" / "migrations"
TABLE = "20250101000000_create_parcels.sql"


@pytest.fixture(scope="module")
def dbmate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, out of its npm package."""
    return from_npm(tmp_path_factory.mktemp("dbmate"), "dbmate@2.36.0") / "dbmate"


def run(dbmate: Path, database: Database, folder: Path, name: str, *commands: str) -> str:
    """What dbmate prints that runs a migration of the fixture behind the one that creates its table."""
    for file in (TABLE, name):
        shutil.copy(MIGRATIONS / file, folder)
    where = f"{database.server.url()}?sslmode=disable"
    words = (dbmate, "--no-dump-schema", "--migrations-dir", folder)
    each = (said(*words, command, cwd=folder, DATABASE_URL=where) for command in commands or ("migrate",))
    return "".join(each)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("20250104000000_wrapped.sql", id="wrapped"),
        pytest.param("20250105000000_option_with_space.sql", id="a-space-in-the-option"),
        pytest.param("20250106000000_option_in_capitals.sql", id="capitals-in-the-option"),
        pytest.param("20250107000000_two_statements.sql", id="two-statements"),
    ],
)
def test_refused(dbmate: Path, database: Database, tmp_path: Path, name: str) -> None:
    """IDX201, IDX202 and IDX204 are right: PostgreSQL answers 25001."""
    printed = run(dbmate, database, tmp_path, name)

    assert REFUSED in printed
    assert {"parcels_pkey", "parcels_sender_idx"} == set(database.indexes()) - {"schema_migrations_pkey"}


def test_opted_out(dbmate: Path, database: Database, tmp_path: Path) -> None:
    """A statement alone in its section with the option is built, and taken back."""
    name = "20250103000000_index_zone.sql"

    assert REFUSED not in run(dbmate, database, tmp_path, name)
    assert database.indexes()["parcels_zone_idx"] == "v1r1"

    assert REFUSED not in run(dbmate, database, tmp_path, name, "rollback")
    assert "parcels_zone_idx" not in database.indexes()


def test_option_of_one_section(dbmate: Path, database: Database, tmp_path: Path) -> None:
    """The option on the up section says nothing about the down section."""
    printed = run(dbmate, database, tmp_path, "20250108000000_down_is_wrapped.sql", "migrate", "rollback")

    assert REFUSED in printed
    assert "parcels_weight_sender_idx" in database.indexes()
