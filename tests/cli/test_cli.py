"""The command line as a user meets it: exit codes, streams, files, and one line where something is wrong."""

import json
from pathlib import Path

import pytest

from tests.conftest import Ran, Run

BAD = "CREATE INDEX i ON t (a);\n"
WARNED = "CREATE UNIQUE INDEX CONCURRENTLY u ON t (c);\n"
GOOD = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
GUARD = "DROP INDEX CONCURRENTLY IF EXISTS i;\n"
BROKEN = "CREATE TABEL x;\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with one file for each exit."""
    for name, text in {"bad": BAD, "warned": WARNED, "good": GOOD, "broken": BROKEN, "empty": ""}.items():
        (tmp_path / f"{name}.sql").write_text(text)
    return tmp_path


def clean(ran: Ran) -> Ran:
    """What a command left behind, which is never a traceback."""
    assert "Traceback" not in ran.out + ran.err
    assert all(line.startswith("idxlint: ") for line in ran.err.splitlines())
    return ran


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["good.sql"], 0, id="clean"),
        pytest.param(["empty.sql"], 0, id="empty file"),
        pytest.param(["bad.sql"], 1, id="error"),
        pytest.param(["warned.sql"], 1, id="warning"),
        pytest.param(["broken.sql"], 1, id="broken"),
        pytest.param(["bad.sql", "--fail-on", "never"], 0, id="never"),
        pytest.param(["warned.sql", "--fail-on", "error"], 0, id="below"),
        pytest.param(["bad.sql", "--fail-on", "error"], 1, id="at"),
        pytest.param(["warned.sql", "--fail-on", "note"], 1, id="above"),
        pytest.param(["broken.sql", "--fail-on", "never", "--strict"], 1, id="strict"),
        pytest.param(["good.sql", "--strict"], 0, id="strict, clean"),
        pytest.param(["bad.sql", "--fail-on", "never", "--strict"], 0, id="strict, all judged"),
        pytest.param(["bad.sql", "--ignore", "IDX101"], 0, id="ignored"),
        pytest.param(["bad.sql", "--ignore", "idx101,IDX401"], 0, id="ignored, a list"),
        pytest.param(["bad.sql", "--select", "IDX4"], 0, id="not selected"),
        pytest.param(["bad.sql", "--select", "index-not-concurrent"], 1, id="selected"),
        pytest.param(["bad.sql", "--select", "IDX1"], 1, id="hundred selected"),
        pytest.param(["*.sql"], 1, id="glob"),
        pytest.param(["."], 1, id="folder"),
        pytest.param(["good.sql", "good.sql"], 0, id="twice"),
        pytest.param(["missing.sql"], 3, id="missing"),
        pytest.param(["good.sql", "missing.sql"], 3, id="one missing"),
        pytest.param(["*.txt"], 3, id="glob of nothing"),
        pytest.param([], 3, id="nothing looks like migrations"),
        pytest.param(["good.sql", "--fail-on", "loud"], 2, id="value"),
        pytest.param(["good.sql", "--frobnicate"], 2, id="option"),
        pytest.param(["good.sql", "--select", "IDX999"], 2, id="rule"),
        pytest.param(["good.sql", "--postgres", "11"], 2, id="major"),
        pytest.param(["good.sql", "--runner", "flywya"], 2, id="runner"),
        pytest.param(["good.sql", "--config", "none.yaml"], 2, id="configuration"),
        pytest.param(["good.sql", "--baseline", "none.json"], 2, id="baseline"),
        pytest.param(["good.sql", "--output", "none/report"], 2, id="output"),
        pytest.param(["good.sql", "--jobs", "-1"], 2, id="jobs"),
    ],
)
def test_exit_code(files: Path, run: Run, arguments: list[str], code: int, format_: str) -> None:
    """The exit code says how it went, and does not depend on the format."""
    assert files.is_dir()
    ran = clean(run("check", *arguments, "--format", format_))

    assert code == ran.code
    assert (code >= 2) == bool(ran.err)
    assert len(ran.err.splitlines()) <= 2


