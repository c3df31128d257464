"""Broken migrations of every kind, as a user sees them: one line, exit code 3, and no waiting."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run

XML = '<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">{}</databaseChangeLog>\n'
CHANGESET = '<changeSet id="1" author="a">{}</changeSet>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE databaseChangeLog [<!ENTITY l0 "lol">{LAUGHS}]>\n' + XML.format("&l9;")
ALIASES = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 11))
REVISION = 'revision = "a"\ndown_revision = None\n'
MIGRATION = "class Migration(migrations.Migration):\n"
DEEP = "+".join(['"a"'] * 990)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param(
            "changelog/m.xml",
            XML.format('\n<include file="gone.xml"/>'),
            "line 2: include gone.xml does not exist",
            id="include",
        ),
        pytest.param(
            "changelog/m.xml",
            XML.format(CHANGESET.format('<sqlFile path="gone.sql"/>')),
            "line 1: sqlFile gone.sql does not exist",
            id="sql-file",
        ),
        pytest.param("changelog/m.xml", BOMB, "line 1: a DTD is not supported", id="billion-laughs"),
        pytest.param("changelog/m.xml", XML.format("<changeSet>"), "line 1: not XML: ", id="xml"),
        pytest.param(
            "changelog/m.yaml",
            ALIASES + "databaseChangeLog:\n  - *a10\n",
            "line 12: endless aliases",
            id="aliases",
        ),
        pytest.param("changelog/m.yaml", "databaseChangeLog: [\n", "line 2: not YAML: ", id="yaml"),
        pytest.param("changelog/m.json", '{"databaseChangeLog": [}\n', "line 1: not JSON: ", id="json"),
        pytest.param("versions/a.py", f"{REVISION}def upgrade(:\n", "line 3: not Python: ", id="alembic"),
        pytest.param(
            "versions/a.py",
            f"{REVISION}x = {'-' * 20_000}1\n",
            "not Python: nested too deeply",
            id="no-words",
        ),
        pytest.param(
            "versions/a.py",
            f"{REVISION}def upgrade():\n    op.execute({DEEP})\n",
            "is nested too deeply",
            id="deep-alembic",
        ),
        pytest.param(
            "app/migrations/0001_a.py", f"{MIGRATION}    atomic =\n", "line 2: not Python: ", id="django"
        ),
        pytest.param(
            "app/migrations/0001_a.py",
            f"{MIGRATION}    operations = [migrations.RunSQL({DEEP})]\n",
            "is nested too deeply",
            id="deep-django",
        ),
    ],
)
def test_one_line(run: Run, tmp_path: Path, path: str, text: str, line: str) -> None:
    """What cannot be read is one line, which begins with its path and says why, and no pass."""
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text, "utf-8")
    done = run("check", "--quiet", ".")
    (said,) = done.err.splitlines()

    assert (3, "") == (done.code, done.out)
    assert said.startswith(f"idxlint: {path}: {line}")


def test_broken_neighbour(run: Run, tmp_path: Path) -> None:
    """A Django migration that cannot be read is told of as itself, and the others are read."""
    folder = tmp_path / "app" / "migrations"
    folder.mkdir(parents=True)
    deep = f"{MIGRATION}    operations = [migrations.RunSQL(state_operations={DEEP})]\n"
    sql = 'migrations.RunSQL("CREATE INDEX i ON t (a)")'
    (folder / "0001_a.py").write_text(deep, "utf-8")
    (folder / "0002_b.py").write_text(f"{MIGRATION}    operations = [{sql}]\n", "utf-8")
    done = run("check", "--statistics", ".")

    assert 3 == done.code
    assert done.err == "idxlint: app/migrations/0001_a.py: is nested too deeply\n"
    assert "1  IDX101" in done.out


def test_path_with_a_colon(run: Run, tmp_path: Path) -> None:
    """Every format that names a file names the whole of it, whatever stands in its name."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "a: b.py").write_text(f"{REVISION}def upgrade(:\n")
    formats = ("gitlab", "junit", "rdjson", "text")
    ran = run(
        "check", "--runner", "alembic", *(f"--format={name}={name}.out" for name in formats), "versions"
    )
    said = {name: (tmp_path / f"{name}.out").read_text() for name in formats}

    assert 3 == ran.code
    assert "versions/a: b.py" == json.loads(said["gitlab"])[0]["location"]["path"]
    assert "versions/a: b.py" == json.loads(said["rdjson"])["diagnostics"][0]["location"]["path"]
    assert '<testcase name="versions/a: b.py" classname="not read">' in said["junit"]
    assert said["text"].startswith("not read: versions/a: b.py: line 3: not Python: ")
