"""Which statements are read because they may change rows without bound."""

import pytest

from idxlint.sql.meaning.matter import matters


@pytest.mark.parametrize(
    ("sql", "read"),
    [
        ("UPDATE t SET a = 1", True),
        ("UPDATE t SET a = 1 WHERE id = 1", False),
        ("update t set a = (select b from s where s.id = t.id)", True),
        ("update t set a = (select b from s where (s.id) = t.id) where (b is null)", False),
        ("DELETE FROM t", True),
        ("DELETE FROM t WHERE a = 1", False),
        ("INSERT INTO t VALUES (1)", False),
        ("INSERT INTO s.t (a, b) VALUES (1, (SELECT max(a) FROM s))", False),
        ("INSERT INTO t DEFAULT VALUES", False),
        ("INSERT INTO t SELECT 1", False),
        ('INSERT INTO s."T x" AS n (a, b) OVERRIDING SYSTEM VALUE SELECT a, b FROM s', True),
        ("insert into t (select a from s)", True),
        ("WITH s AS (SELECT 1) UPDATE t SET a = 1", True),
        ("WITH s AS (SELECT 1) SELECT * FROM s", False),
        ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", True),
    ],
)
def test_may_change_rows_without_bound(sql: str, read: bool) -> None:
    """A dump of INSERTs and a change of one row are never parsed."""
    assert read == matters(sql, 0, len(sql))
