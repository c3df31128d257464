"""Shapes of whole projects: files of the migration tools, configurations, baselines."""

import json
from collections.abc import Callable, Mapping

from shapes import SQL, Files, Shape, repeated

_INDEX = "CREATE INDEX i§ ON t (a§);\n"
_SETTINGS = "idxlint.yaml"


def _of(runner: str, each: str, before: str = "", after: str = "", name: str = SQL) -> Callable[[int], Files]:
    """One file of a tool, which the configuration names."""
    return lambda count: {
        _SETTINGS: f"runner: {runner}\n",
        name: before + repeated(each, count) + after,
    }


def _settings(each: str, before: str, after: str = "") -> Callable[[int], Files]:
    """A configuration that grows, and some files."""
    files = {f"db/{at}.sql": repeated(_INDEX, 1) for at in range(20)}
    return lambda count: {**files, _SETTINGS: before + repeated(each, count) + after}


def _baseline(count: int) -> Files:
    entries = {f"{at:032x}": f"IDX101 db/1.sql public.t{at}" for at in range(count)}
    return {
        SQL: repeated(_INDEX, 10),
        "idxlint-baseline.json": json.dumps({"version": 1, "findings": entries}, indent=2),
    }


def _files(count: int) -> Files:
    text = "CREATE TABLE t§ (a int);\nCREATE INDEX i§ ON t§ (a);\nCREATE INDEX k§ ON old (a§);\n"
    return {f"db/{at}.sql": text.replace("§", str(at)) for at in range(count)}


def _folders(count: int) -> Files:
    return {f"db/{at}/1.sql": _INDEX.replace("§", str(at)) for at in range(count)}


def _pairs(count: int) -> Files:
    return {
        f"db/{at}.{way}.sql": text.replace("§", str(at))
        for at in range(count)
        for way, text in (("up", _INDEX), ("down", "DROP INDEX i§;\n"))
    }


def _prisma(count: int) -> Files:
    text = _INDEX.replace("§", "1")
    return {f"prisma/migrations/{at:014}_x/migration.sql": text for at in range(count)}


def _revisions(count: int) -> Files:
    text = (
        "from alembic import op\nrevision = 'r{0}'\ndown_revision = {1}\n\n\n"
        "def upgrade():\n    op.create_index('i{0}', 't', ['a'])\n"
    )
    return {
        "alembic.ini": "[alembic]\nscript_location = alembic\n",
        **{
            f"alembic/versions/{at}_x.py": text.format(at, f"'r{at - 1}'" if at else None)
            for at in range(count)
        },
    }


_ALEMBIC = "from alembic import op\n\nrevision = 'a'\ndown_revision = None\n\n\ndef upgrade():\n"
_DJANGO = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    "    dependencies = []\n    operations = [\n"
)
_XML = '<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n'
_CHANGE = (
    '<changeSet id="§" author="a"><createIndex tableName="t" indexName="i§"><column name="a"/>'
    "</createIndex></changeSet>\n"
)
_YAML_CHANGE = (
    "  - changeSet:\n      id: '§'\n      author: a\n      changes:\n        - createIndex:\n"
    "            tableName: t\n            indexName: i§\n            columns:\n"
    "              - column:\n                  name: a\n"
)
_IGNORED = (
    "    # idxlint: ignore[index-not-concurrent] because it is small\n    op.create_index('i§', 't', ['a'])\n"
)
_IGNORED_INSIDE = (
    '    op.execute("""-- idxlint: ignore[index-not-concurrent] because it is small\n'
    'CREATE INDEX i§ ON t (a§)""")\n'
)