def test_statistics(files: Path, run: Run) -> None:
    """Counts instead of findings."""
    (files / "two.sql").write_text(BAD.replace(" i ", " j ").replace("(a)", "(b)"))
    lines = clean(run("check", "bad.sql", "two.sql", "warned.sql", "--statistics")).out.splitlines()

    assert ["2  IDX101  index-not-concurrent", "1  IDX401  unique-concurrent-build"] == lines[:2]
    assert lines[-1].startswith("3 findings")


def test_quiet(files: Path, run: Run) -> None:
    """Silence where nothing is wrong, and only there; a machine gets its report."""
    assert files.is_dir()
    assert Ran(0, "", "") == run("check", "good.sql", "--quiet")
    assert "IDX101" in run("check", "bad.sql", "--quiet").out
    assert [] == json.loads(run("check", "good.sql", "--quiet", "--format", "json").out)["findings"]


def test_output(files: Path, run: Run) -> None:
    """The report goes into the file, and nothing to the terminal."""
    shown = run("check", "bad.sql", "--format", "json")

    assert Ran(1, "", "") == run("check", "bad.sql", "--format", "json", "--output", "report.json")
    assert shown.out == (files / "report.json").read_text()


def test_diff_writes_nothing(files: Path, run: Run) -> None:
    """What would be written, as a diff that patch takes."""
    ran = clean(run("check", "bad.sql", "--diff"))

    assert f"--- bad.sql\n+++ bad.sql\n@@ -1 +1,2 @@\n-{BAD}+{GUARD}+{GOOD}" == ran.out
    assert BAD == (files / "bad.sql").read_text()


def test_fix(files: Path, run: Run) -> None:
    """--fix writes what is safe, --unsafe-fixes the rest; what is left is reported."""
    (files / "bad.sql").write_text(BAD + "CREATE INDEX CONCURRENTLY ON t (b);\n")

    safe = clean(run("check", "bad.sql", "--fix"))
    assert (1, "idxlint: fixed 1 finding in 1 file\n") == (safe.code, safe.err)
    assert BAD + "CREATE INDEX CONCURRENTLY t_b_idx ON t (b);\n" == (files / "bad.sql").read_text()

    unsafe = clean(run("check", "bad.sql", "--unsafe-fixes"))
    assert (0, "idxlint: fixed 1 finding in 1 file\n") == (unsafe.code, unsafe.err)
    assert GUARD + GOOD + "CREATE INDEX CONCURRENTLY t_b_idx ON t (b);\n" == (files / "bad.sql").read_text()


def test_fix_of_standard_input(run: Run) -> None:
    """There is no file to write, but there is a diff to show."""
    ran = clean(run("check", "-", "--unsafe-fixes", stdin=BAD.encode()))

    assert ran.code == 1
    assert "idxlint: -: fixes cannot be written to standard input; use --diff" in ran.err.splitlines()
    assert f"+{GOOD}" in run("check", "-", "--diff", stdin=BAD.encode()).out


def test_standard_input(run: Run) -> None:
    """A dash is what comes in, whatever its bytes."""
    ran = clean(run("check", "-", stdin=b"\xef\xbb\xbf-- \xc3\xa9\r\n" + BAD.encode()))

    assert ran.out.startswith("-:2:8 IDX101 error: ")
    assert run("check", "-", stdin=b"").code == 0


