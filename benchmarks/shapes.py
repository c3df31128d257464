"""Inputs that repeat one thing: a text for each shape, as long as it is asked for.

Each is something that a replay, a fix or a scan could look at again for everything that came before it.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

Files = Mapping[str, str]
"""The texts of a project by their paths."""

SQL = "db/1.sql"
_TABLE = "CREATE TABLE made (a int, b int);\n"


class Shape(NamedTuple):
    """An input that grows.

    base: how many times it is repeated at the smallest size; make: the project for a number of repetitions
    options: what `idxlint check` is given beside the folder
    """

    base: int
    make: Callable[[int], Files]
    options: tuple[str, ...] = ()


def sql(each: str, before: str = "", after: str = "") -> Callable[[int], Files]:
    """One file that repeats a text, in which § is the number of the repetition."""
    return lambda count: {SQL: before + repeated(each, count) + after}


def repeated(each: str, count: int) -> str:
    """A text once for each number, with the number for §."""
    return "".join(each.replace("§", str(number)) for number in range(count))


def _listed(each: str, before: str, after: str = ";\n", comma: str = ", ") -> Callable[[int], Files]:
    """One statement with a list in it."""
    return lambda count: {SQL: before + comma.join(each.replace("§", str(at)) for at in range(count)) + after}


_INDEX = "CREATE INDEX i§ ON t (a§);\n"
_COLUMN = (
    "ALTER TABLE t ADD COLUMN a§ int;\nCREATE UNIQUE INDEX i§ ON t (a§);\n"
    "ALTER TABLE t ADD CONSTRAINT i§ PRIMARY KEY USING INDEX i§;\n"
)
_GOOSE = "-- +goose Up\n"

STATEMENTS: Mapping[str, Shape] = {
    "indexes": Shape(1000, sql(_INDEX)),
    "indexes without names": Shape(1000, sql("CREATE INDEX ON t (a);\n")),
    "indexes with long names": Shape(1000, sql(f"CREATE INDEX ON {'t' * 60} ({'c' * 60}, d§);\n")),
    "concurrent builds": Shape(1000, sql("CREATE UNIQUE INDEX CONCURRENTLY i§ ON t (a§);\n")),
    "guarded builds": Shape(
        1000, sql("DROP INDEX CONCURRENTLY IF EXISTS i§;\nCREATE INDEX CONCURRENTLY i§ ON t (a§);\n")
    ),
    "drops": Shape(1000, sql("DROP INDEX i§;\n")),
    "reindexing": Shape(1000, sql("REINDEX INDEX i§;\n")),
    "attached partitions": Shape(
        1000, sql("ALTER TABLE p ATTACH PARTITION c§ FOR VALUES IN (§);\nCREATE INDEX ON p (a§);\n")
    ),
    "new partitions": Shape(
        1000,
        sql(
            "CREATE TABLE c§ PARTITION OF p FOR VALUES IN (§);\nCREATE INDEX i§ ON p (a);\n",
            "CREATE TABLE p (a int) PARTITION BY LIST (a);\n",
        ),
    ),
    "detached partitions": Shape(
        1000,
        sql(
            "ALTER TABLE p ATTACH PARTITION c§ FOR VALUES IN (§);\n",
            after="DO $$ BEGIN END $$;\n",
        ),
    ),
    "partitions that come and go": Shape(
        1000,
        lambda count: {
            SQL: repeated("ALTER TABLE p ATTACH PARTITION c§ FOR VALUES IN (§);\n", count)
            + repeated("ALTER TABLE p DETACH PARTITION c§;\n", count)
        },
    ),
    "ignores": Shape(
        1000,
        sql("-- idxlint: ignore[index-not-concurrent] because it is small\nCREATE INDEX i§ ON t (a§);\n"),
    ),
    "broken between good": Shape(500, sql("CREATE INDEX ON;\nCREATE INDEX i§ ON t (a§);\n")),
    "an open quote at the end": Shape(1000, sql(_INDEX, after="SELECT 'open;\n")),
    "open dollar quotes": Shape(1000, sql("SELECT 1;\n$a§$ ")),
    "open tags": Shape(1000, sql("{% if § \n", _INDEX)),
    "blocks with EXECUTE": Shape(500, sql("DO $$ BEGIN EXECUTE 'CREATE INDEX i§ ON t (a§)'; END $$;\n")),
    "one block with EXECUTE": Shape(
        500, sql("EXECUTE 'CREATE INDEX i§ ON t (a§)';\n", "DO $$ BEGIN\n", "END $$;\n")
    ),
    "one long function": Shape(
        1000,
        sql(
            "  CREATE INDEX i§ ON t (a§);\n",
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n",
            "END $$;\n",
        ),
    ),
    "expression columns": Shape(500, _listed("lower(a§)", "CREATE INDEX i ON t (", ");\n")),
    "columns": Shape(1000, _listed("a§", "CREATE INDEX i ON t (", ");\n")),
    "ADD COLUMN UNIQUE": Shape(500, _listed("ADD COLUMN a§ int UNIQUE", "ALTER TABLE t ")),
    "ADD COLUMN UNIQUE in letters": Shape(500, _listed("ADD COLUMN ä§ int UNIQUE", "ALTER TABLE t ")),
    "ADD CONSTRAINT UNIQUE": Shape(500, _listed("ADD CONSTRAINT k§ UNIQUE (a§)", "ALTER TABLE t ")),
    "constraints apart": Shape(500, sql("ALTER TABLE t ADD CONSTRAINT k§ UNIQUE (a§);\n")),
    "a wide table": Shape(1000, _listed("a§ int UNIQUE", "CREATE TABLE t (", ");\n")),
    "names in one DROP INDEX": Shape(1000, _listed("i§", "DROP INDEX ")),
    "names in one DROP TABLE": Shape(1000, _listed("t§", "DROP TABLE ")),
    "savepoints": Shape(500, sql("SAVEPOINT s§;\n" + _INDEX, "BEGIN;\n", "COMMIT;\n")),
    "savepoints gone back to": Shape(
        500, sql("SAVEPOINT s§;\n" + _INDEX + "ROLLBACK TO s§;\n", "BEGIN;\n", "COMMIT;\n")
    ),
    "savepoints released": Shape(
        1000, sql("SAVEPOINT s§;\n" + _INDEX + "RELEASE s§;\n", "BEGIN;\n", "ROLLBACK;\n")
    ),
    "one transaction": Shape(500, sql(_INDEX, "BEGIN;\n", "COMMIT;\n")),
    "columns asked for": Shape(300, sql(_COLUMN)),
    "columns between savepoints": Shape(
        300, sql(f"SAVEPOINT s§;\n{_COLUMN}ROLLBACK TO s§;\n{_COLUMN}", "BEGIN;\n", "COMMIT;\n")
    ),
    "columns renamed and dropped": Shape(
        500,
        sql(
            "CREATE INDEX i§ ON t (a, b§);\nALTER TABLE t RENAME COLUMN b§ TO c§;\n"
            "ALTER TABLE t DROP COLUMN c§;\n"
        ),
    ),
    "constraints of one column": Shape(
        500,
        sql(
            "ALTER TABLE t ADD CONSTRAINT k§ CHECK (a IS NOT NULL) NOT VALID;\n"
            "ALTER TABLE t VALIDATE CONSTRAINT k§;\nALTER TABLE t ALTER COLUMN a SET NOT NULL;\n"
        ),
    ),
    "attached indexes": Shape(
        500,
        lambda count: {
            SQL: "CREATE TABLE p (a int) PARTITION BY LIST (a);\n"
            + repeated("CREATE TABLE c§ PARTITION OF p FOR VALUES IN (§);\n", count)
            + "CREATE INDEX pi ON ONLY p (a);\n"
            + repeated("CREATE INDEX ci§ ON c§ (a);\nALTER INDEX pi ATTACH PARTITION ci§;\n", count)
        },
    ),
    "names in quotes": Shape(500, sql('CREATE INDEX "i §" ON t (a§);\n', "BEGIN;\n", "COMMIT;\n")),
    "locks in one transaction": Shape(
        500,
        sql("ALTER TABLE t§ ADD CHECK (a > 0);\nUPDATE t§ SET a = 1;\n", "BEGIN;\n", "COMMIT;\n"),
    ),
    "transactions": Shape(500, sql("BEGIN;\n" + _INDEX + "COMMIT;\n")),
    "transactions with two": Shape(500, sql("BEGIN;\n" + _INDEX + "CREATE INDEX k§ ON u (a);\nCOMMIT;\n")),
    "a block never closed": Shape(1000, sql("BEGIN;\n" + _INDEX)),
    "timeouts": Shape(500, sql("SET lock_timeout = '§ms';\nCREATE INDEX CONCURRENTLY i§ ON t (a§);\n")),
    "local timeouts": Shape(500, sql("BEGIN;\nSET LOCAL lock_timeout = '§ms';\n" + _INDEX + "COMMIT;\n")),
    "renamed tables": Shape(1000, sql("ALTER TABLE t§ RENAME TO u§;\nCREATE INDEX i§ ON u§ (a);\n")),
    "one table renamed": Shape(
        500,
        lambda count: {
            SQL: _TABLE
            + repeated("CREATE INDEX i§ ON made (a);\n", count)
            + repeated("ALTER TABLE made RENAME TO other;\nALTER TABLE other RENAME TO made;\n", count)
        },
    ),
    "renamed indexes": Shape(1000, sql(_INDEX + "ALTER INDEX i§ RENAME TO k§;\n")),
    "a table made again": Shape(
        1000, sql("DROP TABLE IF EXISTS made;\n" + _TABLE + "CREATE INDEX i§ ON made (a);\n")
    ),
    "schemas": Shape(
        500,
        sql("CREATE SCHEMA s§;\nCREATE TABLE s§.t (a int);\nCREATE INDEX i ON s§.t (a);\nDROP SCHEMA s§;\n"),
    ),
    "schemas renamed": Shape(
        500, sql("CREATE TABLE s§.t (a int);\nALTER SCHEMA s§ RENAME TO r§;\nCREATE INDEX i ON r§.t (a);\n")
    ),
    "search paths": Shape(1000, sql("SET search_path = s§, public;\nCREATE INDEX i§ ON t (a);\n")),
    "a long search path": Shape(
        500,
        lambda count: {
            SQL: f"SET search_path = {', '.join(f's{at}' for at in range(count))};\n"
            + repeated(_INDEX, count)
        },
    ),
    "tables": Shape(1000, sql("CREATE TABLE t§ (a int PRIMARY KEY, b int);\nCREATE INDEX i§ ON t§ (b);\n")),
}
"""What PostgreSQL takes, or would but for a mistake, as statements of one file."""

TEXTS: Mapping[str, Shape] = {
    "placeholders": Shape(500, sql("CREATE INDEX i§ ON ${schema}.t (a§);\n")),
    "many placeholders in one": Shape(500, _listed("${a§}", "CREATE INDEX i ON t (", ");\n")),
    "psql's variables": Shape(500, sql("CREATE INDEX i§ ON :schema.t (a§);\n")),
    "psql's commands": Shape(1000, sql("\\echo §\n" + _INDEX)),
    "queries that write SQL": Shape(500, sql("SELECT 'CREATE INDEX i§ ON t (a§)' \\gexec\n")),
    "statements sent together": Shape(500, sql("CREATE INDEX i§ ON t (a§)\\;\n", after="SELECT 1;\n")),
    "rows of COPY": Shape(
        5000, sql("§\tCREATE INDEX i ON t (a);\n", "COPY t FROM stdin;\n", "\\.\nCREATE INDEX i ON t (a);\n")
    ),
    "tables with rows": Shape(500, sql("COPY t FROM stdin;\n§\n\\.\n" + _INDEX)),
    "INSERTs": Shape(2000, sql("INSERT INTO t VALUES (§, 'it''s');\n", _INDEX)),
    "comments": Shape(1000, sql("-- why i§ is here\n" + _INDEX)),
    "comments behind": Shape(1000, sql("CREATE INDEX i§ ON t (a§) -- it's slow\n;\n")),
    "nested comments": Shape(2000, sql("/* ", _INDEX, "")),
    "nested parentheses": Shape(
        1000, lambda count: {SQL: f"CREATE INDEX i ON t (({'(' * count}a{')' * count}));\n{_INDEX}"}
    ),
    "open parentheses": Shape(2000, sql("(", _INDEX)),
    "dollar quotes": Shape(1000, sql("DO $a§$ BEGIN PERFORM 1; END $a§$;\n" + _INDEX)),
    "one line": Shape(1000, sql("CREATE INDEX i§ ON t (a§); "), ("--format", "text")),
    "one line of letters": Shape(1000, sql("CREATE INDEX ü§ ON t (ä§); "), ("--format", "text")),
    "semicolons": Shape(5000, sql(";", _INDEX)),
    "lines without semicolons": Shape(500, sql("CREATE INDEX i§ ON t (a§)\n")),
    "quotes that swallow": Shape(250, sql("SELECT 'it's';\n" + _INDEX)),
    "backslashes in quotes": Shape(500, sql("SELECT 'C:\\';\n" + _INDEX)),
    "MySQL": Shape(1000, sql("CREATE TABLE `t§` (`a` int AUTO_INCREMENT, KEY `i` (`a`)) ENGINE=InnoDB;\n")),
    "ends of lines": Shape(1000, lambda count: {SQL: repeated(_INDEX, count).replace("\n", "\r\n")}),
    "ignores in one statement": Shape(
        500, sql("-- idxlint: ignore[index-not-concurrent] because of §\n", "CREATE INDEX i ON t\n", "(a);\n")
    ),
    "names in one ignore": Shape(
        250, _listed("n§", "-- idxlint: ignore[", "] because\nCREATE INDEX i ON t (a);\n", ",")
    ),
    "ignores of nothing": Shape(
        1000, sql("-- idxlint: ignore[index-not-concurrent] because it is small\nSELECT §;\n")
    ),
    "GitHub": Shape(1000, sql(_INDEX), ("--format", "github")),
    "GitLab": Shape(1000, sql(_INDEX), ("--format", "gitlab")),
    "JUnit": Shape(1000, sql(_INDEX), ("--format", "junit")),
    "Markdown": Shape(1000, sql(_INDEX), ("--format", "markdown")),
    "SARIF": Shape(1000, sql(_INDEX), ("--format", "sarif")),
    "rdjson": Shape(1000, sql(_INDEX), ("--format", "rdjson")),
}
"""What a reader has to cut, to silence or to print."""
