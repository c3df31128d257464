"""sql-migrate itself runs its fixture: what idxlint says about it is what happens."""

import shutil
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_system, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "sql-migrate" / "migrations"
TABLE = "1_create_sailings.sql"


def run(database: Database, folder: Path, name: str, *commands: str) -> str:
    """What sql-migrate prints that runs a migration of the fixture behind the one that creates its table."""
    program = from_system("sql-migrate", "sql-migrate")
    place = folder / "migrations"
    place.mkdir()
    for file in (TABLE, name):
        shutil.copy(MIGRATIONS / file, place)
    source = f"{database.server.url()}?sslmode=disable"
    settings = f"production: {{dialect: postgres, datasource: '{source}', dir: migrations}}"
    (folder / "dbconfig.yml").write_text(settings, "utf-8")
    each = (said(program, command, "-env=production", cwd=folder) for command in commands or ("up",))
    return "".join(each)


def built(database: Database) -> set[str]:
    """The indexes behind those of the first migration."""
    return {name for name in database.indexes() if name.startswith("sailings")} - {
        "sailings_pkey",
        "sailings_harbour_idx",
    }


@pytest.mark.parametrize(
    "name",
    [
        "4_wrapped.sql",
        "6_option_in_capitals.sql",
        "7_of_another_tool.sql",
        "8_two_on_a_line.sql",
    ],
)
def test_refused(database: Database, tmp_path: Path, name: str) -> None:
    """IDX201, IDX202 and IDX204 are right: PostgreSQL answers 25001."""
    assert REFUSED in run(database, tmp_path, name)
    assert set() == built(database)


def test_opted_out(database: Database, tmp_path: Path) -> None:
    """With the option it is built beside another statement, and taken back."""
    name = "3_index_departure.sql"
    assert "Applied 2 migrations" in run(database, tmp_path, name)
    assert {"sailings_leaves_at_idx"} == built(database)


def test_option_of_one_section(database: Database, tmp_path: Path) -> None:
    """The option on the up section says nothing about the down section."""
    printed = run(database, tmp_path, "5_down_is_wrapped.sql", "up", "down")

    assert REFUSED in printed
    assert {"sailings_deck_leaves_at_idx"} == built(database)
