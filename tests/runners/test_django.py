"""What idxlint reads in Django's migrations: the SQL, its place in the Python file, and the way out."""

from pathlib import Path
from textwrap import dedent

import pytest

from idxlint.model import Direction, Source, Unit, UnreadError, Wrap
from idxlint.runners.django.django_profile import DJANGO, arrange
from idxlint.runners.shared.profile import Place
from tests.conftest import lint

PATH = "shop/migrations/0002_more.py"
SEED = """
    migrations.CreateModel("Seed", fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("latin", models.SlugField()),
        ("name", models.CharField(max_length=9)),
        ("grower", models.ForeignKey("Grower", on_delete=models.CASCADE)),
        ("price", models.IntegerField()),
    ], options={"db_table": "seeds"}),
"""


def wrote(operations: str, head: str = "", before: str = "") -> str:
    """A migration whose operations begin in line 3, or after the head."""
    return (
        f"{before}from django.db import migrations, models\nclass Migration(migrations.Migration):\n"
        f"{head}    operations = [\n{dedent(operations).strip()}\n    ]\n"
    )


def said(text: str) -> list[tuple[str, int]]:
    """The rules that speak, each with its line."""
    found = lint(text, path=PATH, runner="django")
    return [(one.rule.id, one.source.position(one.hit.at.start).line) for one in found]


def units(text: str, path: Path = Path(PATH)) -> tuple[Unit, ...]:
    """The units of a file."""
    return DJANGO.read(Source(str(path), text), Place(path, Direction.UP))


