"""The REF of `--since`: whatever git takes for a commit, and what can be done where it is none."""

import re
from pathlib import Path

import pytest

from tests.helpers.repos import OLD, Repo, started


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one migration that has a finding, and a branch to work on."""
    return started(tmp_path / "repo")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        pytest.param(
            ["--since", "mian"], "mian is not a commit in this repository; did you mean main?", id="nearest"
        ),
        pytest.param(
            ["--since", "v1"],
            "v1 is not a commit in this repository; fetch it first: git fetch origin v1:v1",
            id="unknown",
        ),
        pytest.param(["--since", "0123456789"], "git fetch origin 0123456789", id="commit"),
        pytest.param(
            ["--since", "origin/x"], "git fetch origin x:refs/remotes/origin/x", id="branch of the remote"
        ),
        pytest.param(
            ["--since=--output=x"], "--output=x is not a commit in this repository", id="like an option"
        ),
        pytest.param(["--since", "main..work"], "main..work is not a commit in this repository", id="range"),
        pytest.param(
            ["--since", "a b; $(c)"], "a b; $(c) is not a commit in this repository", id="like a command"
        ),
        pytest.param(["--since", "x\ny"], r"x\ny is not a commit in this repository", id="two lines"),
        pytest.param(
            ["--since", "HEAD:db/m1.sql"], "HEAD:db/m1.sql is not a commit in this repository", id="file"
        ),
        pytest.param(["--since", ""], "--since: empty;", id="empty"),
        pytest.param(["--since", "main", "--staged"], "cannot be used together", id="both"),
        pytest.param(["--since", "main", "-"], "cannot be used with standard input", id="standard input"),
    ],
)
def test_refused(repo: Repo, words: list[str], line: str) -> None:
    """What cannot be compared ends with exit code 2 and one line that says what can be done."""
    ran = repo.check(*words)

    assert (2, "", 1) == (ran.code, ran.out, len(ran.err.splitlines()))
    assert line in ran.err
    assert ["db"] == sorted(path.name for path in repo.root.iterdir() if path.name != ".git")


@pytest.mark.parametrize("ref", ["main", "HEAD~1", "v1", "refs/heads/main", "HEAD@{1}", "work~1", "-x"])
def test_any_commit(repo: Repo, ref: str) -> None:
    """A ref is what git takes for a commit, also one that looks like an option."""
    repo.git("update-ref", "refs/tags/v1", "HEAD")
    repo.git("update-ref", "refs/heads/-x", "HEAD")
    repo.commit(m2=OLD)

    assert ["m2.sql old_1"] == repo.found(f"--since={ref}")


def test_detached(repo: Repo) -> None:
    """HEAD may be a commit of no branch, as it is in CI."""
    repo.commit(m2=OLD)
    repo.git("switch", "--quiet", "--detach")

    assert ["m2.sql old_1"] == repo.found("--since", "main")


def test_no_common_history(repo: Repo) -> None:
    """Histories that never met give no place to start from."""
    repo.git("switch", "--quiet", "--orphan", "other")
    repo.commit(m2=OLD)
    ran = repo.check("--since", "main")

    assert (
        2,
        "idxlint: --since: main and HEAD have no common history, so there is no merge base\n",
    ) == (
        ran.code,
        ran.err,
    )


def test_no_commit_yet(tmp_path: Path) -> None:
    """Before the first commit there is nothing to go back to."""
    repo = Repo(tmp_path)
    repo.write(m1=OLD)
    ran = repo.check("--since", "main")

    assert (
        2,
        "idxlint: --since: there is no commit yet; use --staged to check the first one\n",
    ) == (
        ran.code,
        ran.err,
    )


ADVICE = re.compile(r"git fetch [^(]*")


@pytest.mark.parametrize("merged", [False, True], ids=["branch", "merge of the pull request"])
@pytest.mark.parametrize("fetched", [False, True], ids=["base not fetched", "base fetched"])
def test_shallow(repo: Repo, tmp_path: Path, fetched: bool, merged: bool) -> None:
    """A shallow clone says which command brings what is missing, and with that command it works."""
    _pull_request(repo)
    clone = Repo(tmp_path / "clone")
    clone.git("remote", "add", "origin", f"file://{repo.root}")
    clone.git("fetch", "--quiet", "--depth=1", "origin", "refs/pull/1/merge" if merged else "work")
    clone.git("checkout", "--quiet", "FETCH_HEAD")
    if fetched:
        clone.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
    ran = clone.check("--since", "origin/main")
    assert (2, 1) == (ran.code, len(ran.err.splitlines()))
    assert "origin/main" in ran.err
    assert "fetch-depth: 0" in ran.err
    (command,) = ADVICE.findall(ran.err)
    clone.git(*command.split()[1:])

    assert ["m2.sql old_1"] == clone.found("--since", "origin/main")


def test_shallow_and_relative(repo: Repo, tmp_path: Path) -> None:
    """A commit that is counted back from HEAD comes with the history."""
    repo.commit(m2=OLD)
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.root}", str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    (command,) = ADVICE.findall(clone.check("--since", "HEAD~1").err)

    assert "git fetch --unshallow" == command.strip()
    clone.git(*command.split()[1:])
    assert ["m2.sql old_1"] == clone.found("--since", "HEAD~1")


def _pull_request(repo: Repo) -> None:
    """Both branches go on, and the server merges them as GitHub does."""
    repo.commit(m2=OLD)
    repo.git("switch", "--quiet", "main")
    repo.commit(m0=OLD)
    repo.git("switch", "--quiet", "--detach")
    repo.git("merge", "--quiet", "--no-edit", "work")
    repo.git("update-ref", "refs/pull/1/merge", "HEAD")
    repo.git("switch", "--quiet", "main")


@pytest.mark.parametrize(
    ("ref", "command"),
    [
        ("v1", "fetch origin v1:v1"),
        ("origin/later", "fetch origin later:refs/remotes/origin/later"),
        ("SHA", "fetch origin SHA"),
    ],
)
def test_the_advice_works(repo: Repo, tmp_path: Path, ref: str, command: str) -> None:
    """What a full clone lacks comes with the command that is given."""
    repo.git("tag", "--no-sign", "v1", "main")
    repo.commit(m2=OLD)
    clone = Repo(tmp_path / "clone")
    clone.git("remote", "add", "origin", f"file://{repo.root}")
    clone.git("fetch", "--quiet", "--no-tags", "origin", "work:work")
    clone.git("checkout", "--quiet", "work")
    repo.git("branch", "later", "main")
    repo.git("switch", "--quiet", "--create", "aside", "main")
    sha = repo.commit()
    ran = clone.check("--since", ref.replace("SHA", sha))
    (given,) = ADVICE.findall(ran.err)
    clone.git(*given.split()[1:])

    assert f"git {command.replace('SHA', sha)}" == given.strip()
    assert ["m2.sql old_1"] == clone.found("--since", ref.replace("SHA", sha))
