"""Drizzle itself runs its fixture: what idxlint says about it is what happens."""

import json
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_npm, said

pytestmark = pytest.mark.tools

MIGRATIONS = Path(__file__).parents[3] / "fixtures" / "drizzle" / "drizzle"
SCRIPT = """
const { drizzle } = require("drizzle-orm/node-postgres");
const { migrate } = require("drizzle-orm/node-postgres/migrator");
const { Pool } = require("pg");
const [address, migrationsFolder] = process.argv.slice(2);
const pool = new Pool({ connectionString: address, max: 1 });
migrate(drizzle(pool), { migrationsFolder })
  .then(() => console.log("migrated"), (error) => console.log(error.message, error.cause && error.cause.message))
  .finally(() => pool.end());
"""


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with drizzle-kit, and a script that calls the migrator, which says more."""
    folder = tmp_path_factory.mktemp("drizzle")
    from_npm(folder, "drizzle-kit@0.31.11", "drizzle-orm@0.45.4", "pg@8")
    (folder / "migrate.cjs").write_text(SCRIPT, "utf-8")
    return folder


def run(tool: Path, database: Database, folder: Path, *names: str) -> str:
    """What the migrator says that runs some migrations of the fixture."""
    pick(folder, *names)
    return said("node", tool / "migrate.cjs", database.server.url(), folder, cwd=folder)


def pick(folder: Path, *names: str) -> None:
    """Copy some migrations of the fixture."""
    journal = json.loads((MIGRATIONS / "meta" / "_journal.json").read_text())
    journal["entries"] = [entry for entry in journal["entries"] if entry["tag"] in names]
    (folder / "meta").mkdir()
    (folder / "meta" / "_journal.json").write_text(json.dumps(journal))
    for name in names:
        (folder / f"{name}.sql").write_text((MIGRATIONS / f"{name}.sql").read_text())


@pytest.mark.parametrize("name", ["0002_generated", "0004_way_out_in_one_chunk", "0005_directive"])
def test_refused(tool: Path, database: Database, tmp_path: Path, name: str) -> None:
    """IDX201, IDX202 and IDX204 are right: PostgreSQL answers 25001, and the run is taken back."""
    assert REFUSED in run(tool, database, tmp_path, "0000_create_bikes", name)


def test_way_out(tool: Path, database: Database, tmp_path: Path) -> None:
    """COMMIT in a chunk of its own ends the transaction; the index is built."""
    printed = run(tool, database, tmp_path, "0000_create_bikes", "0003_way_out")

    assert "migrated" in printed
    assert "v1r1" == database.indexes()["bikes_rider_frame_idx"]


@pytest.mark.parametrize("name", ["0001_plain", "0002_generated", "0003_way_out"])
def test_kit(tool: Path, database: Database, tmp_path: Path, name: str) -> None:
    """`drizzle-kit migrate` does the same, but does not say why it failed."""
    folder = tmp_path / "drizzle"
    folder.mkdir()
    pick(folder, "0000_create_bikes", name)
    (tmp_path / "node_modules").symlink_to(tool / "node_modules")
    settings = (
        f'{{ dialect: "postgresql", out: "./drizzle", dbCredentials: {{ url: "{database.server.url()}" }} }}'
    )
    (tmp_path / "drizzle.config.ts").write_text(f"export default {settings};\n", "utf-8")
    printed = said(tool / "node_modules" / ".bin" / "drizzle-kit", "migrate", cwd=tmp_path)

    refused = name == "0002_generated"
    assert refused == ("migrations applied successfully" not in printed)
    assert refused == (database.indexes() == {})
