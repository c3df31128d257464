"""`idxlint init`: what it finds, shows and writes, and that the gate it sets up lets through what is old."""

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from idxlint.cli.ci_files import CI
from idxlint.cli.origin import Origin
from idxlint.reporters import FORMATS
from tests.helpers.repos import Repo, environment, index, table

ROOT = Path(__file__).parents[2]
Place = tuple[str, int]
CI_FILES = {
    "github": ".github/workflows/idxlint.yml",
    "gitlab": ".gitlab-ci.yml",
    "pre-commit": ".pre-commit-config.yaml",
}
_UP = "-- +goose Up\n"
_ALEMBIC = """from alembic import op
import sqlalchemy as sa

revision = "{0}"
down_revision = {1}


def upgrade():
    op.{2}
"""


def _plain(repo: Repo, number: int, kind: str, name: str) -> str:
    return repo.put(
        f"sql/migrations/{number:04}.sql", table(name) if kind == "table" else "\n" + index(name)
    ).name


def _goose(repo: Repo, number: int, kind: str, name: str) -> str:
    text = table(name) if kind == "table" else index(name)
    return repo.put(f"db/migrations/{number:05}_x.sql", _UP + text).name


def _alembic(repo: Repo, number: int, kind: str, name: str) -> str:
    repo.put("alembic.ini", "[alembic]\nscript_location = alembic\n")
    made = f'create_table("{name}", sa.Column("a", sa.Integer))'
    what = made if kind == "table" else f'create_index("{name}_1", "{name}", ["a"])'
    before = f'"r{number - 1:03}"' if number > 1 else "None"
    return repo.put(f"alembic/versions/r{number:03}.py", _ALEMBIC.format(f"r{number:03}", before, what)).name


Writer = Callable[[Repo, int, str, str], str]
LAYOUTS: dict[str, tuple[Writer, str, int]] = {
    "plain": (_plain, "sql/migrations", 2),
    "goose": (_goose, "db/migrations", 2),
    "alembic": (_alembic, "alembic", 9),
}


def repository(root: Path, layout: str) -> Repo:
    """A repository with thirty migrations, a third of which have a finding."""
    repo, write = Repo(root), LAYOUTS[layout][0]
    for number in range(1, 31, 3):
        write(repo, number, "table", f"t{number}")
        write(repo, number + 1, "index", f"t{number}")
        write(repo, number + 2, "table", f"u{number}")
    repo.commit()
    return repo


def _sarif(out: str) -> Iterator[Place]:
    for result in json.loads(out)["runs"][0]["results"]:
        if not result.get("suppressions"):
            place = result["locations"][0]["physicalLocation"]
            yield place["artifactLocation"]["uri"], place["region"]["startLine"]


def _junit(out: str) -> Iterator[Place]:
    for case in ET.fromstring(out).iter("testcase"):  # noqa: S314, our own
        for failure in case.iter("failure"):
            lines = re.findall(r"(?m)^(\d+):\d+ IDX", failure.text or "")
            yield from ((f"{case.get('classname')}/{case.get('name')}", int(line)) for line in lines)


def _lines(pattern: str) -> Callable[[str], Iterator[Place]]:
    return lambda out: ((path, int(line)) for path, line in re.findall(pattern, out, re.MULTILINE))


READ: dict[str, Callable[[str], Iterator[Place]]] = {
    "text": _lines(r"^(\S+):(\d+):\d+ IDX"),
    "json": lambda out: ((one["path"], one["line"]) for one in json.loads(out)["findings"]),
    "github": _lines(r"^::\w+ file=([^,]+),line=(\d+),"),
    "gitlab": lambda out: ((one["location"]["path"], _begin(one["location"])) for one in json.loads(out)),
    "sarif": _sarif,
    "junit": _junit,
    "markdown": _lines(r"in `([^`]+):(\d+):\d+`"),
    "rdjson": lambda out: (
        (one["location"]["path"], one["location"]["range"]["start"]["line"])
        for one in json.loads(out)["diagnostics"]
    ),
}