def test_detected_folder(tmp_path: Path, run: Run) -> None:
    """With no path, folders that look like migrations are taken."""
    (tmp_path / "db" / "migrations").mkdir(parents=True)
    (tmp_path / "db" / "migrations" / "1.sql").write_text(BAD)

    assert clean(run("check")).out.startswith("db/migrations/1.sql:1:8 IDX101")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        pytest.param("severity: {IDX101: note}", 0, "IDX101 note:", id="severity"),
        pytest.param("severity: {IDX101: off}", 0, "0 findings", id="off"),
        pytest.param("ignore: [index-not-concurrent]", 0, "0 findings", id="ignore"),
        pytest.param("fail_on: never", 0, "IDX101 error:", id="fail_on"),
        pytest.param("start_after: '1'", 0, "1 suppressed", id="start_after"),
        pytest.param("start_after: '0'", 1, "0 suppressed", id="start_after, before"),
        pytest.param("per_path: {'db/**': {ignore: [IDX101]}}", 0, "1 suppressed", id="per_path"),
        pytest.param("per_path: {'x/**': {ignore: [IDX101]}}", 1, "0 suppressed", id="per_path, another"),
        pytest.param("exclude: ['db/1*']", 3, "no .sql file", id="exclude"),
        pytest.param(
            "serverity: {}", 2, "idxlint.yaml: serverity is not a key; did you mean severity?", id="key"
        ),
        pytest.param("down: maybe", 2, "idxlint.yaml: down: maybe is not one of", id="value"),
        pytest.param("a: [", 2, "idxlint.yaml: line 1: not YAML", id="no YAML"),
    ],
)
def test_configuration(tmp_path: Path, run: Run, text: str, code: int, said: str) -> None:
    """The file in the working folder counts, and a mistake in it is one line."""
    (tmp_path / "idxlint.yaml").write_text(text)
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "1.sql").write_text(BAD)
    ran = clean(run("check", "db"))

    assert code == ran.code
    assert said in ran.out + ran.err
    assert (code >= 2) == (len(ran.err.splitlines()) == 1)


@pytest.mark.parametrize(
    ("down", "levels"),
    [("report", ["error", "error"]), ("note", ["note", "error"]), ("off", [])],
)
def test_down(tmp_path: Path, run: Run, down: str, levels: list[str]) -> None:
    """Blocking is a note on the way back, what will be refused stays an error."""
    (tmp_path / "idxlint.yaml").write_text(f"down: '{down}'")
    (tmp_path / "1.down.sql").write_text("DROP INDEX i;\nDROP INDEX CONCURRENTLY i, j;\n")
    found = json.loads(run("check", "1.down.sql", "--format", "json").out)["findings"]

    assert levels == [one["severity"] for one in found]
    assert {"down"} >= {one["direction"] for one in found}


def test_baseline(files: Path, run: Run) -> None:
    """What is written down is accepted; what is new is not; what is fixes_of is counted."""
    assert Ran(0, "1 findings written to idxlint-baseline.json\n", "") == run("baseline", "bad.sql")
    assert clean(run("check", "bad.sql")).code == 0
    assert "1 suppressed" in run("check", "bad.sql").out

    (files / "bad.sql").write_text("-- moved\n\n" + BAD + BAD.replace("i ", "j "))
    again = run("check", "bad.sql")
    assert (1, 1) == (again.code, again.out.count("IDX101"))

    (files / "bad.sql").write_text(GOOD)
    assert "1 baseline entry matched nothing" in run("check", "bad.sql").out


def test_version_and_module(run: Run) -> None:
    """It says what it is."""
    from idxlint import __version__

    assert Ran(0, f"idxlint {__version__}\n", "") == run("--version")
    assert clean(run("--help")).code == 0
    assert clean(run()).code == 2
    assert clean(run("chekc")).code == 2


def test_rule_book(run: Run) -> None:
    """A page by name, id or any case; the nearest name for a slip; one line a rule."""
    page = run("rule", "IDX101")

    assert page.out.startswith("index-not-concurrent (IDX101, error)\n\n## What happens")
    assert page == run("rule", "index-not-concurrent") == run("rule", "idx101")
    assert Ran(2, "", "idxlint: index-not-concurent is not a rule; did you mean index-not-concurrent?\n") == (
        run("rule", "index-not-concurent")
    )
    assert run("rules").out.startswith("IDX101  index-not-concurrent")


def test_fixing_a_file_with_a_local_timeout(run: Run, tmp_path: Path) -> None:
    """SET LOCAL ends with its transaction, and a file that is tried with its fixes is still taken back whole."""
    (tmp_path / "1.sql").write_text(f"BEGIN;\nSET LOCAL lock_timeout = '1s';\n{BAD}COMMIT;\n")
    code, out, err = clean(run("check", "1.sql", "--unsafe-fixes", "--diff"))

    assert (code, err) == (1, "")
    assert "+CREATE INDEX CONCURRENTLY i ON t (a);" in out