PROJECTS: Mapping[str, Shape] = {
    "files": Shape(500, _files, ("--jobs", "1")),
    "folders": Shape(500, _folders, ("--jobs", "1")),
    "files up and down": Shape(500, _pairs, ("--jobs", "1")),
    "folders of Prisma": Shape(500, _prisma, ("--jobs", "1")),
    "goose": Shape(500, _of("goose", _INDEX, "-- +goose Up\n-- +goose NO TRANSACTION\n")),
    "goose in blocks": Shape(
        500,
        _of(
            "goose",
            "-- +goose StatementBegin\nCREATE INDEX i§ ON t (a§);\n-- +goose StatementEnd\n",
            "-- +goose NO TRANSACTION\n-- +goose Up\n",
        ),
    ),
    "dbmate": Shape(500, _of("dbmate", "-- migrate:up\n" + _INDEX + "-- migrate:down\nDROP INDEX i§;\n")),
    "sql-migrate": Shape(500, _of("sql-migrate", _INDEX, "-- +migrate Up notransaction\n")),
    "tern": Shape(500, _of("tern", _INDEX, "", "---- create above / drop below ----\nDROP INDEX i0;\n")),
    "Play": Shape(500, _of("play", _INDEX, "#--- !Ups\n", "#--- !Downs\n")),
    "golang-migrate": Shape(500, _of("golang-migrate", _INDEX, name="db/1_x.up.sql")),
    "Supabase": Shape(500, _of("supabase", _INDEX)),
    "Supabase in batches": Shape(500, _of("supabase-batch", _INDEX)),
    "sqlx": Shape(500, _of("sqlx", _INDEX, "-- no-transaction\n", name="db/1_x.sql")),
    "Flyway": Shape(500, _of("flyway", _INDEX, name="db/V1__x.sql")),
    "Prisma": Shape(500, _of("prisma", _INDEX, name="db/1_x/migration.sql")),
    "Drizzle": Shape(500, _of("drizzle", _INDEX[:-1] + "--> statement-breakpoint\n")),
    "Atlas": Shape(500, _of("atlas", _INDEX)),
    "graphile-migrate": Shape(500, _of("graphile-migrate", _INDEX, "--! no-transaction\n")),
    "Liquibase's SQL": Shape(
        500, _of("liquibase", "--changeset a:§\n" + _INDEX, "--liquibase formatted sql\n")
    ),
    "Liquibase's SQL, broken": Shape(
        250, _of("liquibase", "--changeset a:§\nCREATE INDEX ON;\n", "--liquibase formatted sql\n")
    ),
    "Liquibase's XML": Shape(
        500, _of("liquibase", _CHANGE, _XML, "</databaseChangeLog>\n", "db/changelog/1.xml")
    ),
    "Liquibase's YAML": Shape(
        250, _of("liquibase", _YAML_CHANGE, "databaseChangeLog:\n", "", "db/changelog/1.yaml")
    ),
    "Alembic": Shape(
        500, _of("alembic", "    op.create_index('i§', 't', ['a'])\n", _ALEMBIC, "", "db/versions/1.py")
    ),
    "Alembic with SQL": Shape(
        500, _of("alembic", "    op.execute('CREATE INDEX i§ ON t (a§)')\n", _ALEMBIC, "", "db/versions/1.py")
    ),
    "Alembic with ignores": Shape(500, _of("alembic", _IGNORED, _ALEMBIC, "", "db/versions/1.py")),
    "Alembic with ignores in SQL": Shape(
        500, _of("alembic", _IGNORED_INSIDE, _ALEMBIC, "", "db/versions/1.py")
    ),
    "revisions of Alembic": Shape(500, _revisions, ("--jobs", "1")),
    "Django": Shape(
        500,
        _of(
            "django",
            "        migrations.AddIndex('m', models.Index(fields=['a'], name='i§')),\n",
            _DJANGO,
            "    ]\n",
            "app/migrations/0001_x.py",
        ),
    ),
    "Django with SQL": Shape(
        500,
        _of(
            "django",
            "        migrations.RunSQL('CREATE INDEX i§ ON t (a§)'),\n",
            _DJANGO,
            "    ]\n",
            "app/migrations/0001_x.py",
        ),
    ),
    "models of Django": Shape(
        250,
        _of(
            "django",
            "        migrations.CreateModel('M§', [('id', models.AutoField(primary_key=True)),"
            " ('a', models.IntegerField(db_index=True))]),\n"
            "        migrations.AddField('m§', 'b', models.IntegerField(unique=True)),\n",
            _DJANGO,
            "    ]\n",
            "app/migrations/0001_x.py",
        ),
    ),
    "patterns to exclude": Shape(1000, _settings("  - 'old/*§*/**'\n", "exclude:\n")),
    "patterns per path": Shape(1000, _settings("  'old/*§*/**': {ignore: [IDX101]}\n", "per_path:\n")),
    "patterns for runners": Shape(1000, _settings("  'old/*§*/**': goose\n", "runner:\n")),
    "stars in a pattern": Shape(1000, _settings("*a", "exclude:\n  - '", "b'\n")),
    "folders in a pattern": Shape(1000, _settings("**/", "exclude:\n  - '", "b'\n")),
    "a baseline": Shape(6250, _baseline),
}
"""What a project may hold many of."""
