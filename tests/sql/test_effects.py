"""What one statement locks and does, spread over what the replay knows."""

import pglast
import pytest

from idxlint.sql.locks.effects import Effects, effects
from idxlint.sql.state.replay import apply
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import Statement
from idxlint.sql.whole.complete import describe_all

BEFORE = """
    CREATE TABLE t (id int PRIMARY KEY, a int);
    CREATE INDEX t_a ON t (a);
    CREATE TABLE p (id int NOT NULL, a int) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
    CREATE INDEX p_a ON p (a);
"""


def replayed(sql: str) -> Schema:
    """The schema that a script leaves."""
    session = Session(Schema(), {})
    for text in pglast.split(sql):
        for operation in describe_all(text):
            apply(session, operation, Statement(0, len(text), text), "before.sql")
    return session.schema


def done(sql: str, before: str = BEFORE, postgres: int = 17) -> Effects:
    """What a statement does after a script."""
    return effects(describe_all(sql), replayed(before), postgres)


def locks(sql: str, before: str = BEFORE, postgres: int = 17) -> dict[str, str]:
    """The modes by relation, with the work where there is some."""
    return {
        taken.relation.name: taken.mode + (f" ({taken.work})" if taken.work != "none" else "")
        for taken in done(sql, before, postgres).taken
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE INDEX i ON t (a)", {"t": "SHARE (build)"}),
        ("CREATE INDEX i ON p (a)", {"p": "SHARE", "p1": "SHARE (build)"}),
        ("CREATE INDEX i ON ONLY p (a)", {"p": "SHARE"}),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", {"t": "SHARE UPDATE EXCLUSIVE (build)"}),
        ("DROP INDEX t_a", {"t": "ACCESS EXCLUSIVE", "t_a": "ACCESS EXCLUSIVE"}),
        ("DROP INDEX x", {"the table of x": "ACCESS EXCLUSIVE", "x": "ACCESS EXCLUSIVE"}),
        ("ALTER TABLE t ALTER a SET STATISTICS 3", {"t": "SHARE UPDATE EXCLUSIVE"}),
        ("LOCK TABLE p IN SHARE MODE", {"p": "SHARE", "p1": "SHARE"}),
        ("LOCK TABLE ONLY p IN SHARE MODE", {"p": "SHARE"}),
        (
            "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
            {"t": "ROW EXCLUSIVE", "t_pkey": "ROW EXCLUSIVE", "t_a": "ROW EXCLUSIVE"},
        ),
        ("SELECT * FROM t JOIN u x ON true FOR UPDATE OF x", {"u": "ROW SHARE"}),
        ("CREATE TABLE n (id int)", {}),
        ("GRANT SELECT ON t TO joe", {}),
    ],
)
def test_statement_locks_what_it_names_and_what_hangs_on_it(sql: str, expected: dict[str, str]) -> None:
    """The roles of the table stand for the relations that the replay knows."""
    assert expected == locks(sql)


def test_two_subcommands_take_the_stronger_mode() -> None:
    """ALTER TABLE locks once, as hard as its hardest subcommand needs."""
    sql = "ALTER TABLE t ALTER a SET STATISTICS 3, DISABLE TRIGGER ALL"

    assert {"t": "SHARE ROW EXCLUSIVE"} == locks(sql)


def test_majors_differ() -> None:
    """A unique constraint on a partitioned table locks its partitions harder from 18 on."""
    sql = "ALTER TABLE p ADD UNIQUE (id)"

    modes = [locks(sql, postgres=postgres)["p1"] for postgres in (17, 18)]

    assert ["SHARE (build)", "ACCESS EXCLUSIVE (build)"] == modes


@pytest.mark.parametrize("sql", ["DO $$ BEGIN NULL; END $$", "DROP TYPE x CASCADE", "CALL work()"])
def test_what_is_not_known_is_said(sql: str) -> None:
    """A statement that may do anything has no locks, and says that it is not known."""
    found = done(sql)

    assert (False, ()) == (found.known, found.taken)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE t SET a = 1", True),
        ("UPDATE t SET a = 1 WHERE id = 3", False),
        ("INSERT INTO t SELECT * FROM p", True),
        ("INSERT INTO t VALUES (1, 2)", False),
        ("COPY t FROM STDIN", True),
    ],
)
def test_rows_without_a_bound(sql: str, *, expected: bool) -> None:
    """A change of rows is unbounded where nothing in the text bounds it."""
    assert expected is done(sql).rows
