"""Sqitch itself runs its fixture: what idxlint says about it is what happens."""

import shutil
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_system, said

pytestmark = pytest.mark.tools

FIXTURE = Path(__file__).parents[3] / "fixtures" / "sqitch"


class Project:
    """A copy of the fixture with two changes: the one that creates the table, and another."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.program = from_system("sqitch", "sqitch")
        self.where = database.server.url().replace("postgresql:", "db:pg:")
        self.folder = folder / "sqitch"
        shutil.copytree(FIXTURE, self.folder)

    def run(self, change: str, *commands: str) -> str:
        """What Sqitch prints that runs the commands, deploy where there is none."""
        plan = (FIXTURE / "sqitch.plan").read_text("utf-8").splitlines(keepends=True)
        kept = (line for line in plan if "Gerda" not in line or line.startswith(("beds ", f"{change} ")))
        (self.folder / "sqitch.plan").write_text("".join(kept), "utf-8")
        names = {"SQITCH_FULLNAME": "Gerda", "SQITCH_EMAIL": "gerda@example.org"}
        options = {"deploy": ("--verify", self.where), "revert": ("-y", "--to", "@HEAD^", self.where)}
        each = (
            said(self.program, command, *options[command], cwd=self.folder, **names)
            for command in commands or ("deploy",)
        )
        return "".join(each)


@pytest.fixture
def project(database: Database, tmp_path: Path) -> Project:
    """The fixture, ready to run."""
    return Project(database, tmp_path)


def test_refused(project: Project) -> None:
    """IDX201 is right about a script that opens a block: PostgreSQL answers 25001."""
    assert REFUSED in project.run("wrapped")


def test_statement_by_statement(project: Project, database: Database) -> None:
    """Sqitch opens no transaction: a build beside another statement is done, and taken back."""
    assert "ok" in project.run("right")
    assert "v1r1" == database.indexes()["beds_dug_on_idx"]

    assert REFUSED not in project.run("right", "revert")
    assert "beds_dug_on_idx" not in database.indexes()


def test_verify(project: Project, database: Database) -> None:
    """What a verify script builds does not exist afterwards, so idxlint passes over it."""
    assert "ok" in project.run("right")
    assert "beds_try_idx" not in database.indexes()


def test_refused_on_the_way_back(project: Project, database: Database) -> None:
    """IDX201 is right about a revert script that opens a block."""
    script = project.folder / "deploy" / "wrapped.sql"
    script.write_text(script.read_text("utf-8").replace("CONCURRENTLY ", ""), "utf-8")

    assert REFUSED in project.run("wrapped", "deploy", "revert")
    assert "v1r1" == database.indexes()["beds_kind_idx"]
