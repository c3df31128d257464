"""Drizzle goes by its journal, and so do we."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run

MARK = "CREATE TABLE t (a int);--> statement-breakpoint\nSELECT 1;\n"


def journal(folder: Path, *tags: str) -> None:
    """A migration folder whose journal names these files."""
    (folder / "meta").mkdir()
    entries = [{"idx": number, "tag": tag} for number, tag in enumerate(tags)]
    (folder / "meta" / "_journal.json").write_text(json.dumps({"entries": entries}), "utf-8")


def test_missing_file(run: Run, tmp_path: Path) -> None:
    """A journal that names a file which does not exist is one clear line, and no pass."""
    journal(tmp_path, "0000_a", "0001_gone")
    (tmp_path / "0000_a.sql").write_text(MARK, "utf-8")
    done = run("check", ".")

    assert (done.code, done.out) == (3, "")
    assert "_journal.json" in done.err.splitlines()[0]
    assert "names 0001_gone.sql, which does not exist" in done.err.splitlines()[0]


def test_name_of_no_file(run: Run, tmp_path: Path) -> None:
    """A journal that names what no file can be called is answered as briefly."""
    journal(tmp_path, "0" * 5000)
    (tmp_path / "0000_a.sql").write_text(MARK, "utf-8")
    done = run("check", ".")

    assert done.code == 3
    assert f"names {'0' * 59}….sql, which does not exist" in done.err.splitlines()[0]


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"entries": 5}', '{"entries": [{}]}', "[" * 100_000])
def test_broken_journal(run: Run, tmp_path: Path, text: str) -> None:
    """A journal that cannot be read is one clear line too."""
    journal(tmp_path)
    (tmp_path / "meta" / "_journal.json").write_text(text, "utf-8")
    (tmp_path / "0000_a.sql").write_text(MARK, "utf-8")
    done = run("check", ".")

    assert done.code == 3
    assert "is not a Drizzle journal" in done.err.splitlines()[0]


def test_order(run: Run, tmp_path: Path) -> None:
    """The journal's order decides, not the names."""
    journal(tmp_path, "0001_first", "0000_second")
    first = "CREATE TABLE t (a int);--> statement-breakpoint\nCREATE INDEX i ON t (a);\n"
    (tmp_path / "0001_first.sql").write_text(first, "utf-8")
    (tmp_path / "0000_second.sql").write_text("DROP INDEX i;--> statement-breakpoint\n", "utf-8")
    (finding,) = json.loads(run("check", ".", "--format", "json").out)["findings"]

    assert finding["message"].startswith("dropping i blocks reads and writes of t until")
