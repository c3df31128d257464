"""node-pg-migrate itself runs its fixture: what idxlint says about it is what happens."""

import shutil
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_npm, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "node-pg-migrate" / "migrations"
TABLE = "1735700000000_create-breads.sql"


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, out of its npm package."""
    return (
        from_npm(tmp_path_factory.mktemp("node-pg-migrate"), "node-pg-migrate@9.0.0", "pg@8")
        / "node-pg-migrate"
    )


def run(tool: Path, database: Database, folder: Path, name: str, *commands: str) -> str:
    """What node-pg-migrate prints that runs a migration behind the one that creates its table."""
    place = folder / "migrations"
    place.mkdir(exist_ok=True)
    for file in (TABLE, name):
        if (MIGRATIONS / file).exists():
            shutil.copy(MIGRATIONS / file, place)
    where = {"DATABASE_URL": database.server.url()}
    return "".join(said(tool, command, "-m", place, cwd=folder, **where) for command in commands or ("up",))


@pytest.mark.parametrize("name", ["1735700002000_refused.sql", "1735700003000_not_read.sql"])
def test_refused(tool: Path, database: Database, tmp_path: Path, name: str) -> None:
    """IDX201 and IDX204 are right, and the run is one transaction: not even the table stays."""
    assert REFUSED in run(tool, database, tmp_path, name)
    assert not any(index.startswith("breads") for index in database.indexes())


def test_without_markers(tool: Path, database: Database, tmp_path: Path) -> None:
    """A file without markers is the way up."""
    assert "Migrations complete!" in run(tool, database, tmp_path, "1735700004000_no_markers.sql")
    assert [] == database.watch.run("SELECT weight FROM breads")


def test_way_back(tool: Path, database: Database, tmp_path: Path) -> None:
    """The way back is in a transaction too."""
    name = "1735700002000_back.sql"
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / name).write_text(
        "-- Up Migration\nCREATE INDEX breads_flour_idx ON breads (flour);\n"
        "-- Down Migration\nDROP INDEX CONCURRENTLY breads_flour_idx;\n"
    )

    assert REFUSED in run(tool, database, tmp_path, name, "up", "down")
    assert "v1r1" == database.indexes()["breads_flour_idx"]
