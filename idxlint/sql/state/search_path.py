"""Where names without a schema are looked for."""

from collections.abc import Mapping
from functools import lru_cache

SearchPath = Mapping[str, int]
"""The schemas of search_path in order, each with its number."""

PUBLIC: SearchPath = {"public": 0}


@lru_cache(maxsize=64)
def read(value: str) -> SearchPath:
    """A setting as PostgreSQL reads it; what it cannot name is left out."""
    names = (part.strip().strip('"') for part in value.split(","))
    named = dict.fromkeys(name for name in names if name and name not in ("$user", "pg_catalog"))
    return {name: number for number, name in enumerate(named)} or PUBLIC


def first(path: SearchPath) -> str:
    """The schema in which something is made."""
    return next(iter(path))
