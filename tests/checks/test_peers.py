"""What the other linters miss or cry wolf about: each row of our survey with the truth beside it."""

import pytest

from tests.conftest import names

BUILD, DROP, REBUILD, CONSTRAINT = (
    "index-not-concurrent",
    "drop-index-not-concurrent",
    "reindex-not-concurrent",
    "constraint-builds-index",
)
BLOCK, BODY = "concurrently-in-transaction", "concurrently-in-function"
PARTITIONED, NO_DROP, NO_REBUILD = (
    "concurrent-on-partitioned",
    "drop-concurrently-refused",
    "reindex-concurrently-refused",
)
UNIQUE, HIDES, UNNAMED, KILLED = (
    "unique-concurrent-build",
    "if-not-exists-hides-invalid",
    "unnamed-concurrent-index",
    "timeout-kills-concurrent-build",
)
PARENT = "CREATE TABLE p (id int, day date NOT NULL) PARTITION BY RANGE (day);"
CHILD = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"
CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
INDEX = "CREATE INDEX i ON t (a);"
TABLE = "CREATE TABLE t (a int);"
GUARDED = "DROP INDEX CONCURRENTLY IF EXISTS i; CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);"

BUILDS = {
    "plain": (INDEX, [BUILD]),
    "plain, unnamed": ("CREATE INDEX ON t (a);", [BUILD]),
    "plain, hash": ("CREATE INDEX i ON t USING hash (a);", [BUILD]),
    "plain, unique": ("CREATE UNIQUE INDEX i ON t (a);", [BUILD]),
    "no final semicolon": ("CREATE INDEX i ON t (a)", [BUILD]),
    "table made earlier, no BEGIN": (f"{TABLE} {INDEX}", []),
    "table made earlier, in a block": (f"BEGIN; {TABLE} {INDEX} COMMIT;", []),
    "table made and committed": (f"BEGIN; {TABLE} COMMIT; {INDEX}", []),
    "IF NOT EXISTS in a block": (f"BEGIN; CREATE TABLE IF NOT EXISTS t (a int); {INDEX} COMMIT;", []),
    "public.t, indexed as t": (f"CREATE TABLE public.t (a int); {INDEX}", []),
    "t, indexed as public.t": (f"{TABLE} CREATE INDEX i ON public.t (a);", []),
    "a.t, indexed b.t": ("CREATE TABLE a.t (a int); CREATE INDEX i ON b.t (a);", [BUILD]),
    'made "T", indexed t': (f'CREATE TABLE "T" (a int); {INDEX}', [BUILD]),
    "table made after the index": (f"{INDEX} {TABLE}", [BUILD]),
    "made, rolled back": (f"BEGIN; {TABLE} ROLLBACK; {INDEX}", [BUILD]),
    "made, rolled back to a savepoint": (
        f"BEGIN; SAVEPOINT s; {TABLE} ROLLBACK TO SAVEPOINT s; {INDEX} COMMIT;",
        [BUILD],
    ),
    "made under another name": (f"CREATE TABLE n (a int); ALTER TABLE n RENAME TO t; {INDEX}", []),
    "CREATE TABLE AS in a block": (f"BEGIN; CREATE TABLE t AS SELECT 1 AS a; {INDEX} COMMIT;", []),
    "SELECT INTO in a block": (f"BEGIN; SELECT 1 AS a INTO t; {INDEX} COMMIT;", []),
    "temporary table": (f"CREATE TEMP TABLE t (a int); {INDEX}", []),
    "pg_temp.t": ("CREATE TABLE pg_temp.t (a int); CREATE INDEX i ON pg_temp.t (a);", []),
    "new materialized view": (f"CREATE MATERIALIZED VIEW t AS SELECT 1 AS a; {INDEX}", []),
    "new partitioned parent": (f"{PARENT} CREATE INDEX i ON p (id);", []),
    "new partition in a block": (f"BEGIN; {PARENT} {CHILD} CREATE INDEX i ON p1 (id); COMMIT;", []),
    "LIKE INCLUDING INDEXES": (f"CREATE TABLE t (LIKE s INCLUDING INDEXES); {INDEX}", []),
    "DO block": (f"DO $$ BEGIN {INDEX} END $$;", [BUILD]),
    "guarded DO block": (
        f"DO $$ BEGIN IF to_regclass('i') IS NULL THEN {INDEX} END IF; END $$;",
        [BUILD],
    ),
    "EXECUTE of a literal": ("DO $$ BEGIN EXECUTE 'CREATE INDEX i ON t (a)'; END $$;", [BUILD]),
    "EXECUTE of dollar quotes": ("DO $$ BEGIN EXECUTE $q$CREATE INDEX i ON t (a)$q$; END $$;", [BUILD]),
    "EXECUTE of format()": (
        "DO $$ BEGIN EXECUTE format('CREATE INDEX %I ON %I (a)', 'i', 't'); END $$;",
        [BUILD],
    ),
}
CONCURRENT = {
    "unique": ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);", [UNIQUE]),
    "named, no IF NOT EXISTS": (CIC, []),
    "IF NOT EXISTS": ("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);", [HIDES]),
    "unnamed": ("CREATE INDEX CONCURRENTLY ON t (a);", [UNNAMED]),
    "BEGIN COMMIT": (f"BEGIN; {CIC} COMMIT;", [BLOCK]),
    "START TRANSACTION END": (f"START TRANSACTION; {CIC} END;", [BLOCK]),
    "BEGIN WORK": (f"BEGIN WORK; {CIC} COMMIT WORK;", [BLOCK]),
    "comment between words": ("BEGIN; CREATE /* x */ INDEX -- y\nCONCURRENTLY i ON t (a); COMMIT;", [BLOCK]),
    "after COMMIT": (f"BEGIN; SELECT 1; COMMIT; {CIC}", []),
    "after ROLLBACK": (f"BEGIN; SELECT 1; ROLLBACK; {CIC}", []),
    "after COMMIT AND CHAIN": (f"BEGIN; SELECT 1; COMMIT AND CHAIN; {CIC} COMMIT;", [BLOCK]),
    "two in a file": (f"{CIC} CREATE INDEX CONCURRENTLY j ON t (b);", []),
    "SET before it": (f"SET maintenance_work_mem = '1GB'; {CIC}", []),
    "DO block": (f"DO $$ BEGIN {CIC} END $$;", [BODY]),
    "PL/pgSQL body": (f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {CIC} END $$;", [BODY]),
    "SQL body": (f"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ {CIC} $$;", [BODY]),
    "procedure after COMMIT": (
        f"CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN COMMIT; {CIC} END $$;",
        [BODY],
    ),
    "timeouts and IF NOT EXISTS": (
        "SET lock_timeout='5s'; SET statement_timeout='5s'; CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);",
        [KILLED, HIDES],
    ),
    "the right recipe": (f"DROP INDEX CONCURRENTLY IF EXISTS i; {CIC}", []),
    "the right recipe, unique": (
        GUARDED,
        [],
    ),
}
DROPS = {
    "plain": ("DROP INDEX i;", [DROP]),
    "IF EXISTS": ("DROP INDEX IF EXISTS i;", [DROP]),
    "two names": ("DROP INDEX i, j;", [DROP]),
    "CASCADE": ("DROP INDEX i CASCADE;", [DROP]),
    "concurrent, two names": ("DROP INDEX CONCURRENTLY i, j;", [NO_DROP]),
    "concurrent, CASCADE": ("DROP INDEX CONCURRENTLY i CASCADE;", [NO_DROP]),
    "concurrent, RESTRICT": ("DROP INDEX CONCURRENTLY i RESTRICT;", []),
    "concurrent, in a block": ("BEGIN; DROP INDEX CONCURRENTLY i; COMMIT;", [BLOCK]),
    "index of the same transaction": (f"BEGIN; {INDEX} DROP INDEX i; COMMIT;", [BUILD]),
    "index of the same transaction, new table": (f"BEGIN; {TABLE} {INDEX} DROP INDEX i; COMMIT;", []),
}
REBUILDS = {
    "INDEX": ("REINDEX INDEX i;", [REBUILD]),
    "TABLE": ("REINDEX TABLE t;", [REBUILD]),
    "SCHEMA": ("REINDEX SCHEMA s;", [REBUILD]),
    "DATABASE": ("REINDEX DATABASE d;", [REBUILD]),
    "DATABASE without a name": ("REINDEX DATABASE;", [REBUILD, "newer-than-target"]),
    "VERBOSE": ("REINDEX (VERBOSE) TABLE t;", [REBUILD]),
    "SYSTEM": ("REINDEX SYSTEM d;", [REBUILD]),
    "CONCURRENTLY": ("REINDEX TABLE CONCURRENTLY t;", []),
    "(CONCURRENTLY)": ("REINDEX (CONCURRENTLY) TABLE t;", []),
    "(VERBOSE, CONCURRENTLY)": ("REINDEX (VERBOSE, CONCURRENTLY) INDEX i;", []),
    "(CONCURRENTLY TRUE)": ("REINDEX (CONCURRENTLY TRUE) SCHEMA s;", []),
    "(CONCURRENTLY 1)": ("REINDEX (CONCURRENTLY 1) TABLE t;", []),
    "(CONCURRENTLY FALSE)": ("REINDEX (CONCURRENTLY FALSE) TABLE t;", [REBUILD]),
    "(CONCURRENTLY 0)": ("REINDEX (CONCURRENTLY 0) TABLE t;", [REBUILD]),
    "(CONCURRENTLY off)": ("REINDEX (CONCURRENTLY off) INDEX i;", [REBUILD]),
    "SYSTEM CONCURRENTLY": ("REINDEX SYSTEM CONCURRENTLY d;", [NO_REBUILD]),
    "catalogue": ("REINDEX TABLE CONCURRENTLY pg_catalog.pg_class;", [NO_REBUILD]),
    "CONCURRENTLY in a block": ("BEGIN; REINDEX TABLE CONCURRENTLY t; COMMIT;", [BLOCK]),
    # Two causes: out of the block it would still lock every table of the schema.
    "SCHEMA in a block": ("BEGIN; REINDEX SCHEMA s; COMMIT;", [REBUILD, BLOCK]),
    "DATABASE in a block": ("BEGIN; REINDEX DATABASE d; COMMIT;", [REBUILD, BLOCK]),
}
CONSTRAINTS = {
    "ADD PRIMARY KEY": ("ALTER TABLE t ADD PRIMARY KEY (a);", [CONSTRAINT]),
    "ADD UNIQUE": ("ALTER TABLE t ADD UNIQUE (a);", [CONSTRAINT]),
    "ADD EXCLUDE": ("ALTER TABLE t ADD EXCLUDE USING gist (a WITH &&);", [CONSTRAINT]),
    "ADD COLUMN UNIQUE": ("ALTER TABLE t ADD COLUMN b int UNIQUE;", [CONSTRAINT]),
    "ADD COLUMN PRIMARY KEY": ("ALTER TABLE t ADD COLUMN b bigserial PRIMARY KEY;", [CONSTRAINT]),
    "USING INDEX": ("ALTER TABLE t ADD CONSTRAINT i UNIQUE USING INDEX i;", []),
    "plain build, then USING INDEX": (
        "CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT i UNIQUE USING INDEX i;",
        [BUILD],
    ),
    "concurrent build, then USING INDEX": (
        f"{GUARDED} ALTER TABLE t ADD CONSTRAINT i UNIQUE USING INDEX i;",
        [],
    ),
    "new table": (f"{TABLE} ALTER TABLE t ADD UNIQUE (a);", []),
    "foreign key": ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES s (a);", ["table-scanned-under-lock"]),
    "index attached": ("ALTER INDEX i ATTACH PARTITION j;", []),
    "index renamed": ("ALTER INDEX i RENAME TO j;", []),
    "VACUUM in a block": ("BEGIN; VACUUM t; COMMIT;", [BLOCK]),
    "DETACH CONCURRENTLY in a block": (
        "BEGIN; ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY; COMMIT;",
        [BLOCK],
    ),
}
ON_PARTITIONED = {
    "ON ONLY parent": (
        "CREATE INDEX i ON ONLY p (id);",
        ["invalid-partition-index"],
    ),  # which nobody attaches to
    "plain on parent": ("CREATE INDEX i ON p (id);", [BUILD]),
    "concurrent on parent": ("CREATE INDEX CONCURRENTLY i ON p (id);", [PARTITIONED]),
    "concurrent ON ONLY parent": ("CREATE INDEX CONCURRENTLY i ON ONLY p (id);", [PARTITIONED]),
    "concurrent on a partition": ("CREATE INDEX CONCURRENTLY i ON p1 (id);", []),
    "new partition of an existing parent": (
        "BEGIN; CREATE TABLE p2 PARTITION OF p DEFAULT; CREATE INDEX i ON p2 (id); COMMIT;",
        [],
    ),
}


def cases(*tables: dict[str, tuple[str, list[str]]]) -> list[object]:
    """One test for each row."""
    return [pytest.param(*row, id=name) for table in tables for name, row in table.items()]


@pytest.mark.parametrize(("sql", "truth"), cases(BUILDS, CONCURRENT, DROPS, REBUILDS, CONSTRAINTS))
def test_truth(sql: str, truth: list[str]) -> None:
    """Just the rules that are true of a file speak, on tables that nobody has told us about."""
    assert truth == names(sql)


@pytest.mark.parametrize(("sql", "truth"), cases(ON_PARTITIONED))
def test_truth_of_partitions(sql: str, truth: list[str]) -> None:
    """What an earlier file has partitioned is known to be."""
    assert truth == names(sql, before=f"{PARENT} {CHILD}")
