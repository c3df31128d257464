"""Guards that ask for an index by its name alone take an invalid index for a finished one."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run

BUILD = "CREATE INDEX CONCURRENTLY i ON t (a);"
RULE = "if-not-exists-hides-invalid"
CATALOGUE = "SELECT FROM pg_indexes WHERE indexname = 'i'"
VALID = "SELECT FROM pg_index WHERE indexrelid = to_regclass('i') AND indisvalid"
PARTLY = "the next run skip it while the index is INVALID"


def _xml(inner: str, attributes: str = 'onFail="MARK_RAN"', more: str = "") -> str:
    return (
        '<databaseChangeLog><changeSet id="1" author="a" runInTransaction="false">\n'
        f"<preConditions {attributes}>{inner}</preConditions>\n"
        f"<sql>{more}{BUILD}</sql></changeSet></databaseChangeLog>"
    )


def _yaml(check: str, on_fail: str = "MARK_RAN") -> str:
    return (
        "databaseChangeLog:\n- changeSet:\n    id: 1\n    author: a\n    runInTransaction: false\n"
        f"    preConditions:\n    - onFail: {on_fail}\n    - {check}\n"
        f"    changes:\n    - sql:\n        sql: {BUILD}\n"
    )


def _json(check: dict[str, object]) -> str:
    conditions = [{"onFail": "MARK_RAN"}, check]
    change = {
        "id": "1",
        "author": "a",
        "runInTransaction": False,
        "preConditions": conditions,
        "changes": [{"sql": {"sql": BUILD}}],
    }
    return json.dumps({"databaseChangeLog": [{"changeSet": change}]}, indent=1)


def _formatted(check: str, on_fail: str = "onFail:MARK_RAN onError:HALT") -> str:
    return (
        "--liquibase formatted sql\n--changeset a:1 runInTransaction:false\n"
        f"--preconditions {on_fail}\n--precondition-sql-check {check}\n{BUILD}\n"
    )


COUNT = "SELECT count(*) FROM pg_indexes WHERE indexname = 'i'"
INDEX_EXISTS = '<indexExists indexName="i"/>'
LIQUIBASE = {
    "xml": (".xml", _xml(f"<not>{INDEX_EXISTS}</not>"), "the precondition indexExists in line 2"),
    "xml, continues": (
        ".xml",
        _xml(f"<not>{INDEX_EXISTS}</not>", 'onFail="CONTINUE"'),
        "indexExists in line 2",
    ),
    "xml, by columns": (
        ".xml",
        _xml('<not><indexExists tableName="t" columnNames="a"/></not>'),
        "indexExists in line 2, which asks for the columns only",
    ),
    "xml, among others": (
        ".xml",
        _xml(f'<and><dbms type="postgresql"/><not>{INDEX_EXISTS}</not></and>'),
        "indexExists in line 2",
    ),
    "xml, query": (".xml", _xml(f'<sqlCheck expectedResult="0">{COUNT}</sqlCheck>'), "sqlCheck in line 2"),
    "xml, no query": (
        ".xml",
        _xml(f'<not><sqlCheck expectedResult="1">{COUNT}</sqlCheck></not>'),
        "sqlCheck in line 2",
    ),
    "xml, drop behind the guard": (
        ".xml",
        _xml(f"<not>{INDEX_EXISTS}</not>", more="DROP INDEX CONCURRENTLY IF EXISTS i;"),
        "indexExists in line 2",
    ),
    "yaml": (".yaml", _yaml("not:\n      - indexExists: {indexName: i}"), "indexExists in line 9"),
    "yaml, query": (
        ".yaml",
        _yaml(f'sqlCheck:\n        expectedResult: 0\n        sql: "{COUNT}"'),
        "sqlCheck in line 8",
    ),
    "json": (".json", _json({"not": [{"indexExists": {"indexName": "i"}}]}), "indexExists in line "),
    "formatted": (".sql", _formatted(f"expectedResult:0 {COUNT}"), "sql-check in line 4"),
    "formatted, quoted": (".sql", _formatted(f'expectedResult:"0" {COUNT}'), "sql-check in line 4"),
    "formatted, to_regclass": (
        ".sql",
        _formatted("expectedResult:t SELECT to_regclass('i') IS NULL"),
        "sql-check in line 4",
    ),
}
LIQUIBASE_SILENT = {
    "halts": (".xml", _xml(f"<not>{INDEX_EXISTS}</not>", 'onFail="HALT"')),
    "halts by default": (".xml", _xml(f"<not>{INDEX_EXISTS}</not>", "")),
    "only where it is there": (".xml", _xml(INDEX_EXISTS)),
    "another index": (".xml", _xml('<not><indexExists indexName="j"/></not>')),
    "a table": (".xml", _xml('<tableExists tableName="t"/>')),
    "asks for a valid one": (
        ".xml",
        _xml(f'<sqlCheck expectedResult="0">{VALID.replace("SELECT", "SELECT count(*)")}</sqlCheck>'),
    ),
    "yaml, halts": (".yaml", _yaml("not:\n      - indexExists: {indexName: i}", "HALT")),
    "formatted, halts": (".sql", _formatted(f"expectedResult:0 {COUNT}", "onFail:HALT")),
    "formatted, valid": (
        ".sql",
        _formatted(f"expectedResult:0 {VALID.replace('SELECT', 'SELECT count(*)')}"),
    ),
}

PSQL = {
    "gexec": (
        f"SELECT 'CREATE INDEX CONCURRENTLY i ON t (a)'\nWHERE NOT EXISTS ({CATALOGUE}) \\gexec\n",
        "the WHERE in line 2",
    ),
    "gexec, quoted": (
        "SELECT $$CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)$$ WHERE to_regclass('i') IS NULL\n\\gexec\n",
        "the WHERE in line 1",
    ),
    "if": (f"SELECT NOT EXISTS ({CATALOGUE}) AS missing \\gset\n\\if :missing\n{BUILD}\n\\endif\n", "line 2"),
    "else": (
        f"SELECT EXISTS ({CATALOGUE}) AS there \\gset\n\\if :there\n\\echo there\n\\else\n{BUILD}\n\\endif\n",
        "the \\else in line 4",
    ),
    "if in an if": (
        (
            f"SELECT NOT EXISTS ({CATALOGUE}) AS missing \\gset\nSELECT true AS yes \\gset\n"
            f"\\if :missing\n\\if :yes\n{BUILD}\n\\endif\n\\endif\n"
        ),
        "the \\if in line 3",
    ),
    "drop behind the guard": (
        (
            f"SELECT NOT EXISTS ({CATALOGUE}) AS missing \\gset\n"
            f"\\if :missing\nDROP INDEX CONCURRENTLY IF EXISTS i;\n{BUILD}\n\\endif\n"
        ),
        "the \\if in line 2",
    ),
    "dblink": (
        (
            f"DO $$ BEGIN\nIF NOT EXISTS ({CATALOGUE}) THEN\n"
            "PERFORM dblink_exec('dbname=app', 'CREATE INDEX CONCURRENTLY i ON t (a)');\nEND IF; END $$;"
        ),
        "the IF in line 2",
    ),
    "dblink, return": (
        (
            "DO $$ BEGIN\nIF to_regclass('public.i') IS NOT NULL THEN RETURN; END IF;\n"
            "PERFORM dblink_exec('app', 'CREATE INDEX CONCURRENTLY i ON t (a)');\nEND $$;"
        ),
        "the IF in line 2",
    ),
    "dblink, a variable": (
        (
            "DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM pg_class WHERE relname = 'i';\nIF n < 1 THEN\n"
            "PERFORM dblink_exec('app', 'CREATE INDEX CONCURRENTLY i ON t (a)');\nEND IF; END $$;"
        ),
        "the IF in line 2",
    ),
    "dblink, a boolean": (
        (
            f"DO $$ DECLARE seen boolean; BEGIN seen := EXISTS ({CATALOGUE});\nIF NOT seen THEN\n"
            "PERFORM dblink_exec('app', 'CREATE INDEX CONCURRENTLY i ON t (a)');\nEND IF; END $$;"
        ),
        "the IF in line 2",
    ),
    "dblink, pg_class": (
        (
            "DO $$ BEGIN\nIF (SELECT count(*) FROM pg_class WHERE relname = 'i') = 0 THEN\n"
            "PERFORM dblink_send_query('app', 'CREATE INDEX CONCURRENTLY i ON t (a)');\nEND IF; END $$;"
        ),
        "the IF in line 2",
    ),
}
PSQL_SILENT = {
    "gexec, valid": f"SELECT 'CREATE INDEX CONCURRENTLY i ON t (a)' WHERE NOT EXISTS ({VALID}) \\gexec\n",
    "gexec, dropped first": (
        "DROP INDEX CONCURRENTLY IF EXISTS i;\n"
        f"SELECT 'CREATE INDEX CONCURRENTLY i ON t (a)' WHERE NOT EXISTS ({CATALOGUE}) \\gexec\n"
    ),
    "gexec, checked": (
        f"SELECT 'CREATE INDEX CONCURRENTLY i ON t (a)' WHERE NOT EXISTS ({CATALOGUE}) \\gexec\n"
        "SELECT 1 / (SELECT count(*) FROM pg_index WHERE indexrelid = 'i'::regclass AND indisvalid);\n"
    ),
    "gexec, another index": (
        f"SELECT 'CREATE INDEX CONCURRENTLY j ON t (a)' WHERE NOT EXISTS ({CATALOGUE}) \\gexec\n"
    ),
    "if, valid": f"SELECT NOT EXISTS ({VALID}) AS missing \\gset\n\\if :missing\n{BUILD}\n\\endif\n",
    "behind the if": f"SELECT NOT EXISTS ({CATALOGUE}) AS m \\gset\n\\if :m\n\\echo m\n\\endif\n{BUILD}\n",
    "else of missing": (
        f"SELECT NOT EXISTS ({CATALOGUE}) AS m \\gset\n\\if :m\n\\echo m\n\\else\n{BUILD}\n\\endif\n"
    ),
    "another variable": (
        f"SELECT NOT EXISTS ({CATALOGUE}) AS missing \\gset\n\\if :wanted\n{BUILD}\n\\endif\n"
    ),
    "new table": (
        "CREATE TABLE t (a int);\n"
        f"SELECT 'CREATE INDEX CONCURRENTLY i ON t (a)' WHERE NOT EXISTS ({CATALOGUE}) \\gexec\n"
    ),
    "dblink, valid": (
        f"DO $$ BEGIN IF NOT EXISTS ({VALID}) THEN"
        " PERFORM dblink_exec('app', 'CREATE INDEX CONCURRENTLY i ON t (a)'); END IF; END $$;"
    ),
}


def _messages(run: Run, path: str) -> list[str]:
    ran = run("check", path, "--format", "json", "--select", RULE)
    assert ran.code in (0, 1), ran.err
    return [finding["message"] for finding in json.loads(ran.out)["findings"]]


def _cases(table: dict[str, object]) -> list[object]:
    return [
        pytest.param(*(row if isinstance(row, tuple) else (row,)), id=name) for name, row in table.items()
    ]


@pytest.mark.parametrize(("suffix", "text", "guard"), _cases({**LIQUIBASE}))
def test_liquibase(run: Run, tmp_path: Path, suffix: str, text: str, guard: str) -> None:
    """A precondition that marks the change set as run where the index is there hides an invalid one."""
    (tmp_path / f"changelog{suffix}").write_text(text)

    (message,) = _messages(run, f"changelog{suffix}")

    assert (True, True, True) == (guard in message, PARTLY in message, "leaves i INVALID" in message)


@pytest.mark.parametrize(("suffix", "text"), _cases({**LIQUIBASE_SILENT}))
def test_liquibase_is_right(run: Run, tmp_path: Path, suffix: str, text: str) -> None:
    """A precondition that fails the run, or asks for something else, hides nothing."""
    (tmp_path / f"changelog{suffix}").write_text(text)

    assert [] == _messages(run, f"changelog{suffix}")


@pytest.mark.parametrize(("text", "guard"), _cases({**PSQL}))
def test_psql(run: Run, tmp_path: Path, text: str, guard: str) -> None:
    r"""What \gexec, \if and dblink send behind a test for the name is left out the next time."""
    (tmp_path / "1.sql").write_text(text)

    (message,) = _messages(run, "1.sql")

    assert (True, True, True) == (guard in message, PARTLY in message, "leaves i INVALID" in message)


@pytest.mark.parametrize("text", _cases({**PSQL_SILENT}))
def test_psql_is_right(run: Run, tmp_path: Path, text: str) -> None:
    """A test for a valid index, a drop before it or a check behind it is all that is needed."""
    (tmp_path / "1.sql").write_text(text)

    assert [] == _messages(run, "1.sql")


def test_build_in_a_do_block_is_refused(run: Run, tmp_path: Path) -> None:
    """PostgreSQL refuses it, so that is all that is said."""
    (tmp_path / "1.sql").write_text(f"DO $$ BEGIN IF NOT EXISTS ({CATALOGUE}) THEN {BUILD} END IF; END $$;")

    report = json.loads(run("check", "1.sql", "--format", "json").out)

    assert ["concurrently-in-function"] == [finding["rule"] for finding in report["findings"]]


def test_timeout_behind_a_guard(run: Run, tmp_path: Path) -> None:
    """What a timeout leaves is hidden by the guard, so the next run does not fail."""
    text = _formatted(f"expectedResult:0 {COUNT}").replace(BUILD, f"SET lock_timeout = '5s';\n{BUILD}")
    (tmp_path / "changelog.sql").write_text(text)

    report = json.loads(run("check", "changelog.sql", "--format", "json").out)
    rules = {finding["rule"]: finding for finding in report["findings"]}

    assert {RULE, "timeout-kills-concurrent-build"} == set(rules)
    assert rules["timeout-kills-concurrent-build"]["message"].endswith(
        "it leaves i invalid, and the test for its name makes the next run skip it"
    )
