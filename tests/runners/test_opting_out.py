"""Every tool: the statement in its transaction, out of it and alone, and out of it beside another."""

from pathlib import Path

import pytest

from idxlint.runners.registry import PROFILES
from tests.conftest import Run
from tests.runners.test_traps import BUILD, DROP, HASH, LIQUIBASE, SUPABASE, TERN, UPS, ids, reported, write

SET = "SET lock_timeout = 0;\n"
REBUILD = "REINDEX INDEX CONCURRENTLY i;\n"
DJANGO = """\
from django.db import migrations
class Migration(migrations.Migration):
    atomic = {}
    operations = [migrations.RunSQL("{}")]
"""
ALEMBIC = """\
from alembic import op
revision = "b"
down_revision = "a"
def upgrade():
    with op.get_context().{}:
        op.execute("{}")
"""

# The tool, the path, and the text in the tool's transaction; none where the tool opens none.
WRAPPED = {
    "psql-1": ("db/1.sql", BUILD),
    "goose": ("db/1_a.sql", f"-- +goose Up\n{BUILD}"),
    "dbmate": ("db/1_a.sql", f"-- migrate:up\n{BUILD}"),
    "sql-migrate": ("db/1_a.sql", f"{UPS}\n{BUILD}"),
    "tern": ("db/001_a.sql", BUILD),
    "sqlx": ("db/1_a.sql", BUILD),
    "refinery": ("db/V1__a.sql", BUILD),
    "bun": ("db/1_a.tx.up.sql", BUILD),
    "migratus": ("db/1-a.up.sql", BUILD),
    "flyway": ("db/V1__a.sql", REBUILD),
    "liquibase": ("db/1.sql", f"{LIQUIBASE}\n{BUILD}"),
    "atlas": ("db/1.sql", BUILD),
    "sqitch": ("deploy/a.sql", f"BEGIN;\n{BUILD}COMMIT;\n"),
    "yoyo": ("db/1.sql", BUILD),
    "node-pg-migrate": ("db/1_a.sql", f"-- Up Migration\n{BUILD}"),
    "morph": ("db/1_a.up.sql", BUILD),
    "popx": ("db/1_a.up.sql", BUILD),
    "diesel": ("db/1_a/up.sql", BUILD),
    "sourcegraph": ("db/1/up.sql", BUILD),
    "evolve": ("db/V1__a.sql", BUILD),
    "drizzle": ("db/0001_a.sql", BUILD),
    "hasura": ("db/1_a/up.sql", BUILD),
    "postgres-migrations": ("db/1_a.sql", BUILD),
    "graphile-migrate": ("db/000001.sql", HASH + BUILD),
    "django": ("app/migrations/0001_a.py", DJANGO.format("True", BUILD.strip())),
    "alembic": ("versions/b.py", ALEMBIC.format("begin_transaction()", BUILD.strip())),
}
# Out of the transaction: the path, what stands before the statement, and what is said with SET beside it.
OUT = {
    "psql": ("db/1.sql", "", set()),
    "psql-1": ("db/1.sql", "", None),
    "psql-c": ("db/1.sql", "", {"IDX202"}),
    "golang-migrate": ("db/1_a.up.sql", "", {"IDX202"}),
    "goose": ("db/1_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n", set()),
    "dbmate": ("db/1_a.sql", "-- migrate:up transaction:false\n", {"IDX202"}),
    "sql-migrate": ("db/1_a.sql", f"{UPS} notransaction\n", set()),
    "tern": ("db/001_a.sql", TERN, set()),
    "sqlx": ("db/1_a.sql", "-- no-transaction\n", {"IDX202"}),
    "refinery": ("db/V1__a.sql", "", None),
    "bun": ("db/1_a.up.sql", "", {"IDX202"}),
    "migratus": ("db/1-a.up.sql", "-- :disable-transaction\n", {"IDX202"}),
    "flyway": ("db/V1__a.sql", "", {"IDX207"}),
    "liquibase": ("db/1.sql", f"{LIQUIBASE} runInTransaction:false\n", set()),
    "atlas": ("db/1.sql", "-- atlas:txmode none\n\n", set()),
    "sqitch": ("deploy/a.sql", "", set()),
    "yoyo": ("db/1.sql", "-- transactional: false\n", set()),
    "node-pg-migrate": ("db/1_a.sql", "", None),
    "morph": ("db/1_a.up.sql", "-- morph:nontransactional\n", {"IDX202"}),
    "popx": ("db/1_a.autocommit.up.sql", "", {"IDX202"}),
    "play": ("conf/evolutions/default/1.sql", "-- !Ups\n", set()),
    "dbup": ("Scripts/1.sql", "", set()),
    "evolve": ("db/V1__a.sql", "-- evolve-tx-off\n", {"IDX202"}),
    "prisma": ("p/1_a/migration.sql", "", set()),
    "prisma-simple": ("p/1_a/migration.sql", "", {"IDX202"}),
    "supabase": ("db/20250101000000_a.sql", SUPABASE, set()),
    "supabase-batch": ("db/20250101000000_a.sql", "", {"IDX202"}),
    "drizzle": ("db/0001_a.sql", "", None),
    "hasura": ("db/1_a/up.sql", "", None),
    "postgres-migrations": ("db/1_a.sql", "-- postgres-migrations disable-transaction\n", {"IDX202"}),
    "graphile-migrate": ("db/000001.sql", f"{HASH}--! no-transaction\n", {"IDX202"}),
}
# The same where another file says it.
BESIDE = {
    "diesel": ("db/1_a/up.sql", "db/1_a/metadata.toml", "run_in_transaction = false\n"),
    "sourcegraph": ("db/1/up.sql", "db/1/metadata.yaml", "createIndexConcurrently: true\n"),
}
CODE = {
    "django": ("app/migrations/0001_a.py", DJANGO, "False"),
    "alembic": ("versions/b.py", ALEMBIC, "autocommit_block()"),
}
NO_WAY_OUT = {runner for runner, (_, _, said) in OUT.items() if said is None}


