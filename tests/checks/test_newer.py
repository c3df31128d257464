"""Each form that came with a release, for every target: silent from that release on, and never before."""

import pytest

from idxlint.config.configuration import Config
from idxlint.sql.rewrite.rewriting import applied
from tests.conftest import lint, names

RULE = "newer-than-target"
BEFORE = """\
CREATE TABLE t (a int, b int, c int);
CREATE TABLE u (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE s (p point, b int);
CREATE TABLE ev (id int, d date, x int, r int4range) PARTITION BY RANGE (d);
CREATE TABLE ev1 PARTITION OF ev FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ev_id ON ev (id);
CREATE INDEX t_a ON t (a);
CREATE TABLE res (room int4range, during tsrange);
CREATE TABLE k (a int PRIMARY KEY, b int);
"""
GIST = "CREATE EXTENSION btree_gist;\n"
FORMS = [
    (14, "REINDEX (CONCURRENTLY) INDEX t_a"),
    (14, "REINDEX (VERBOSE, CONCURRENTLY) TABLE t"),
    (14, "REINDEX (CONCURRENTLY FALSE) TABLE t"),
    (14, "REINDEX (TABLESPACE pg_default) INDEX t_a"),
    (14, "REINDEX INDEX ev_id"),
    (14, "ALTER TABLE ev DETACH PARTITION ev1 CONCURRENTLY"),
    (14, "CREATE INDEX ON s USING spgist (p) INCLUDE (b)"),
    (14, "CREATE INDEX ON t USING brin (a int4_minmax_multi_ops)"),
    (14, "CREATE INDEX ON t USING brin (b, a int4_bloom_ops)"),
    (15, "CREATE UNIQUE INDEX ON t (a) NULLS NOT DISTINCT"),
    (15, "CREATE UNIQUE INDEX ON t (a) nulls  distinct"),
    (15, "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (a)"),
    (15, "CREATE TABLE n (a int UNIQUE NULLS NOT DISTINCT)"),
    (15, "ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES u ON DELETE SET NULL (a)"),
    (15, "CREATE TABLE n (a int, b int, FOREIGN KEY (a, b) REFERENCES u ON DELETE SET DEFAULT (a))"),
    (16, "REINDEX DATABASE"),
    (16, "REINDEX SYSTEM"),
    (16, "REINDEX DATABASE CONCURRENTLY"),
    (17, "ALTER TABLE ev ADD EXCLUDE USING gist (d WITH =, r WITH &&)"),
    (
        17,
        "CREATE TABLE n (d date, r int4range, EXCLUDE USING gist (d WITH =, r WITH &&)) PARTITION BY RANGE (d)",
    ),
    (18, "ALTER TABLE ev ADD FOREIGN KEY (x) REFERENCES k NOT VALID"),
    (18, "ALTER TABLE res ADD PRIMARY KEY (room, during WITHOUT OVERLAPS)"),
    (18, "CREATE TABLE n (room int4range, during tsrange, UNIQUE (room, during WITHOUT OVERLAPS))"),
    (18, "ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED"),
    (18, "CREATE TABLE n (a int CHECK (a > 0) NOT ENFORCED)"),
    (18, "ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES u NOT ENFORCED"),
    (18, "ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a + 1) VIRTUAL"),
    (18, "ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a + 1)"),
    (18, "CREATE TABLE n (a int, g int GENERATED ALWAYS AS ((a + 1) * 2) VIRTUAL, b int)"),
    (18, "CREATE TABLE n (a int, g int GENERATED ALWAYS AS (a + 1))"),
    (18, "ALTER TABLE t ADD CONSTRAINT x NOT NULL a"),
    (18, "ALTER TABLE t ADD CONSTRAINT x NOT NULL a NOT VALID"),
    (18, "ALTER TABLE t ADD COLUMN d int, ADD NOT NULL a"),
    (18, "CREATE TABLE n (a int, CONSTRAINT x NOT NULL a)"),
]
OLD = [
    "REINDEX (VERBOSE) TABLE t",
    "REINDEX INDEX CONCURRENTLY t_a",
    "CREATE INDEX ON s USING gist (p) INCLUDE (b)",
    "CREATE INDEX ON t USING brin (a int4_minmax_ops)",
    "CREATE UNIQUE INDEX ON t (a) WHERE a IS NOT DISTINCT FROM b",
    "CREATE INDEX ON t (a NULLS FIRST)",
    "CREATE TABLE n (a int CONSTRAINT x NOT NULL, b int NOT NULL DEFAULT 1)",
    "CREATE TABLE n (enforced bool, CHECK (NOT enforced), virtual int)",
    "CREATE TABLE n (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS ((1 + 2)) STORED)",
    "ALTER TABLE t ADD COLUMN g int GENERATED ALWAYS AS (a + 1) STORED",
    "ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES u ON DELETE SET NULL",
    "ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES u NOT VALID",
    "ALTER TABLE ev ADD FOREIGN KEY (x) REFERENCES k",
    "ALTER TABLE ev DETACH PARTITION ev1",
    "ALTER TABLE t ALTER COLUMN a SET DEFAULT (1 + 2), ALTER COLUMN b SET NOT NULL",
    "ALTER TABLE t ADD CONSTRAINT x CHECK (a IS NOT NULL) NOT VALID",
    "ALTER TABLE t ADD COLUMN d int CONSTRAINT x NOT NULL DEFAULT 0",
    "CREATE TABLE n (a int DEFAULT length('GENERATED ALWAYS AS (1) NOT ENFORCED'))",
]


