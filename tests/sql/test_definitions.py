"""Two definitions are equal when PostgreSQL would build the same index."""

import pytest

from idxlint.sql.meaning.describe import describe
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex
from idxlint.sql.state.definitions import Definition, of_build, of_constraint


def defined(sql: str) -> Definition | None:
    """The definition of the index that a statement builds."""
    (operation,) = describe(sql)
    if isinstance(operation, AddConstraint):
        return of_constraint(operation.constraint)
    assert isinstance(operation, BuildIndex)
    return of_build(operation)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE INDEX i ON t (a)", "create index concurrently if not exists j on t using btree (A)"),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (a ASC NULLS LAST) WITH (fillfactor = 70)"),
        ("CREATE INDEX i ON t (a DESC)", "CREATE INDEX i ON t (a DESC NULLS FIRST)"),
        ("CREATE INDEX i ON t (a text_ops)", "CREATE INDEX i ON t (a)"),
        ("CREATE INDEX i ON t (lower(a))", "CREATE INDEX i ON t ((lower(t.a)))"),
        ("CREATE INDEX i ON t (a) WHERE b > 1", "CREATE INDEX i ON t (a) WHERE ( t.b>1 ) -- all"),
        ("CREATE INDEX i ON t (a) INCLUDE (b, c)", "CREATE INDEX i ON t (a) INCLUDE (c, b)"),
        ("ALTER TABLE t ADD UNIQUE (a, b)", "CREATE UNIQUE INDEX i ON t (a, b)"),
        ("ALTER TABLE t ADD PRIMARY KEY (a)", "ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)"),
    ],
)
def test_equal(one: str, other: str) -> None:
    """Spelling, defaults and storage parameters make no difference."""
    assert defined(one) == defined(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i ON t USING hash (a)"),
        ("CREATE INDEX i ON t (a, b)", "CREATE INDEX i ON t (b, a)"),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (a DESC)"),
        ("CREATE INDEX i ON t (a DESC)", "CREATE INDEX i ON t (a DESC NULLS LAST)"),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (a NULLS FIRST)"),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (a text_pattern_ops)"),
        ("CREATE INDEX i ON t (a)", 'CREATE INDEX i ON t (a COLLATE "C")'),
        ("CREATE INDEX i ON t (lower(a))", "CREATE INDEX i ON t (lower(b))"),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (a) WHERE b > 1"),
        ("CREATE INDEX i ON t (a) WHERE b > 1", "CREATE INDEX i ON t (a) WHERE b > 2"),
        ("CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (a) INCLUDE (b)"),
        ("CREATE INDEX i ON t (a)", "CREATE UNIQUE INDEX i ON t (a)"),
        ("ALTER TABLE t ADD UNIQUE (a)", "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (a)"),
        ("ALTER TABLE t ADD UNIQUE (a)", "ALTER TABLE t ADD UNIQUE (a) DEFERRABLE"),
    ],
)
def test_not_equal(one: str, other: str) -> None:
    """What PostgreSQL stores in another way, or checks at another time, is another index."""
    assert defined(one) != defined(other)


@pytest.mark.parametrize(
    "sql",
    ["ALTER TABLE t ADD EXCLUDE USING gist (a WITH &&)", "ALTER TABLE t ADD PRIMARY KEY USING INDEX i"],
)
def test_unknown(sql: str) -> None:
    """What the statement does not tell is unknown, which equals nothing."""
    (operation,) = describe(sql)
    assert isinstance(operation, AddConstraint)

    assert of_constraint(operation.constraint) is None


def test_predicates_in_a_new_schema() -> None:
    """The predicate of an index inside CREATE SCHEMA ends where the next element begins."""
    sql = (
        "CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX i ON t (a) WHERE (a > 1) CREATE INDEX j ON t (a)"
    )
    builds = [made for made in describe(sql) if isinstance(made, BuildIndex)]

    assert ["(a > 1)", ""] == [build.predicate for build in builds]
