"""Which locks of earlier statements a check is told of: those of its transaction that are still held."""

import pytest

from idxlint.checks import Context
from idxlint.config.configuration import Config
from idxlint.engine.judge import Selection, replay
from idxlint.engine.parsed_file import parse_file
from idxlint.sql.locks.effects import Effects
from idxlint.sql.locks.ledger import Ledger
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Statement
from tests.conftest import migration

ASKS = Selection({}, Config(), by_form={(Effects, False): (), (Ledger, False): ()})
QUICK = "ALTER TABLE {0} ADD CONSTRAINT c UNIQUE USING INDEX i;\n"
A, B, C = (QUICK.format(name) for name in "abc")
BUILD = "CREATE INDEX i ON a (x);\n"


def held(sql: str, *, runner: str = "psql", selection: Selection = ASKS) -> list[str]:
    """For each statement with effects, the tables that are locked before it."""
    seen: list[str] = []

    def visit(operation: Operation | Effects, statement: Statement, context: Context) -> None:  # noqa: ARG001
        if isinstance(operation, Effects):
            seen.append("".join(name.name for name in context.held.locks))

    replay(parse_file(migration("db/2.sql", sql, runner)), Schema(), selection, visit)
    return seen


@pytest.mark.parametrize(
    ("sql", "before_each"),
    [
        (A + B, ["", ""]),
        (f"BEGIN;\n{A}{B}{C}COMMIT;\n{A}", ["", "a", "ab", ""]),
        (f"BEGIN;\n{A}COMMIT AND CHAIN;\n{B}COMMIT;", ["", ""]),
        (f"BEGIN;\n{A}ROLLBACK;\nBEGIN;\n{B}COMMIT;", ["", ""]),
        (f"BEGIN;\n{A}SAVEPOINT s;\n{B}ROLLBACK TO s;\n{C}COMMIT;", ["", "a", "a"]),
        (f"BEGIN;\n{A}SAVEPOINT s;\n{B}RELEASE s;\n{C}COMMIT;", ["", "a", "ab"]),
        (f"BEGIN;\nCREATE TABLE a (x int);\n{A}{B}COMMIT;", ["", ""]),
        (f"BEGIN;\nDROP TABLE a;\n{B}COMMIT;", ["", ""]),
        (f"BEGIN;\n{BUILD}{B}COMMIT;", ["", "a"]),
        (f"DO $$ BEGIN\n{A}{B}END $$;\n{C}", ["", "a", ""]),
        (f"BEGIN;\nDO $$ BEGIN\n{A}{B}END $$;\n{C}COMMIT;", ["", "a", "ab"]),
        (
            f"BEGIN;\nCREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n{A}{B}END $$;\n{C}COMMIT;",
            [""],
        ),
    ],
)
def test_held_to_the_end_of_the_transaction(sql: str, before_each: list[str]) -> None:
    """A lock is held until COMMIT or ROLLBACK, and not behind ROLLBACK TO a savepoint that stands before it."""
    assert before_each == held(sql)


@pytest.mark.parametrize(
    ("runner", "sql", "before_each"),
    [
        ("goose", f"-- +goose Up\n{A}{B}-- +goose Down\n{C}", ["", "a", ""]),
        ("goose", f"-- +goose NO TRANSACTION\n-- +goose Up\n{A}{B}", ["", ""]),
        ("golang-migrate", A + B, ["", "a"]),
        ("golang-migrate", f"{A}BEGIN;\n{B}COMMIT;\n{C}", ["", "a", ""]),
        ("graphile-migrate", f"--! no-transaction\n{A}{B}", ["", "a"]),
    ],
)
def test_held_in_what_the_runner_sends_as_one(runner: str, sql: str, before_each: list[str]) -> None:
    """The runner's transaction counts as one, and a message is a transaction where no block is open."""
    assert before_each == held(sql, runner=runner)


def test_nobody_asks() -> None:
    """Without a check that asks for them, nothing is looked up."""
    assert [] == held(A, selection=Selection({}, Config()))


def test_the_strongest_lock_is_not_that_of_a_build() -> None:
    """What a rule moves out of the transaction by itself is not what keeps the others waiting."""
    seen: list[str] = []

    def visit(operation: Operation | Effects, statement: Statement, context: Context) -> None:  # noqa: ARG001
        if isinstance(operation, Effects):
            strongest = context.held.strongest
            seen.append(strongest.relation.name if strongest else "")

    sql = f"BEGIN;\n{BUILD}{B}{C}CREATE TABLE t (x int);\n{A}COMMIT;"
    replay(parse_file(migration("db/2.sql", sql)), Schema(), ASKS, visit)

    assert ["", "", "b", "b"] == seen
