"""Files for other databases: left out and counted where their runner would never run them on PostgreSQL."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.helpers.repos import Repo

GOOD = "CREATE TABLE orders (id bigint PRIMARY KEY);\n"
MYSQL = "CREATE TABLE `orders` (`id` BIGINT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;\n"
POPX = {
    "1_a.up.sql": GOOD,
    "1_a.down.sql": "",
    "1_a.cockroach.up.sql": MYSQL,
    "1_a.mysql.up.sql": MYSQL,
    "1_a.mysql.autocommit.up.sql": MYSQL,
    "1_a.sqlite3.up.sql": MYSQL,
    "1_a.sqlite3.down.sql": "",
    "1_a.sqlite.down.sql": "-- nothing\n",
    "1_b.postgres.up.sql": GOOD,
}
"""What lies in a folder of popx; six of its nine files are never run on PostgreSQL."""


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def summary(run: Run, *words: str) -> dict[str, Any]:
    """The counts of the report in JSON."""
    return dict(json.loads(run("check", "--format", "json", *words).out)["summary"])


def counts(run: Run, *words: str) -> tuple[int, int, int]:
    """Files that were read, left out, and gaps."""
    said = summary(run, *words)
    return said["files"], said["left_out"], said["gaps"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (POPX, (3, 6, 0)),
        ({"mysql/1.sql": MYSQL, "postgres/1.sql": GOOD}, (1, 1, 0)),
        ({"MySQL/a/b/1.sql": MYSQL, "PostgreSQL/1.sql": GOOD}, (1, 1, 0)),
        ({"sqlite/1.up.sql": GOOD, "pg/1.up.sql": GOOD}, (1, 1, 0)),
        ({"h2/1.sql": GOOD, "pgsql/readme.txt": ""}, (0, 1, 0)),
        ({"1.mysql.sql": MYSQL, "1.postgres.sql": GOOD, "2.mysql.sql": MYSQL}, (2, 1, 1)),
        ({"mysql/1.sql": MYSQL, "1.sql": GOOD}, (2, 0, 1)),
        ({"mysql/1.sql": MYSQL, "postgres": "a file", "1.sql": GOOD}, (2, 0, 1)),
        ({"mysql/1.sql": MYSQL, "sqlite/1.sql": MYSQL, "1.sql": GOOD}, (3, 0, 2)),
        ({"orders/1.sql": GOOD, "postgres/1.sql": GOOD}, (2, 0, 0)),
        ({"1_a.mysql.up.sql": MYSQL, "1_a.up.sql": GOOD}, (2, 0, 1)),
    ],
)
def test_what_is_left_out(tmp_path: Path, run: Run, files: dict[str, str], expected: tuple[int, ...]) -> None:
    """By the runner's own rule, or where there is one for PostgreSQL beside it; else it stays a note."""
    folder = "persistence/sql/migrations" if files is POPX else "db"
    write(tmp_path, {f"{folder}/{name}": text for name, text in files.items()})

    assert expected == counts(run, folder)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Migrations for two databases."""
    write(tmp_path, {"db/mysql/1.sql": MYSQL, "db/mysql/2.sql": MYSQL, "db/postgres/1.sql": GOOD})
    return tmp_path


@pytest.mark.usefixtures("two")
def test_every_format(run: Run) -> None:
    """The count is said wherever a format has a place for counts; --strict does not fail on it."""
    line = "2 files for other databases left out"
    text = run("check", "--strict", "db")

    assert (0, f"0 findings, 0 suppressed, 0 gaps in 1 file, 1 statement, {line}\n") == (text.code, text.out)
    assert line in run("check", "--statistics", "db").out
    assert line in run("check", "--format", "github", "db").out
    assert "| statements | left out |" in run("check", "--format", "markdown", "db").out
    assert line in run("check", "--format", "junit", "db").out
    sarif = json.loads(run("check", "--format", "sarif", "db").out)["runs"][0]["invocations"][0]
    assert [line] == [note["message"]["text"] for note in sarif["toolExecutionNotifications"]]


@pytest.mark.usefixtures("two")
def test_nothing_left_out(run: Run) -> None:
    """Where there are none, JSON says 0 and the others say nothing."""
    assert summary(run, "db/postgres")["left_out"] == 0
    assert "left out" not in run("check", "db/postgres").out
    assert "left out" not in run("check", "--format", "markdown", "db/postgres").out


@pytest.mark.usefixtures("two")
def test_nothing_else(run: Run) -> None:
    """A hook that names only such a file passes, and has read nothing."""
    ran = run("check", "db/mysql/2.sql")

    assert (0, "") == (ran.code, ran.err)
    assert "0 gaps in 0 files, 0 statements, 1 file for other databases left out" in ran.out


@pytest.mark.usefixtures("two")
def test_other_commands(run: Run) -> None:
    """`runners` says what such a folder is; fixes and baselines are of the other files."""
    lines = run("runners", "db").out.splitlines()[:2]

    assert "db/mysql: left out, for MySQL" in lines
    assert run("check", "--unsafe-fixes", "db").err == "idxlint: fixed 0 findings in 0 files\n"
    assert run("baseline", "db").out.startswith("0 findings written")


def test_changed_files_only(tmp_path: Path) -> None:
    """With --since those are counted that have changed."""
    repo = Repo(tmp_path)
    write(tmp_path, {"db/mysql/1.sql": MYSQL, "db/postgres/1.sql": GOOD})
    repo.commit()
    write(tmp_path, {"db/mysql/2.sql": MYSQL})
    repo.commit()
    ran = repo.run("check", "--since", "HEAD~1", "db")

    assert ran.code == 0
    assert ran.out.endswith(
        "0 gaps in 0 changed files (0 replayed), 0 statements, 1 file for other databases left out\n"
    )
