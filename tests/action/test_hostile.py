"""What inputs and checkouts may try against the action."""

import json
from pathlib import Path

import pytest

from tests.action import workflow
from tests.action.github_api import Fault, GitHub
from tests.action.pulls import BAD, SARIF, annotated, pull_request
from tests.action.workflow import Job
from tests.helpers.repos import Repo

HOSTILE = (
    "$(touch FILE) `touch FILE` ; touch FILE | touch FILE && touch FILE",
    '"; touch FILE; "',
    "db\ntouch FILE\n",
    "--output=FILE ${{ github.token }}",
    "x\n::error::x\n::set-output name=findings::99\n%0A::error::x",
    "x\nEOF\nfindings=99\n",
)


@pytest.mark.parametrize("name", ["paths", "args", "since", "runner", "sarif_file"])
def test_hostile_inputs(job: Job, name: str, tmp_path: Path) -> None:
    """An input is data: nothing in it is run, expanded, written or taken for a command of the runner."""
    file = tmp_path / "touched"
    for template in HOSTILE:
        said = template.replace("FILE", str(file))
        used = job.use(**{name: said})

        assert name == "args" or not file.exists(), said  # --output is an option that args may have
        assert not {"x", "99"} & {one.data for one in used.commands("error", "set-output")}, said
        assert "Traceback" not in used.log
        assert used.outputs["findings"] in ("", "1")
        assert workflow.JOB_TOKEN not in used.log


def test_hostile_checkout(api: GitHub, repo: Repo, tmp_path: Path) -> None:
    """Nothing of the checkout is imported, followed or obeyed: modules, links, names of files, SQL."""
    ran = tmp_path / "ran"
    for module in (
        "sitecustomize",
        "usercustomize",
        "json",
        "click",
        "pip",
        "idxlint/__init__",
        "idxlint/action",
    ):
        repo.put(f"{module}.py", f"open({str(ran)!r}, 'w')\n")
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (repo.root / SARIF).symlink_to(victim)
    repo.put("db/::error::$(touch x)`y`.sql", 'CREATE INDEX "::error::x\n::set-output name=a::b" ON t (c);\n')
    repo.commit()
    used = pull_request(repo, api, tmp_path).use(comment="review", sarif_file=SARIF)

    assert used.code == 1
    assert not ran.exists()
    assert "kept" == victim.read_text()
    assert json.loads((repo.root / SARIF).read_bytes())
    assert ["db/::error::$(touch x)`y`.sql", "db/m2.sql"] == sorted(
        {one.properties["file"] for one in used.commands("error")}
    )
    assert [] == used.commands("set-output")


def test_a_diff_in_the_log(job: Job, repo: Repo) -> None:
    """With `--diff` the lines of a migration reach the log, and none of them is a command."""
    repo.commit(m2=f"/*\n  ::error::x\n*/\n{BAD.splitlines()[-1]}\n")
    used = job.use(args="--diff")

    assert "  ::error::x" in used.log
    assert ["error db/m2.sql:4"] == annotated(used)
    assert "x" not in [one.data for one in used.commands("error")]


def test_no_secret(job: Job, api: GitHub) -> None:
    """The token goes to GitHub and nowhere else, also where GitHub sends it back."""
    api.faults = [Fault("GET", "/comments", 404, {"message": f"who is {api.token}?"})]
    first, second = job.use(), job.use(comment="review")

    assert {api.token} == api.tokens
    assert api.token not in first.everything + second.everything
    assert [
        "no comment on the pull request: HTTP 404: not found, or not visible to the token (who is ***?)"
    ] == (first.notices())
