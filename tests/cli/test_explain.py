"""`idxlint explain` as a user runs it: exit codes, formats, where the report goes."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.helpers.repos import Repo

SQL = "BEGIN;\nCREATE INDEX orders_a_idx ON orders (a);\nCOMMIT;\n"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A folder with one migration."""
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "0001_a.sql").write_text(SQL)
    return tmp_path / "db"


def test_json(db: Path, run: Run) -> None:
    """The keys are those of the contract, and those that were added."""
    ran = run("explain", "db", "--format", "json")
    answer = json.loads(ran.out)

    assert (0, "") == (ran.code, ran.err)
    assert db.exists()
    assert {
        "path": "db/0001_a.sql",
        "line": 2,
        "column": 1,
        "start": 7,
        "end": 46,
        "sql": "CREATE INDEX orders_a_idx ON orders (a)",
        "kind": "create-index",
        "direction": "up",
        "runner": "psql",
        "runs": "transaction",
        "transaction": 1,
        "refuses_transaction": False,
        "known": True,
        "locks": [
            {
                "relation": "public.orders",
                "mode": "SHARE",
                "blocks": ["INSERT", "UPDATE", "DELETE", "MERGE"],
                "until": "commit",
                "until_line": 3,
                "work": "build",
                "index": False,
                "new": False,
            }
        ],
        "builds": ["public.orders_a_idx"],
        "rewrites": [],
        "drops": [],
        "creates": [],
        "unbounded": False,
    } == answer["statements"][1]
    assert [
        {
            "transaction": 1,
            "path": "db/0001_a.sql",
            "line": 1,
            "runs": "transaction",
            "opened": "BEGIN",
            "until": "commit",
            "until_line": 3,
            "first": 0,
            "last": 2,
            "locks": [
                {
                    "relation": "public.orders",
                    "mode": "SHARE",
                    "blocks": ["INSERT", "UPDATE", "DELETE", "MERGE"],
                    "line": 2,
                    "until": "commit",
                    "until_line": 3,
                    "new": False,
                    "first": 1,
                    "last": 2,
                }
            ],
            "works": [1],
        }
    ] == answer["transactions"]
    assert (1, 3, 0) == tuple(answer["summary"][key] for key in ("files", "statements", "unknown"))


def test_text(db: Path, run: Run) -> None:
    """The default is text, as wide as the terminal; standard input is read too."""
    wide = run("explain", "-", stdin=SQL.encode(), env={"COLUMNS": "90"})
    narrow = run("explain", "db", env={"COLUMNS": "44"})

    assert db.exists()
    assert "SHARE on public.orders until COMMIT in line 3; blocks writes" in wide.out
    assert {True} == {len(line) <= 44 for line in narrow.out.splitlines()}
    assert "\x1b" not in wide.out
    assert "\x1b[33;1mSHARE\x1b[0m" in run("explain", "db", "--color", "always").out


def test_files(db: Path, run: Run) -> None:
    """A report goes to a file, and the page to another one beside it."""
    ran = run("explain", "db", "--format", "markdown", "--output", "a.md", "--html", "a.html")
    page = run("explain", "db", "--format", "html").out

    assert (0, "", "") == ran
    assert (db.parent / "a.md").read_text().startswith("<!-- idxlint-explain -->\n")
    assert page == (db.parent / "a.html").read_text()


def test_nothing_read(tmp_path: Path, run: Run) -> None:
    """Nothing to read, or something that cannot be read, is no success."""
    (tmp_path / "bad.sql").symlink_to("nowhere")
    missing = run("explain", "nowhere")

    assert 3 == run("explain", ".").code
    assert (3, "idxlint: nowhere: no such file or folder\n") == (missing.code, missing.err)


def test_wrong_usage(db: Path, run: Run) -> None:
    """Wrong options are one line."""
    assert db.exists()
    for options in (["--format", "xml"], ["--runner", "x"], ["--postgres", "9"], ["--html", "no/a.html"]):
        ran = run("explain", "db", *options)
        assert (2, 1) == (ran.code, ran.err.count("\n"))


def test_gaps_are_said(tmp_path: Path, run: Run) -> None:
    """Text that nobody can read stands in its place, and in the summary."""
    (tmp_path / "1.sql").write_text(f"\\set a 1\n{SQL}CREATE INDX a;\nDROP TABLE b;\n")
    shown = run("explain", "1.sql").out
    gaps = json.loads(run("explain", "1.sql", "--format", "json").out)["gaps"]

    assert [(1, "psql"), (5, "syntax")] == [(gap["line"], gap["reason"]) for gap in gaps]
    assert shown.index("CREATE INDX a") < shown.index("not read: syntax error") < shown.index("DROP TABLE b")
    assert "2 gaps" in shown


def test_postgres(tmp_path: Path, run: Run) -> None:
    """The server's major release decides where releases differ."""
    (tmp_path / "1.sql").write_text("ALTER TABLE p DETACH PARTITION a CONCURRENTLY;\n")
    seen = {
        major: json.loads(run("explain", "1.sql", "--format", "json", "--postgres", major).out)
        for major in ("13", "14")
    }

    assert [False, True] == [answer["statements"][0]["known"] for answer in seen.values()]


def test_since(tmp_path: Path, run: Run) -> None:
    """Only what has changed is explained, on the schema that the others make."""
    repo = Repo(tmp_path)
    repo.put("db/1.sql", "CREATE TABLE orders (a int);\nCREATE INDEX b ON orders (a);\n")
    repo.commit()
    repo.put("db/2.sql", "DROP INDEX b;\n")
    answer = json.loads(run("explain", "db", "--since", "HEAD", "--format", "json").out)

    assert ["db/2.sql"] == [one["path"] for one in answer["statements"]]
    assert ["public.orders", "public.b"] == [lock["relation"] for lock in answer["statements"][0]["locks"]]
    assert 1 == answer["summary"]["replayed"]
