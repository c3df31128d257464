"""graphile-migrate itself runs its fixture: what idxlint says about it is what happens."""

import hashlib
from pathlib import Path

import pytest

from tests.live.database import Database

from .programs import REFUSED, from_npm, said

pytestmark = pytest.mark.tools

COMMITTED = Path(__file__).parents[3] / "fixtures" / "graphile-migrate" / "migrations" / "committed"


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, out of its npm package."""
    return from_npm(tmp_path_factory.mktemp("graphile"), "graphile-migrate@1.4.1") / "graphile-migrate"


def run(tool: Path, database: Database, folder: Path, *names: str) -> str:
    """What graphile-migrate prints that runs some migrations of the fixture, committed anew in their order."""
    place = folder / "migrations" / "committed"
    place.mkdir(parents=True)
    (folder / "migrations" / "current.sql").touch()
    (folder / ".gmrc").write_text("{}")
    previous = ""
    for number, name in enumerate(names, 1):
        body = (COMMITTED / f"{name}.sql").read_text().partition("\n\n")[2].strip()
        mark = "sha1:" + hashlib.sha1(f"{previous}\n{body}".strip().encode() + b"\n").hexdigest()  # noqa: S324
        text = f"--! Previous: {previous or '-'}\n--! Hash: {mark}\n\n{body}\n"
        (place / f"{number:06}.sql").write_text(text)
        previous = mark
    server = database.server
    addresses = {
        "DATABASE_URL": server.url(),
        "SHADOW_DATABASE_URL": server.url("shadow"),
        "ROOT_DATABASE_URL": server.url("postgres"),
        "DATABASE_OWNER": "postgres",
    }
    return said(tool, "migrate", cwd=folder, **addresses)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("000004", id="wrapped"),
        pytest.param("000005", id="two-statements"),
        pytest.param("000006", id="directive-in-the-second-line"),
        pytest.param("000007", id="directive-of-another-tool"),
    ],
)
def test_refused(tool: Path, database: Database, tmp_path: Path, name: str) -> None:
    """IDX201, IDX202 and IDX204 are right: PostgreSQL answers 25001."""
    assert REFUSED in run(tool, database, tmp_path, "000001", "000002", name)


def test_opted_out(tool: Path, database: Database, tmp_path: Path) -> None:
    """A statement alone in its file with the directive is built."""
    printed = run(tool, database, tmp_path, "000001", "000002", "000003")

    assert REFUSED not in printed
    assert database.indexes()["maps_region_drawn_idx"] == "v1r1"
