"""What is new: a table that this file has certainly made has nobody to block."""

import pytest

from tests.conftest import lint, names

BUILD = "index-not-concurrent"
TABLE = "CREATE TABLE t (a int);"
MAYBE = "CREATE TABLE IF NOT EXISTS t (a int);"
INDEX = "CREATE INDEX i ON t (a);"
LONG = "l" * 63
ACCENTS = "é" * 31

NEW = {
    "made": f"{TABLE} {INDEX}",
    "in a block": f"BEGIN; {TABLE} {INDEX} COMMIT;",
    "committed": f"BEGIN; {TABLE} COMMIT; {INDEX}",
    "unlogged": f"CREATE UNLOGGED TABLE t (a int); {INDEX}",
    "maybe made": f"{MAYBE} {INDEX}",
    "maybe made in a block": f"BEGIN; {MAYBE} {INDEX} COMMIT;",
    "maybe made in a DO block": f"DO $$ BEGIN {MAYBE} END $$; {INDEX}",
    "maybe made in a condition, with its index": f"DO $$ BEGIN IF x THEN {MAYBE} {INDEX} END IF; END $$;",
    "maybe made by EXECUTE": f"DO $$ BEGIN EXECUTE '{MAYBE}'; END $$; {INDEX}",
    "maybe made from a query": f"CREATE TABLE IF NOT EXISTS t AS SELECT 1 AS a; {INDEX}",
    "maybe a materialized view": f"CREATE MATERIALIZED VIEW IF NOT EXISTS t AS SELECT 1 AS a; {INDEX}",
    "maybe a partition": f"CREATE TABLE IF NOT EXISTS t PARTITION OF p DEFAULT; {INDEX}",
    "maybe a schema": (
        "CREATE SCHEMA IF NOT EXISTS s; CREATE TABLE IF NOT EXISTS s.t (a int); CREATE INDEX i ON s.t (a);"
    ),
    "maybe made, then renamed": (
        "CREATE TABLE IF NOT EXISTS n (a int); ALTER TABLE n RENAME TO o; CREATE INDEX i ON o (a);"
    ),
    "maybe made twice": f"{MAYBE} {MAYBE} {INDEX}",
    "maybe made, after it was made": f"{TABLE} {MAYBE} {INDEX}",
    "maybe made, after a drop": f"DROP TABLE IF EXISTS t; {MAYBE} {INDEX}",
    "maybe made, after a rename": f"ALTER TABLE t RENAME TO old; {MAYBE} {INDEX}",
    "maybe made, after its schema": f"DROP SCHEMA public CASCADE; CREATE SCHEMA public; {TABLE} {INDEX}",
    "dropped and made": f"DROP TABLE t; {TABLE} {INDEX}",
    "renamed": f"CREATE TABLE n (a int); ALTER TABLE n RENAME TO t; {INDEX}",
    "renamed twice": f"{TABLE} ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME TO t; {INDEX}",
    "swapped": f"CREATE TABLE n (a int); ALTER TABLE t RENAME TO o; ALTER TABLE n RENAME TO t; {INDEX}",
    "moved to a schema": f"{TABLE} ALTER TABLE t SET SCHEMA s; CREATE INDEX i ON s.t (a);",
    "schema renamed": "CREATE TABLE s.t (a int); ALTER SCHEMA s RENAME TO r; CREATE INDEX i ON r.t (a);",
    "another schema": "CREATE TABLE s.t (a int); CREATE INDEX i ON s.t (a);",
    "quoted": 'CREATE TABLE "T t" (a int); CREATE INDEX i ON "T t" (a);',
    "quoted schema": 'CREATE TABLE "S"."T" (a int); CREATE INDEX i ON "S"."T" (a);',
    "quotes that change nothing": f'CREATE TABLE "t" (a int); {INDEX}',
    "folded": f"CREATE TABLE T (a int); {INDEX}",
    "folded schema": "CREATE TABLE PUBLIC.T (a int); CREATE INDEX i ON Public.t (a);",
    "unicode escape": f'CREATE TABLE U&"\\0074" (a int); {INDEX}',
    "savepoint released": f"BEGIN; SAVEPOINT s; {TABLE} RELEASE s; {INDEX} COMMIT;",
    "savepoint before it": f"BEGIN; {TABLE} SAVEPOINT s; ROLLBACK TO s; {INDEX} COMMIT;",
    "inner of two equal savepoints": (
        f"BEGIN; SAVEPOINT s; {TABLE} SAVEPOINT s; ROLLBACK TO s; {INDEX} COMMIT;"
    ),
    "drop rolled back": f"{TABLE} BEGIN; DROP TABLE t; ROLLBACK; {INDEX}",
    "prepared": f"BEGIN; {TABLE} PREPARE TRANSACTION 'x'; {INDEX}",
    "after a rolled back block": f"BEGIN; DROP TABLE x; ROLLBACK; {TABLE} {INDEX}",
    "CREATE TABLE AS": f"CREATE TABLE t AS SELECT 1 AS a; {INDEX}",
    "CREATE TABLE AS EXECUTE": f"CREATE TABLE t AS EXECUTE q; {INDEX}",
    "SELECT INTO": f"SELECT 1 AS a INTO t; {INDEX}",
    "SELECT INTO of a UNION": f"SELECT 1 AS a INTO t UNION SELECT 2; {INDEX}",
    "WITH and SELECT INTO": f"WITH x AS (SELECT 1 AS a) SELECT * INTO t FROM x; {INDEX}",
    "LIKE": f"CREATE TABLE t (LIKE s); {INDEX}",
    "OF a type": f"CREATE TABLE t OF y; {INDEX}",
    "inherits": f"CREATE TABLE t () INHERITS (s); {INDEX}",
    "PARTITION OF": f"CREATE TABLE t PARTITION OF p DEFAULT; {INDEX}",
    "partitioned": f"CREATE TABLE t (a int) PARTITION BY HASH (a); {INDEX}",
    "materialized view": f"CREATE MATERIALIZED VIEW t AS SELECT 1 AS a; {INDEX}",
    "temporary": f"CREATE TEMPORARY TABLE t (a int); {INDEX}",
    "maybe temporary": f"CREATE TEMP TABLE IF NOT EXISTS t (a int); {INDEX}",
    "temporary, from a query": f"CREATE TEMP TABLE t AS SELECT 1 AS a; {INDEX}",
    "temporary, SELECT INTO": f"SELECT 1 AS a INTO TEMP t; {INDEX}",
    "pg_temp": "CREATE TABLE pg_temp.t (a int); CREATE INDEX i ON pg_temp.t (a);",
    "search_path": "SET search_path = app; CREATE TABLE t (a int); CREATE INDEX i ON app.t (a);",
    "search_path, qualified": f"SET search_path TO app, public; CREATE TABLE app.t (a int); {INDEX}",
    "search_path, quoted": f'SET search_path = "$user", "App"; CREATE TABLE "App".t (a int); {INDEX}',
    "SET SCHEMA": "SET SCHEMA 'app'; CREATE TABLE t (a int); CREATE INDEX i ON app.t (a);",
    "set_config": (
        "SELECT set_config('search_path', 'app', false); CREATE TABLE t (a int); CREATE INDEX i ON app.t (a);"
    ),
    "set_config of pg_dump": (
        "SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE public.t (a int);"
        " CREATE INDEX i ON public.t (a);"
    ),
    "SET over SET LOCAL": (
        "BEGIN; SET LOCAL search_path = b; SET search_path = app; CREATE TABLE t (a int);"
        " CREATE INDEX i ON app.t (a); COMMIT;"
    ),
    "SET LOCAL in a block": (
        "BEGIN; SET LOCAL search_path = app; CREATE TABLE t (a int); COMMIT; CREATE INDEX i ON app.t (a);"
    ),
    "DO block": f"DO $$ BEGIN {TABLE} END $$; {INDEX}",
    "DO block, EXECUTE": f"DO $$ BEGIN EXECUTE '{TABLE}'; END $$; {INDEX}",
    "both in a condition": f"DO $$ BEGIN IF x THEN {TABLE} {INDEX} END IF; END $$;",
    "schema with elements": "CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX i ON t (a);",
    "schema with elements, later": "CREATE SCHEMA s CREATE TABLE t (a int); CREATE INDEX i ON s.t (a);",
    "63 bytes": f"CREATE TABLE {LONG} (a int); CREATE INDEX i ON {LONG} (a);",
    "cut": f"CREATE TABLE {LONG}x (a int); CREATE INDEX i ON {LONG} (a);",
    "cut elsewhere": f"CREATE TABLE {LONG} (a int); CREATE INDEX i ON {LONG}yy (a);",
    "cut before half a character": f"CREATE TABLE {ACCENTS}éé (a int); CREATE INDEX i ON {ACCENTS}é (a);",
    "cut by a rename": f"{TABLE} ALTER TABLE t RENAME TO {LONG}x; CREATE INDEX i ON {LONG} (a);",
}
OLD = {
    "never made": INDEX,
    "maybe made, after a build on it": f"ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX v; {MAYBE} {INDEX}",
    "maybe made, after a partition of it": (
        f"CREATE TABLE q PARTITION OF p DEFAULT; ALTER TABLE p ATTACH PARTITION t DEFAULT; {MAYBE} {INDEX}"
    ),
    "maybe made by a function": (
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS"
        f" $$ BEGIN {MAYBE} CREATE INDEX IF NOT EXISTS i ON t (a); END $$;"
    ),
    "maybe made in a condition of a DO block": f"DO $$ BEGIN IF x THEN {MAYBE} END IF; END $$; {INDEX}",
    "maybe made where errors are caught": (
        f"DO $$ BEGIN {MAYBE} EXCEPTION WHEN others THEN NULL; END $$; {INDEX}"
    ),
    "maybe made and rolled back": f"BEGIN; {MAYBE} ROLLBACK; {INDEX}",
    "maybe made too late": f"{INDEX} {MAYBE}",
    "made and dropped": f"{TABLE} DROP TABLE t; {INDEX}",
    "made and dropped with others": f"{TABLE} CREATE TABLE u (a int); DROP TABLE u, t CASCADE; {INDEX}",
    "made and dropped with its schema": (
        "CREATE TABLE s.t (a int); DROP SCHEMA s CASCADE; CREATE INDEX i ON s.t (a);"
    ),
    "made and renamed": f"{TABLE} ALTER TABLE t RENAME TO u; {INDEX}",
    "made and moved": f"{TABLE} ALTER TABLE t SET SCHEMA s; {INDEX}",
    "made in another schema": f"CREATE TABLE s.t (a int); {INDEX}",
    "made in public": f"{TABLE} CREATE INDEX i ON s.t (a);",
    "another case": f'CREATE TABLE "T" (a int); {INDEX}',
    "another quoted case": 'CREATE TABLE T (a int); CREATE INDEX i ON "T" (a);',
    "made too late": f"{INDEX} {TABLE}",
    "rolled back": f"BEGIN; {TABLE} ROLLBACK; {INDEX}",
    "aborted": f"BEGIN; {TABLE} ABORT; {INDEX}",
    "rolled back to a savepoint": f"BEGIN; SAVEPOINT s; {TABLE} ROLLBACK TO s; {INDEX} COMMIT;",
    "rolled back twice to one savepoint": (
        f"BEGIN; SAVEPOINT s; ROLLBACK TO s; {TABLE} ROLLBACK TO s; {INDEX} COMMIT;"
    ),
    "released inside a rolled back savepoint": (
        f"BEGIN; SAVEPOINT a; SAVEPOINT b; {TABLE} RELEASE b; ROLLBACK TO a; {INDEX} COMMIT;"
    ),
    "rename rolled back": (f"CREATE TABLE n (a int); BEGIN; ALTER TABLE n RENAME TO t; ROLLBACK; {INDEX}"),
    "chained and rolled back": f"BEGIN; COMMIT AND CHAIN; {TABLE} ROLLBACK; {INDEX}",
    "temporary, dropped": f"CREATE TEMP TABLE t (a int); DROP TABLE t; {INDEX}",
    "temporary, public meant": "CREATE TEMP TABLE t (a int); CREATE INDEX i ON public.t (a);",
    "search_path": f"SET search_path = app; {TABLE} CREATE INDEX i ON public.t (a);",
    "search_path reset": f"SET search_path = app; {TABLE} RESET search_path; {INDEX}",
    "search_path rolled back": (
        f"BEGIN; SET search_path = app; ROLLBACK; {TABLE} CREATE INDEX i ON app.t (a);"
    ),
    "SET LOCAL is over": f"BEGIN; SET LOCAL search_path = app; {TABLE} COMMIT; {INDEX}",
    "SET LOCAL without a block": f"SET LOCAL search_path = app; {TABLE} CREATE INDEX i ON app.t (a);",
    "made in a condition": f"DO $$ BEGIN IF x THEN {TABLE} END IF; END $$; {INDEX}",
    "made in a loop": f"DO $$ BEGIN WHILE x LOOP {TABLE} END LOOP; END $$; {INDEX}",
    "made in a CASE": f"DO $$ BEGIN CASE x WHEN 1 THEN {TABLE} END CASE; END $$; {INDEX}",
    "made where errors are caught": (
        f"DO $$ BEGIN {TABLE} EXCEPTION WHEN duplicate_table THEN NULL; END $$; {INDEX}"
    ),
    "would be made by a function": (
        f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {TABLE} END $$; {INDEX}"
    ),
    "schema with an index alone": "CREATE SCHEMA s CREATE INDEX i ON t (a);",
    "another long name": f"CREATE TABLE {LONG[1:]}x (a int); CREATE INDEX i ON {LONG} (a);",
    "an old table attached": (
        "CREATE TABLE p (a int) PARTITION BY HASH (a);"
        " ALTER TABLE p ATTACH PARTITION t FOR VALUES WITH (MODULUS 1, REMAINDER 0); CREATE INDEX i ON p (a);"
    ),
}


