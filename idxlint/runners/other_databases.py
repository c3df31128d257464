"""Files for other databases, as far as the names of files and of folders say so."""

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_OTHER = {
    "mysql": "MySQL", "mariadb": "MariaDB", "sqlite": "SQLite", "sqlite3": "SQLite", "mssql": "SQL Server",
    "sqlserver": "SQL Server", "oracle": "Oracle", "cockroach": "CockroachDB", "cockroachdb": "CockroachDB",
    "h2": "H2", "hsqldb": "HSQLDB", "db2": "Db2", "clickhouse": "ClickHouse", "redshift": "Redshift",
    "snowflake": "Snowflake", "spanner": "Spanner", "cassandra": "Cassandra",
}  # fmt: skip
_POSTGRESQL = frozenset(("postgres", "postgresql", "pg", "pgsql", "postgre"))


def other_database(shown: str) -> str | None:
    """The other database that a file is for, if a folder or a part of its name says so."""
    folder, _, name = shown.rpartition("/")
    database = _of_folder(folder)
    if database is None and name.count(".") > 1:
        return next((_OTHER[part] for part in _parts(name.lower()) if part in _OTHER), None)
    return database


@lru_cache(maxsize=1024)
def _of_folder(folder: str) -> str | None:
    return next((_OTHER[word] for word in folder.lower().split("/") if word in _OTHER), None)


def never_run(path: Path, shown: str, skips: str) -> str:
    """The other database that a file is for, where its runner never runs it on PostgreSQL; "" where it may.

    That is so where there is a file or a folder of the same kind for PostgreSQL beside it, and where the tool itself
    goes by the name. skips: an expression for such names
    """
    database = other_database(shown)
    if database is None:
        return ""
    if skips and re.fullmatch(skips, path.name):
        return database
    parts = _parts(path.name.lower())
    if any(part in _OTHER for part in parts):
        return database if _general(path.name) in _general_names(path.parent) else ""
    return database if _beside_postgresql(path, shown.count("/")) else ""


def _beside_postgresql(path: Path, depth: int) -> bool:
    """Whether the deepest of the folders above a file that is named for a database has a brother for PostgreSQL."""
    for folder in (*path.parents,)[:depth]:
        name = folder.name.lower()
        if name in _POSTGRESQL:
            return False
        if name in _OTHER:
            return any(other.lower() in _POSTGRESQL for other in _folders(folder.parent))
    return False


def _parts(name: str) -> Iterable[str]:
    """The parts of a file's name between dots, without the first and the ending."""
    return name.split(".")[1:-1]


def _general(name: str) -> str:
    """A file's name without the database that it is for."""
    first, *parts = name.lower().split(".")
    return ".".join((first, *(part for part in parts if part not in _OTHER and part not in _POSTGRESQL)))


@lru_cache(maxsize=1024)
def _general_names(folder: Path) -> frozenset[str]:
    """The names of the files in a folder that are for PostgreSQL, without the word that says so."""
    names = _listed(folder)
    return frozenset(_general(name) for name in names if not _POSTGRESQL.isdisjoint(_parts(name.lower())))


@lru_cache(maxsize=1024)
def _folders(folder: Path) -> tuple[str, ...]:
    return tuple(name for name in _listed(folder) if (folder / name).is_dir())


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208, names are all that is asked for
    except OSError:
        return []
