"""Django itself runs its fixture: what idxlint says about it is what happens."""

import json
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from idxlint.model import Direction, Source
from idxlint.runners.django.django_profile import DJANGO
from idxlint.runners.shared.profile import Place
from tests.live.database import Database

from .programs import RUN_SECONDS, from_pypi

pytestmark = pytest.mark.tools

FIXTURE = Path(__file__).parents[3] / "fixtures" / "django"
MIGRATIONS = sorted((FIXTURE / "shop" / "migrations").glob("0*.py"))
PACKAGES = ("django>=5.2,<5.3", "psycopg[binary]")
REFUSED = {
    "0004_villages": "cannot be executed inside a transaction (set atomic = False on the migration)",
    "0006_two_in_one_string": "cannot run inside a transaction block",
    "0009_not_on_the_class": "cannot be executed inside a transaction (set atomic = False on the migration)",
    "0011_in_a_function": "cannot run inside a transaction block",
    "0012_a_transaction_of_its_own": "cannot run inside a transaction block",
}


SCRIPT = """
import io, json, sys, django
from django.core.management import call_command
django.setup()
found = []
for name in sys.argv[2:]:
    out, error = io.StringIO(), ""
    try:
        call_command(sys.argv[1], "shop", name, stdout=out, no_color=True)
    except Exception as raised:
        error = str(raised)
        if sys.argv[1] == "migrate":
            call_command("migrate", "shop", name, fake=True, stdout=out)
    found.append((name, out.getvalue(), error))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with Django in it."""
    return from_pypi(tmp_path_factory.mktemp("django"), *PACKAGES) / "python"


def manage(python: Path, database: Database, command: str) -> dict[str, tuple[str, str]]:
    """What a command of manage.py prints for each migration, and how it fails, all in one process."""
    names = [file.stem for file in MIGRATIONS]
    server = database.server
    place = {
        "SHOP_HOST": str(server.socket),
        "PGPORT": str(server.port),
        "DJANGO_SETTINGS_MODULE": "settings",
    }
    done = subprocess.run(
        [python, "-B", "-c", SCRIPT, command, *names],
        cwd=FIXTURE,
        env={**os.environ, **place},
        capture_output=True,
        check=False,
        text=True,
        timeout=RUN_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return {name: (out, error) for name, out, error in json.loads(done.stdout)}


def ours(file: Path) -> list[str]:
    """The SQL that idxlint reads in a migration."""
    source = Source(file.name, file.read_text("utf-8"))
    units = DJANGO.read(source, Place(file, Direction.UP))
    return [
        piece.sql for unit in units if unit.direction is Direction.UP for piece in unit.pieces if piece.sql
    ]


def indexes(database: Database) -> list[str]:
    """Every index of the shop as the server would write it."""
    rows = database.watch.run("""
        SELECT regexp_replace(pg_get_indexdef(indexrelid), ' WHERE .*', '') FROM pg_index
        JOIN pg_class c ON c.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
        WHERE c.relnamespace = 'public'::regnamespace AND indisvalid AND c.relname IN ('seeds', 'shop_grower')
        ORDER BY 1""")
    return [definition for (definition,) in rows]


def test_fixture(python: Path, database: Database) -> None:
    """What is reported as refused is refused, the rest works, and both build the same indexes."""
    for name, (_, error) in manage(python, database, "migrate").items():
        assert REFUSED.get(name, "") in error
        assert bool(error) == (name in REFUSED), error
    built = indexes(database)

    database.reset()
    session = database.session()
    for file in MIGRATIONS:
        for statement in ours(file) if file.stem not in REFUSED else ():
            session.run(statement)

    assert built == indexes(database)


def test_sqlmigrate(python: Path, database: Database) -> None:
    """The statements on indexes are those that Django prints, in its order."""
    printed = manage(python, database, "sqlmigrate")
    for file in MIGRATIONS:
        out, error = printed[file.stem]
        if "set atomic = False" in error or "CANNOT BE WRITTEN AS SQL" in out:
            continue
        assert statements(ours(file)) == statements(line.strip().rstrip(";") for line in out.splitlines())


def statements(lines: Iterable[str]) -> list[str]:
    """Those that build an index, without the condition of a partial one."""
    own = [line.strip() for text in lines for line in text.splitlines()]
    return [
        line.partition(" WHERE ")[0].rstrip(";")
        for line in own
        if "INDEX" in line or re.search(r"ADD CONSTRAINT .* UNIQUE", line)
    ]