@pytest.mark.parametrize("runner", WRAPPED)
def test_wrapped(runner: str) -> None:
    """PostgreSQL refuses it there."""
    path, sql = WRAPPED[runner]

    assert ids(sql, runner, path) == {"IDX201"}


@pytest.mark.parametrize("runner", sorted(OUT.keys() - NO_WAY_OUT))
def test_alone(runner: str) -> None:
    """Out of the transaction and alone it is fine."""
    path, before, _ = OUT[runner]

    assert ids(before + BUILD, runner, path) == set()


@pytest.mark.parametrize("runner", sorted(OUT.keys() - NO_WAY_OUT))
def test_beside_another(runner: str) -> None:
    """A SET beside it makes it a transaction again for the tools that send a file whole."""
    path, before, said = OUT[runner]

    assert ids(before + SET + BUILD, runner, path) == said


@pytest.mark.parametrize("runner", sorted(NO_WAY_OUT))
def test_no_way_out(runner: str) -> None:
    """No file of these tools leaves the transaction."""
    path, before, _ = OUT[runner]

    assert ids(before + SET + BUILD, runner, path) == {"IDX201"}


@pytest.mark.parametrize("runner", BESIDE)
def test_another_file_says_it(runner: str, run: Run, tmp_path: Path) -> None:
    """Alone it is fine, with a SET it is not."""
    path, beside, said = BESIDE[runner]
    write(tmp_path, {path: BUILD, beside: said})
    assert reported(run, runner) == set()

    write(tmp_path, {path: SET + BUILD})
    assert reported(run, runner) == {"IDX202"}


def test_flyway_is_told_by_a_file(run: Run, tmp_path: Path) -> None:
    """What Flyway does not see for itself stands beside the file; then SET does no harm."""
    write(tmp_path, {"db/V1__a.sql": SET + REBUILD, "db/V1__a.sql.conf": "executeInTransaction=false\n"})

    assert reported(run, "flyway") == set()


def test_play_is_told_by_a_setting(run: Run, tmp_path: Path) -> None:
    """Without autocommit an evolution is in a transaction."""
    setting = "play.evolutions.autocommit = false\n"
    write(tmp_path, {"conf/evolutions/default/1.sql": f"-- !Ups\n{BUILD}", "conf/application.conf": setting})

    assert reported(run, "play") == {"IDX201"}


@pytest.mark.parametrize("runner", CODE)
def test_code(runner: str) -> None:
    """One string is one message, and the semicolon in it does not part it."""
    path, text, out = CODE[runner]

    assert ids(text.format(out, BUILD.strip()), runner, path) == set()
    assert ids(text.format(out, (SET + BUILD).replace("\n", " ")), runner, path) == {"IDX202"}


@pytest.mark.parametrize(
    ("runner", "path", "sql"),
    [
        ("liquibase", "db/1.sql", f"{LIQUIBASE} runInTransaction:false splitStatements:false\n{SET}{BUILD}"),
        ("prisma", "p/1_a/migration.sql", SET + DROP),
    ],
)
def test_sent_whole_for_once(runner: str, path: str, sql: str) -> None:
    """Tools that split as a rule, and do not here."""
    assert ids(sql, runner, path) == {"IDX202"}


def test_every_tool() -> None:
    """No tool that is read is left out."""
    assert OUT.keys() | BESIDE.keys() | CODE.keys() == {profile.name for profile in PROFILES}
    assert WRAPPED.keys() <= {profile.name for profile in PROFILES}
