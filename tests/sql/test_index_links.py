"""The replayed schema knows which index is attached to which, and which one is a replica identity."""

import pytest

from idxlint.sql.state.child_indexes import missing_children
from idxlint.sql.text import Name
from tests.helpers.replayed import replayed

IDENTITY = "CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t REPLICA IDENTITY USING INDEX i;"


@pytest.mark.parametrize(
    ("sql", "table", "expected"),
    [
        (IDENTITY, "t", "public.i"),
        ("ALTER TABLE s.t REPLICA IDENTITY USING INDEX i;", "s.t", "s.i"),
        (f"{IDENTITY} ALTER TABLE t REPLICA IDENTITY FULL;", "t", None),
        (f"{IDENTITY} ALTER TABLE t REPLICA IDENTITY USING INDEX j;", "t", "public.j"),
        (f"{IDENTITY} DROP INDEX i;", "t", None),
        (f"{IDENTITY} DROP INDEX i; CREATE UNIQUE INDEX i ON t (a);", "t", None),
        (f"{IDENTITY} BEGIN; DROP INDEX i; ROLLBACK;", "t", "public.i"),
        (f"{IDENTITY} ALTER TABLE t DROP COLUMN a;", "t", None),
        (f"{IDENTITY} ALTER INDEX i RENAME TO j;", "t", "public.j"),
        (f"{IDENTITY} ALTER TABLE t RENAME TO u;", "u", "public.i"),
        (f"{IDENTITY} ALTER TABLE t RENAME TO u;", "t", None),
        (f"{IDENTITY} ALTER TABLE t SET SCHEMA s;", "t", None),
        (f"CREATE TABLE t (a int); {IDENTITY} ALTER TABLE t SET SCHEMA s;", "s.t", "s.i"),
        (f"CREATE TABLE t (a int); {IDENTITY} DROP TABLE t;", "t", None),
        (f"{IDENTITY} ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i;", "t", "public.k"),
    ],
)
def test_replica_identity(sql: str, table: str, expected: str | None) -> None:
    """The index that a table's replica identity uses, under the names that both have now."""
    schema = replayed(sql)
    schema_name, _, name = table.rpartition(".")
    identity = schema.links.replica_identity(schema.resolve(Name(schema_name or None, name)))

    assert expected == (str(identity) if identity else None)


TREE = """
CREATE TABLE p (a int) PARTITION BY LIST (a);
CREATE TABLE c PARTITION OF p FOR VALUES IN (1);
CREATE TABLE d PARTITION OF p FOR VALUES IN (2);
CREATE INDEX pi ON ONLY p (a);
"""
BOTH = "CREATE INDEX ci ON c (a); CREATE INDEX di ON d (a);"
ATTACH = "ALTER INDEX pi ATTACH PARTITION ci; ALTER INDEX pi ATTACH PARTITION di;"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", ["c", "d"]),
        (f"{BOTH} ALTER INDEX pi ATTACH PARTITION ci;", ["d"]),
        (f"{BOTH} {ATTACH}", []),
        (f"{BOTH} BEGIN; {ATTACH} ROLLBACK;", ["c", "d"]),
        (f"{BOTH} {ATTACH} CREATE TABLE e PARTITION OF p FOR VALUES IN (3);", []),
        (f"{BOTH} {ATTACH} ALTER TABLE p ATTACH PARTITION e FOR VALUES IN (3);", []),
        ("ALTER INDEX pi ATTACH PARTITION of_unknown;", ["d"]),
        (f"{ATTACH}", []),
        (f"{BOTH} ALTER INDEX ci RENAME TO x; ALTER INDEX pi ATTACH PARTITION x;", ["d"]),
        (f"{BOTH} ALTER INDEX pi ATTACH PARTITION ci; ALTER INDEX ci RENAME TO x;", ["d"]),
        (f"{BOTH} ALTER INDEX pi ATTACH PARTITION ci; ALTER TABLE c RENAME TO x;", ["d"]),
        (f"{BOTH} ALTER INDEX pi ATTACH PARTITION ci; ALTER TABLE d RENAME TO x;", ["x"]),
        (f"{BOTH} ALTER INDEX pi ATTACH PARTITION ci; ALTER TABLE p DETACH PARTITION d;", []),
        (f"{BOTH} ALTER INDEX pi ATTACH PARTITION ci; DROP TABLE d;", []),
        (f"{BOTH} ALTER INDEX pi ATTACH PARTITION ci; DROP INDEX ci;", ["c", "d"]),
        ("DROP INDEX pi;", []),
        ("DROP INDEX pi; CREATE INDEX pi ON p (a);", []),
        (f"{BOTH} {ATTACH} DROP INDEX pi; CREATE INDEX pi ON ONLY p (a);", ["c", "d"]),
    ],
)
def test_missing_children(sql: str, expected: list[str]) -> None:
    """An index ON ONLY a parent lacks the partitions that were there before it and have nothing attached."""
    assert expected == [name.name for name in missing_children(replayed(TREE + sql), Name(None, "pi"))]


def test_children() -> None:
    """Attached indexes follow the names of both, and go with their parent."""
    sql = f"{TREE} {BOTH} {ATTACH} ALTER INDEX pi RENAME TO pj; ALTER INDEX ci RENAME TO cj;"
    before, after = replayed(sql).links, replayed(f"{sql} DROP INDEX pj;")

    assert ["cj", "di"] == sorted(name.name for name in before.children(Name("public", "pj")))
    assert Name("public", "pj") == before.parent(Name("public", "cj"))
    assert (None, None) == (after.index(Name(None, "cj")), after.index(Name(None, "di")))


def test_a_column_takes_its_indexes_along() -> None:
    """DROP COLUMN drops the indexes that have the column, by the name that it has now, and no others."""
    schema = replayed(
        "CREATE TABLE t (a int UNIQUE, b int); CREATE INDEX i ON t (b); CREATE INDEX j ON t (a) INCLUDE (b);"
        "CREATE INDEX k ON t (a); ALTER TABLE t RENAME b TO x; ALTER TABLE t DROP COLUMN x;"
    )

    assert ["t_a_key", "k"] == [index.name for index in schema.indexes_of(Name("public", "t"))]
