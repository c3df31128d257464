"""What stands in .github is what GitHub takes, and nothing in it is a risk that zizmor knows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Ran

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
PROGRAMS = Path(sys.executable).parent
FORMS = sorted({*(GITHUB / "ISSUE_TEMPLATE").glob("*.yml")} - {GITHUB / "ISSUE_TEMPLATE" / "config.yml"})
SCHEMAS = {
    **dict.fromkeys(sorted((GITHUB / "workflows").glob("*.yml")), "github-workflows"),
    **dict.fromkeys(FORMS, "github-issue-forms"),
    GITHUB / "ISSUE_TEMPLATE" / "config.yml": "github-issue-config",
    GITHUB / "dependabot.yml": "dependabot",
    **dict.fromkeys(ROOT.glob("action.yml"), "github-actions"),
}
ANNOTATIONS = ROOT / "fixtures" / "demo" / "annotations.txt"
LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}
"""What GitHub calls the level of a workflow command in its API of check runs."""


def ran(*command: str | Path) -> Ran:
    """What a command says in this tree."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, encoding="utf-8", timeout=60)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_schema(path: Path) -> None:
    """Each file is valid in the schema that GitHub's kind of file has."""
    done = ran(PROGRAMS / "check-jsonschema", "--builtin-schema", SCHEMAS[path], path)

    assert (0, "ok -- validation done\n") == (done.code, done.out)


def test_timeouts() -> None:
    """No job may hang for the six hours that GitHub gives it."""
    workflows = [path for path, schema in SCHEMAS.items() if schema == "github-workflows"]
    check = (PROGRAMS / "check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout")
    done = ran(*check, *workflows)

    assert (0, "ok -- validation done\n") == (done.code, done.out)


def test_zizmor() -> None:
    """Nothing is found by zizmor in the workflows, the action and dependabot's settings."""
    done = ran(PROGRAMS / "zizmor", "--offline", "--no-progress", "--collect=all", *SCHEMAS, "--format=plain")

    assert (0, True) == (done.code, "No findings" in done.out), done.out


def test_hooks() -> None:
    """pre-commit takes the hooks and our own configuration of it."""
    hooks = ran(sys.executable, "-m", "pre_commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")
    config = ran(sys.executable, "-m", "pre_commit", "validate-config", ROOT / ".pre-commit-config.yaml")

    assert (0, 0) == (hooks.code, config.code), hooks.out + config.out


def test_annotations_of_the_demo() -> None:
    """The annotations that CI expects of the action are what idxlint says of the demo."""
    out = ran(sys.executable, "-m", "idxlint", "check", "fixtures/demo", "--format", "github").out
    found = re.findall(r"(?m)^::(\w+) file=([^,]+),line=(\d+),.*?title=([^:]+)::", out)
    lines = sorted(f"{LEVELS[level]} {path}:{line} {title}\n" for level, path, line, title in found)

    assert "".join(lines) == ANNOTATIONS.read_text("utf-8")
