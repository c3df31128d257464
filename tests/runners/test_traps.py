"""Opt-outs that a tool passes over without a word: each as people write it, and as it is read."""

import re
from pathlib import Path

import pytest

from idxlint.model import Severity
from idxlint.runners.registry import PROFILES
from tests.conftest import Run, lint

TABLE = "CREATE TABLE t (a int, b int);"
BUILD = "CREATE INDEX CONCURRENTLY i ON t (a);\n"
PLAIN = "CREATE INDEX i ON t (a);\n"
DROP = "DROP INDEX CONCURRENTLY i;\n"
OTHER = "SELECT 1;\n"
LIQUIBASE = "--liquibase formatted sql\n--changeset a:1"
HASH = "--! Previous: -\n--! Hash: sha1:1\n\n"
UPS, DOWNS = "-- +migrate Up", "-- +migrate Down"
BETWEEN = "---- create above / drop below ----\n"
TERN = "---- tern: disable-tx ----\n"
SUPABASE = "-- pg-delta: transaction=false\n"
ABOUT = {"IDX201", "IDX202", "IDX203", "IDX204", "IDX206", "IDX207", "IDX208"}
WRAPPED = {"IDX201", "IDX204"}
TOGETHER = {"IDX202", "IDX204"}
PASSED_OVER = {"IDX204"}

