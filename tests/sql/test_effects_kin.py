"""What hangs on a table is locked with it: keys, children, sequences, views; and what proves that no scan is needed."""

import pytest

from tests.sql.test_effects import done, locks

KIN = """
    CREATE TABLE r (id int PRIMARY KEY);
    CREATE TABLE t (id serial, rid int REFERENCES r, a int, b text, c varchar(50));
    ALTER TABLE t ADD CONSTRAINT later CHECK (a > 0) NOT VALID, ADD CONSTRAINT bset CHECK (b IS NOT NULL);
    CREATE TABLE h (a int);
    CREATE TABLE hc () INHERITS (h);
    CREATE VIEW v AS SELECT * FROM h;
    CREATE TABLE p (id int NOT NULL, a int) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
    CREATE TABLE dx PARTITION OF p DEFAULT;
    CREATE TABLE fits (id int NOT NULL, a int, CHECK (id >= 20 AND id < 30));
    CREATE TABLE bare (id int NOT NULL, a int);
    CREATE INDEX p_a ON p (a);
    CREATE TABLE with_more (a int, c int, UNIQUE (a) INCLUDE (c));
    CREATE TABLE fired (a int);
    CREATE TRIGGER tg AFTER INSERT ON fired FOR EACH ROW EXECUTE FUNCTION f();
"""
AX, SRE, SUE, RS = "ACCESS EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "ROW SHARE"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE fired ADD FOREIGN KEY (a) REFERENCES r", {"fired": f"{SRE} (scan)", "r": SRE}),
        ("ALTER TABLE fired ADD FOREIGN KEY (a) REFERENCES r NOT VALID", {"fired": SRE, "r": SRE}),
        ("ALTER TABLE t DROP CONSTRAINT t_rid_fkey", {"t": AX, "r": AX}),
        ("ALTER TABLE t DROP COLUMN rid", {"t": AX, "r": AX}),
        ("ALTER TABLE t DROP COLUMN id", {"t": AX, "t_id_seq": AX}),
        ("ALTER TABLE with_more DROP COLUMN c", {"with_more": AX, "with_more_a_c_key": AX}),
        ("ALTER TABLE t VALIDATE CONSTRAINT later", {"t": f"{SUE} (scan)"}),
        ("ALTER TABLE t VALIDATE CONSTRAINT bset", {"t": SUE}),
        ("ALTER TABLE t ALTER b SET NOT NULL", {"t": AX}),
        ("ALTER TABLE t ALTER a SET NOT NULL", {"t": f"{AX} (scan)"}),
        ("ALTER TABLE t ALTER c TYPE text", {"t": AX}),
        ("ALTER TABLE t ALTER a TYPE bigint", {"t": f"{AX} (rewrite)"}),
        ("ALTER TABLE h ADD COLUMN z int", {"h": AX, "hc": AX}),
        ("ALTER TABLE ONLY h ALTER a SET DEFAULT 3", {"h": AX}),
        ("DROP TABLE h CASCADE", {"h": AX, "hc": AX, "v": AX}),
        ("TRUNCATE r CASCADE", {"r": AX, "r_pkey": AX, "t": AX}),
        ("ALTER TABLE t SET SCHEMA other", {"t": AX, "t_id_seq": AX}),
        (
            "ALTER TABLE p ATTACH PARTITION fits FOR VALUES FROM (20) TO (30)",
            {"p": SUE, "p_a": SUE, "dx": f"{AX} (scan)", "fits": f"{AX} (build)"},
        ),
        (
            "CREATE TABLE z PARTITION OF p FOR VALUES FROM (20) TO (30)",
            {"p": AX, "p_a": SUE, "dx": f"{AX} (scan)"},
        ),
        ("DROP TABLE p1", {"p1": AX, "p1_a_idx": AX, "p": AX, "dx": AX}),
        ("CREATE TABLE z () INHERITS (h)", {"h": SUE}),
        ("CREATE TABLE z (LIKE t INCLUDING ALL)", {}),
    ],
)
def test_what_hangs_on_a_table(sql: str, expected: dict[str, str]) -> None:
    """The same statements are measured on servers with relations of the same shape."""
    assert expected == locks(sql, KIN)


@pytest.mark.parametrize(("table", "expected"), [("fits", AX), ("bare", f"{AX} (scan)")])
def test_check_proves_the_bound(table: str, expected: str) -> None:
    """ATTACH PARTITION reads the new partition unless a CHECK says the same as its bound."""
    before = KIN.replace("CREATE INDEX p_a ON p (a);", "")

    found = locks(f"ALTER TABLE p ATTACH PARTITION {table} FOR VALUES FROM (20) TO (30)", before)

    assert expected == found[table]


@pytest.mark.parametrize(
    ("after", "sql", "expected"),
    [
        ("ALTER TABLE r RENAME TO q", "DROP TABLE t", {"t", "t_id_seq", "q"}),
        ("ALTER TABLE t DROP CONSTRAINT t_rid_fkey", "DROP TABLE t", {"t", "t_id_seq"}),
        (
            "ALTER TABLE t RENAME CONSTRAINT t_rid_fkey TO k; ALTER TABLE t DROP CONSTRAINT k",
            "DROP TABLE t",
            {"t", "t_id_seq"},
        ),
        ("ALTER TABLE t DROP COLUMN id", "ALTER TABLE t SET SCHEMA other", {"t"}),
        ("ALTER TABLE hc NO INHERIT h", "ALTER TABLE h ADD COLUMN z int", {"h"}),
        ("BEGIN; ALTER TABLE hc NO INHERIT h; ROLLBACK", "ALTER TABLE h ADD COLUMN z int", {"h", "hc"}),
    ],
)
def test_links_follow_later_statements(after: str, sql: str, expected: set[str]) -> None:
    """A link goes with its constraint, its column or its transaction, and along with a name."""
    assert expected == {*locks(sql, f"{KIN} {after};")}


@pytest.mark.parametrize("sql", ["INSERT INTO fired VALUES (1)", "UPDATE v SET a = 1", "LOCK TABLE v"])
def test_what_triggers_and_views_do_is_not_known(sql: str) -> None:
    """A trigger may do anything, and a view stands for other tables."""
    assert done(sql, KIN).known is False


def test_other_events_fire_no_trigger() -> None:
    """An INSERT trigger says nothing about DELETE."""
    assert done("DELETE FROM fired", KIN).known is True
