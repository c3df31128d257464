"""Liquibase itself runs its fixtures: what idxlint says about them is what happens."""

import re
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_npm, from_system, refused, said

pytestmark = pytest.mark.tools

FIXTURES = Path(__file__).parents[3] / "fixtures"
MAIN = "liquibase.integration.commandline.LiquibaseCommandLine"
GOES_ON = (
    (r"--changeset .*", r"\g<0> failOnError:false"),
    (r"<changeSet", r'\g<0> failOnError="false"'),
    (r'"id":', r'"failOnError": false, \g<0>'),
    (r"(\n +)id:", r"\1failOnError: false\g<0>"),
)
FAILED = re.compile(r"::(\S+)::ada failed, but failOnError was false\.  Error: (.*)")
TABLES = """
    CREATE TABLE loans (id int, due date, reader_id int, book_id int, back date, shelf text);
    CREATE TABLE fines (loan_id int, day date, paid date, sum int);
    CREATE INDEX fines_day_idx ON fines (day);
    CREATE TABLE shelves (room int, number int);
    CREATE INDEX shelves_old_idx ON shelves (number)"""


@pytest.fixture(scope="module")
def liquibase(tmp_path_factory: pytest.TempPathFactory) -> tuple[str | Path, ...]:
    """How to call the program: the npm package has it as Java archives, PostgreSQL's driver among them."""
    java = from_system("java", "default-jre-headless")
    modules = from_npm(tmp_path_factory.mktemp("liquibase"), "liquibase@4.28.1").parent
    return java, "-cp", f"{modules}/liquibase/dist/liquibase/internal/lib/*", MAIN


class Project:
    """A copy of a fixture in which a changeset that fails does not stop the run."""

    def __init__(self, program: tuple[str | Path, ...], database: Database, folder: Path) -> None:
        self.program, self.database, self.folder = program, database, folder

    def copy(self, fixture: str) -> None:
        """Take a fixture's changelogs."""
        for file in (FIXTURES / fixture / "changelog").iterdir():
            self.write(file.name, file.read_text("utf-8"))

    def write(self, name: str, text: str) -> None:
        """A changelog; failOnError is all that is added to it."""
        for found, goes_on in GOES_ON:
            text = re.sub(found, goes_on, text)
        place = self.folder / "changelog" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, "utf-8")

    def run(self, changelog: str, *command: str) -> dict[str, str]:
        """Why changesets failed, by their names."""
        where = self.database.server.url().replace("postgres@", "")
        words = (
            "--log-level=info",
            f"--search-path={self.folder}",
            f"--changelog-file=changelog/{changelog}",
        )
        login = (f"--url=jdbc:{where}", "--username=postgres")
        self.printed = said(*self.program, *words, *login, *command, cwd=self.folder)
        return dict(FAILED.findall(self.printed))


@pytest.fixture
def project(liquibase: tuple[str | Path, ...], database: Database, tmp_path: Path) -> Project:
    """A folder for changelogs, and a database."""
    return Project(liquibase, database, tmp_path)


def test_sql(project: Project) -> None:
    """IDX201, IDX202 and IDX204 are right: what they report is refused, and all else is built."""
    project.copy("liquibase")
    failed = project.run("master.xml", "update")

    assert {"wrapped", "equals", "space", "own-line", "second"} == set(failed), project.printed
    assert all(refused(why) for why in failed.values())
    built = {"author": False, "a": False, "b": False, "c": False, "d": False}
    built |= dict.fromkeys(["title", "lent_on", "shelf", "shelf_title", "e", "f", "g", "h"], True)
    found = project.database.indexes()
    assert built == {name: f"books_{name}_idx" in found for name in built}


def test_changelog(project: Project) -> None:
    """In XML, YAML and JSON too."""
    project.database.watch.run(TABLES)
    project.copy("liquibase-changelog")
    failed = project.run("db.changelog-master.xml", "update")

    assert {"wrapped", "shelves"} == set(failed), project.printed
    assert all(refused(why) for why in failed.values())
    names = "readers_email_idx loans_due_idx loans_book_idx loans_back_idx loans_shelf_idx"
    names += " fines_once fines_paid_idx fines_sum_idx shelves_old_idx"
    assert {*names.split(), "readers_pkey", "databasechangeloglock_pkey"} == set(project.database.indexes())


def test_failure_behind_it(project: Project) -> None:
    """IDX202's warning is right: a later failure in the same pipeline leaves the finished index INVALID."""
    project.database.watch.run(TABLES)
    options = "runInTransaction:false splitStatements:false"
    text = "CREATE INDEX CONCURRENTLY loans_due_idx ON loans (due);\nSELECT 1 / 0;\n"
    project.write("last.sql", f"--liquibase formatted sql\n--changeset ada:last {options}\n{text}")

    assert {"last"} == set(project.run("last.sql", "update")), project.printed
    assert "v0" in project.database.indexes()["loans_due_idx"]


def test_rollback(project: Project) -> None:
    """The way back is in a transaction where the way there is."""
    project.database.watch.run(TABLES)
    text = "CREATE INDEX loans_due_idx ON loans (due);\n--rollback DROP INDEX CONCURRENTLY loans_due_idx;\n"
    project.write("back.sql", f"--liquibase formatted sql\n--changeset ada:back\n{text}")
    project.run("back.sql", "update")
    project.run("back.sql", "rollback-count", "1")

    assert REFUSED in project.printed
    assert "v1r1" == project.database.indexes()["loans_due_idx"]
