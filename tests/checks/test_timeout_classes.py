"""What idxlint says of a concurrent command under a timeout, by what the next run of the file does."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

SET = "SET lock_timeout = '5s';\n"
CIC = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
IF_NOT = "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);\n"
GUARD = "DROP INDEX CONCURRENTLY IF EXISTS i;\n"
DIC = "DROP INDEX CONCURRENTLY i;\n"
RIC = "REINDEX INDEX CONCURRENTLY i;\n"
CLEAR = """DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid LOOP
    EXECUTE 'DROP INDEX ' || name;
  END LOOP;
END $$;
"""
CHECK = """DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_index WHERE indexrelid = 'i'::regclass AND NOT indisvalid) THEN
    RAISE EXCEPTION 'i is invalid';
  END IF;
END $$;
"""
REPAIRS = "running it again repairs it"
FINISHES = "running it again finishes it"
FAILS = "it leaves i invalid, and the next run fails because the index already exists"


def findings(run: Run, folder: Path, text: str, *arguments: str, name: str = "1.sql") -> list[dict[str, Any]]:
    """What the command finds in a file."""
    (folder / name).write_text(text, "utf-8")
    ran = run("check", name, "--format", "json", *arguments)
    reported: list[dict[str, Any]] = json.loads(ran.out)["findings"]
    return reported


def timeouts(run: Run, folder: Path, text: str, *arguments: str) -> list[tuple[int, str, str]]:
    """Line, severity and the last clause of each finding of the rule."""
    return [
        (entry["line"], entry["severity"], entry["message"].split("; ")[-1])
        for entry in findings(run, folder, text, *arguments)
        if entry["id"] == "IDX601"
    ]


@pytest.mark.parametrize(
    ("text", "severity", "outcome"),
    [
        pytest.param(CIC, "error", FAILS, id="already-exists"),
        pytest.param(
            IF_NOT,
            "error",
            "it leaves i invalid, and with IF NOT EXISTS the next run keeps it and reports success",
            id="hides",
        ),
        pytest.param(
            IF_NOT + CHECK,
            "error",
            "it leaves i invalid, and the next run keeps it and fails at the check of indisvalid",
            id="checked",
        ),
        pytest.param(
            "CREATE INDEX CONCURRENTLY ON t (a);\n",
            "error",
            "it leaves an invalid index, and the next run builds another one beside it",
            id="unnamed",
        ),
        pytest.param(CLEAR + CIC, "note", REPAIRS, id="do-block"),
        pytest.param(CLEAR + IF_NOT, "note", REPAIRS, id="do-block-if-not-exists"),
        pytest.param("DROP INDEX IF EXISTS i;\n" + CIC, "note", REPAIRS, id="plain-drop"),
        pytest.param(CIC + GUARD, "error", FAILS, id="dropped-afterwards"),
        pytest.param(GUARD.replace(" i;", " j;") + CIC, "error", FAILS, id="another-index"),
        pytest.param(DIC, "note", FINISHES, id="drop"),
        pytest.param(GUARD, "note", FINISHES, id="drop-if-exists"),
        pytest.param(
            RIC,
            "warning",
            "it leaves an invalid index (…_ccnew or …_ccold), and running it again does not drop it",
            id="reindex",
        ),
    ],
)
def test_severity_is_what_the_next_run_does(
    run: Run, tmp_path: Path, text: str, severity: str, outcome: str
) -> None:
    """A note where the next run repairs it, a warning for a copy that stays, an error where nothing clears it."""
    reported = timeouts(run, tmp_path, SET + text)

    assert (severity, outcome) in [entry[1:] for entry in reported]


def test_what_careful_people_write(run: Run, tmp_path: Path) -> None:
    """The guard and the build are a note each, and the run succeeds."""
    reported = timeouts(run, tmp_path, SET + GUARD + CIC)

    assert reported == [(2, "note", FINISHES), (3, "note", REPAIRS)]
    assert run("check", "1.sql").code == 0


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"BEGIN;\n{SET}{CIC}COMMIT;\n", "IDX201"),
        (f"{SET}DROP INDEX CONCURRENTLY i, j;\n", "IDX302"),
        (f"{SET}REINDEX TABLE CONCURRENTLY pg_catalog.pg_class;\n", "IDX303"),
        (f"CREATE TABLE p (a int) PARTITION BY RANGE (a);\n{SET}{CIC.replace(' t ', ' p ')}", "IDX301"),
        (f"{SET}DO $$ BEGIN {CIC} END $$;\n", "IDX203"),
    ],
)
def test_refused_statement_is_one_finding(run: Run, tmp_path: Path, text: str, rule: str) -> None:
    """A statement that never begins cannot be stopped, whether the rule that says so is selected or not."""
    reported = findings(run, tmp_path, text)
    ignored = findings(run, tmp_path, text, "--ignore", rule)

    assert ([rule], []) == ([entry["id"] for entry in reported], [entry["id"] for entry in ignored])


@pytest.mark.parametrize(
    ("runner", "name", "rule"),
    [
        ("golang-migrate", "1_a.up.sql", "IDX202"),
        ("drizzle", "0000_a.sql", "IDX201"),
        ("flyway", "V1__a.sql", "IDX207"),
    ],
)
def test_refused_by_the_way_the_runner_sends_it(
    run: Run, tmp_path: Path, runner: str, name: str, rule: str
) -> None:
    """One cause, one finding, whoever puts the transaction around it; the runner's lock does not count either."""
    reported = findings(run, tmp_path, SET + DIC, "--runner", runner, name=name)

    assert [rule] == [entry["id"] for entry in reported]