@pytest.mark.parametrize("major", range(12, 19))
@pytest.mark.parametrize(("since", "sql"), FORMS, ids=[sql for _, sql in FORMS])
def test_form(since: int, sql: str, major: int) -> None:
    """It is told once, where the oldest server is older than the form."""
    found = names(f"{sql};", BEFORE, Config(postgres=major)).count(RULE)

    assert (1 if major < since else 0) == found


@pytest.mark.parametrize("sql", OLD)
def test_old_form(sql: str) -> None:
    """What 12 takes is no matter, however alike it looks."""
    assert RULE not in names(f"{sql};", BEFORE, Config(postgres=12))


def test_place_and_words() -> None:
    """The message names the release, the form and the error; the form is underlined."""
    sql = "CREATE TABLE n (\n  a int,\n  CHECK (a > 0) NOT ENFORCED\n);"
    (finding,) = lint(sql)

    assert finding.hit.message == "PostgreSQL 15 refuses NOT ENFORCED (42601): it came with 18"
    assert sql[finding.hit.at.start : finding.hit.at.end] == "NOT ENFORCED"


def test_two_forms_of_a_statement() -> None:
    """Each of them would be refused, so each is told."""
    sql = "ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED, ADD NOT NULL a, ADD NOT NULL b;"

    assert [RULE, RULE] == names(sql, BEFORE)


def test_in_a_block() -> None:
    """A statement that a DO block executes is refused as well."""
    assert RULE in names("DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED'; END $$;")


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        ("REINDEX (CONCURRENTLY) INDEX i;", "REINDEX INDEX CONCURRENTLY i;"),
        ("REINDEX (CONCURRENTLY, VERBOSE) TABLE t;", "REINDEX (VERBOSE) TABLE CONCURRENTLY t;"),
        ("reindex (verbose, concurrently false) table t;", "reindex (verbose) table t;"),
        ("REINDEX (CONCURRENTLY, TABLESPACE fast) INDEX i;", None),
    ],
)
def test_older_words(written: str, fixed: str | None) -> None:
    """REINDEX gets the words that 12 takes; TABLESPACE has none."""
    found = [one for one in lint(written, config=Config(postgres=13)) if one.rule.name == RULE]

    assert [fixed] == [applied(written, one.hit.fix.edits) if one.hit.fix else None for one in found][:1]
