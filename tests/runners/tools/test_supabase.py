"""The Supabase CLI itself runs its fixture: what idxlint says about it is what happens."""

import shutil
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import from_npm, refused, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "supabase" / "supabase" / "migrations"
QUIET = {"DO_NOT_TRACK": "1", "SUPABASE_TELEMETRY_DISABLED": "1", "CI": "1"}


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program since 2.109, out of its npm package."""
    return from_npm(tmp_path_factory.mktemp("supabase"), "supabase@2.117.0") / "supabase"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last program before 2.109."""
    return from_npm(tmp_path_factory.mktemp("supabase"), "supabase@2.108.0") / "supabase"


def run(cli: Path, database: Database, folder: Path, *numbers: int, last: str = "") -> str:
    """What the CLI prints that runs some migrations of the fixture, the one that creates the table before them.

    It asks for no TLS only at the port that the project's configuration names.
    """
    migrations = folder / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    settings = f'project_id = "garden"\n[db]\nport = {database.server.port}\n'
    (folder / "supabase" / "config.toml").write_text(settings, "utf-8")
    for number in (1, *numbers):
        file = next(MIGRATIONS.glob(f"202501{number:02}*.sql"))
        shutil.copy(file, migrations)
    if last:
        (migrations / "20250201090000_last.sql").write_text(last, "utf-8")
    return said(cli, "migration", "up", "--db-url", database.server.url(), cwd=folder, **QUIET)


def test_what_runs_alone(cli: Path, database: Database, tmp_path: Path) -> None:
    """What cannot be in a transaction is sent alone, directive or not, beside whatever."""
    printed = run(cli, database, tmp_path, *range(2, 10))

    assert "ERROR" not in printed
    names = "sown gardener_sown crop soil shade note"
    assert {f"beds_{name}_idx" for name in names.split()} | {"beds_pkey"} == set(database.indexes())


def test_own_block(cli: Path, database: Database, tmp_path: Path) -> None:
    """IDX201 is right about a file that opens a block."""
    assert refused(run(cli, database, tmp_path, 10))
    assert "beds_late_idx" not in database.indexes()


@pytest.mark.parametrize(("before", "kept"), [("", True), ("-- A remark.\n", False)], ids=["first", "second"])
def test_directive(cli: Path, database: Database, tmp_path: Path, before: str, kept: bool) -> None:
    """On the first line it takes the transaction away, on the second it is a comment (IDX204)."""
    statements = "create index beds_sown_idx on beds (sown_at);\nselect 1 / 0;\n"
    run(cli, database, tmp_path, last=f"{before}-- pg-delta: transaction=false\n{statements}")

    assert kept == ("beds_sown_idx" in database.indexes())


@pytest.mark.parametrize("numbers", [(4,), (7,), (5, 8), (9,), (10,)], ids=str)
def test_refused_in_a_batch(old: Path, database: Database, tmp_path: Path, numbers: tuple[int, ...]) -> None:
    """IDX202 and IDX204 are right about the program before 2.109: a file is one pipeline, directive or not."""
    assert refused(run(old, database, tmp_path, *numbers))


def test_batch(old: Path, database: Database, tmp_path: Path) -> None:
    """Alone, before others, and behind a COMMIT it ran even then."""
    assert "ERROR" not in run(old, database, tmp_path, 2, 3, 5, 6)
    names = "sown gardener_sown soil"
    assert {f"beds_{name}_idx" for name in names.split()} | {"beds_pkey"} == set(database.indexes())


def test_failure_behind_it(old: Path, database: Database, tmp_path: Path) -> None:
    """IDX202's warning is right: a later failure in the same pipeline leaves the finished index INVALID."""
    run(
        old,
        database,
        tmp_path,
        last="create index concurrently beds_sown_idx on beds (sown_at);\nselect 1 / 0;\n",
    )

    assert database.indexes()["beds_sown_idx"].startswith("v0")
