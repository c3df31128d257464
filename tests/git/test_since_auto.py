"""`check --since auto`: the base that the CI service names, else the default branch, and always said which."""

import json
from pathlib import Path

import pytest

from tests.helpers.repos import OLD, Repo, started

COMMIT = "{main}"
NAMED = {
    "GitHub": {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"},
    "GitLab, merged results": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": COMMIT,
                               "CI_MERGE_REQUEST_DIFF_BASE_SHA": "1" * 40},
    "GitLab": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "", "CI_MERGE_REQUEST_DIFF_BASE_SHA": COMMIT},
    "GitLab, target branch": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
    "GitLab, base not cloned": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "1" * 40,
                                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
    "Bitbucket": {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_PR_DESTINATION_COMMIT": "{short}"},
    "Bitbucket, branch": {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_PR_DESTINATION_BRANCH": "main"},
    "Azure": {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
    "Azure, short": {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "main"},
    "Buildkite": {"BUILDKITE": "true", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main"},
    "Jenkins": {"JENKINS_URL": "http://ci", "CHANGE_TARGET": "main"},
}  # fmt: skip
FALLBACK = {
    "GitHub Actions": {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_BASE_REF": ""},
    "GitLab CI": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": ""},
    "Buildkite": {"BUILDKITE": "true", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": ""},
    "CircleCI": {"CIRCLECI": "true", "CIRCLE_BRANCH": "work"},
}  # fmt: skip


@pytest.fixture
def clone(tmp_path: Path) -> Repo:
    """A clone of a repository, with a branch on which there is one finding more; its main is the remote's."""
    repo = started(tmp_path / "repo")
    repo.git("switch", "--quiet", "main")
    repo.git("clone", "--quiet", "--branch", "work", str(repo.root), str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    clone.commit(m2=OLD)
    return clone


@pytest.mark.parametrize("says", NAMED.values(), ids=NAMED)
def test_named(clone: Repo, says: dict[str, str]) -> None:
    """Each service says in its own way where the pull request began; the line has the variable that did."""
    sha = clone.git("rev-parse", "origin/main")
    env = {name: said.format(main=sha, short=sha[:12]) for name, said in says.items()}
    ran = clone.check("--since", "auto", env=env)
    shown = "origin/main" if "main" in ran.err else sha[:12]

    assert (1, 1) == (ran.code, ran.out.count("IDX101 error"))
    assert f"idxlint: --since auto: since {shown}, the base of this change (" in ran.err
    assert ran.err.rpartition("(")[2].removesuffix(")\n") in env


@pytest.mark.parametrize("title", FALLBACK)
def test_no_pull_request(clone: Repo, title: str) -> None:
    """Where the service names no base, the default branch is taken, and that is said."""
    ran = clone.check("--since", "auto", env=FALLBACK[title])

    assert (
        1,
        f"idxlint: --since auto: {title} names no base for this job; since origin/main, the default branch\n",
    ) == (
        ran.code,
        ran.err,
    )


def test_push(clone: Repo) -> None:
    """A push on GitHub goes from where the branch was before it; a new branch has only the default one."""
    before = clone.git("rev-parse", "HEAD")
    clone.commit(m3="SELECT 1;\n")
    event = clone.root.parent / "event.json"
    push = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": str(event)}
    event.write_text(json.dumps({"before": before}))

    assert (
        f"since {before[:12]}, the base of this change (GITHUB_EVENT_PATH)"
        in clone.check("--since", "auto", env=push).err
    )
    assert [] == clone.found("--since", "auto", env=push)
    for text in (json.dumps({"before": "0" * 40}), "[]", "no json", json.dumps({"before": "--x"})):
        event.write_text(text)
        assert ["m2.sql old_1"] == clone.found("--since", "auto", env=push), text
    event.write_text(json.dumps({"before": before}))
    pull = {**push, "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"}
    assert ["m2.sql old_1"] == clone.found("--since", "auto", env=pull)


def test_base_not_cloned(clone: Repo) -> None:
    """A base that the service names and the clone lacks is no reason to take another one."""
    ran = clone.check("--since", "auto", env={"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "release/1"})

    assert (2, 1) == (ran.code, len(ran.err.splitlines()))
    assert "GITHUB_BASE_REF is origin/release/1, which is not a commit in this repository" in ran.err
    assert "git fetch origin release/1:refs/remotes/origin/release/1" in ran.err


@pytest.mark.parametrize(
    ("branch", "says"),
    [("trunk", "since trunk"), ("main", "since main"), ("master", "since master"), ("other", None)],
)
def test_default_branch(tmp_path: Path, branch: str, says: str | None) -> None:
    """Outside of CI the default branch is origin/HEAD, else one with a name that is usual."""
    repo = started(tmp_path / "repo")
    repo.git("branch", "--move", "main", branch)
    repo.commit(m2=OLD)
    if branch == "trunk":
        repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/heads/trunk")
    ran = repo.check("--since", "auto")

    if says is None:
        assert (2, 1) == (ran.code, len(ran.err.splitlines()))
        assert "there is no origin/HEAD, main or master; name the base with --since REF" in ran.err
    else:
        assert (1, f"idxlint: --since auto: not in CI; {says}, the default branch\n") == (ran.code, ran.err)


def test_on_the_default_branch(tmp_path: Path) -> None:
    """Compared with itself, a commit has changed nothing, which is said rather than passed over."""
    repo = Repo(tmp_path)
    repo.commit(m1=OLD)
    ran = repo.check("--since", "auto")

    assert 0 == ran.code
    assert ran.err.endswith(", which is HEAD itself, so only uncommitted changes are reported\n")
