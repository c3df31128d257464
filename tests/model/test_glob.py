"""Patterns for paths."""

import pytest

from idxlint.model import matches


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.sql", "db/a.sql", True),
        ("db", "x/db/y/a.sql", True),
        ("db", "dbx/a.sql", False),
        ("db/", "db/a.sql", True),
        ("/db", "x/db/a.sql", False),
        ("db/*.sql", "db/a.sql", True),
        ("db/*.sql", "db/x/a.sql", False),
        ("db/**/*.sql", "db/a.sql", True),
        ("db/**", "db/x/y.sql", True),
        ("**/old/*.sql", "old/a.sql", True),
        ("./db/a.sql", "db/a.sql", True),
        ("V?__[a-c]*.sql", "V1__b.sql", True),
        ("V[!1]*.sql", "V1__b.sql", False),
        ("[z-a].sql", "[z-a].sql", True),
        ("a+b.sql", "a+b.sql", True),
        ("*.SQL", "a.sql", False),
        (".", "db/a.sql", True),
        ("**", "db/a.sql", True),
    ],
)
def test_matches(pattern: str, path: str, expected: bool) -> None:
    """As .gitignore has it: a bare name at any depth, a slash ties it down, a folder means all below."""
    assert expected == matches(pattern, path)
