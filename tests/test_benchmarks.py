"""The benchmarks measure what they say they measure."""

import json
import math
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from pglast.parser import parse_sql_json

from idxlint.cli import main
from tests.helpers.benchmarks import BENCHMARKS, corpus, grow, measure, shapes

FILES = 150


def texts(files: int) -> list[str]:
    """The migrations of the corpus, for other tests as well."""
    return [file.text for file in corpus.scaled(files)]


def kinds(text: str) -> list[str]:
    """What each statement of a text is, in the words of the shares."""
    return [_kind(*next(iter(entry["stmt"].items()))) for entry in json.loads(parse_sql_json(text))["stmts"]]


def _kind(node: str, body: dict[str, object]) -> str:
    if node in {"IndexStmt", "ReindexStmt"} or "OBJECT_INDEX" in {
        body.get("removeType"),
        body.get("renameType"),
    }:
        return "index"
    if node == "AlterTableStmt":
        return "alter"
    return "rows" if node in {"InsertStmt", "UpdateStmt", "DeleteStmt"} else node


def test_the_same_seed_writes_the_same_files() -> None:
    """And another seed other ones."""
    first = list(corpus.scaled(20))

    assert list(corpus.scaled(20)) == first
    assert [file.text for file in corpus.scaled(20, seed=1)] != [file.text for file in first]


def test_a_longer_history_begins_with_the_shorter() -> None:
    """Else the times of two lengths could not be compared."""
    assert list(corpus.scaled(40))[:20] == list(corpus.scaled(20))


def test_the_corpus_is_valid_and_has_its_shares() -> None:
    """Every file parses whole; the shares are those of real histories."""
    files = list(corpus.scaled(FILES))
    found = [kinds(file.text) for file in files]
    count = sum(map(len, found))
    share = {
        kind: number / count for kind, number in Counter(kind for file in found for kind in file).items()
    }

    assert [len(file) for file in found] == [file.statements for file in files]
    assert count / FILES == pytest.approx(20, abs=1)
    assert sum(len(file.text.encode()) for file in files) / FILES == pytest.approx(2_800, abs=300)
    assert share["index"] == pytest.approx(0.22, abs=0.02)
    assert share["alter"] == pytest.approx(0.26, abs=0.02)
    assert share["rows"] == pytest.approx(0.16, abs=0.02)
    assert share["CreateStmt"] > 0.08
    assert share["CreateFunctionStmt"] > 0.02
    assert sum("TransactionStmt" in file for file in found) / FILES == pytest.approx(0.5, abs=0.1)


def test_the_corpus_has_the_texts_that_are_hard_to_cut() -> None:
    """Comments of both kinds, dollar quotes with and without a tag, semicolons in strings, letters beyond ASCII."""
    text = "".join(file.text for file in corpus.scaled(FILES))

    for part in (
        "\n-- ",
        "\n/* ",
        "AS $$",
        "AS $body$",
        "DO $do$",
        ";'",
        "it''s",
        "zusätzlich",
        "CREATE INDEX CONCURRENTLY",
    ):
        assert part in text


def test_a_folder_holds_what_was_counted(tmp_path: Path) -> None:
    """The title of a table is true."""
    written = corpus.write(tmp_path / "made", 5)
    files = sorted((tmp_path / "made").iterdir())

    assert written.files == len(files) == 5
    assert written.size == sum(file.stat().st_size for file in files)
    assert [file.read_text("utf-8") for file in files] == [file.text for file in corpus.scaled(5)]


@pytest.mark.parametrize("size", [1, 60_000])
def test_a_dump_is_rows_around_one_index(tmp_path: Path, size: int) -> None:
    """Of the size that was asked for, whatever it is."""
    path = tmp_path / "dump.sql"
    written = corpus.dump(path, size)
    found = kinds(path.read_text("utf-8"))

    assert written.size == path.stat().st_size >= size
    assert written.statements == len(found)
    assert found.count("index") == 1
    assert size == 1 or found.index("index") == pytest.approx(len(found) / 2, abs=len(found) / 20)