# The tool, the path, the text as it is written, what is said of it, and the text that the tool reads.
TRAPS = {
    "dbmate-space": (
        "dbmate", "db/1_a.sql", f"-- migrate:up transaction: false\n{BUILD}", WRAPPED,
        f"-- migrate:up transaction:false\n{BUILD}",
    ),
    "dbmate-capitals": (
        "dbmate", "db/1_a.sql", f"-- migrate:up transaction:FALSE\n{BUILD}", WRAPPED,
        f"-- migrate:up transaction:false\n{BUILD}",
    ),
    "dbmate-up-only": (
        "dbmate", "db/1_a.sql", f"-- migrate:up transaction:false\n{BUILD}-- migrate:down\n{DROP}", WRAPPED,
        f"-- migrate:up transaction:false\n{BUILD}-- migrate:down transaction:false\n{DROP}",
    ),
    "sqlx-after-a-comment": (
        "sqlx", "db/1_a.sql", f"-- why\n-- no-transaction\n{BUILD}", WRAPPED, f"-- no-transaction\n{BUILD}",
    ),
    "sqlx-after-a-blank-line": (
        "sqlx", "db/1_a.sql", f"\n-- no-transaction\n{BUILD}", WRAPPED, f"-- no-transaction\n\n{BUILD}",
    ),
    "sqlx-no-space": (
        "sqlx", "db/1_a.sql", f"--no-transaction\n{BUILD}", WRAPPED, f"-- no-transaction\n{BUILD}",
    ),
    "sqlx-of-goose": (
        "sqlx", "db/1_a.sql", f"-- +goose NO TRANSACTION\n{BUILD}", WRAPPED, f"-- no-transaction\n{BUILD}",
    ),
    "goose-of-sqlx": (
        "goose", "db/1_a.sql", f"-- no-transaction\n-- +goose Up\n{BUILD}", WRAPPED,
        f"-- +goose NO TRANSACTION\n-- +goose Up\n{BUILD}",
    ),
    "tern-up-only": (
        "tern", "db/001_a.sql", TERN + BUILD + BETWEEN + DROP, WRAPPED,
        TERN + BUILD + BETWEEN + TERN + DROP,
    ),
    "sql-migrate-up-only": (
        "sql-migrate", "db/1_a.sql", f"{UPS} notransaction\n{BUILD}{DOWNS}\n{DROP}", WRAPPED,
        f"{UPS} notransaction\n{BUILD}{DOWNS} notransaction\n{DROP}",
    ),
    "liquibase-equals": (
        "liquibase", "db/1.sql", f"{LIQUIBASE} runInTransaction=false\n{BUILD}", WRAPPED,
        f"{LIQUIBASE} runInTransaction:false\n{BUILD}",
    ),
    "liquibase-own-line": (
        "liquibase", "db/1.sql", f"{LIQUIBASE}\n-- runInTransaction:false\n{BUILD}", WRAPPED,
        f"{LIQUIBASE} runInTransaction:false\n-- by name\n{BUILD}",
    ),
    "atlas-no-blank-line": (
        "atlas", "db/1.sql", f"-- atlas:txmode none\n{BUILD}", WRAPPED, f"-- atlas:txmode none\n\n{BUILD}",
    ),
    "graphile-migrate-second-line": (
        "graphile-migrate", "db/000001.sql", f"{HASH}-- why\n--! no-transaction\n{BUILD}", WRAPPED,
        f"{HASH}--! no-transaction\n-- why\n{BUILD}",
    ),
    "yoyo-too-late": (
        "yoyo", "db/1.sql", f"{OTHER}-- transactional: false\n{BUILD}", WRAPPED,
        f"-- transactional: false\n{OTHER}{BUILD}",
    ),
    "yoyo-capitals": (
        "yoyo", "db/1.sql", f"-- TRANSACTIONAL: false\n{BUILD}", WRAPPED, f"-- transactional: false\n{BUILD}",
    ),
    "supabase-second-line": (
        "supabase", "supabase/migrations/20250101000000_a.sql", f"-- why\n{SUPABASE}{OTHER}{BUILD}",
        PASSED_OVER, f"{SUPABASE}-- why\n{OTHER}{BUILD}",
    ),
    "golang-migrate": (
        "golang-migrate", "db/1_a.up.sql", f"-- no-transaction\n{OTHER}{BUILD}", TOGETHER, BUILD,
    ),
    "prisma-simple": (
        "prisma-simple", "p/1_a/migration.sql", f"-- no-transaction\n{OTHER}{BUILD}", TOGETHER, BUILD,
    ),
    "prisma": (
        "prisma", "p/1_a/migration.sql", f"-- no-transaction\n{OTHER}{DROP}", TOGETHER, DROP,
    ),
}  # fmt: skip
# A directive that changes nothing, because the statement stands alone anyway, or no way of the tool's to say it.
NO_WAY_OUT = {
    "drizzle": f"-- no-transaction\n{BUILD}",
    "refinery": f"-- no-transaction\n{BUILD}",
    "hasura": f"-- no-transaction\n{BUILD}",
    "node-pg-migrate": f"-- Up Migration\n-- no-transaction\n{BUILD}",
}
UP = "migrations/2025-01-01-000000_a/up.sql"
META = "migrations/2025-01-01-000000_a/metadata.toml"
FLYWAY = "db/migration/V2__a.sql"
ROLLBACK = "migrations/1.a.rollback.sql"
# Where a neighbour of the file says it: the tool, the files, what is said of them, and the files that change.
NEIGHBOURS = {
    "diesel-empty": (
        "diesel", {UP: PLAIN, META: ""}, {"IDX206"}, {META: "run_in_transaction = true\n"},
    ),
    "diesel-in-quotes": (
        "diesel", {UP: BUILD, META: 'run_in_transaction = "false"\n'}, WRAPPED,
        {META: "run_in_transaction = false\n"},
    ),
    "flyway-in-the-file": (
        "flyway", {FLYWAY: "-- flyway:executeInTransaction=false\nREINDEX INDEX CONCURRENTLY i;\n"}, WRAPPED,
        {f"{FLYWAY}.conf": "executeInTransaction=false\n"},
    ),
    "yoyo-in-the-rollback": (
        "yoyo", {"migrations/1.a.sql": OTHER, ROLLBACK: f"-- transactional: false\n{DROP}"}, WRAPPED,
        {"migrations/1.a.sql": f"-- transactional: false\n{BUILD}"},
    ),
    "sqlx-byte-order-mark": (
        "sqlx", {"migrations/1_a.sql": f"\ufeff-- no-transaction\n{BUILD}"}, WRAPPED,
        {"migrations/1_a.sql": f"-- no-transaction\n{BUILD}"},
    ),
    "sourcegraph-other-key": (
        "sourcegraph", {"m/1/up.sql": BUILD, "m/1/metadata.yaml": "create_index_concurrently: true\n"}, WRAPPED,
        {"m/1/metadata.yaml": "createIndexConcurrently: true\n"},
    ),
}  # fmt: skip
REVISION = """\
from alembic import op
revision = "b"
down_revision = "a"
def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("i", "t", ["a"], postgresql_concurrently=True)
"""
ENVIRONMENT = "from alembic import context\ncontext.configure({})\n"


