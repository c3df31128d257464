"""The driver that Alembic connects with, as far as the project's files say it.

It decides what a COMMIT that a migration executes is good for. Measured with Alembic 1.20 and SQLAlchemy 2.1 on
PostgreSQL 17: psycopg2 and asyncpg take no notice of it, so that what follows runs outside of any transaction;
psycopg 3 and pg8000 look at the server's state, and open the next transaction before the next statement.
A URL that names no driver decides nothing: SQLAlchemy took psycopg2 for it before 2.1, and takes psycopg 3 since.
"""

import re
from functools import cache
from pathlib import Path

from idxlint.model import value
from idxlint.runners.shared.project_files import content, upwards

_REOPENING = frozenset(("psycopg", "psycopg_async", "pg8000"))
_URL = r"\bpostgres(?:ql)?\+(psycopg2cffi|psycopg2|psycopg_async|psycopg|asyncpg|pg8000)://"
_SETTINGS = ("alembic.ini", "pyproject.toml", "env.py", "alembic/env.py", "migrations/env.py")
_MANIFESTS = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "environment.yml")
_PACKAGE = r"(?<![\w.+/-])(psycopg2|psycopg|asyncpg|pg8000)(?:-binary|cffi)?(?![\w/.:-])"


@value
class Driver:
    """A driver; name: empty where nothing says it, and then psycopg2 is assumed; where: the file that says it."""

    name: str = ""
    where: str = ""

    @property
    def reopens(self) -> bool:
        """Whether it opens the next transaction by itself behind a COMMIT."""
        return self.name in _REOPENING


@cache
def driver(folder: Path) -> Driver:
    """The driver of the URL in the nearest settings, else the only one that the project depends on."""
    places = list(upwards(folder))
    for place in places:
        for name in _SETTINGS:
            if drivers := set(re.findall(_URL, _code(place / name))):
                return Driver(drivers.pop(), name) if len(drivers) == 1 else Driver()
    for place in places:
        files = [*(place / name for name in _MANIFESTS), *sorted(place.glob("requirements*.txt"))]
        said = {(name, file.name) for file in files for name in re.findall(_PACKAGE, _code(file))}
        if said:
            return Driver(*min(said)) if len({name for name, _ in said}) == 1 else Driver()
    return Driver()


def _code(file: Path) -> str:
    """The text of a file without its comments."""
    return re.sub(r"(?m)(?:^|\s)#.*$", "", content(file))
