"""Expressions in an index, as the server takes or refuses them."""

import psycopg
import pytest

from idxlint.sql.refusals.mutability import FUNCTIONS, OF_ONE
from tests.checks.test_mutability import REFUSED, TABLE, TAKEN, index

from .database import Database

pytestmark = pytest.mark.live


def said(database: Database, expression: str) -> str | None:
    """The SQLSTATE that stops the build."""
    try:
        database.session(TABLE).run(index(expression))
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize("expression", REFUSED)
def test_refused(database: Database, expression: str) -> None:
    """It is not IMMUTABLE, on any release; gen_random_uuid came with 13."""
    missing = database.major == 12 and "gen_random_uuid" in expression

    assert ("42883" if missing else "42P17") == said(database, expression)


@pytest.mark.parametrize("expression", TAKEN)
def test_taken(database: Database, expression: str) -> None:
    """It is IMMUTABLE on every release."""
    assert said(database, expression) is None


def test_functions(database: Database) -> None:
    """No form of a listed function is IMMUTABLE, and those with one argument are not where that is what is listed."""
    rows = database.session().run("""
        SELECT DISTINCT proname::text, pronargs = 1 FROM pg_proc
        WHERE provolatile = 'i' AND pronamespace = 'pg_catalog'::regnamespace""")

    assert set() == FUNCTIONS & {name for name, _ in rows}
    assert set() == OF_ONE & {name for name, one in rows if one}
