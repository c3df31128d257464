"""pre-commit itself runs the hooks, from a clone of this repository, in environments that it makes."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from idxlint.runners.registry import PROFILES
from tests.conftest import Ran
from tests.helpers.repos import Repo, command, index, table
from tests.runners.tools.programs import unavailable

ROOT = Path(__file__).parent.parent
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
FIXTURES = ROOT / "fixtures"
PRE_COMMIT = (sys.executable, "-m", "pre_commit")
INSTALL_SECONDS = 300
_NO_MIGRATIONS = {"env.py", "__init__.py", "manage.py", "settings.py"}
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", ".hypothesis", "build", "dist")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """This tree as a repository with one commit."""
    root = tmp_path_factory.mktemp("idxlint") / "clone"
    shutil.copytree(ROOT, root, ignore=_LEFT_OUT)
    repo = Repo(root)
    repo.commit()
    return repo


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps its clones and environments."""
    return tmp_path_factory.mktemp("home")


class Project(Repo):
    """A repository with a hook of idxlint in it."""

    def __init__(self, root: Path, clone: Repo, home: Path, hook: str) -> None:
        self.environment = {"PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never"}
        super().__init__(root)
        rev = clone.git("rev-parse", "HEAD")
        source = {"repo": str(clone.root), "rev": rev, "hooks": [{"id": hook, "verbose": True}]}
        self.put(".pre-commit-config.yaml", yaml.safe_dump({"repos": [source]}))
        self.put("migrations/0001.sql", table("old"))
        self.commit()

    def pre_commit(self, *words: str) -> Ran:
        """What pre-commit says."""
        return command([*PRE_COMMIT, *words], self.root, self.environment, INSTALL_SECONDS)

    def attempt(self, *words: str) -> Ran:
        """What git says, with the hooks that it calls."""
        return command(["git", *words], self.root, self.environment)


@pytest.fixture(params=["idxlint-staged", "idxlint"])
def project(tmp_path: Path, clone: Repo, home: Path, request: pytest.FixtureRequest) -> Project:
    """A repository into which pre-commit has installed one of the hooks."""
    made = Project(tmp_path / "project", clone, home, request.param)
    installed = made.pre_commit("install", "--install-hooks")
    if "pip" in installed.out and installed.code:
        unavailable(f"pre-commit cannot make its environment: {installed.out[-500:]}")
    assert installed.code == 0, installed.out
    return made


@pytest.mark.slow
def test_commit_is_blocked_and_passes(project: Project) -> None:
    """A commit with a plain build on an old table is refused, whatever way it is made; the safe one goes through."""
    project.put("migrations/0002.sql", index("old"))
    project.git("add", "--all")
    refused = project.attempt("commit", "--message", "bad")
    path = project.put("migrations/0002.sql", "CREATE INDEX CONCURRENTLY old_1 ON old (a);\n")
    project.git("add", "--all")
    passed = project.attempt("commit", "--message", "good")
    path.write_text(index("old"), "utf-8")
    changed = project.attempt("commit", "--all", "--message", "bad again")

    assert [1, 0, 1] == [refused.code, passed.code, changed.code]
    assert [1, 0, 1] == [
        ran.err.count("migrations/0002.sql:1:8 IDX101") for ran in (refused, passed, changed)
    ]


@pytest.mark.slow
def test_500_files(project: Project) -> None:
    """Five hundred files with long names are one history that is read once: one finding, one count of files."""
    for number in range(500):
        project.put(f"migrations/{number + 10:04}_{'long' * 50}.sql", "-- nothing\n")
    project.put("migrations/0009.sql", table("fresh"))
    project.put(f"migrations/0511_{'z' * 200}.sql", index("old"))
    project.git("add", "--all")
    refused = project.attempt("commit", "--message", "many")

    assert (1, 1) == (refused.code, refused.err.count(" IDX101 "))
    assert 1 == len(re.findall(r"in 50[23] (?:changed )?files", refused.err))


@pytest.mark.slow
def test_all_files(tmp_path: Path, clone: Repo, home: Path) -> None:
    """`pre-commit run --all-files` is a gate with the hook that lints all."""
    project = Project(tmp_path / "project", clone, home, "idxlint")
    project.put("migrations/0002.sql", index("old"))
    project.commit()
    ran = project.pre_commit("run", "--all-files")
    if "pip" in ran.out and ran.code > 1:
        unavailable(ran.out[-500:])

    assert (1, 1) == (ran.code, ran.out.count("migrations/0002.sql:1:8 IDX101"))


def looked_at() -> Iterator[str]:
    """The migrations of each tool, and the files that say how they run, as paths of a repository."""
    for folder in sorted(FIXTURES.iterdir()):
        for file in sorted(folder.rglob("*")):
            place = file.relative_to(folder)
            changelog = "changelog" in place.as_posix() and file.suffix in (".xml", ".yaml", ".yml", ".json")
            if (file.suffix in (".sql", ".py") or changelog) and file.name not in _NO_MIGRATIONS:
                yield place.as_posix()
    for profile in PROFILES:
        yield from (f"db/{pattern.format('V1__a.sql')}" for pattern in profile.beside)
        yield from (f"db/{config}" for config in profile.configs if Path(config).suffix not in ("", ".py"))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: str(hook["id"]))
def test_files_of_every_runner(hook: dict[str, str]) -> None:
    """A hook looks at the migrations of every tool that idxlint knows, and not at everything."""
    passed_over = [path for path in looked_at() if not re.search(hook["files"], path)]
    others = [
        path for path in ("README.md", "src/models.py", "package.json") if re.search(hook["files"], path)
    ]

    assert ([], []) == (passed_over, others)
