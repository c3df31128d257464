"""GitHub on the loopback, a repository with a pull request, and its job."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.action import workflow
from tests.action.github_api import GitHub, github
from tests.action.pulls import BAD, OLD, TABLE, pull_request
from tests.action.workflow import Job
from tests.helpers.repos import Repo


@pytest.fixture
def api() -> Iterator[GitHub]:
    """GitHub on the loopback."""
    with github() as state:
        yield state


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A checkout: an old migration on main, and a new one with a finding on the branch that is checked out."""
    repo = Repo(tmp_path / "shop")
    repo.put("idxlint.yaml", "paths: [db]\n")
    repo.commit(m0=TABLE, m1=OLD)
    repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repo.git("switch", "--quiet", "--create", "work")
    repo.commit(m2=BAD)
    return repo


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the action installs, for the tests that are about something else."""
    folder = tmp_path_factory.mktemp("installing")
    used = workflow.job(folder, folder).use(version="", paths="nowhere")
    return Path(used.steps["install"]["home"]) / "packages"


@pytest.fixture
def job(repo: Repo, api: GitHub, tmp_path: Path, packages: Path) -> Job:
    """The job of the pull request."""
    return pull_request(repo, api, tmp_path, packages)
