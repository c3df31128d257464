"""Which runner the command detects: evidence above, beside and below, markers that only concern linting, names."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import Run

CIC = "CREATE INDEX CONCURRENTLY i ON orders (status);\n"
CHANGESET = '<changeSet id="1" author="a"><sql>CREATE INDEX CONCURRENTLY i ON t (a)</sql></changeSet>'
XML = (
    f'<?xml version="1.0"?>\n<!-- {"licence " * 500}-->\n<databaseChangeLog>{CHANGESET}</databaseChangeLog>\n'
)
YAML = "databaseChangeLog:\n- changeSet:\n    id: 1\n    author: a\n    changes:\n    - sql: {sql: VACUUM}\n"
JSON = '{"databaseChangeLog": [{"changeSet": {"id": "1", "author": "a", "changes": [{"sql": {"sql": "VACUUM"}}]}}]}'
ATLAS = "-- atlas:nolint PG101\n"
READS = "idxlint reads SQL, Liquibase's changelogs, Alembic and Django"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository, above which nothing counts."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def detected(run: Run, *paths: str) -> str:
    """What the command says of the first history, without its folder."""
    return run("runners", *paths).out.partition("\n")[0].partition(": ")[2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("db/changelog.xml", XML),
        ("db/master.yaml", YAML),
        ("src/main/resources/liquibase.yml", YAML),
        ("x/y/z.json", JSON),
        ("db/utf16.xml", XML),
    ],
)
def test_changelog_wherever_it_lies(project: Path, run: Run, name: str, text: str) -> None:
    """A changelog is read in a folder of any name, by what its head says."""
    write(project, {name: ""})
    (project / name).write_text(text, "utf-16" if "utf16" in name else "utf-8")
    top = name.partition("/")[0]

    assert "Liquibase (a marker" in run("runners", top).out
    assert run("check", top).code == 1
    assert run("check", name).code == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("db/pom.xml", "<project><!-- databaseChangeLog --></project>"),
        ("db/values.yaml", "liquibase:\n  # databaseChangeLog is elsewhere\n  on: true\n"),
        ("db/package.json", '{"keywords": ["databaseChangeLog"]}'),
        ("db/far.xml", f"<project>{' ' * 20_000}<databaseChangeLog/></project>"),
    ],
)
def test_no_changelog(project: Path, run: Run, name: str, text: str) -> None:
    """A file that only mentions changelogs is none."""
    write(project, {name: text})
    ran = run("check", "db")

    assert (3, "") == (ran.code, ran.out)


def test_changelog_without_a_path(project: Path, run: Run) -> None:
    """With no path a folder counts as well if it holds a file that is named like a changelog, and is one."""
    write(project, {"db/changelog.xml": XML, "app/changelog.json": "{}"})

    assert run("check").code == 1


@pytest.mark.parametrize(
    "names",
    [
        ("V12_1.5.11__X.sql", "V12_1.5.12__Y.sql"),
        ("V1.1__a.sql", "V2_0__b.sql"),
        ("V1__a.sql", "V2__b.sql"),
        ("afterMigrate.sql", "V1_2.3__a.sql", "V1_2.4__b.sql"),
    ],
)
@pytest.mark.parametrize("folder", ["db/migration", "sql"])
def test_versions_of_flyway(project: Path, run: Run, folder: str, names: tuple[str, ...]) -> None:
    """Versions have dots and underscores; the names are evidence in a folder of any name."""
    write(project, {f"{folder}/{name}": CIC for name in names})

    assert detected(run, ".") == "Flyway (the file names)"


def test_refinery_before_flyway(project: Path, run: Run) -> None:
    """Where a manifest names another tool that has such names, that tool it is."""
    write(project, {"db/V1__a.sql": CIC, "Cargo.toml": '[dependencies]\nrefinery = "0.8"\n'})

    assert detected(run, ".") == "refinery (refinery in Cargo.toml)"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"db/1_a.up.sql": ATLAS + CIC, "db/1_a.down.sql": CIC},
            "golang-migrate (atlas:nolint in 1_a.up.sql, and the file names)",
        ),
        (
            {"db/1_a.up.sql": ATLAS + CIC, "db/1_a.down.sql": CIC, "Cargo.toml": "sqlx"},
            "sqlx 0.8.3 and later (sqlx in Cargo.toml)",
        ),
        ({"db/1_a.sql": ATLAS + CIC, "go.mod": "pressly/goose"}, "goose (pressly/goose in go.mod)"),
        ({"db/1_a.sql": ATLAS + CIC, "atlas.hcl": ""}, "Atlas (atlas.hcl)"),
        ({"db/V1__a.sql": CIC, "atlas.hcl": 'format = "flyway"'}, "Flyway (the file names)"),
        ({"db/1_a.sql": "-- atlas:txmode none\n\n" + CIC}, "Atlas (a marker in 1_a.sql)"),
    ],
)
def test_atlas_that_lints(project: Path, run: Run, files: dict[str, str], said: str) -> None:
    """A directive for the linter of Atlas does not say that Atlas runs the files."""
    write(project, files)

    assert said == detected(run, "db")


@pytest.mark.parametrize(
    "mark",
    [
        ATLAS, "-- squawk-ignore ban-drop-column\n", "-- sqlfluff:dialect:postgres\n", "-- noqa: disable=all\n",
        "-- eugene: ignore E6\n", "-- pgl-ignore\n", "-- pg-lint: ignore\n", "-- sql-lint-disable\n",
        "-- idxlint: ignore-file[index-not-concurrent] because it is old\n",
    ],
)  # fmt: skip
def test_marks_for_linters(project: Path, run: Run, mark: str) -> None:
    """What only concerns linting is no evidence for running."""
    write(project, {"db/1_a.sql": mark + CIC})

    assert detected(run, "db") == "psql -f (assumed: no tool was detected)"


ABOVE = (
    ("Cargo.toml", '[dependencies]\nsqlx = "0.8"\n', "1_a.sql", "sqlx 0.8.3 and later"),
    ("Cargo.toml", '[workspace.dependencies]\ndiesel = "2"\n', "2024-01-01-000000_a/up.sql", "Diesel"),
    ("go.mod", "require github.com/golang-migrate/migrate/v4 v4.18.1\n", "1_a.up.sql", "golang-migrate"),
    ("go.mod", "require github.com/pressly/goose/v3 v3.1\n", "1_a.sql", "goose"),
    ("package.json", '{"dependencies": {"node-pg-migrate": "7"}}', "1_a.sql", "node-pg-migrate (.sql)"),
    ("docker-compose.yml", "image: migrate/migrate:v4\n", "1_a.up.sql", "golang-migrate"),
    ("compose.yaml", "image: ghcr.io/amacneil/dbmate\n", "1_a.sql", "dbmate"),
    ("docker-compose.yml", "image: flyway/flyway:10\n", "V1__a.sql", "Flyway"),
    ("Makefile", "up:\n\tmigrate -path db -database x up\n", "1_a.up.sql", "golang-migrate"),
    ("requirements-dev.txt", "yoyo-migrations==9\n", "1_a.sql", "yoyo"),
    ("requirements/base.txt", "yoyo-migrations==9\n", "1_a.sql", "yoyo"),
    ("Pipfile", 'yoyo-migrations = "*"\n', "1_a.sql", "yoyo"),
    ("setup.cfg", "install_requires =\n    yoyo-migrations\n", "1_a.sql", "yoyo"),
    ("pyproject.toml", 'dependencies = ["yoyo-migrations"]\n', "1_a.sql", "yoyo"),
    ("App.csproj", '<PackageReference Include="dbup-postgresql" />', "1_a.sql", "DbUp"),
    ("App.csproj", '<PackageReference Include="Evolve" />', "V1__a.sql", "Evolve"),
    ("application.yaml", "spring:\n  flyway:\n    enabled: true\n", "V1__a.sql", "Flyway"),
)


@pytest.mark.parametrize(("manifest", "text", "name", "tool"), ABOVE)
def test_evidence_above(project: Path, run: Run, manifest: str, text: str, name: str, tool: str) -> None:
    """A manifest counts in any folder from that of the migrations up to the root of the repository."""
    folder = "apps/server/internal/db"
    write(project, {f"{folder}/{name}": CIC, manifest: text})

    said = detected(run, folder)

    assert (f"{tool} (", True) == (said[: len(tool) + 2], f" in {manifest.rpartition('/')[2]}" in said)


WORKSPACES = (
    ("Cargo.toml", '[workspace]\nmembers = [\n  "crates/*",\n]\n'),
    ("Cargo.toml", "[workspace]\nmembers = ['./crates/api', '!x', '../y']\n"),
    ("package.json", '{"workspaces": ["crates/*"]}'),
    ("package.json", '{"workspaces": {"packages": ["crates/**"]}}'),
    ("pnpm-workspace.yaml", "packages:\n  - 'crates/*'\n"),
    ("go.work", "go 1.22\n\nuse (\n\t./crates/api\n)\n"),
    ("go.work", "go 1.22\n\nuse ./crates/api\n"),
    ("pom.xml", "<project><modules><module>crates/api</module></modules></project>"),
    ("settings.gradle", "include ':crates:api'\n"),
    ("settings.gradle.kts", 'include("crates:api")\n'),
)


@pytest.mark.parametrize(("manifest", "text"), WORKSPACES)
def test_evidence_in_a_part(project: Path, run: Run, manifest: str, text: str) -> None:
    """Migrations at the top of a project of several parts are run by the part that names a tool."""
    write(project, {"db/1_a.up.sql": CIC, manifest: text, "crates/api/go.mod": "golang-migrate/migrate"})

    assert detected(run, "db") == "golang-migrate (golang-migrate/migrate in go.mod of crates/api)"


def test_evidence_in_another_part(project: Path, run: Run) -> None:
    """What one part needs says nothing of the migrations inside another, nor do two parts that disagree."""
    parts = {"package.json": '{"workspaces": ["crates/*"]}', "crates/a/go.mod": "pressly/goose"}
    write(project, {**parts, "crates/b/db/1_a.sql": CIC, "db/1_a.sql": CIC, "crates/c/Cargo.toml": "sqlx"})
    nothing = "psql -f (assumed: no tool was detected)"

    assert [nothing, nothing] == [detected(run, "crates/b/db"), detected(run, "db")]


FOREIGN = (
    ("db/migrate/20200101000000_a.rb", "class A < ActiveRecord::Migration[7.1]\nend\n", "Rails"),
    ("migrations/001_a.rb", "Sequel.migration do\nend\n", "Sequel"),
    ("migrations/20200101000000_a.js", "exports.up = (knex) => knex.schema.raw('')\n", "Knex"),
    ("migrations/20200101000000_a.ts", "import { Knex } from 'knex'\n", "Knex"),
    ("migrations/20200101000000-a.js", "module.exports = { up: (queryInterface) => 1 }\n", "Sequelize"),
    ("migrations/1600000000000-A.ts", "export class A implements MigrationInterface {}\n", "TypeORM"),
    ("migrations/Migration20200101.ts", "import { Migration } from '@mikro-orm/migrations'\n", "MikroORM"),
    ("migrations/1600000000000_a.js", "exports.up = (pgm) => {}\n", "node-pg-migrate"),
    ("migrations/00001_a.go", "func init() { goose.AddMigrationContext(up, down) }\n", "goose, in Go"),
    ("migrations/init.go", "m := gormigrate.New(db, nil, nil)\n", "gormigrate"),
    ("priv/repo/migrations/20200101000000_a.exs", "use Ecto.Migration\n", "Ecto"),
    ("database/migrations/2020_01_01_000000_a.php", "use Illuminate\\Database\\Migrations\\Migration;\n", "Laravel"),
    ("migrations/Version20200101.php", "use Doctrine\\Migrations\\AbstractMigration;\n", "Doctrine"),
    ("Migrations/20200101000000_A.cs", "using Microsoft.EntityFrameworkCore.Migrations;\n", "Entity Framework"),
    ("db/migration/V1__A.java", "class V1__A extends BaseJavaMigration {}\n", "Flyway, in Java"),
    ("migration/m20220101_000001_a.rs", "impl MigrationTrait for Migration {}\n", "SeaORM"),
    ("migrations/20200101000000_a.up.fizz", "create_table('a') {}\n", "Fizz"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text", "tool"), FOREIGN)
def test_migrations_that_are_not_read(project: Path, run: Run, name: str, text: str, tool: str) -> None:
    """A folder of migrations in a language that nobody reads says whose they are, in one line."""
    write(project, {name: text})
    folder = name.rpartition("/")[0]
    line = f"idxlint: not read: 1 migration of {tool} in {folder}; {READS}\n"

    ran = run("check", folder)

    assert (3, line) == (ran.code, ran.err)


@pytest.mark.parametrize("words", [("check",), ("check", "db"), ("runners",), ("runners", "db/migrate")])
def test_where_it_is_said(project: Path, run: Run, words: tuple[str, ...]) -> None:
    """The line comes with and without a path, from `check` and from `runners`."""
    name, text, tool = FOREIGN[0]
    write(project, {name: text})
    ran = run(*words)

    assert (3, f"idxlint: not read: 1 migration of {tool} in db/migrate; {READS}\n") == (ran.code, ran.err)


def test_migrations_that_only_names_tell(project: Path, run: Run) -> None:
    """Several tools, or none that is known, are told by what the files end in."""
    write(
        project,
        {
            "db/1_a.kt": "",
            "db/2_b.kt": "",
            "db/x/1.rb": "Sequel.migration",
            "db/x/2.rb": "< ActiveRecord::Migration",
        },
    )
    ran = run("check", "db")

    assert (3, f"idxlint: not read: 2 .kt in db, 2 .rb in db/x; {READS}\n") == (ran.code, ran.err)


def test_many_folders(project: Path, run: Run) -> None:
    """Files of one tool count together, whatever they end in; only a few folders are named."""
    write(project, {f"db/{number}/{number}_a.js": "knex" for number in range(8)})
    write(project, {"db/0/1_b.ts": "knex"})
    ran = run("check", "db")

    assert "not read: 2 migrations of Knex in db/0, 1 migration of Knex in db/1, " in ran.err
    assert f", 1 migration of Knex in db/4, and more in 3 other folders; {READS}\n" in ran.err


def test_no_migration_at_all(project: Path, run: Run) -> None:
    """Programs that are no migrations are not taken for some."""
    write(
        project,
        {"src/index.ts": "import knex from 'knex'\n", "src/app.rb": "class A < ActiveRecord::Migration\n"},
    )
    ran = run("check", "src")

    assert (3, True) == (ran.code, ran.err.startswith("idxlint: no .sql file, "))