def test_a_run_is_measured(tmp_path: Path) -> None:
    """Seconds and megabytes of a command that takes some of both, children included."""
    child = "import time; held = bytearray(50_000_000); time.sleep(0.2)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); sys.exit(1)"
    figures = measure.compare({"it": (sys.executable, "-c", code)}, tmp_path, 1)["it"]

    assert isinstance(figures, measure.Figures)
    assert len(figures.runs) == 1
    assert figures.wall > 0.2
    assert 0 < figures.cpu < 5
    assert figures.memory.total >= figures.memory.largest > 50


def test_a_run_that_fails_is_no_measurement(tmp_path: Path) -> None:
    """Its last line is handed on, and the others are measured."""
    fails = (sys.executable, "-c", "import sys; sys.stderr.write('no such\\nreason\\n'); sys.exit(3)")
    results = measure.compare({"a": fails, "b": (sys.executable, "-c", "")}, tmp_path, 1)

    assert str(results["a"]) == "exit 3: reason"
    assert isinstance(results["b"], measure.Figures)


def script(*arguments: str, name: str = "run.py") -> subprocess.CompletedProcess[str]:
    """Run a script as a user would."""
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / name), *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def test_the_script_runs() -> None:
    """With or without squawk; idxlint does not fail on what it is given."""
    done = script("--quick", "--only", "one", "--runs", "1")

    assert (done.returncode, done.stderr) == (0, "")
    assert "one: 1 file, " in done.stdout
    assert "\n  idxlint  0." in done.stdout
    assert "failed" not in done.stdout


@pytest.mark.parametrize("arguments", [["--only", "nothing"], ["--runs", "0"], ["--runs", "x"], ["now"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    """And nothing is measured."""
    done = script(*arguments)

    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("name", grow.SHAPES)
def test_a_shape_grows_and_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Each has more to read when it is longer, and idxlint judges it."""
    shape = grow.SHAPES[name]
    few, many = shape.make(3), shape.make(6)
    grow.write(tmp_path, few)
    monkeypatch.chdir(tmp_path)
    code = main.run(["check", "--format", "json", "."])
    summary = json.loads(capsys.readouterr().out)["summary"]

    assert sum(map(len, many.values())) > sum(map(len, few.values()))
    assert code in (0, 1)
    assert summary["files"] > 0
    assert summary["statements"] > 0


@pytest.mark.parametrize(
    ("taken", "over"),
    [
        ((0.5, 1.0, 2.0, 4.0), False),
        ((0.5, 1.1, 2.6, 6.5), False),
        ((0.5, 1.5, 4.5, 13.0), True),
        ((0.0, 0.0, 0.02, 0.3), False),  # too little to tell from noise
        ((0.0, 0.0, 0.1, 0.5), True),
        ((1.0, math.inf, math.inf, math.inf), True),
    ],
)
def test_what_grows_too_fast(taken: tuple[float, ...], over: bool) -> None:
    """The last doubling decides, where it is more than noise; what never ended is over as well."""
    assert over == grow.Seconds(taken).over


def test_a_square_is_over_the_limit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shape that really is four times as much work at twice its size ends the script with 1, a linear one with 0."""
    text = shapes.sql("CREATE INDEX i§ ON t (a);\n")
    square = shapes.Shape(60, lambda count: text(count * count // 2))
    monkeypatch.setattr(grow, "SHAPES", {"square": square, "line": shapes.Shape(1000, text)})
    codes = [grow.main(["--quick", "--only", name]) for name in ("square", "line")]
    out = capsys.readouterr().out

    assert [1, 0] == codes
    assert "1 shapes; over the limit: square, --diff\n" in out
    assert "1 shapes; over the limit: none\n" in out


def test_growth_of_no_shape_is_2() -> None:
    """A name that no shape has is wrong usage."""
    done = script("--only", "no such shape", name="grow.py")

    assert (done.returncode, done.stdout) == (2, "")
