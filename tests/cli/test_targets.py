"""Formats and where they go: several at once, a file each, and one line where that cannot be."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from idxlint.reporters import FORMATS
from tests.cli.test_cli import BAD, GOOD, clean
from tests.conftest import Ran, Run


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Path:
    """A folder with a file that has a finding, and one that has none."""
    (tmp_path / "bad.sql").write_text(BAD)
    (tmp_path / "good.sql").write_text(GOOD)
    return tmp_path


def test_several(files: Path, run: Run) -> None:
    """Each format goes to its own file, and one to standard output, as if each had been asked for alone."""
    asked = [f"--format={name}={name}.out" for name in FORMATS if name != "github"]
    ran = clean(run("check", "bad.sql", *asked, "--format", "github"))

    assert ran.code == 1
    assert {name: run("check", "bad.sql", "--format", name).out for name in FORMATS} == {
        "github": ran.out,
        **{name: (files / f"{name}.out").read_text("utf-8") for name in FORMATS if name != "github"},
    }


def test_files_only(files: Path, run: Run) -> None:
    """With a file for each there is nothing on standard output; a name may have an equals sign in it."""
    assert Ran(1, "", "") == run("check", "bad.sql", "--format", "json=a=b.json")
    assert len(json.loads((files / "a=b.json").read_text())["findings"]) == 1


def test_output_and_a_file(files: Path, run: Run) -> None:
    """--output is for the format that names no file."""
    ran = run("check", "bad.sql", "--format", "text", "--format", "junit=j.xml", "--output", "report.txt")

    assert Ran(1, "", "") == ran
    assert "IDX101" in (files / "report.txt").read_text()
    assert ET.parse(files / "j.xml").getroot().get("failures") == "1"  # noqa: S314, our own


def test_diff_and_a_file(files: Path, run: Run) -> None:
    """A diff takes the place of the report on standard output, and of no other."""
    ran = run("check", "bad.sql", "--diff", "--format", "json=r.json")

    assert ran.out.startswith("--- bad.sql\n")
    assert len(json.loads((files / "r.json").read_text())["findings"]) == 1


def test_text_options_leave_the_others_alone(files: Path, run: Run) -> None:
    """--statistics and --quiet are about text."""
    ran = run("check", "bad.sql", "--statistics", "--format", "text", "--format", "json=r.json")

    assert ran.out.startswith("1  IDX101  index-not-concurrent\n")
    assert "findings" in json.loads((files / "r.json").read_text())
    assert Ran(0, "", "") == run("check", "good.sql", "--quiet", "--format=text", "--format=json=q.json")
    assert [] == json.loads((files / "q.json").read_text())["findings"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("--format xml", f"--format: xml is not one of {', '.join(FORMATS)}"),
        ("--format sarif=", "--format sarif=: missing file name after ="),
        ("--format sarif --format text", "--format: sarif and text cannot both go to standard output"),
        ("--format sarif=a --format json=./a", "--format: sarif and json cannot both go to ./a"),
        ("--format sarif --output a --format json=a", "--format: sarif and json cannot both go to a"),
        ("--format sarif=none/a", "--format sarif=none/a: no such file or directory"),
        ("--format sarif=.", "--format sarif=.: is a directory"),
        ("--output none/a", "--output none/a: no such file or directory"),
        ("--format sarif=a --output b", "--output b: cannot be used if every --format names its own file"),
    ],
)
def test_wrong(run: Run, arguments: str, line: str) -> None:
    """What cannot be written is exit code 2 and one line that says which option it is."""
    ran = run("check", "bad.sql", *arguments.split())

    assert (2, "", 1) == (ran.code, ran.out, len(ran.err.splitlines()))
    assert ran.err.startswith(f"idxlint: {line}")
