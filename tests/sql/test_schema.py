"""The replayed schema: names that are chosen, tables that move, and that all of it can be taken back."""

import pickle

import pytest

from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name
from tests.conftest import lint, names

BLOCKS = ["index-not-concurrent"]
PARENT = "CREATE TABLE p (a int) PARTITION BY LIST (a);"
SUB = "CREATE TABLE s PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (a);"


def subjects(sql: str) -> list[str]:
    """The subjects of the findings in a text."""
    return [finding.hit.subject for finding in lint(sql)]


@pytest.mark.parametrize(
    ("between", "last"),
    [
        ("", "t.t_a_idx2"),
        ("DROP INDEX t_a_idx1;", "t.t_a_idx1"),
        ("DROP INDEX t_a_idx;", "t.t_a_idx"),
        ("ALTER INDEX t_a_idx1 RENAME TO x;", "t.t_a_idx1"),
        ("CREATE TABLE t_a_idx2 (a int);", "t.t_a_idx3"),
        ("BEGIN; DROP INDEX t_a_idx; ROLLBACK;", "t.t_a_idx2"),
    ],
)
def test_name_without_a_name(between: str, last: str) -> None:
    """An index without a name gets the first number that is free, however often it was asked before."""
    index = "CREATE INDEX ON t (a);\n"

    assert last == subjects(f"{index}{index}{between}\n{index}")[-1]


ATTACH = "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1);"


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        ("CREATE TABLE c PARTITION OF p FOR VALUES IN (1); CREATE INDEX ON p (a);", []),
        (f"{ATTACH} CREATE INDEX ON p (a);", BLOCKS),
        (f"{ATTACH} ALTER TABLE p DETACH PARTITION c; CREATE INDEX ON p (a);", []),
        (f"{ATTACH} DROP TABLE c; CREATE INDEX ON p (a);", []),
        (f"BEGIN; {ATTACH} ROLLBACK; CREATE INDEX ON p (a);", []),
        (f"{ATTACH} ALTER TABLE p RENAME TO q; CREATE INDEX ON q (a);", BLOCKS),
        (f"{SUB} ALTER TABLE s ATTACH PARTITION c FOR VALUES IN (1); CREATE INDEX ON p (a);", BLOCKS),
        (f"{SUB} CREATE TABLE c PARTITION OF s FOR VALUES IN (1); CREATE INDEX ON p (a);", []),
    ],
)
def test_partitions_of_a_new_table(between: str, expected: list[str]) -> None:
    """A new parent is new as long as all partitions that it has, at any depth, are."""
    assert expected == [name for name in names(f"{PARENT} {between}") if name in BLOCKS]


@pytest.mark.parametrize(
    "moves",
    [
        "ALTER TABLE t RENAME TO u;",
        "ALTER TABLE t RENAME TO x; ALTER TABLE x RENAME TO u;",
        "BEGIN; ALTER TABLE t RENAME TO x; ROLLBACK; ALTER TABLE t RENAME TO u;",
    ],
)
def test_an_index_goes_with_its_table(moves: str) -> None:
    """Whatever a table is called in between, its index is dropped with it, and known by its last name."""
    (*_, drop) = lint(f"{moves}\nDROP INDEX i;", "CREATE TABLE t (a int); CREATE INDEX i ON t (a);")

    assert " of u until" in drop.hit.message
    (*_, gone) = lint(
        f"{moves} DROP TABLE u; DROP INDEX i;", "CREATE TABLE t (a int); CREATE INDEX i ON t (a);"
    )
    assert "drop i: it does not exist (42704)" in gone.hit.message


def test_search_path_of_many_schemas() -> None:
    """A name is that in the first schema of the path that has it, whichever of the two is longer."""
    path = "SET search_path = one, two, three;"
    made = "CREATE TABLE three.t (a int); CREATE TABLE two.t (a int);"

    assert [] == names(f"{made} {path} CREATE INDEX ON t (a);")
    assert [] == names(f"{made} CREATE TABLE four.t (a int); {path} CREATE INDEX ON t (a);")
    assert BLOCKS == names(f"{made} DROP TABLE two.t; DROP TABLE three.t; {path} CREATE INDEX ON t (a);")


def test_a_schema_can_be_copied_and_sent() -> None:
    """What a copy learns, or what another process does, is not known to the first."""
    schema = Schema()
    schema.attach(Name("public", "p"), Name("public", "c"))
    others = schema.copy(), pickle.loads(pickle.dumps(schema))  # noqa: S301, our own
    for other in others:
        other.detach(Name("public", "p"), Name("public", "c"))

    assert [[], []] == [[*other.leaves(Name("public", "p"))] for other in others]
    assert [Name("public", "c")] == [*schema.leaves(Name("public", "p"))]
