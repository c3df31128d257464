"""Alembic itself runs its fixture: what idxlint says about it is what happens."""

import re
from pathlib import Path

import pglast
import pytest

from idxlint.model import Direction, Source
from idxlint.runners.alembic.alembic_profile import arrange, read
from idxlint.runners.shared.profile import Place
from tests.live.database import Database

from .programs import REFUSED, from_pypi, said

pytestmark = pytest.mark.tools

FIXTURE = Path(__file__).parents[3] / "fixtures" / "alembic"
PACKAGES = ("alembic==1.20.1", "sqlalchemy==2.1.9", "psycopg[binary]", "psycopg2-binary")
EACH = "transaction_per_migration=True"
COMMITS = 'op.execute("COMMIT")\n    op.create_index("orders_number_idx"'


@pytest.fixture(scope="module")
def alembic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, out of its package in an environment of its own."""
    return from_pypi(tmp_path_factory.mktemp("alembic"), *PACKAGES) / "alembic"


class Project:
    """A copy of the fixture that can be changed."""

    def __init__(self, program: Path, database: Database, folder: Path) -> None:
        self.program, self.database, self.folder = program, database, folder
        for file in FIXTURE.rglob("*"):
            if file.is_file() and file.suffix in (".py", ".ini", ".mako"):
                copy = folder / file.relative_to(FIXTURE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(file.read_text("utf-8"), "utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Write something else into a file."""
        file = next(self.folder.rglob(name))
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def run(self, *words: str, driver: str = "psycopg") -> str:
        """What alembic prints."""
        where = self.database.server.url().replace("postgresql", f"postgresql+{driver}")
        return said(self.program, *words, cwd=self.folder, SHOP_DATABASE=where)

    def built(self) -> set[str]:
        """The indexes behind those of the first revision."""
        first = {"orders_pkey", "ix_orders_customer_id", "orders_number_key", "orders_placed_at_idx"}
        return {name for name in self.database.indexes() if name.startswith(("orders", "ix_"))} - first


@pytest.fixture
def project(alembic: Path, database: Database, tmp_path: Path) -> Project:
    """The fixture, ready to run."""
    return Project(alembic, database, tmp_path)


def test_refused(project: Project) -> None:
    """IDX201 is right: PostgreSQL answers 25001."""
    assert REFUSED in project.run("upgrade", "b3d4")
    assert project.built() == {"orders_open_idx"}


def test_whole_run(project: Project) -> None:
    """By default all revisions are one transaction: nothing of the run stays."""
    project.change("env.py", f", {EACH}", "")

    assert REFUSED in project.run("upgrade", "b3d4")
    assert project.database.indexes() == {}


def test_block(project: Project) -> None:
    """In an autocommit_block it is built, and two statements in one call are refused (IDX202)."""
    project.change("b3d4_no_block.py", "postgresql_concurrently=True)\n\n\n", ")\n\n\n")

    assert REFUSED in project.run("upgrade", "head")
    assert project.built() == {"orders_open_idx", "orders_number_idx", "orders_customer_status_idx"}


def test_version_lost(project: Project) -> None:
    """Without transaction_per_migration a later failure takes the version back, but not the index."""
    project.change("env.py", f", {EACH}", "")
    project.change("b3d4_no_block.py", "postgresql_concurrently=True)\n\n\n", ")\n\n\n")
    project.change(
        "d5f6_two_in_one.py",
        "with op.get_context().autocommit_block():\n        op.ex",
        "if 1:\n        op.ex",
    )

    assert REFUSED in project.run("upgrade", "head")
    assert "orders_customer_status_idx" in project.built()
    assert "c4e5" not in project.run("current")


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_commit(project: Project, driver: str) -> None:
    """COMMIT leads out of the transaction with psycopg2; psycopg opens the next one by itself."""
    project.change("b3d4_no_block.py", 'op.create_index("orders_number_idx"', COMMITS)

    printed = project.run("upgrade", "b3d4", driver=driver)

    assert (REFUSED in printed) == (driver == "psycopg")


def test_sql(project: Project) -> None:
    """The operations mean what `alembic upgrade --sql` prints."""
    printed = project.run("upgrade", "head", "--sql")
    texts = (text for text in pglast.split(printed) if "alembic_version" not in text)
    sent = [normal(text) for text in texts if not re.match(r"(?:--.*\s+)*(?:BEGIN|COMMIT)\Z", text)]
    meant = []
    for path in arrange(sorted(FIXTURE.glob("migrations/versions/*.py"))):
        place = Place(path, Direction.UP)
        for unit in read(Source(path.name, path.read_text("utf-8")), place):
            if unit.direction is Direction.UP:
                meant += [normal(text) for piece in unit.pieces for text in pglast.split(piece.sql)]

    assert meant == sent


def normal(sql: str) -> str:
    """A statement without what its writer is free in."""
    text = re.sub(r"(?m)^--.*$", "", sql).replace("BIGSERIAL", "BIGINT")
    return re.sub(r"\s+", "", text).lower()
