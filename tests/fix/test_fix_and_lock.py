"""Fixes that make a build concurrent, under runners whose own lock gets into its way."""

from pathlib import Path

import pytest

from tests.conftest import Ran, Run

PLAIN, CIC = "CREATE INDEX i ON t (a);\n", "CREATE INDEX CONCURRENTLY i ON t (a);\n"
OUT = "-- no-transaction\n"


def fix(run: Run, folder: Path, name: str, text: str, runner: str) -> tuple[Ran, str]:
    """What the command says of a file that it fixes, and the file after it."""
    (folder / name).write_text(text, "utf-8")
    ran = run("check", name, "--unsafe-fixes", "--runner", runner)
    return ran, (folder / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("runner", "name", "text", "fixed"),
    [
        ("golang-migrate", "1_a.up.sql", PLAIN, CIC),
        ("sqlx", "1_a.sql", PLAIN, OUT + CIC),
        ("sqlx", "1_a.sql", CIC, OUT + CIC),
        ("prisma", "migration.sql", PLAIN, CIC),
    ],
)
def test_beside_a_second_run_only(
    runner: str, name: str, text: str, fixed: str, run: Run, tmp_path: Path
) -> None:
    """The fix is right, and what is left for its reader to settle is told."""
    ran, after = fix(run, tmp_path, name, text, runner)

    assert fixed == after
    assert "idxlint: fixed 1 finding in 1 file\n" == ran.err
    assert "IDX205 note" in ran.out
    assert "1 finding (" in ran.out


def test_every_time(run: Run, tmp_path: Path) -> None:
    """Where the lock hangs each build the file stays as it is, and that is said."""
    (tmp_path / "V1__a.sql.conf").write_text("executeInTransaction=false\n", "utf-8")
    ran, after = fix(run, tmp_path, "V1__a.sql", PLAIN, "flyway")

    assert PLAIN == after
    assert "the fix of index-not-concurrent would cause another finding; not applied" in ran.err
    assert "fixed 0 findings in 0 files" in ran.err


def test_other_findings_are_still_refused(run: Run, tmp_path: Path) -> None:
    """Only the lock is let pass: a second statement in the message would have the build refused."""
    ran, after = fix(run, tmp_path, "1_a.up.sql", f"SELECT 1;\n{PLAIN}", "golang-migrate")

    assert f"SELECT 1;\n{PLAIN}" == after
    assert "fixed 0 findings in 0 files" in ran.err
