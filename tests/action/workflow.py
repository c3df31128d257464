"""GitHub's runner, as far as a composite action sees it: expressions, environment files, workflow commands.

Source: GitHub's manual, "Metadata syntax", "Expressions", "Variables" and "Workflow commands", and the source of
actions/runner: a step that fails does not end the action, it only makes `success()` false.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
_VERSION = "${{ inputs.version }}"
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_COMMAND = re.compile(r"::([\w-]+)(?: ([^:]*(?:=[^:]*)?))?::(.*)")
_BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
_FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
USES = {
    "actions/setup-python": {"python-path": sys.executable, "python-version": "3.13.1"},
    "actions/cache": {"cache-hit": "false"},
}
"""What the actions that it uses leave behind, by their own documentation: outputs, and nothing else here."""


@dataclass(frozen=True, slots=True)
class Command:
    """A workflow command in the log."""

    name: str
    properties: Mapping[str, str]
    data: str


@dataclass(slots=True)
class Used:
    """What a use of the action left behind.

    code: of the first step that failed; ran: the ids and names of the steps that ran; summaries: of the steps
    """

    code: int = 0
    ran: list[str] = field(default_factory=list)
    log: str = ""
    summaries: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)

    def commands(self, *names: str) -> list[Command]:
        """The commands of some names in the log, in their order."""
        return [one for one in _commands(self.log) if one.name in names]

    def notices(self) -> list[str]:
        """What the notices say."""
        return [one.data for one in self.commands("notice") if "file" not in one.properties]

    @property
    def everything(self) -> str:
        """All text that leaves the job."""
        return "\n".join([self.log, *self.summaries, *self.outputs.values()])


class Expressions:
    """The few forms of expressions that action.yml uses: contexts, texts, == and !=, && and !cancelled()."""

    def __init__(self, inputs: Mapping[str, str], used: Used) -> None:
        self._inputs = inputs
        self._used = used

    def text(self, template: object) -> str:
        """A value with its expressions filled in; a number or a boolean as YAML writes it."""
        plain = str(template).lower() if isinstance(template, bool) else str(template)
        return _EXPRESSION.sub(lambda found: self._value(found[1].strip()), plain)

    def holds(self, condition: str | None) -> bool:
        """Whether a step runs; success() stands before a condition that has no such function."""
        terms = _EXPRESSION.sub(r"\1", condition or "success()").split("&&")
        if not re.search(r"(success|failure|always|cancelled)\(\)", condition or "success()"):
            terms.append("success()")
        return all(self._term(term.strip()) for term in terms)

    def _term(self, term: str) -> bool:
        if term in ("!cancelled()", "always()"):
            return True
        if term == "success()":
            return self._used.code == 0
        left, operator, right = re.fullmatch(r"(\S+) (==|!=) (\S+)", term).groups()  # type: ignore[union-attr]
        same = self._value(left).lower() == self._value(right).lower()  # texts are compared without case
        return same == (operator == "==")

    def _value(self, name: str) -> str:
        if literal := re.fullmatch(r"'([^']*)'", name):
            return literal[1]
        match name.split("."):
            case ["inputs", key]:
                return self._inputs[key]
            case ["steps", step, "outputs", key]:
                return self._used.steps.get(step, {}).get(key, "")
            case ["github", "token"]:
                return JOB_TOKEN
            case ["runner", ("os" | "arch") as key]:
                return {"os": "Linux", "arch": "X64"}[key]
        raise AssertionError(f"this runner does not know {name}")


JOB_TOKEN = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"  # noqa: S105, GitHub's own example of the form


@dataclass(frozen=True, slots=True)
class Job:
    """A job with a checkout.

    environment: what the runner, the workflow and the event set
    packages: what was installed before; then the step that installs this version only gets a new folder
    """

    workspace: Path
    temp: Path
    environment: Mapping[str, str]
    packages: Path | None = None

    def use(self, **inputs: str) -> Used:
        """Use the action, with underscores for the dashes of its inputs."""
        given = {name.replace("_", "-"): said for name, said in inputs.items()}
        assert set(given) <= set(ACTION["inputs"])
        used = Used()
        defaults = Expressions({}, used)
        filled = {name: defaults.text(facts["default"]) for name, facts in ACTION["inputs"].items()} | given
        expressions = Expressions(filled, used)
        for step in ACTION["runs"]["steps"]:
            if expressions.holds(step.get("if")):
                used.ran.append(step.get("id") or step["name"])
                self._run(step, expressions, used)
        used.outputs = {name: expressions.text(output["value"]) for name, output in ACTION["outputs"].items()}
        return used

    def _run(self, step: dict[str, Any], expressions: Expressions, used: Used) -> None:
        """Run one step; its files are read even if it fails."""
        if "uses" in step:
            for value in step["with"].values():
                expressions.text(value)
            used.steps[step.get("id", "")] = USES[step["uses"].partition("@")[0]]
            return
        if step.get("id") == "install" and self.packages is not None and not expressions.text(_VERSION):
            home = Path(tempfile.mkdtemp(dir=self.temp))
            (home / "packages").symlink_to(self.packages)
            used.steps["install"] = {"home": str(home)}
            return
        assert step["shell"] == "bash"
        folder = self.temp / "_runner_file_commands"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        files = {name: folder / name.lower() for name in _FILES}
        for file in files.values():
            file.touch()
        script = self.temp / "step.sh"
        script.write_text(expressions.text(step["run"]))
        done = subprocess.run(
            [*_BASH, script],
            cwd=self.workspace,
            env={
                **self.environment,
                **{name: str(file) for name, file in files.items()},
                **{name: expressions.text(value) for name, value in step["env"].items()},
                "GITHUB_ACTION_PATH": str(ROOT),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
        )
        used.code = used.code or done.returncode
        used.log += done.stdout.decode()
        used.steps[step.get("id", "")] = dict(_pairs(files["GITHUB_OUTPUT"].read_text("utf-8")))
        used.exported |= dict(_pairs(files["GITHUB_ENV"].read_text("utf-8")))
        assert not files["GITHUB_PATH"].read_text("utf-8")
        summary = files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        used.summaries += [summary] if summary else []


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """What a step wrote to GITHUB_OUTPUT or GITHUB_ENV: NAME=VALUE, or NAME<<END, lines, END."""
    lines = iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.fullmatch(r"(.*?)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]
        if sign == "=":
            yield name, rest
            continue
        value: list[str] = []
        for following in lines:
            if following == rest:
                break
            value.append(following)
        yield name, "\n".join(value)


def _commands(log: str) -> Iterator[Command]:
    """The commands that the runner obeys: none between stop-commands and its token."""
    stopped = ""
    for line in log.splitlines():
        found = _COMMAND.match(line.lstrip())
        if stopped:
            stopped = "" if line.strip() == f"::{stopped}::" else stopped
        elif found and found[1] == "stop-commands":
            stopped = found[3]
        elif found:
            pairs = (pair.partition("=") for pair in (found[2] or "").split(",") if pair)
            properties = {name: _decoded(value) for name, _, value in pairs}
            yield Command(found[1], properties, _decoded(found[3]))


def _decoded(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def job(workspace: Path, temp: Path, packages: Path | None = None, **more: str) -> Job:
    """A job on a clean machine: PATH, a home, and the documented default variables; pip fetches nothing."""
    temp.mkdir(parents=True, exist_ok=True)
    base = {
        "PATH": os.environ["PATH"],
        "HOME": str(temp),
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(workspace),
        "GITHUB_REPOSITORY": "octocat/shop",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_RUN_ID": "1658821493",
        "RUNNER_TEMP": str(temp),
        "RUNNER_OS": "Linux",
        # What idxlint depends on is what the tests have.
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "NO_PROXY": "127.0.0.1",
    }
    return Job(workspace, temp, {**base, **more}, packages)
