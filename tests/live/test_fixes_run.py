"""What the fixes write runs, and ends where the original would have ended."""

import pytest

from tests.helpers.recipes import RECIPES, TABLES, Recipe

from .database import Database

pytestmark = pytest.mark.live


def cases(*, refused: bool) -> list[object]:
    """One test for each recipe that can run as it stands."""
    found = RECIPES.items()
    return [
        pytest.param(recipe, id=name) for name, recipe in found if recipe.live and recipe.refused is refused
    ]


def ends(database: Database, text: str) -> list[tuple[object, ...]]:
    """The schema that a text leaves behind."""
    database.reset()
    database.session(TABLES, text)
    return [*database.schema(), *database.watch.run(COLUMNS)]


COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"


@pytest.mark.parametrize("recipe", cases(refused=False))
def test_same_schema(database: Database, recipe: Recipe) -> None:
    """A fix changes how it is done, not what is there in the end."""
    if database.major < recipe.since:
        pytest.skip(f"needs PostgreSQL {recipe.since}")

    assert ends(database, recipe.text) == ends(database, recipe.fixed)


@pytest.mark.parametrize("recipe", cases(refused=True))
def test_accepted_at_last(database: Database, recipe: Recipe) -> None:
    """What PostgreSQL refuses runs after its fix, and leaves only valid indexes."""
    assert database.session(TABLES).sqlstate(recipe.text) in {"25001", "0A000", "2BP01"}

    ends(database, recipe.fixed)
    assert {"v1r1"} == {*database.indexes().values()}
