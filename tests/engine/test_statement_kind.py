"""The name of a statement is that of its command."""

import pytest

from idxlint.engine.statement_kind import kind_of


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)", "create-index"),
        ("create /* a */ or -- b\n replace function f()", "create-function"),
        ("DROP MATERIALIZED VIEW v", "drop-materialized-view"),
        ("CREATE TEMP TABLE t (a int)", "create-table"),
        ("ALTER TABLE ONLY t ADD a int", "alter-table"),
        ("COMMENT ON TABLE t IS 'x'", "comment"),
        ("ROLLBACK TO SAVEPOINT s", "rollback"),
        ("PREPARE TRANSACTION 'x'", "prepare-transaction"),
        ("SET CONSTRAINTS ALL DEFERRED", "set-constraints"),
        ("REFRESH MATERIALIZED VIEW v", "refresh-materialized-view"),
        ("LOCK TABLE t", "lock-table"),
        ("UPDATE t SET a = 1", "update"),
        ("DO $$ BEGIN END $$", "do"),
        ("(SELECT 1)", "statement"),
        ("cmd || 'x'", "statement"),
        ("CREATE " + "/* a */ " * 5000 + "1", "create"),
    ],
)
def test_kind(sql: str, kind: str) -> None:
    """Modifiers and comments are left out, and what says which kind of object it is about stays."""
    assert kind == kind_of(sql)