def cases(table: dict[str, str]) -> list[object]:
    """One test for each row."""
    return [pytest.param(sql, id=name) for name, sql in table.items()]


@pytest.mark.parametrize("sql", cases(NEW))
def test_new(sql: str) -> None:
    """A build on a table of this file blocks nobody."""
    assert [] == names(sql)


@pytest.mark.parametrize("sql", cases(OLD))
def test_old(sql: str) -> None:
    """A table that may have been there before has its users, who wait for the build."""
    assert [BUILD] == [name for name in names(sql) if name == BUILD]


@pytest.mark.parametrize(
    ("before", "sql"),
    [
        pytest.param(TABLE, INDEX, id="made"),
        pytest.param(TABLE, f"{MAYBE} {INDEX}", id="maybe made again"),
        pytest.param(MAYBE, INDEX, id="maybe made"),
        pytest.param(MAYBE, f"{MAYBE} {INDEX}", id="maybe made twice"),
        pytest.param(
            f"DO $$ BEGIN IF x THEN {TABLE} END IF; END $$;", f"{MAYBE} {INDEX}", id="in a condition"
        ),
        pytest.param(TABLE, "ALTER TABLE t RENAME TO u; CREATE INDEX i ON u (a);", id="renamed"),
        pytest.param("CREATE TABLE app.t (a int);", f"SET search_path = app; {INDEX}", id="search_path"),
        pytest.param(
            f"SET search_path = app; {TABLE}", f"{TABLE} CREATE INDEX i ON app.t (a);", id="its own path"
        ),
        pytest.param("CREATE MATERIALIZED VIEW t AS SELECT 1 AS a;", INDEX, id="materialized view"),
        pytest.param(TABLE, f"CREATE TEMP TABLE t (a int); DROP TABLE t; {INDEX}", id="shadow dropped"),
    ],
)
def test_made_by_an_earlier_file(before: str, sql: str) -> None:
    """What an earlier file has made has been deployed."""
    assert [BUILD] == names(sql, before)


