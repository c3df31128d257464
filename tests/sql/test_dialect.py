"""Another database's SQL is called by its name, and broken SQL for PostgreSQL is not."""

import pytest

from idxlint.sql.text import parse
from tests.conftest import names
from tests.helpers.reading import gaps


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MySQL", "CREATE TABLE `t` (`id` int UNSIGNED PRIMARY KEY) ENGINE=InnoDB;\nDROP INDEX i ON t;"),
        ("MySQL", "ALTER TABLE t MODIFY a TEXT NOT NULL;"),
        (
            "SQLite",
            "PRAGMA foreign_keys=off;\nCREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);\nSELECT 1;",
        ),
        (
            "T-SQL",
            "CREATE TABLE [dbo].[t] ([id] INT IDENTITY(1,1) NOT NULL);\nCREATE INDEX [i] ON [t] ([id]);",
        ),
        (
            "Oracle",
            "CREATE TABLE t (a VARCHAR2(10 CHAR), b NUMBER(10));\nSELECT 1 FROM a WHERE a(+) = SYSDATE;",
        ),
        ("Snowflake", "CREATE OR REPLACE TABLE t (a VARIANT);\nCOPY INTO t FROM @stage;"),
        ("BigQuery", "CREATE TABLE `p.d.t` (a STRUCT<b INT64>) OPTIONS(description='x');"),
        (
            "ClickHouse",
            "CREATE TABLE t (a LowCardinality(String), b Nullable(Int8)) ENGINE = MergeTree ORDER BY a;",
        ),
        ("CockroachDB", "DROP INDEX t@i;\nCREATE INDEX i ON t (a) STORING (b);"),
    ],
)
def test_other_dialects_are_named(name: str, text: str) -> None:
    """A file for another database says so in one message, whatever PostgreSQL stumbled over."""
    found = {(reason, message) for reason, message, _ in gaps(text)}
    assert {("dialect", f"this looks like {name}, not PostgreSQL")} == found


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABEL t (a int);",
        "ALTER TABLE t ADD COLUMN a int,;\nSELECT 1;",
        "SELECT 'a;\nCREATE INDEX i ON t (a);",
        "CREATE INDEX i ON t (a) WHERE;",
        "ALTER TABLE t DROP CONSTRAINT c:",
        "CREATE TABLE t (a int,\n);",
        "SELECT 1;\n" * 30 + "ALTER TABLE t MODIFY a TEXT;",
    ],
)
def test_broken_postgres_is_no_other_dialect(text: str) -> None:
    """A typing error, or one odd statement among many, does not make it another database's file."""
    assert ["syntax"] == [reason for reason, _, _ in gaps(text)]


SQLITE = "CREATE TABLE {} (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"
TAKEN = "CREATE TABLE c (id int);\n"
INDEX = "CREATE INDEX i ON orders (id);\n"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (SQLITE.format("a") + SQLITE.format("b") + TAKEN + INDEX, ["not-parsed"]),
        (SQLITE.format("a") + TAKEN + INDEX, ["not-parsed", "index-not-concurrent"]),
        ("PRAGMA foreign_keys = off;\n" + INDEX, ["not-parsed", "index-not-concurrent"]),
        ("CREATE TABEL a (id int);\n" + INDEX, ["not-parsed", "index-not-concurrent"]),
    ],
)
def test_tables_of_another_database(text: str, rules: list[str]) -> None:
    """Where most tables are another database's, what PostgreSQL would take is not for it either."""
    assert rules == names(text)


def test_sqlglot_is_silent(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    """What sqlglot says about text that it does not know is of no use to the reader of a report."""
    parse("LOCK TABLES `t` WRITE;\nALTER TABLE `t` DISABLE KEYS FOO;")
    assert ([], ("", "")) == (caplog.records, tuple(capfd.readouterr()))