def test_first_in_a_pipeline_is_not_refused(run: Run, tmp_path: Path) -> None:
    """PostgreSQL accepts it there, so both rules report: what fails later and what a timeout does."""
    (tmp_path / "idxlint.yaml").write_text("options: {lock_timeout: 5s}\n", "utf-8")
    text = f"-- evolve-tx-off\n{CIC}SELECT 1;\n"
    reported = findings(run, tmp_path, text, "--runner", "evolve", name="V1__a.sql")

    assert ["IDX202", "IDX601"] == [entry["id"] for entry in reported]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("SET lock_timeout = '2s';", "lock_timeout (2s) can cancel CREATE INDEX CONCURRENTLY while"),
        ("SET lock_timeout = 2000;", "lock_timeout (2000ms) can cancel CREATE INDEX CONCURRENTLY while"),
        (
            "SET lock_timeout = '2s'; SET statement_timeout = '10min';",
            "lock_timeout (2s) and statement_timeout (10min) can cancel CREATE INDEX CONCURRENTLY while",
        ),
        (
            "SET transaction_timeout = '1h';",
            "transaction_timeout (1h) can terminate CREATE INDEX CONCURRENTLY",
        ),
    ],
)
def test_message_names_all_timeouts(run: Run, tmp_path: Path, setting: str, words: str) -> None:
    """However many are set, a statement is one finding."""
    messages = [entry["message"] for entry in findings(run, tmp_path, f"{setting}\n{CIC}")]

    assert [True] == [message.startswith(words) for message in messages]


def test_one_fix_for_commands_in_a_row(run: Run, tmp_path: Path) -> None:
    """The first finding has it, the edits do not overlap, and a second run of the fixes changes nothing."""
    other = CIC.replace(" i ", " j ").replace("(a)", "(b)")
    text = f"{SET}{GUARD}{CIC}{other}"
    fixes = [entry.get("fix") for entry in findings(run, tmp_path, text)]
    first = run("check", "1.sql", "--unsafe-fixes")
    once = (tmp_path / "1.sql").read_text("utf-8")
    run("check", "1.sql", "--unsafe-fixes")

    assert [True, False, False] == [bool(fix) for fix in fixes]
    assert (0, "idxlint: fixed 3 findings in 1 file\n") == (first.code, first.err)
    assert f"{SET}SET lock_timeout = 0;\n{GUARD}{CIC}{other}{SET}" == once
    assert once == (tmp_path / "1.sql").read_text("utf-8")


@pytest.mark.parametrize(
    "earlier", ["CREATE TABLE n (a int);\nCREATE INDEX CONCURRENTLY n_a ON n (a);\n", SET]
)
def test_fix_is_with_the_first_that_is_reported(run: Run, tmp_path: Path, earlier: str) -> None:
    """An index on a new table is no finding, so that the fix stands with the one behind it."""
    reported = findings(run, tmp_path, f"{SET}{earlier}{CIC}")

    assert [("IDX601", True)] == [(entry["id"], bool(entry.get("fix"))) for entry in reported]


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("DO $$ BEGIN {} END $$;\n", "the transaction of the DO block ends"),
        ("BEGIN;\nDO $$ BEGIN {} END $$;\nCOMMIT;\n", "the transaction ends"),
        (
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {} END $$;\n",
            "the transaction that calls it ends",
        ),
        ("{}\n", "it is done"),
    ],
)
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("CREATE INDEX i ON t (a);", "IDX101"),
        ("DROP INDEX i;", "IDX102"),
        ("REINDEX INDEX i;", "IDX103"),
        ("ALTER TABLE t ADD PRIMARY KEY (a);", "IDX104"),
    ],
)
def test_locks_of_a_body(run: Run, tmp_path: Path, text: str, until: str, statement: str, rule: str) -> None:
    """A DO block or a function holds its locks to the end of the transaction that it runs in."""
    reported = findings(run, tmp_path, text.format(statement))

    assert [(rule, True)] == [(entry["id"], f"until {until}" in entry["message"]) for entry in reported]
