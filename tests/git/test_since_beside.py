"""`check --since REF`: files beside a migration that say how it runs."""

from pathlib import Path

import pytest

from tests.helpers.repos import OLD, Repo, started


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one migration that has a finding, and a branch to work on."""
    return started(tmp_path / "repo")


BESIDE = {
    "diesel": (
        "db/2020-01-01-000000_x/up.sql",
        "db/2020-01-01-000000_x/metadata.toml",
        "run_in_transaction = false\n",
    ),
    "sourcegraph": ("db/1/up.sql", "db/1/metadata.yaml", "createIndexConcurrently: true\n"),
    "flyway": ("db/V1__x.sql", "db/V1__x.sql.conf", "executeInTransaction=false\n"),
}


@pytest.mark.parametrize("act", ["changed", "deleted", "renamed", "neither"])
@pytest.mark.parametrize("runner", BESIDE)
def test_file_beside_it(repo: Repo, runner: str, act: str) -> None:
    """A file beside a migration that says how it runs belongs to it; one that moves along does not change it."""
    sql, beside, text = BESIDE[runner]
    repo.put(sql, OLD)
    repo.put(beside, text)
    repo.commit()
    repo.git("branch", "--force", "main")
    if act == "changed":
        repo.put(beside, "# nothing\n")
    elif act == "deleted":
        (repo.root / beside).unlink()
    elif act == "renamed":
        for path in (sql, beside):
            new = repo.root / path.replace("000000_x", "000000_y").replace("/1/", "/2/").replace("V1", "V2")
            new.parent.mkdir(exist_ok=True)
            (repo.root / path).rename(new)

    assert (act in ("changed", "deleted")) == bool(repo.found("--since", "main", "--runner", runner))
