"""What a release brought is refused before it, with the SQLSTATE that the check names."""

import psycopg
import pytest

from idxlint.config.configuration import Config
from tests.checks.test_newer import BEFORE, FORMS, GIST, OLD, RULE
from tests.conftest import lint

from .database import Database

pytestmark = pytest.mark.live


def said(database: Database, sql: str) -> str | None:
    """The SQLSTATE that stops a statement."""
    try:
        database.session(BEFORE, GIST).run(sql)
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize(("since", "sql"), FORMS, ids=[sql for _, sql in FORMS])
def test_form(database: Database, since: int, sql: str) -> None:
    """Refused before its release, taken from it on."""
    found = lint(f"{sql};", BEFORE, Config(postgres=database.major))
    refused = said(database, sql)

    assert (database.major < since) == (refused is not None)
    assert all(f" ({refused}): " in one.hit.message for one in found if one.rule.name == RULE)


@pytest.mark.parametrize("sql", OLD)
def test_old_form(database: Database, sql: str) -> None:
    """What looks alike is taken by all."""
    assert said(database, sql) is None
