"""A table that the history has ended: what works on it will be refused, and nothing else is said."""

import json
from pathlib import Path

import pytest

from idxlint.model import Severity
from tests.conftest import Run, lint, names

TABLE = "CREATE TABLE t (a int);"
INDEX = "CREATE INDEX i ON t (a);"
BUILD = "index-not-concurrent"

ENDED = {
    "dropped": "DROP TABLE t;",
    "dropped if it was there": "DROP TABLE IF EXISTS t;",
    "dropped with others": "DROP TABLE u, t CASCADE;",
    "made and dropped": f"{TABLE} DROP TABLE t;",
    "dropped, as another schema's": "DROP TABLE public.t;",
    "dropped in a block": "BEGIN; DROP TABLE t; COMMIT;",
    "dropped in a DO block": "DO $$ BEGIN DROP TABLE t; END $$;",
    "dropped, made, dropped": f"DROP TABLE t; {TABLE} DROP TABLE t;",
    "dropped with its schema": "CREATE TABLE public.t (a int); DROP SCHEMA public CASCADE;",
    "dropped with its parent": "CREATE TABLE t PARTITION OF p DEFAULT; DROP TABLE p;",
    "renamed": "ALTER TABLE t RENAME TO u;",
    "moved": "ALTER TABLE t SET SCHEMA s;",
    "a view": "DROP VIEW t;",
}
STANDING = {
    "made again": f"DROP TABLE t; {TABLE}",
    "made again by a rename": "DROP TABLE t; ALTER TABLE n RENAME TO t;",
    "made again by SET SCHEMA": "DROP TABLE t; ALTER TABLE s.t SET SCHEMA public;",
    "made again by a schema's rename": (
        "CREATE TABLE public.t (a int); DROP SCHEMA public CASCADE; ALTER SCHEMA s RENAME TO public;"
    ),
    "made again as a partition": "DROP TABLE t; ALTER TABLE p ATTACH PARTITION t DEFAULT;",
    "drop rolled back": "BEGIN; DROP TABLE t; ROLLBACK;",
    "drop rolled back to a savepoint": "BEGIN; SAVEPOINT s; DROP TABLE t; ROLLBACK TO s; COMMIT;",
    "dropped in a condition": "DO $$ BEGIN IF x THEN DROP TABLE t; END IF; END $$;",
    "dropped where errors are caught": ("DO $$ BEGIN DROP TABLE t; EXCEPTION WHEN others THEN NULL; END $$;"),
    "dropped by a function": (
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; DROP INDEX x; END $$;"
    ),
    "another schema's": "DROP TABLE s.t;",
    "one of several schemas": "SET search_path = s, public; DROP TABLE t; RESET search_path;",
    "a temporary one": "CREATE TEMP TABLE t (a int); DROP TABLE t;",
    "dropped under a condition of psql": "\\if :{?x}\nDROP TABLE t;\n\\endif\n",
    "made by what another file says": "DROP TABLE t;\n\\ir tables.sql\n",
    "made by what cannot be read": "DROP TABLE t; CREATE TABEL t (a int);",
}


@pytest.mark.parametrize("sql", [pytest.param(sql, id=name) for name, sql in ENDED.items()])
def test_build_on_a_table_that_is_gone(sql: str) -> None:
    """The build is an error without a fix, and the message says what PostgreSQL will say, and why."""
    *_, finding = lint(f"{sql}\n{INDEX}")

    assert (BUILD, Severity.ERROR, None) == (finding.rule.name, finding.severity, finding.hit.fix)
    assert finding.hit.message.startswith("PostgreSQL refuses to build i: t does not exist (42P01); line 1 ")
    assert not any("CONCURRENTLY" in line for line in finding.hit.help)


@pytest.mark.parametrize("sql", [pytest.param(sql, id=name) for name, sql in STANDING.items()])
def test_table_that_may_be_there(sql: str) -> None:
    """Where the table is there, or may be, nothing is said to be refused."""
    messages = [finding.hit.message for finding in lint(f"{sql}\n{INDEX}")]

    assert [] == [message for message in messages if "refuses" in message]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("ALTER TABLE t ADD UNIQUE (a);", "to add UNIQUE t_a_key: t does not exist (42P01); line 1 drops it"),
        (
            "ALTER TABLE t ADD b int UNIQUE;",
            "to add UNIQUE t_b_key: t does not exist (42P01); line 1 drops it",
        ),
        ("REINDEX TABLE t;", "to rebuild it: t does not exist (42P01); line 1 drops it"),
        ("REINDEX INDEX j;", "to rebuild it: j does not exist (42P01); line 1 drops it"),
        ("CREATE INDEX i ON ONLY t (a);", "to build i: t does not exist (42P01); line 1 drops it"),
        ("CREATE INDEX IF NOT EXISTS i ON t (a);", "to build i: t does not exist (42P01); line 1 drops it"),
        ("DROP INDEX j;", "to drop j: it does not exist (42704); line 1 drops its table"),
        ("DROP INDEX x, j;", "to drop j: it does not exist (42704); line 1 drops its table"),
    ],
)
def test_neighbours(sql: str, message: str) -> None:
    """What else needs the table or its index is refused as well."""
    (finding,) = lint(f"DROP TABLE t;\n{sql}", f"{TABLE} CREATE INDEX j ON t (a);")

    assert (f"PostgreSQL refuses {message}", None) == (
        finding.hit.message.removesuffix(", and nothing makes it again"),
        finding.hit.fix,
    )


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE IF EXISTS t ADD UNIQUE (a);",
        "DROP INDEX IF EXISTS j;",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);",
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);",
        "CREATE INDEX CONCURRENTLY ON t (a);",
        "SET lock_timeout = '5s'; CREATE INDEX CONCURRENTLY i ON t (a);",
    ],
)
def test_nothing_about_what_a_refused_statement_would_leave(sql: str) -> None:
    """A statement that does nothing, or is refused, blocks nobody and leaves no index."""
    assert [] == names(f"DROP TABLE t; {sql}", f"{TABLE} CREATE INDEX j ON t (a);")


def _folder(root: Path, **files: str) -> None:
    (root / "db").mkdir()
    for name, text in files.items():
        (root / "db" / f"{name}.sql").write_text(text)


def _messages(run: Run) -> list[str]:
    report = json.loads(run("check", "db", "--format", "json").out)
    return [finding["message"] for finding in report["findings"]]


def test_an_earlier_file(run: Run, tmp_path: Path) -> None:
    """The message names the file that has ended the table."""
    _folder(tmp_path, m1=TABLE, m2="DROP TABLE t;", m3=INDEX)

    assert [
        "PostgreSQL refuses to build i: t does not exist (42P01); db/m2.sql drops it, and nothing makes it again"
    ] == _messages(run)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"m1": TABLE, "m2": "DROP TABLE t;", "m3": "CREATE TABEL t;", "m4": INDEX}, id="a gap"),
        pytest.param({"clean": "DROP TABLE t;", "indexes": INDEX}, id="files that may run in any order"),
        pytest.param({"m1.up": TABLE, "m1.down": "DROP TABLE t;", "m2.up": INDEX}, id="a down migration"),
    ],
)
def test_files_that_prove_nothing(run: Run, tmp_path: Path, files: dict[str, str]) -> None:
    """Where what has run in between is not known, the table is taken to be there."""
    _folder(tmp_path, **files)

    assert ["building i blocks INSERT, UPDATE and DELETE on t until it is done"] == [
        message for message in _messages(run) if "index" in message or "build" in message
    ]
