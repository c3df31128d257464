"""The command line in trouble: what cannot be read, no memory, no reader, more processes than files."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from idxlint.config.configuration import Config
from idxlint.engine.request import Request
from idxlint.engine.run import check
from idxlint.runners import collect
from tests.cli.test_cli import BAD, BROKEN, GOOD, clean
from tests.conftest import BOOK, Ran, Run

PARENT = "CREATE TABLE p (id int, d date) PARTITION BY RANGE (d);\n"
EXE = (sys.executable, "-m", "idxlint")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a clean file and one that is not."""
    (tmp_path / "good.sql").write_text(GOOD)
    (tmp_path / "bad.sql").write_text(BAD)
    return tmp_path


def test_unreadable(files: Path, run: Run) -> None:
    """What is named and cannot be read is one line and exit code 3, for each kind of thing."""
    (files / "dangling.sql").symlink_to("nowhere")
    (files / "folder.sql").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(files / "socket.sql"))
        for name in ("dangling.sql", "folder.sql", "socket.sql"):
            ran = clean(run("check", name))

            assert ran.code == 3, name
            assert len(ran.err.splitlines()) in (1, 2), name


def test_unreadable_in_a_folder(files: Path, run: Run) -> None:
    """A file that cannot be read does not hide the others, nor does it pass."""
    (files / "zz.sql").symlink_to("nowhere")
    ran = clean(run("check", "."))

    assert ran.code == 3
    assert "zz.sql: no such file or directory" in ran.err


def test_folder_without_migrations(tmp_path: Path, run: Run) -> None:
    """A gate must not pass on nothing."""
    (tmp_path / "migrations").mkdir()
    read = "no .sql file, Liquibase changelog, or Alembic or Django migration"

    assert Ran(3, "", f"idxlint: {read} under migrations\n") == run("check", "migrations")


@pytest.mark.parametrize("name", ["20250101_add_index.rb", "V1__Add.java", "2025_01_01_add_index.php"])
def test_folder_of_other_languages(tmp_path: Path, run: Run, name: str) -> None:
    """A gate must not pass on migrations in a language that nobody reads here, known or not."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / name).touch()
    what = (
        f"1 {Path(name).suffix} in migrations; idxlint reads SQL, Liquibase's changelogs, Alembic and Django"
    )

    assert Ran(3, "", f"idxlint: not read: {what}\n") == run("check", "migrations")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 9, "findings": {}}', "\xff"])
def test_broken_baseline(files: Path, run: Run, text: str) -> None:
    """A baseline that cannot be read accepts nothing and fails the run."""
    (files / "idxlint-baseline.json").write_text(text, "latin-1")
    ran = clean(run("check", "good.sql"))

    assert (2, 1) == (ran.code, len(ran.err.splitlines()))


@pytest.mark.parametrize(
    "command", ["check . --fail-on never", "rules", "rule index-not-concurrent", "check ."]
)
def test_closed_pipe(files: Path, command: str) -> None:
    """Whoever reads may stop reading."""
    for number in range(300):
        (files / f"{number}.sql").write_text(BAD)
    line = f"{' '.join(EXE)} {command} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=files, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode in (0, 1)
    assert done.stderr == ""


@pytest.mark.parametrize("megabytes", [40, 60, 90, 120, 150, 200, 300])
def test_little_memory(files: Path, megabytes: int) -> None:
    """Out of memory is one line, wherever it happens, and no pass."""
    rows = ",\n".join(f"({number}, 'some text that fills the memory')" for number in range(200_000))
    (files / "big.sql").write_text(f"INSERT INTO t VALUES\n{rows};\nCREATE TABEL x;\n{BAD}")
    line = f"ulimit -v {megabytes * 1024}; exec {' '.join(EXE)} check big.sql --jobs 1"
    done = subprocess.run(
        ["bash", "-c", line], cwd=files, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode in (1, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert (1 if done.returncode == 3 else 0) == len(done.stderr.splitlines()), done.stderr
    assert done.returncode == 3 or "IDX101" in done.stdout


def test_vanished_file(tmp_path: Path) -> None:
    """A file that goes between listing and reading is an input that could not be read."""
    for name in ("1.sql", "2.sql", "3.sql"):
        (tmp_path / name).write_text(BAD)
    plans, _ = collect(["."], tmp_path, lambda _: False)
    (tmp_path / "2.sql").unlink()

    for jobs in (1, 2, 3):
        report = check(Request(plans, BOOK, Config(), jobs=jobs))

        assert ["2.sql: no such file or directory"] == [*map(str, report.unread)]
        assert (2, 2) == (report.files, len(report.findings))


def test_jobs_change_nothing(tmp_path: Path, run: Run) -> None:
    """One process or many: the same bytes, over several histories and with what an earlier chunk made."""
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
        for number in range(8):
            made = PARENT if number == 0 else f"CREATE TABLE p{number} PARTITION OF p DEFAULT;\n"
            text = f"{made}CREATE INDEX CONCURRENTLY i{number} ON p (id);\nDROP INDEX i{number - 1};\n{BAD}"
            (tmp_path / folder / f"{number}.sql").write_text(text + BROKEN * (number % 3 == 0))
    (tmp_path / "b" / "4.sql").unlink()
    (tmp_path / "b" / "4.sql").symlink_to("nowhere")
    one = run("check", ".", "--format", "json", "--jobs", "1")

    assert "concurrent-on-partitioned" in one.out
    for jobs in ("2", "3", "5", "40"):
        assert one == run("check", ".", "--format", "json", "--jobs", jobs)


def test_migrations_in_other_languages(tmp_path: Path, run: Run) -> None:
    """What nobody reads beside the files that are read is said, and --strict fails on it."""
    for name in ("1_a.sql", "2_b.js", "3_c.js", "V4__d.java", "index.js", "helper.py"):
        (tmp_path / name).write_text("")
    told = run("check", ".")

    assert (0, "1 .java in ., 2 .js in .") == (
        told.code,
        told.err.partition("not read: ")[2].partition(";")[0],
    )
    assert 1 == run("check", ".", "--strict").code