def sent(operations: str, folder: Path | None = None, head: str = "") -> list[str]:
    """The statements of some operations; in a folder the migrations before it count."""
    path = folder / "shop" / "migrations" / "0002_more.py" if folder else Path(PATH)
    return [piece.sql for piece in units(wrote(operations, head), path)[0].pieces if piece.sql]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with an app that has one migration."""
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text(wrote(SEED), "utf-8")
    return tmp_path


INDEX = 'models.Index(fields=["a"], name="i")'
OUT = "    atomic = False\n"
CASES = [
    (f'migrations.AddIndex("seed", {INDEX}),', "", [("IDX101", 4)]),
    (f'migrations.AddIndex(\n    model_name="seed",\n    index={INDEX},\n),', "", [("IDX101", 4)]),
    ('migrations.RemoveIndex("seed", "i"),', "", [("IDX102", 4)]),
    (f'AddIndexConcurrently("seed", {INDEX}),', "", [("IDX201", 4)]),
    (f'AddIndexConcurrently("seed", {INDEX}),', OUT, []),
    (f'AddIndexConcurrently("seed", {INDEX}),', "    atomic: bool = False\n", []),
    (f'AddIndexConcurrently("seed", {INDEX}),', "    atomic = True\n", [("IDX201", 5)]),
    (f'AddIndexConcurrently("seed", {INDEX}),', '    atomic = "False"\n', [("IDX204", 3), ("IDX201", 5)]),
    (f'AddIndexConcurrently("seed", {INDEX}),', "    Atomic = False\n", [("IDX204", 3), ("IDX201", 5)]),
    (f'AddIndexConcurrently("seed", {INDEX}, atomic=False),', "", [("IDX201", 4), ("IDX204", 4)]),
    ('RemoveIndexConcurrently("seed", "i"),', "", [("IDX201", 4)]),
    ('RemoveIndexConcurrently("seed", "i"),', OUT, []),
    ('migrations.RunSQL("CREATE INDEX i ON t (a)"),', "", [("IDX101", 4)]),
    ('migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON t (a)"),', "", [("IDX201", 4)]),
    ('migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON t (a)"),', OUT, []),
    (
        'migrations.RunSQL("""\nSET a.b = 0;\nCREATE INDEX CONCURRENTLY i ON t (a);\n"""),',
        OUT,
        [("IDX202", 7)],
    ),
    ('migrations.RunSQL(["SET a.b = 0", "CREATE INDEX CONCURRENTLY i ON t (a)"]),', OUT, []),
    ('migrations.RunSQL([("CREATE INDEX CONCURRENTLY i ON t (a)", None)]),', OUT, []),
    ('migrations.RunSQL("SELECT 1", "DROP INDEX CONCURRENTLY i"),', "", [("IDX201", 4)]),
    ('migrations.RunSQL("CREATE " + "INDEX i ON " + table + " (a)"),', "", [("IDX101", 4)]),
    ('migrations.RunSQL(sql_of("CREATE INDEX i ON t (a)")),', "", [("IDX902", 4)]),
    ("migrations.RunSQL(index_of(table)),", "", [("IDX902", 4)]),
    ('migrations.RunSQL(f"{sql}"),', "", []),
    ('Execute("DROP INDEX i"),', "", [("IDX902", 4)]),
    ("migrations.RunSQL(migrations.RunSQL.noop),", "", []),
    ("migrations.RunPython(fill),", "", []),
    ('PostgresOnlyRunSQL("CREATE INDEX i ON t (a)"),', "", [("IDX101", 4)]),
    (
        'migrations.AddField("seed", "g",\n    models.ForeignKey("Grower", models.CASCADE)),',
        "",
        [("IDX101", 5)],
    ),
    ('migrations.AddField("seed", "g", models.ForeignKey("G", models.CASCADE, db_index=False)),', "", []),
    ('migrations.AddField("seed", "n", models.IntegerField()),', "", []),
    ('migrations.AddField("seed", "g", models.OneToOneField("G", models.CASCADE)),', "", [("IDX104", 4)]),
    ('migrations.AddField("seed", "g", models.ManyToManyField("G")),', "", []),
    ('migrations.AlterField("seed", "n", models.IntegerField(unique=True)),', "", [("IDX104", 4)]),
    (
        'migrations.AddConstraint("seed", models.UniqueConstraint(fields=["a"], name="u")),',
        "",
        [("IDX104", 4)],
    ),
    (
        'migrations.AddConstraint("seed", models.UniqueConstraint(fields=["a"], condition=Q(b=1), name="u")),',
        "",
        [("IDX101", 4)],
    ),
    (
        'migrations.AddConstraint("seed", models.CheckConstraint(check=Q(b=1), name="c")),',
        "",
        [("IDX701", 4)],
    ),
    (
        'migrations.AddConstraint("s", ExclusionConstraint(name="e", expressions=[("p", "&&")])),',
        "",
        [("IDX104", 4)],
    ),
    ('migrations.AlterUniqueTogether("seed", {("a", "b")}),', "", [("IDX104", 4)]),
    ('migrations.AlterIndexTogether("seed", {("a", "b")}),', "", [("IDX101", 4)]),
    (
        f'migrations.SeparateDatabaseAndState(state_operations=[migrations.AddIndex("seed", {INDEX})]),',
        "",
        [],
    ),
    (
        f'migrations.SeparateDatabaseAndState(\n    database_operations=[migrations.AddIndex("s", {INDEX})]),',
        "",
        [("IDX101", 5)],
    ),
    (SEED + 'migrations.AddIndex("seed", models.Index(fields=["price"], name="i")),', "", []),
]


@pytest.mark.parametrize(("operations", "head", "expected"), CASES)
def test_rules_and_lines(operations: str, head: str, expected: list[tuple[str, int]]) -> None:
    """Each operation is judged by the SQL that it sends, where it stands."""
    assert said(wrote(operations, head)) == expected


def test_module_level_atomic_is_not_read() -> None:
    """Only the class counts."""
    text = wrote(f'AddIndexConcurrently("seed", {INDEX}),', before="atomic = False\n")

    assert said(text) == [("IDX204", 1), ("IDX201", 5)]


def test_constants_of_the_file() -> None:
    """A name that is assigned once stands for its value; the finding is at the text."""
    sql = 'SQL = "CREATE INDEX i ON t (a)"\n'

    assert said(wrote("migrations.RunSQL(SQL),", before=sql)) == [("IDX101", 1)]
    assert said(wrote("migrations.RunSQL(A),", before="A = B\nB = A\nA = A\n")) == []


def test_columns_are_counted_in_code_points() -> None:
    """The syntax tree counts bytes."""
    text = wrote('migrations.RunSQL("/* żółw */ CREATE INDEX i ON t (a)"),')
    (found,) = lint(text, path=PATH, runner="django")

    assert text[found.hit.at.start : found.hit.at.end] == "INDEX"


OLD = 'migrations.AddIndex("seed", models.Index(fields=["grower", "-price"], name="i")),'


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        (OLD, ['CREATE INDEX "i" ON "seeds" ("grower_id", "price" DESC)']),
        ('migrations.AlterField("seed", "latin", models.SlugField(null=True)),', []),
        ('migrations.AlterField("seed", "grower", models.ForeignKey("G", models.CASCADE)),', []),
        (
            'migrations.AlterField("seed", "price", models.IntegerField(db_index=True)),',
            ['CREATE INDEX "seeds_price_91f0a7e5" ON "seeds" ("price")'],
        ),
        (
            'migrations.RenameModel("Seed", "Grain"),\nmigrations.RemoveField("grain", "price"),',
            ['ALTER TABLE "seeds" DROP COLUMN "price" CASCADE'],
        ),
        (
            'migrations.RenameField("seed", "grower", "farm"),',
            ['ALTER TABLE "seeds" RENAME COLUMN "grower_id" TO "farm_id"'],
        ),
        ('migrations.AlterModelTable("seed", "grains"),', ['ALTER TABLE "seeds" RENAME TO "grains"']),
        ('migrations.DeleteModel("Seed"),', ['DROP TABLE "seeds" CASCADE']),
        (
            'migrations.AddIndex("seed", GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="i")),',
            ['CREATE INDEX "i" ON "seeds" USING gin (("upper"("name")))'],
        ),
    ],
)
def test_earlier_migrations_count(app: Path, operations: str, expected: list[str]) -> None:
    """Tables, columns and indexes are those that the migrations before have made."""
    assert sent(operations, app) == expected


def test_deferred_to_the_end() -> None:
    """The indexes of a new column are built after all other operations."""
    found = sent(
        """
        migrations.AddField("seed", "code", models.CharField(max_length=9, db_index=True)),
        migrations.RunSQL("SELECT 1"),
        """
    )

    assert [sql.split('"')[0] for sql in found] == [
        "ALTER TABLE ",
        "SELECT 1",
        "CREATE INDEX ",
        "CREATE INDEX ",
    ]
    assert "varchar_pattern_ops" in found[-1]


def test_units() -> None:
    """One transaction, and one the other way round."""
    up, down = units(wrote('migrations.RunSQL("SELECT 1", "SELECT 2"),', OUT))

    assert (up.wrap, up.direction, down.direction) == (Wrap.NONE, Direction.UP, Direction.DOWN)
    assert up.opted_out is not None
    assert [piece.sql for piece in down.pieces] == ["SELECT 2"]


@pytest.mark.parametrize("text", ["", "import os\n", "class Migration:\n    pass\n", "def broken(:\n"])
def test_no_migration(text: str) -> None:
    """A file without the class is none of ours."""
    assert units(text) == ()


def test_not_python() -> None:
    """One line, with the line that is wrong."""
    with pytest.raises(UnreadError) as raised:
        units("class Migration(migrations.Migration):\n    operations = [\n")

    assert str(raised.value).startswith(f"{PATH}: line 2: not Python: ")


def test_arrange(tmp_path: Path) -> None:
    """By number, but never before what a migration depends on."""
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    needs = {"0001_a": "", "0002_b": "0002_z", "0002_z": "0001_a", "0010_c": "0002_b"}
    for name, need in needs.items():
        text = f'dependencies = [\n    ("shop", "{need}"),\n]\n' if need else "dependencies = []\n"
        (folder / f"{name}.py").write_text(text, "utf-8")

    assert [path.stem for path in arrange(list(folder.glob("*.py")))] == [
        "0001_a",
        "0002_z",
        "0002_b",
        "0010_c",
    ]


def test_squashed_migration() -> None:
    """What replaces others runs on an empty database only, where nobody is blocked."""
    operations = f'migrations.AddIndex("seed", {INDEX}),\nmigrations.RemoveIndex("seed", "old"),'
    squashed = '    replaces = [("shop", "0001_initial")]\n'

    assert ["IDX101", "IDX102"] == [rule for rule, _ in said(wrote(operations))]
    assert [] == said(wrote(operations, head=squashed))
