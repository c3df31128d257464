"""yoyo itself runs its fixture: what idxlint says about it is what happens."""

import re
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_pypi, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "yoyo" / "migrations"
PACKAGES = ("yoyo-migrations==9.0.0", "psycopg2-binary", "setuptools<81")
TABLE = "0001.create-animals"


@pytest.fixture(scope="module")
def yoyo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, out of its package in an environment of its own."""
    return from_pypi(tmp_path_factory.mktemp("yoyo"), *PACKAGES) / "yoyo"


def run(yoyo: Path, database: Database, folder: Path, name: str, *commands: str) -> str:
    """What yoyo prints that runs a migration of the fixture behind the one that creates its table."""
    for file in (*MIGRATIONS.glob(f"{TABLE}*.sql"), *MIGRATIONS.glob(f"{name}*.sql")):
        text = re.sub(r"-- depends: .*", f"-- depends: {TABLE}", file.read_text("utf-8"))
        (folder / file.name).write_text(text, "utf-8")
    where = ("--batch", "--no-config-file", "--database", database.server.url())
    printed = ""
    for command in commands or ("apply",):
        revision = ("--revision", name) if command == "rollback" else ()
        printed += said(yoyo, command, *where, *revision, folder, cwd=folder)
    return printed


def built(database: Database) -> set[str]:
    """The indexes of the fixture's table, its first two left out."""
    return {name for name in database.indexes() if name.startswith("animals_")} - {
        "animals_pkey",
        "animals_name_idx",
    }


@pytest.mark.parametrize("name", ["0003.wrapped", "0005.capitals", "0006.too-late"])
def test_refused(yoyo: Path, database: Database, tmp_path: Path, name: str) -> None:
    """IDX201 and IDX204 are right: PostgreSQL answers 25001."""
    printed = run(yoyo, database, tmp_path, name)

    assert REFUSED in printed
    assert built(database) == set()


def test_opted_out(yoyo: Path, database: Database, tmp_path: Path) -> None:
    """The directive before the first statement is for the migration and for its rollback."""
    run(yoyo, database, tmp_path, "0004.right")
    assert built(database) == {"animals_species_name_idx"}

    assert REFUSED not in run(yoyo, database, tmp_path, "0004.right", "rollback")
    assert built(database) == set()


def test_directive_in_the_rollback(yoyo: Path, database: Database, tmp_path: Path) -> None:
    """A rollback goes by its migration: a directive of its own is not read."""
    name = "0002.plain"
    back = tmp_path / f"{name}.rollback.sql"
    back.write_text("-- transactional: false\nDROP INDEX CONCURRENTLY animals_born_on_idx;\n", "utf-8")

    printed = run(yoyo, database, tmp_path, name, "apply", "rollback")

    assert REFUSED in printed
    assert built(database) == {"animals_born_on_idx"}
