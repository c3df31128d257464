"""Tests of Alembic and Django that ask for an index by its name alone take an invalid one for a finished one."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run

RULE = "if-not-exists-hides-invalid"
PARTLY = "the next run skip it while the index is INVALID"

UPGRADE = """\
from alembic import op
import sqlalchemy as sa

revision = "1"
down_revision = None


def there(name):
    return any(index["name"] == name for index in sa.inspect(op.get_bind()).get_indexes("t"))


def build(name="i"):
    with op.get_context().autocommit_block():
        op.create_index(name, "t", ["a"], postgresql_concurrently=True)


def upgrade():
    bind = op.get_bind()
    inspector = sa.inspect(bind)
"""
ALEMBIC = {
    "not in a set": 'if "i" not in {i["name"] for i in inspector.get_indexes("t")}:\n    build()',
    "not in a list": 'names = [i["name"] for i in inspector.get_indexes("t")]\nif "i" not in names:\n    build()',
    "has_index": 'if not inspector.has_index("t", "i"):\n    build()',
    "else": 'if inspector.has_index("t", "i"):\n    pass\nelse:\n    build()',
    "return": 'if inspector.has_index("t", "i"):\n    return\nbuild()',
    "a function": 'if not there("i"):\n    build()',
    "a variable": 'missing = not there("i")\nif missing:\n    build()',
    "a query": (
        "found = bind.execute(sa.text(\"SELECT 1 FROM pg_indexes WHERE indexname = 'i'\")).scalar()\n"
        "if not found:\n    build()"
    ),
    "a count": (
        "count = bind.execute(sa.text(\"SELECT count(*) FROM pg_class WHERE relname = 'i'\")).scalar()\n"
        "if count == 0:\n    build()"
    ),
    "to_regclass": ("if bind.execute(sa.text(\"SELECT to_regclass('i')\")).scalar() is None:\n    build()"),
    "SQL": (
        'if not inspector.has_index("t", "i"):\n    with op.get_context().autocommit_block():\n'
        '        op.execute("CREATE INDEX CONCURRENTLY i ON t (a)")'
    ),
    "a loop": 'for name in ["i"]:\n    if inspector.has_index("t", name):\n        continue\n    build(name)',
}
ALEMBIC_SILENT = {
    "no guard": "build()",
    "where it is there": 'if inspector.has_index("t", "i"):\n    build()',
    "another index": 'if not inspector.has_index("t", "j"):\n    build()',
    "behind it": 'if not inspector.has_index("t", "j"):\n    pass\nbuild()',
    "a table": 'if not inspector.has_table("t"):\n    build()',
    "valid": (
        'query = "SELECT 1 FROM pg_class c JOIN pg_index x ON x.indexrelid = c.oid'
        " WHERE relname = 'i' AND indisvalid\"\nif not bind.execute(sa.text(query)).scalar():\n    build()"
    ),
    "dropped first": (
        'with op.get_context().autocommit_block():\n    op.execute("DROP INDEX CONCURRENTLY IF EXISTS i")\n'
        '    if not inspector.has_index("t", "i"):\n        op.execute("CREATE INDEX CONCURRENTLY i ON t (a)")'
    ),
}

DJANGO = """\
from django.db import migrations


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        {0}


class Migration(migrations.Migration):
    atomic = False
    dependencies = []
    operations = [migrations.RunPython(build)]
"""
DJANGO_GUARDS = {
    "a cursor": (
        "cursor.execute(\"SELECT 1 FROM pg_indexes WHERE indexname = 'i'\")\n        if not cursor.fetchone():\n"
        "            cursor.execute('CREATE INDEX CONCURRENTLY i ON t (a)')"
    ),
    "a return": (
        "cursor.execute('SELECT 1 FROM pg_class WHERE relname = %s', ['i'])\n"
        "        if cursor.fetchone():\n            return\n"
        "        schema_editor.execute('CREATE INDEX CONCURRENTLY i ON t (a)')"
    ),
    "introspection": (
        "if 'i' not in schema_editor.connection.introspection.get_constraints(cursor, 't'):\n"
        "            cursor.execute('CREATE INDEX CONCURRENTLY i ON t (a)')"
    ),
}


def _messages(run: Run, path: str) -> list[str]:
    ran = run("check", path, "--format", "json", "--select", RULE)
    assert ran.code in (0, 1), ran.err
    return [finding["message"] for finding in json.loads(ran.out)["findings"]]


def _cases(table: dict[str, object]) -> list[object]:
    return [
        pytest.param(*(row if isinstance(row, tuple) else (row,)), id=name) for name, row in table.items()
    ]


def _alembic(folder: Path, body: str) -> None:
    (folder / "versions").mkdir()
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    (folder / "versions" / "1_a.py").write_text(UPGRADE + lines)


@pytest.mark.parametrize("body", _cases({**ALEMBIC}))
def test_alembic(run: Run, tmp_path: Path, body: str) -> None:
    """The inspector and the catalogues say that an index is there, whatever state it is in."""
    _alembic(tmp_path, body)

    (message,) = _messages(run, "versions")

    assert (True, True) == ("leaves i INVALID, and the test in line " in message, PARTLY in message)


@pytest.mark.parametrize("body", _cases({**ALEMBIC_SILENT}))
def test_alembic_is_right(run: Run, tmp_path: Path, body: str) -> None:
    """No guard, another one, or one that asks for a valid index."""
    _alembic(tmp_path, body)

    assert [] == _messages(run, "versions")


@pytest.mark.parametrize("body", _cases({**DJANGO_GUARDS}))
def test_django(run: Run, tmp_path: Path, body: str) -> None:
    """The same in a function that RunPython calls."""
    (tmp_path / "app" / "migrations").mkdir(parents=True)
    (tmp_path / "app" / "migrations" / "0001_a.py").write_text(DJANGO.format(body))

    (message,) = _messages(run, "app/migrations")

    assert (True, True) == ("leaves i INVALID, and the test in line " in message, PARTLY in message)
