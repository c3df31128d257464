"""Every step of action.yml, run as GitHub's runner runs it, in a real repository, against GitHub's REST calls."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.action.github_api import BOT, GitHub
from tests.action.pulls import MARKER, SARIF, annotated, pull_request
from tests.action.workflow import ACTION, ROOT, Job
from tests.helpers.repos import Repo
from tests.live.server import installed

SERVERS = installed()


def test_a_finding(api: GitHub, repo: Repo, tmp_path: Path) -> None:
    """What a pull request brings is annotated, summed up, counted, written as SARIF and commented on once."""
    used = pull_request(repo, api, tmp_path).use(sarif_file=SARIF)
    assert used.code == 1, used.log
    report = json.loads(Path(used.outputs["report"]).read_bytes())
    sarif = json.loads((repo.root / SARIF).read_bytes())

    assert ["error db/m2.sql:3"] == annotated(used)
    assert ["python", "install", "check", "Comment on the pull request"] == [
        one for one in used.ran if "pip" not in one
    ]
    assert {"findings": "1", "errors": "1", "sarif": SARIF, "report": used.outputs["report"]} == used.outputs
    assert ["IDX101"] == [one["id"] for one in report["findings"]]
    assert ["IDX101"] == [one["ruleId"] for one in sarif["runs"][0]["results"]]
    assert [(BOT, True)] == [(one["user"], one["body"].startswith(MARKER)) for one in api.comments]
    assert "new_idx" in api.comments[0]["body"]
    assert [True] == ["new_idx" in one for one in used.summaries]


def test_everything(job: Job) -> None:
    """With `since: off` old findings count; outside of a pull request they do by themselves."""
    new, both = ["error db/m2.sql:3"], ["error db/m1.sql:1", "error db/m2.sql:3"]
    pushed = replace(job, environment={**job.environment, "GITHUB_EVENT_NAME": "push"})

    assert new == annotated(job.use())
    assert both == annotated(job.use(since="off"))
    assert both == annotated(pushed.use())
    assert new == annotated(pushed.use(since="main"))


@pytest.mark.parametrize(
    ("inputs", "code", "line"),
    [
        ({"paths": "nowhere"}, 3, "nowhere"),
        ({"paths": "--fix"}, 3, "--fix"),
        ({"paths": "'db"}, 2, "paths: no closing quotation"),
        ({"args": "--no-such-option"}, 2, "--no-such-option"),
        ({"since": "nowhere"}, 2, "nowhere is not a commit in this repository"),
        ({"runner": "nobody"}, 2, "nobody"),
        ({"comment": "perhaps"}, 2, "comment: perhaps is not true or false or review"),
        ({"version": "0.1.0 --index-url=http://127.0.0.1"}, 2, "is not a release"),
        ({"sarif_file": "nowhere/a.sarif"}, 2, "sarif-file: nowhere/a.sarif: no such file or directory"),
    ],
)
def test_wrong_input(job: Job, api: GitHub, inputs: dict[str, str], code: int, line: str) -> None:
    """A wrong input fails the step with idxlint's exit code and one annotation that says what is wrong."""
    used = job.use(**inputs)
    said = [one.data for one in used.commands("error") if "file" not in one.properties]

    assert (code, [True]) == (used.code, [line in one for one in said]), used.log
    assert "Traceback" not in used.log
    assert [] == api.asked


def test_merge_group(job: Job, repo: Repo, tmp_path: Path) -> None:
    """A merge group is judged by what it brings, from the commit that its event names."""
    base = repo.git("rev-parse", "main")
    event = tmp_path / "group.json"
    event.write_text(json.dumps({"merge_group": {"base_sha": base}}))
    more = {"GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(event)}
    used = replace(job, environment={**job.environment, **more}).use()
    report = json.loads(Path(used.outputs["report"]).read_bytes())

    assert (1, 2) == (report["summary"]["files"], report["summary"]["replayed"])


def test_fail_on(job: Job, api: GitHub) -> None:
    """What fails is up to `fail-on`; the comment is not."""
    used = job.use(fail_on="never")

    assert (0, 1) == (used.code, len(api.comments))


def test_args(job: Job) -> None:
    """`args` are words for the command, with quotes."""
    assert "0" == job.use(args="--select 'IDX2' --strict").outputs["findings"]


@pytest.mark.live
@pytest.mark.skipif(
    not SERVERS, reason="no PostgreSQL binaries; name their bin folders in IDXLINT_POSTGRES_BINS"
)
def test_live(job: Job, api: GitHub, repo: Repo) -> None:
    """With `live: true` what the pull request brings is proved, in the summary and in the same comment."""
    proving = replace(job, environment={**job.environment, "IDXLINT_POSTGRES_BINS": str(SERVERS[-1].bin)})
    used = proving.use(live="true")
    repo.commit(m2="CREATE TABLE other (a int);\n")
    good = proving.use(live="true")

    assert ["check", "live", "Comment on the pull request"] == used.ran[-3:]
    assert (1, ["0", "0"]) == (used.code, [one.steps["live"]["code"] for one in (used, good)])
    assert "db/m2.sql:3" in used.summaries[1]
    assert "db/m1.sql" not in used.summaries[1]
    assert "1 confirmed" in used.summaries[1]
    assert 1 == len(api.comments)
    assert "nothing found" in api.comments[0]["body"]


def test_too_long(job: Job, api: GitHub, repo: Repo) -> None:
    """Thousands of findings make a comment and a summary that GitHub takes."""
    repo.commit(m2="".join(f"CREATE INDEX new_{number} ON t (a{number});\n" for number in range(3_000)))
    used = job.use()

    assert "3000" == used.outputs["findings"]
    assert [True] == [len(one["body"]) <= 65_536 for one in api.comments]
    assert [True] == [len(one.encode()) < 1024 * 1024 for one in used.summaries]
    assert "3000" in api.comments[0]["body"]


def test_action_is_valid() -> None:
    """action.yml is what GitHub's schema asks for, and zizmor has nothing against it."""
    file = str(ROOT / "action.yml")
    programs = Path(sys.executable).parent
    for check in (
        (programs / "zizmor", "--offline", "--no-progress", file),
        (programs / "check-jsonschema", "--builtin-schema", "vendor.github-actions", file),
    ):
        assert 0 == subprocess.run(check, check=False).returncode, check[0].name


def test_scripts_are_fixed() -> None:
    """No script of action.yml has an expression in it, and every action that it uses is pinned."""
    steps = ACTION["runs"]["steps"]

    assert [] == [step["run"] for step in steps if "${{" in step.get("run", "")]
    assert [] == [
        step["uses"] for step in steps if not re.search(r"@[0-9a-f]{40}$", step.get("uses", "@" + "0" * 40))
    ]