def _begin(location: dict[str, Any]) -> int:
    """The line of a place in GitLab's report."""
    return int(
        location["positions"]["begin"]["line"] if "positions" in location else location["lines"]["begin"]
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pull_request(layout: str, tmp_path: Path) -> None:
    """After init, plain builds on an old and on a new table are one finding, on its line, in each format."""
    repo = repository(tmp_path, layout)
    write, folder, line = LAYOUTS[layout]
    assert 0 == repo.run("init", "--yes", "--ci", "github").code
    repo.commit()
    assert 0 == repo.run("check").code
    repo.git("switch", "--quiet", "--create", "work")
    found = write(repo, 31, "index", "t4")
    write(repo, 32, "table", "fresh")
    write(repo, 33, "index", "fresh")
    repo.commit()
    (path,) = (file.relative_to(tmp_path).as_posix() for file in (tmp_path / folder).rglob(found))
    ran = {name: repo.run("check", "--since", "main", "--format", name) for name in FORMATS}

    assert {name: [(path, line)] for name in FORMATS} == {
        name: [*READ[name](one.out)] for name, one in ran.items()
    }
    assert {1} == {one.code for one in ran.values()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_written(layout: str, tmp_path: Path) -> None:
    """The configuration names the folders that were found, and the baseline has the findings of today."""
    repo = repository(tmp_path, layout)
    ran = repo.run("init", "--yes")
    config = (tmp_path / "idxlint.yaml").read_text("utf-8")

    assert {"paths": [LAYOUTS[layout][1]]} == yaml.safe_load(config)
    assert layout in config.replace("psql (assumed: no tool was detected)", "plain")
    assert 10 == len(json.loads((tmp_path / "idxlint-baseline.json").read_text("utf-8"))["findings"])
    assert len(ran.out.partition("next:\n")[2].splitlines()) in range(1, 6)
    assert (0, "") == (repo.run("check").code, repo.run("check").err)


def test_nothing_is_written_unasked(tmp_path: Path) -> None:
    """Without a terminal and without --yes it shows every line that it would write, and writes none."""
    repo = repository(tmp_path, "plain")
    before = sorted(tmp_path.rglob("*"))
    shown = repo.run("init", "--ci", "github")
    after = sorted(tmp_path.rglob("*"))
    repo.run("init", "--yes", "--ci", "github")
    lines = [f"+{line}".rstrip() for line in (tmp_path / CI_FILES["github"]).read_text("utf-8").splitlines()]

    assert (0, before) == (shown.code, after)
    assert "\n".join(["--- /dev/null", f"+++ {CI_FILES['github']}", *lines]) in shown.out
    assert shown.out.endswith("nothing written: not a terminal; pass --yes\n")


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False), ("", False)])
def test_terminal(answer: str, written: bool, tmp_path: Path) -> None:
    """On a terminal it asks after it has shown, and takes nothing for a no."""
    repository(tmp_path, "plain")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "idxlint", "init"],
        cwd=tmp_path,
        env=environment({}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.write(ours, f"{answer}\n".encode())
        process.wait(30)
    os.close(theirs)
    said = os.read(ours, 65_536).decode()
    os.close(ours)

    assert "Write idxlint.yaml, idxlint-baseline.json? [y/N]" in said
    assert written is (tmp_path / "idxlint.yaml").exists()
    assert 0 == process.returncode


@pytest.mark.parametrize("ci", CI_FILES)
def test_nothing_is_overwritten(ci: str, tmp_path: Path) -> None:
    """A file that is there, or a link to nowhere, stays; what to add to it is shown."""
    repo = repository(tmp_path, "plain")
    repo.put(CI_FILES[ci], "mine: true\n")
    repo.put("idxlint-baseline.json", '{"version": 1, "findings": {}}')
    (tmp_path / "idxlint.yaml").symlink_to("nowhere")
    ran = repo.run("init", "--yes", "--ci", ci)
    snippet = {
        "github": "uses: OWNER/idxlint@",
        "gitlab": "idxlint check --since auto",
        "pre-commit": "- id: idxlint-staged",
    }

    assert "mine: true\n" == (tmp_path / CI_FILES[ci]).read_text("utf-8")
    assert not (tmp_path / "nowhere").exists()
    assert 3 == ran.out.count(" already exists and is not changed")
    assert snippet[ci] in ran.out
    assert ran.out.endswith("nothing to write\n")


def test_configuration_elsewhere(tmp_path: Path) -> None:
    """A configuration above is one, no second is written, and the baseline goes to where that one has it."""
    repo = repository(tmp_path, "plain")
    repo.put("pyproject.toml", '[tool.idxlint]\npaths = ["sql"]\nbaseline = "accepted.json"\n')
    ran = repo.run("init", "--yes", folder=tmp_path / "sql")

    assert "../pyproject.toml already exists and is not changed" in ran.out
    assert "written: ../accepted.json\n" in ran.out
    assert [] == [*tmp_path.rglob("idxlint*")]
    assert 0 == repo.run("check", folder=tmp_path / "sql").code


def test_named_folder_and_runner(tmp_path: Path) -> None:
    """Folders and the tool that are named on the command line are what the configuration says, with odd names too."""
    odd = 'a "b"\n# 😀: [x]'
    repo = Repo(tmp_path)
    repo.put(f"{odd}/1.sql", table("t") + "CREATE INDEX i ON t (a);\n")
    ran = repo.run("init", odd, "--runner", "flyway", "--yes")

    assert {"paths": [odd], "runner": "flyway"} == yaml.safe_load(
        (tmp_path / "idxlint.yaml").read_text("utf-8")
    )
    assert (0, 0) == (ran.code, repo.run("check").code)


def test_below_the_top(tmp_path: Path) -> None:
    """A CI file below the top folder of a repository would be read by nobody: that is said, and where to go."""
    repo = repository(tmp_path, "plain")
    ran = repo.run("init", "--yes", "--ci", "gitlab", folder=tmp_path / "sql")

    assert (2, "") == (ran.code, ran.out)
    assert ran.err.endswith(f"run it in the top folder of the repository, {tmp_path}\n")


def test_outside(tmp_path: Path) -> None:
    """Nothing is written through a folder that is a link to somewhere else."""
    repo = repository(tmp_path / "repo", "plain")
    (tmp_path / "other").mkdir()
    (repo.root / ".github").symlink_to(tmp_path / "other")
    ran = repo.run("init", "--yes", "--ci", "github")

    assert (2, []) == (ran.code, [*(tmp_path / "other").iterdir()])


def test_no_migrations(tmp_path: Path) -> None:
    """Where nothing looks like migrations nothing is written."""
    ran = Repo(tmp_path).run("init", "--yes")

    assert (3, "") == (ran.code, ran.out)


ORIGIN = Origin("https://github.com/example/idxlint", "8" * 40)


@pytest.mark.parametrize(
    ("ci", "schema"), [("github", "github-workflows"), ("gitlab", "gitlab-ci"), ("pre-commit", None)]
)
def test_ci_files_are_valid(ci: str, schema: str | None, tmp_path: Path) -> None:
    """What is written for a service is what the service takes, and nothing in it is a risk that zizmor knows."""
    file = Repo(tmp_path).put(CI_FILES[ci], CI[ci](ORIGIN).text)
    programs = Path(sys.executable).parent
    commands: dict[str, list[str | Path]] = {
        "github": [programs / "zizmor", "--offline", "--no-progress", tmp_path],
        "pre-commit": [sys.executable, "-m", "pre_commit", "validate-config", file],
    }
    if schema:
        check: list[str | Path] = [programs / "check-jsonschema", "--builtin-schema", schema]
        transform = ["--data-transform", "gitlab-ci"] if ci == "gitlab" else []
        subprocess.run([*check, *transform, file], check=True, capture_output=True)
    if ci in commands:
        subprocess.run(commands[ci], check=True, capture_output=True)

    assert "8" * 40 in file.read_text("utf-8")


def test_checkout_is_the_one_that_ci_uses() -> None:
    """The workflow that is written checks out with the release that our own workflows use."""
    uses = re.compile(r"actions/checkout@.*")

    assert {*uses.findall((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))} == {
        *uses.findall(CI["github"](ORIGIN).text)
    }