@pytest.mark.parametrize(
    ("before", "sql"),
    [
        pytest.param("DROP TABLE t;", f"{MAYBE} {INDEX}", id="dropped"),
        pytest.param(f"{TABLE} DROP TABLE t;", f"{MAYBE} {INDEX}", id="made and dropped"),
        pytest.param(TABLE, f"DROP TABLE t; {MAYBE} {INDEX}", id="dropped here"),
        pytest.param(TABLE, f"CREATE TEMP TABLE t (a int); {INDEX}", id="shadowed by a temporary one"),
        pytest.param("CREATE VIEW t AS SELECT 1;", f"DROP VIEW t; {TABLE} {INDEX}", id="a view before"),
        pytest.param(
            f"BEGIN; {TABLE} ROLLBACK; DROP TABLE IF EXISTS t;", f"{MAYBE} {INDEX}", id="rolled back"
        ),
    ],
)
def test_gone_before(before: str, sql: str) -> None:
    """IF NOT EXISTS makes a table where the history shows that there is none."""
    assert [] == names(sql, before)


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("DROP INDEX i;", id="drop"),
        pytest.param("REINDEX TABLE t;", id="rebuild table"),
        pytest.param("REINDEX INDEX i;", id="rebuild index"),
        pytest.param("ALTER TABLE t ADD UNIQUE (b);", id="constraint"),
        pytest.param("ALTER TABLE t ADD COLUMN b int PRIMARY KEY;", id="column"),
    ],
)
def test_every_blocking_rule_is_silent(sql: str) -> None:
    """Not only builds: nothing blocks anybody on a new table."""
    assert [] == names(f"{TABLE} {INDEX} {sql}")


