"""The three lines for any CI service find what a pull request has changed, however little was cloned."""

import subprocess
import sys
from pathlib import Path

import pytest

from idxlint.cli.ci_files import lines
from idxlint.cli.origin import Origin
from tests.helpers.repos import Repo, command, environment, index, started, table

LINES = lines(Origin("https://example.org/idxlint", "v1")).splitlines()


@pytest.mark.parametrize("depth", [(), ("--depth", "1", "--branch", "work")], ids=["all", "shallow"])
def test_three_lines(depth: tuple[str, ...], tmp_path: Path) -> None:
    """One finding for the old table of the change, as text and as JUnit, and exit code 1."""
    repo = started(tmp_path / "origin")
    repo.commit(m2=table("n") + index("n") + index("t"))
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "--quiet", *depth, repo.root.as_uri(), clone], check=True, env=environment({})
    )
    Repo(clone).put("idxlint.yaml", "paths: [db]\n")
    fetch, install, check = LINES
    fetched = command(["sh", "-c", fetch], clone, {})
    python = f"exec {sys.executable} -m {check}"
    ran = command(["sh", "-c", python], clone, {"JENKINS_URL": "http://ci", "CHANGE_TARGET": "main"})

    assert 'pip install "idxlint @ git+https://example.org/idxlint@v1"' == install
    assert (0, "") == (fetched.code, fetched.err)
    assert (1, 1) == (ran.code, ran.out.count("db/m2.sql:3:8 IDX101")), ran.err
    assert 'failures="1"' in (clone / "idxlint.xml").read_text("utf-8")
