"""Migrations of tools that idxlint does not read: recognised, so that a run can say what it has found instead.

Their names and words are those that each tool's generator writes.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from idxlint.model import value
from idxlint.runners.folders import folders_under
from idxlint.runners.shared.project_files import HEAD, head

_SAMPLES = 8
"""Files of a folder that are looked into for each ending."""

PROGRAM = re.compile(
    r"(?:[VUR]?[0-9][^/]*|Version[0-9][^/]*)\.(?:[cm]?[jt]s|rb|php|go|java|kts?|cs|fs|exs?|rs|clj|scala|py)\Z"
)
"""Names that migrations in other languages have."""

_TOOLS = (
    (".rb", r"<\s*ActiveRecord::Migration\b", "Rails"),
    (".rb", r"\bSequel\.migration\b", "Sequel"),
    (".rb", r"\bROM::SQL\.migration\b|\bHanami::DB\b|\bHanami::Model\.migration\b", "Hanami or ROM"),
    ("js", r"\bqueryInterface\b", "Sequelize"),
    ("js", r"\bMigrationInterface\b|\bQueryRunner\b|\bqueryRunner\b", "TypeORM"),
    ("js", r"@mikro-orm/migrations", "MikroORM"),
    ("js", r"\bfrom ['\"]kysely['\"]|\bKysely<|\brequire\(['\"]kysely['\"]\)", "Kysely"),
    ("js", r"@adonisjs/lucid|@ioc:Adonis/Lucid", "Adonis Lucid"),
    ("js", r"\bMigrationBuilder\b|\bpgm\b", "node-pg-migrate"),
    ("js", r"\bdbm\s*=|\bdb\.runSql\b|\bdb\.createTable\b", "db-migrate"),
    ("js", r"\bknex\b|\bKnex\b", "Knex"),
    (".go", r"\bgoose\.AddMigration", "goose, in Go"),
    (".go", r"\bgormigrate\.", "gormigrate"),
    (".go", r"\b[Mm]igrations\.MustRegister", "Bun or go-pg, in Go"),
    (".exs", r"\buse Ecto\.Migration\b", "Ecto"),
    (".php", r"\bDoctrine\\(?:DBAL\\)?(?:Migrations|Schema)\b", "Doctrine"),
    (".php", r"\bIlluminate\\Database\\Migrations\b", "Laravel"),
    (".php", r"\bPhinx\\|\bMigrations\\AbstractMigration\b", "Phinx"),
    (".php", r"\byii\\db\\Migration\b", "Yii"),
    (".cs", r"\bFluentMigrator\b", "FluentMigrator"),
    (".cs", r"\bMicrosoft\.EntityFrameworkCore\.Migrations\b|\bMigrationBuilder\b", "Entity Framework"),
    (".java", r"\bBaseJavaMigration\b|\bJavaMigration\b", "Flyway, in Java"),
    (".kt", r"\bBaseJavaMigration\b|\bJavaMigration\b", "Flyway, in Kotlin"),
    (".rs", r"\bMigrationTrait\b|\bsea_orm_migration\b", "SeaORM"),
    (".py", r"\bfrom yoyo import\b|\bimport yoyo\b", "yoyo, in Python"),
    (".py", r"\bpeewee_migrate\b|\bdef migrate\(migrator\b", "peewee-migrate"),
    (".py", r"\basync def upgrade\(db\b", "Aerich"),
    (".fizz", r"", "Fizz"),
)
"""What a file ends in ("js" for JavaScript and TypeScript), an expression for its beginning, and whose it is."""

_JAVASCRIPT = frozenset((".js", ".cjs", ".mjs", ".ts", ".cts", ".mts"))
_SUFFIXES = frozenset((*_JAVASCRIPT, *(suffix for suffix, _, _ in _TOOLS if suffix.startswith("."))))


@value
class ForeignMigrations:
    """Migrations of one folder that nobody here reads. tool: whose they are; "" where only their names say so."""

    folder: Path
    count: int
    suffix: str
    tool: str

    @property
    def kind(self) -> str:
        """What they are, with {s} for the plural."""
        return f"migration{{s}} of {self.tool}" if self.tool else self.suffix


def foreign_migrations(top: Path) -> Iterator[ForeignMigrations]:
    """The migrations under a folder that idxlint does not read, by their folders."""
    for folder, _, names in folders_under(top):
        for suffix in sorted({os.path.splitext(name)[1].lower() for name in names} & _SUFFIXES):  # noqa: PTH122
            yield from _of_folder(
                Path(folder), suffix, sorted(name for name in names if name.endswith(suffix))
            )


def _of_folder(folder: Path, suffix: str, names: list[str]) -> Iterator[ForeignMigrations]:
    """Migrations of one ending: files whose names say so, or in a folder of migrations all that a tool knows."""
    named = [name for name in names if PROGRAM.fullmatch(name)]
    likely = named or (names if "migrat" in folder.name.lower() else [])
    tools = {_tool(folder / name, suffix) for name in likely[:_SAMPLES]} - {""}
    if named or tools:
        yield ForeignMigrations(folder, len(likely), suffix, tools.pop() if len(tools) == 1 else "")


def _tool(file: Path, suffix: str) -> str:
    kind = "js" if suffix in _JAVASCRIPT else suffix
    text = head(file, HEAD)
    return next((tool for ending, words, tool in _TOOLS if ending == kind and re.search(words, text)), "")