def ids(sql: str, runner: str, path: str) -> set[str]:
    """Which of the rules about a runner's transaction speak."""
    return {found.rule.id for found in lint(sql, TABLE, path=path, runner=runner)} & ABOUT


def reported(run: Run, runner: str) -> set[str]:
    """The same for the files of a folder."""
    ran = run("check", ".", "--runner", runner, "--color", "never")
    assert ran.err == ""
    return set(re.findall(r"(?m)^\S+:\d+:\d+ (IDX\d+)", ran.out)) & ABOUT


def write(folder: Path, files: dict[str, str]) -> None:
    """Put files into a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


@pytest.mark.parametrize("name", TRAPS)
def test_trap(name: str) -> None:
    """Passed over as it is written, silent as it is read."""
    runner, path, written, wanted, right = TRAPS[name]

    assert ids(written, runner, path) == wanted
    assert ids(right, runner, path) == set()


@pytest.mark.parametrize("runner", NO_WAY_OUT)
def test_no_way_out(runner: str) -> None:
    """Whatever is written, these wrap the file."""
    assert ids(NO_WAY_OUT[runner], runner, "db/1_a/up.sql") == WRAPPED


@pytest.mark.parametrize("runner", ["golang-migrate", "prisma", "prisma-simple", "supabase-batch"])
def test_nothing_to_opt_out_of(runner: str) -> None:
    """A directive above a lone statement does nothing, and nothing is needed."""
    assert ids(f"-- no-transaction\n{BUILD}", runner, "db/1_a.up.sql") == set()


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbour(name: str, run: Run, tmp_path: Path) -> None:
    """The same where another file says it."""
    runner, files, wanted, right = NEIGHBOURS[name]
    write(tmp_path, files)
    assert reported(run, runner) == wanted

    write(tmp_path, right)
    if name.startswith("flyway"):
        write(tmp_path, {FLYWAY: "REINDEX INDEX CONCURRENTLY i;\n"})
    assert reported(run, runner) == set()


def test_alembic_loses_the_version_row(tmp_path: Path) -> None:
    """The block is read, and only the run around it can take the version row back: a note."""
    path = tmp_path / "versions" / "b.py"
    write(tmp_path, {"env.py": ENVIRONMENT.format("connection=None")})
    (found,) = lint(REVISION, TABLE, path=str(path), runner="alembic")

    assert (found.rule.id, found.severity) == ("IDX204", Severity.NOTE)
    assert "set transaction_per_migration=True in env.py" in found.hit.message


def test_alembic_keeps_the_version_row(tmp_path: Path) -> None:
    """With a transaction for each revision there is nothing to say."""
    path = tmp_path / "versions" / "b.py"
    write(tmp_path, {"env.py": ENVIRONMENT.format("connection=None, transaction_per_migration=True")})

    assert lint(REVISION, TABLE, path=str(path), runner="alembic") == []


def test_every_tool_is_one_that_is_read() -> None:
    """The names of the cases are names of profiles."""
    named = {case[0] for case in TRAPS.values()} | {case[0] for case in NEIGHBOURS.values()} | set(NO_WAY_OUT)

    assert named <= {profile.name for profile in PROFILES}
