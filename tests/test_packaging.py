"""The wheel is what people get: it is built, looked into, and run where there is no checkout."""

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml

from idxlint import __version__
from idxlint.config import load
from tests.conftest import BOOK

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
_PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

pytestmark = pytest.mark.slow


def output(*command: str | Path, folder: Path, code: int = 0) -> str:
    """What a command prints in a folder, with nothing of ours on the path."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, "NO_COLOR": "1"},
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=120,
    )
    assert code == done.returncode, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    output(*build, folder=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with the wheel; what it depends on is borrowed from ours."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    paths = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    programs = Path(sysconfig.get_path("scripts", "venv", paths))
    pip = (sys.executable, "-m", "pip", "--python", str(programs / "python"))
    output(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel), folder=home)
    # A path in a .pth file comes last, and the .pth files behind it (an editable idxlint's) are not read.
    (site / "borrowed.pth").write_text(
        "\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    )
    where = "import idxlint; print(idxlint.__file__)"
    assert Path(output(programs / "python", "-c", where, folder=home).strip()).is_relative_to(home)
    return programs


def test_wheel_has_the_rule_book_and_no_tests(wheel: Path) -> None:
    """The wheel has the package with all pages inside, and nothing beside it."""
    files = ZipFile(wheel).namelist()
    pages = {f"idxlint/_rules/{rule.name}.md" for rule in BOOK.rules}

    assert set() == pages - set(files)
    assert {"idxlint", f"idxlint-{__version__}.dist-info"} == {name.split("/")[0] for name in files}


def test_installed_check(installed: Path, tmp_path: Path) -> None:
    """The installed command lints a file in a folder that has nothing else."""
    (tmp_path / "1.sql").write_text("CREATE INDEX orders_status_idx ON orders (status);\n")

    assert "index-not-concurrent" in output(installed / "idxlint", "check", "1.sql", folder=tmp_path, code=1)


def test_installed_rule(installed: Path, tmp_path: Path) -> None:
    """The installed command has the rule book."""
    assert BOOK.rules[0].body.strip() in output(installed / "idxlint", "rule", "IDX101", folder=tmp_path)


def test_installed_version(installed: Path, tmp_path: Path) -> None:
    """The version is the project's."""
    assert f"idxlint {project()['version']}\n" == output(installed / "idxlint", "--version", folder=tmp_path)


def project() -> dict[str, Any]:
    """The project's own facts."""
    facts: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return facts


def job(name: str) -> dict[str, Any]:
    """A job of the CI workflow."""
    found: dict[str, Any] = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"][
        name
    ]
    return found


def test_ci_runs_each_python() -> None:
    """CI runs the tests on each Python that the package says it is for."""
    prefix = "Programming Language :: Python :: 3."
    named = [line.rpartition(" ")[2] for line in project()["classifiers"] if line.startswith(prefix)]

    assert named == job("tests")["strategy"]["matrix"]["python"]


def test_ci_runs_each_postgres() -> None:
    """CI runs the live tests on each PostgreSQL that idxlint knows, and there is a server for each."""
    majors = [str(major) for major in load.RELEASES]
    servers = re.findall(r"^  (\d+)\.[\w.-]+$", (ROOT / ".ci" / "postgres").read_text("utf-8"), re.MULTILINE)

    assert majors == job("live")["strategy"]["matrix"]["postgres"]
    assert majors == servers


def test_ci_requires_every_job() -> None:
    """The one job that a branch has to require waits for all others."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]

    assert set(jobs) - {"required"} == set(jobs["required"]["needs"])


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned(workflow: Path) -> None:
    """An action is named by its commit, with its release beside it; nothing is permitted by default."""
    text = workflow.read_text("utf-8")
    uses = [line.strip().removeprefix("- ") for line in text.splitlines() if "uses:" in line]

    assert {} == yaml.safe_load(text)["permissions"]
    assert [] == [line for line in uses if not line.startswith("uses: ./ ") and not _PINNED.match(line)]