def test_help_says_why_it_is_not_new() -> None:
    """A condition looks like a new table, so the finding says why it is none."""
    (finding,) = lint(f"DO $$ BEGIN IF x THEN {TABLE} END IF; END $$; {INDEX}")

    assert (
        "t does not count as new: its CREATE TABLE is conditional, so the table may already exist"
        == (finding.hit.help[0])
    )


@pytest.mark.parametrize(
    ("sql", "silent"),
    [
        ("DROP INDEX i; DROP TABLE t;", True),
        ("DROP INDEX i; DROP INDEX j; DROP TABLE IF EXISTS other, public.t;", True),
        ("BEGIN; DROP INDEX i; DROP TABLE t; COMMIT;", True),
        ("DROP INDEX i; DROP TABLE other;", False),
        ("DROP INDEX i; DROP TABLE s.t;", False),
        ("DROP INDEX i; COMMIT; DROP TABLE t;", False),
        ("DROP TABLE other; DROP INDEX i;", False),
    ],
)
def test_table_that_goes(sql: str, silent: bool) -> None:
    """Nobody is blocked on a table that is dropped right after its index."""
    before = f"{TABLE} {INDEX} CREATE INDEX j ON t (a); CREATE TABLE other (a int);"

    assert ([] if silent else ["drop-index-not-concurrent"]) == names(sql, before)
