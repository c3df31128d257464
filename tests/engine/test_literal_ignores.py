"""Ignores inside the SQL of a Python file: they count as in a file of SQL, and so does what is wrong with them."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run, lint
from tests.runners.test_alembic import HEAD

IGNORE = "-- idxlint: ignore[index-not-concurrent] because t has ten rows"
FIRST, SECOND = "CREATE INDEX i ON t (a);", "CREATE INDEX j ON t (b);"
WRITTEN = {
    "before": (f"{IGNORE}\n{FIRST}", []),
    "before one of two": (f"{IGNORE}\n{FIRST}\n{SECOND}", [("IDX101", 8)]),
    "behind one of two": (f"{FIRST} {IGNORE}\n{SECOND}", [("IDX101", 7)]),
    "inside": (FIRST.replace(" ON", f" {IGNORE}\n ON"), []),
    "in a block comment": (f"/* idxlint: ignore[IDX101] because t has ten rows */ {FIRST}", []),
    "no reason": (f"{IGNORE.split(' because', maxsplit=1)[0]}\n{FIRST}", [("IDX101", 7), ("IDX904", 6)]),
    "unused": (f"{IGNORE}\nDROP INDEX CONCURRENTLY i;", [("IDX201", 7), ("IDX903", 6)]),
    "no rule": (f"-- idxlint: ignore[no-such] because of that\n{FIRST}", [("IDX101", 7), ("IDX903", 6)]),
    "misspelled": (f"-- idxlint: disable IDX101\n{FIRST}", [("IDX101", 7), ("IDX903", 6)]),
    "for the file": (f"{IGNORE.replace('ignore', 'ignore-file')}\n{FIRST}", [("IDX101", 7), ("IDX903", 6)]),
    "in a string": (f"SELECT '{IGNORE}';\n{FIRST}", [("IDX101", 7)]),
    "no code points lost": (f"-- żółw\n{IGNORE}\n{FIRST}\n{SECOND}", [("IDX101", 9)]),
}


def found(*rows: str) -> list[tuple[str, int]]:
    """The rules that speak of a revision, each with its line; the first of its function is line 6."""
    text = HEAD + "def upgrade():\n" + "".join(f"    {row}\n" for row in rows)
    findings = lint(text, path="/nowhere/versions/b.py", runner="alembic")
    return sorted((one.rule.id, one.source.position(one.hit.at.start).line) for one in findings)


@pytest.mark.parametrize("name", WRITTEN)
def test_letter_by_letter(name: str) -> None:
    """An ignore is about one statement of the text, and a fault points to its own line."""
    sql, expected = WRITTEN[name]

    assert sorted(expected) == found(f'op.execute("""{sql}""")')


COMPOSED = {
    "a formatted string": ([f'op.execute(f"""{IGNORE}', 'CREATE INDEX i_{x} ON t (a)""")'], []),
    "escapes": ([f'op.execute("{IGNORE}\\nCREATE INDEX i ON t (a)")'], []),
    "pieces": (["op.execute(", f'    "{IGNORE}\\n"  # why', '    "CREATE INDEX i ON t (a)"', ")"], []),
    "a sum": ([f'q = "{IGNORE}\\n" + "CREATE INDEX i ON t (a)"', "op.execute(q)"], []),
    "a sum, unused": (
        [f'q = "{IGNORE}\\n" + "DROP INDEX CONCURRENTLY i"', "op.execute(q)"], [("IDX201", 7), ("IDX903", 7)]),
    "a loop": (
        ['for t in ("a", "b"):', f'    op.execute(f"""{IGNORE}', '    CREATE INDEX i_{t} ON {t} (a)""")'], []),
    "of the next call": (
        ['op.execute("""DROP INDEX CONCURRENTLY k;', f'{IGNORE}""")', f'op.execute("{FIRST}")'],
        [("IDX101", 8), ("IDX201", 6), ("IDX903", 7)]),
    "of Python": ([f"#{IGNORE[2:]}", f'op.execute("""{FIRST}', f'{SECOND}""")'], []),
    "no SQL": ([f'x = "{IGNORE}"', f'op.execute("{FIRST}")'], [("IDX101", 7)]),
}  # fmt: skip


@pytest.mark.parametrize("name", COMPOSED)
def test_put_together(name: str) -> None:
    """Text out of several parts has one place, and its ignores are about all of it; none reaches out of its text."""
    rows, expected = COMPOSED[name]

    assert expected == found(*rows)


def test_both_directions(run: Run, tmp_path: Path) -> None:
    """A text that upgrade() and downgrade() send has one ignore, which is used; the report says by what and why."""
    versions = tmp_path / "versions"
    versions.mkdir()
    body = "".join(f"def {name}():\n    op.execute(SQL)\n" for name in ("upgrade", "downgrade"))
    (versions / "b.py").write_text(f'{HEAD}SQL = """{IGNORE}\n{FIRST}"""\n{body}', "utf-8")
    done = json.loads(run("check", "--format", "json", ".").out)

    assert [] == done["findings"]
    assert [("IDX101", 6, "comment", "t has ten rows")] * 2 == [
        (one["id"], one["line"], one["by"], one["reason"]) for one in done["suppressed"]
    ]


def test_django() -> None:
    """The SQL of RunSQL is read in the same way."""
    operations = f'migrations.RunSQL("""\n{IGNORE}\n{FIRST}\n{SECOND}""")'
    text = f"class Migration(migrations.Migration):\n    operations = [{operations}]\n"
    findings = lint(text, path="shop/migrations/0002_more.py", runner="django")

    assert [("IDX101", 5)] == [(one.rule.id, one.source.position(one.hit.at.start).line) for one in findings]
