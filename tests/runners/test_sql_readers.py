"""How the tools with SQL files read their opt-outs: letter by letter, as their own parsers do."""

from pathlib import Path

import pytest

from idxlint.runners import collect
from tests.conftest import lint

TABLE = "CREATE TABLE t (a int, b int);"
BUILD = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
DROP = "DROP INDEX CONCURRENTLY i;\n"
RULES = ("IDX201", "IDX202", "IDX204", "IDX206")

READ = {
    "dbmate": [
        f"-- migrate:up transaction:false\n{BUILD}",
        f"--migrate:up  transaction:false\r\n{BUILD}",
        f"-- licence\n\n-- migrate:up other:thing transaction:false\n-- why\n{BUILD}",
        f"-- migrate:up\nSELECT 1;\n-- migrate:down transaction:false\n{DROP}",
    ],
    "sql-migrate": [
        f"-- +migrate Up notransaction\nSET lock_timeout = 0;\n{BUILD}",
        f"-- +migrate Up\n-- +migrate Up notransaction\n{BUILD}",
        f"-- +migrate Up  other notransaction\nSELECT 1; -- ; {DROP}{BUILD}",
    ],
    "tern": [
        f"-- first\n---- tern: disable-tx ----\nSELECT 1; {BUILD}",
        f"SELECT 1;\n---- create above / drop below ----\n  ---- tern: disable-tx ----\n{DROP}",
    ],
    "sqlx": [f"-- no-transaction\n{BUILD}", f"-- no-transaction: it is large\r\n{BUILD}"],
    "goose": [
        f"-- +goose NO TRANSACTION\n-- +goose Up\n{BUILD}-- +goose Down\n{DROP}",
        f"--+goose up\n{BUILD}--+goose no transaction\n",
        f"-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1; -- two;\n{BUILD}-- +goose Down\nDROP INDEX i;\n",
    ],
    "migratus": [f"-- :disable-transaction\nSELECT 1;\n-- then --;;\n{BUILD}"],
    "bun": [f"SELECT 1;\n--bun:split\n{BUILD}"],
    "golang-migrate": [f"-- alone\n{BUILD}"],
}
PASSED_OVER = {
    "dbmate": [
        f"-- migrate:up transaction : false\n{BUILD}",
        f"-- migrate:up transaction=false\n{BUILD}",
        f"-- migrate:up\n-- no-transaction\n{BUILD}",
    ],
    "sql-migrate": [
        f"-- +migrate Up no-transaction\n{BUILD}",
        f"-- +migrate Up\n-- notransaction\n{BUILD}",
        f"-- +migrate notransaction\n-- +migrate Up\n{BUILD}",
    ],
    "tern": [
        f"---- tern: disable-tx\n{BUILD}",
        f"SELECT 1;\n  ---- tern: disable-tx ----\n{BUILD}",
        f"---- TERN: disable-tx ----\n{BUILD}",
    ],
    "sqlx": [f"\n-- no-transaction\n{BUILD}", f"-- No-Transaction\n{BUILD}", f" -- no-transaction\n{BUILD}"],
    "goose": [f"-- +goose Up\n-- goose NO TRANSACTION\n{BUILD}", f"-- no-transaction\n-- +goose Up\n{BUILD}"],
    "migratus": [f"--:disable-transaction\n{BUILD}", f"\n-- :disable-transaction\n{BUILD}"],
    "refinery": [f"-- no-transaction\n{BUILD}"],
    "diesel": [f"-- no-transaction\n{BUILD}"],
}
TOGETHER = {
    "dbmate": f"-- migrate:up transaction:false\nCOMMIT;\n{BUILD}",
    "sqlx": f"-- no-transaction\n{BUILD}SELECT 1;",
    "golang-migrate": f"BEGIN;\nSELECT 1;\nCOMMIT;\n{BUILD}",
    "sql-migrate": f"-- +migrate Up notransaction\nSELECT 1; -- no end\nSELECT 2\n; {BUILD}",
    "goose": f"-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;--no end\n{BUILD}",
    "migratus": f"-- :disable-transaction\nSELECT 1;\n{BUILD}",
    "bun": f"SELECT 1;\n-- bun:split\n{BUILD}",
}


def cases(texts: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Pairs of a runner and a text."""
    return [(runner, text) for runner, every in texts.items() for text in every]


def ids(sql: str, runner: str, path: str = "db/2_x.up.sql") -> set[str]:
    """Which of the rules about runners speak."""
    return {finding.rule.id for finding in lint(sql, TABLE, path=path, runner=runner)} & set(RULES)


@pytest.mark.parametrize(("runner", "sql"), cases(READ))
def test_read(runner: str, sql: str) -> None:
    """The tool takes it as it is meant, and idxlint is silent."""
    assert set() == ids(sql, runner)


@pytest.mark.parametrize(("runner", "sql"), cases(PASSED_OVER))
def test_passed_over(runner: str, sql: str) -> None:
    """The tool wraps the statement all the same."""
    assert {"IDX201", "IDX204"} == ids(sql, runner)


@pytest.mark.parametrize(("runner", "sql"), TOGETHER.items())
def test_together(runner: str, sql: str) -> None:
    """Outside the tool's transaction, but in one message with others."""
    assert "IDX202" in ids(sql, runner)


def test_name_decides() -> None:
    """Bun looks at nothing but the name."""
    assert {"IDX201"} == ids(BUILD, "bun", "db/2_x.tx.up.sql")


@pytest.mark.parametrize("runner", ["dbmate", "sql-migrate", "goose"])
def test_no_marker(runner: str) -> None:
    """A file without a marker is read all the same: nothing is lost in silence."""
    assert ["IDX101"] == [found.rule.id for found in lint("CREATE INDEX i ON t (a);", TABLE, runner=runner)]


@pytest.mark.parametrize(
    "comment",
    ["-- no transaction is needed", "-- it ran in no-transaction mode", "SELECT '-- no-transaction';"],
)
def test_prose(comment: str) -> None:
    """Words about transactions are no directives."""
    assert set() == ids(f"{comment}\nSELECT 1;\n", "sqlx")


def test_diesel_goes_by_the_text_of_the_version(tmp_path: Path) -> None:
    """Folders with and without dashes in their dates run in the order of the dates."""
    folders = ["2017-08-31-230457_later", "20140924113530_first"]
    for folder in folders:
        (tmp_path / folder).mkdir()
        for name in ("up.sql", "down.sql"):
            (tmp_path / folder / name).write_text("SELECT 1;")
    plans, _ = collect([str(tmp_path)], tmp_path, lambda _: False, lambda _: "diesel")

    expected = [f"{folder}/{name}" for folder in reversed(folders) for name in ("up.sql", "down.sql")]
    assert expected == [plan.shown for plan in plans]
