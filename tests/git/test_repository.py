"""Where git is asked and what it must not do: layouts of repositories, names of files, hostile configuration."""

import os
import shutil
from pathlib import Path

import pytest

from tests.helpers.repos import OLD, Repo, started

WAYS = [["--since", "main"], ["--staged"]]
FOUND = ["m2.sql old_1"]
ways = pytest.mark.parametrize("way", WAYS, ids=["since", "staged"])


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with a finding from before and a staged one."""
    repo = started(tmp_path / "repo")
    repo.write(m2=OLD)
    repo.git("add", "--all")
    return repo


NAMES = ["a b", "a\nb", "-x", "--output=x", "é", "a\tb", '"q"', "$(x)", ":(top)x", "\\", os.fsdecode(b"\xff")]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names(repo: Repo, name: str) -> None:
    """A file and a folder have the names that they have."""
    repo.git("commit", "--quiet", "--message", "x")
    repo.git("branch", "--force", "main")
    repo.put(f"db/{name}/{name}.sql", OLD)
    found = [f"{name}.sql old_1"]

    assert found == repo.found("--since", "main", paths=(f"./db/{name}",))
    repo.git("add", "--all")
    assert found == repo.found("--staged")
    repo.git("commit", "--quiet", "--message", "x")
    assert found == repo.found("--since", "main")


@ways
def test_folders(repo: Repo, tmp_path: Path, way: list[str]) -> None:
    """The repository may begin above or below the working folder, which may be reached through a link."""
    (tmp_path / "link").symlink_to(repo.root)
    (tmp_path / "elsewhere").mkdir()
    for folder, path in [
        (repo.root / "db", "."),
        (repo.root / "db", "m2.sql"),
        (tmp_path, "repo/db"),
        (tmp_path / "link", "db"),
        (tmp_path / "elsewhere", str(repo.root / "db")),
        (tmp_path / "elsewhere", "../link/db"),
    ]:
        ran = repo.run("check", path, *way, folder=folder, env={"PWD": str(folder)})
        assert (1, 1) == (ran.code, ran.out.count("IDX101 error")), (folder, path, ran.err)
        assert "1 changed file " in ran.out


@ways
def test_worktree(repo: Repo, tmp_path: Path, way: list[str]) -> None:
    """A worktree has an index and a HEAD of its own."""
    repo.git("commit", "--quiet", "--message", "x")
    repo.git("worktree", "add", "--quiet", "-b", "other", str(tmp_path / "other"), "main")
    other = Repo(tmp_path / "other")
    assert [] == other.found(*way)
    other.write(m2=OLD)
    other.git("add", "--all")

    assert FOUND == other.found(*way)


@ways
def test_submodule(repo: Repo, tmp_path: Path, way: list[str]) -> None:
    """A submodule's files are left alone, and that is said; alone, they are judged by their own repository."""
    inner = started(tmp_path / "inner")
    flags = ("-c", "protocol.file.allow=always")
    repo.git(*flags, "submodule", "--quiet", "add", str(inner.root), "sub")
    repo.put("sub/db/m9.sql", OLD)
    ran = repo.check(*way, paths=("db", "sub/db"))

    assert 1 == ran.out.count("IDX101 error")
    assert "idxlint: sub/db/m1.sql" in ran.err
    assert "in another repository, such as a submodule; treated as unchanged\n" in ran.err
    alone = repo.check(*way, paths=("sub/db",))
    assert (2, 1) == (alone.code, len(alone.err.splitlines()))
    assert "not in the repository at" in alone.err


@ways
def test_two_repositories(repo: Repo, tmp_path: Path, way: list[str]) -> None:
    """Files of two repositories have no base in common."""
    started(tmp_path / "second")
    ran = repo.run("check", "repo/db", "second/db", *way, folder=tmp_path)

    assert (2, 1) == (ran.code, len(ran.err.splitlines()))
    assert f"{tmp_path} is not in a git repository" in ran.err


@ways
def test_no_repository(tmp_path: Path, repo: Repo, way: list[str]) -> None:
    """Outside of a repository there is nothing to compare with."""
    (tmp_path / "db").mkdir()
    (tmp_path / "db/m1.sql").write_text(OLD)
    ran = repo.run("check", "db", *way, folder=tmp_path)

    assert (2, "", 1) == (ran.code, ran.out, len(ran.err.splitlines()))
    assert "is not in a git repository; --since and --staged need one" in ran.err


@ways
def test_bare_repository(tmp_path: Path, repo: Repo, way: list[str]) -> None:
    """A repository without a working tree has no files to judge."""
    bare = tmp_path / "bare.git"
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(bare))
    (bare / "m1.sql").write_text(OLD)
    ran = repo.run("check", "m1.sql", *way, folder=bare)

    assert (2, 1) == (ran.code, len(ran.err.splitlines()))
    assert "is in a repository without a working tree" in ran.err


@ways
def test_no_git(repo: Repo, way: list[str]) -> None:
    """Where git is not installed, one line says so."""
    option = way[0]

    assert (2, "", f"idxlint: {option}: git: no such file or directory; --since and --staged need git\n") == (
        repo.check(*way, env={"PATH": "/nonexistent"})
    )


@ways
def test_folder_of_git_in_the_environment(repo: Repo, tmp_path: Path, way: list[str]) -> None:
    """GIT_DIR, as a hook has it, says which repository counts."""
    moved = tmp_path / "moved.git"
    shutil.move(repo.root / ".git", moved)

    assert FOUND == repo.found(*way, env={"GIT_DIR": "../moved.git"})
    ran = repo.run(
        "check", ".", *way, folder=repo.root / "db", env={"GIT_DIR": "../../moved.git", "GIT_WORK_TREE": ".."}
    )
    assert "1 changed file " in ran.out


@ways
def test_owner(repo: Repo, way: list[str]) -> None:
    """Where git distrusts a repository for its owner, the line has the command that trusts it."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    for place, _, names in os.walk(repo.root):
        for name in (".", *names):
            os.chown(Path(place) / name, 12345, 12345)
    ran = repo.check(*way)

    assert (2, 1) == (ran.code, len(ran.err.splitlines()))
    assert f"git config --global --add safe.directory {repo.root}\n" in ran.err
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    assert FOUND == repo.found(*way, env=trusted)


@ways
def test_nothing_runs(repo: Repo, tmp_path: Path, way: list[str]) -> None:
    """Neither the configuration of a repository nor its hooks, attributes or submodules get to run anything."""
    mark = tmp_path / "ran"
    evil = f"touch {mark}; cat"
    for key in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "diff.external", "diff.x.textconv",
        "diff.x.command", "filter.x.clean", "filter.x.smudge", "filter.x.process", "pager.diff", "pager.ls-files",
        "alias.diff", "core.alternateRefsCommand", "uploadpack.packObjectsHook",
    ):  # fmt: skip
        repo.git("config", key, evil)
    repo.put(".gitattributes", "*.sql diff=x filter=x\n")
    for hook in ("post-index-change", "fsmonitor-watchman", "pre-commit", "reference-transaction"):
        repo.put(f".git/hooks/{hook}", f"#!/bin/sh\ntouch {mark}\n").chmod(0o755)
    inner = started(repo.root / "sub")
    inner.git("config", "core.fsmonitor", evil)
    future = 4_000_000_000
    repo.put("db/m3.sql", "SELECT 1;\n")
    os.utime(repo.root / "db/m2.sql", (future, future))
    mark.unlink(missing_ok=True)
    ran = repo.check(
        *way, env={"GIT_EXTERNAL_DIFF": evil, "GIT_PAGER": evil, "GIT_TRACE": "1", "GIT_GLOB_PATHSPECS": "1"}
    )

    assert (1, 1) == (ran.code, ran.out.count("IDX101 error"))
    assert not mark.exists()


def test_filtered(repo: Repo) -> None:
    """A file that a filter has changed on its way out has not changed as long as it stays as it was written."""
    repo.git("config", "filter.x.clean", "tr A-Z a-z")
    repo.git("config", "filter.x.smudge", "tr a-z A-Z")
    repo.put(".gitattributes", "db/m2.sql filter=x\n")
    repo.git("add", "--all", "--renormalize")
    repo.git("commit", "--quiet", "--message", "x")
    repo.git("branch", "--force", "main")
    (repo.root / "db/m2.sql").unlink()
    repo.git("checkout", "--quiet", "db/m2.sql")
    os.utime(repo.root / ".git/index")

    assert OLD.upper() == (repo.root / "db/m2.sql").read_text()
    assert [] == repo.found("--since", "main")
    repo.write(m2=OLD.upper() + "--\n")
    assert ["m2.sql old_1"] == [one.lower() for one in repo.found("--since", "main")]


@ways
def test_sha256(tmp_path: Path, way: list[str]) -> None:
    """A repository may name its objects by another hash."""
    repo = Repo(tmp_path / "new", "--object-format=sha256")
    repo.commit(m1=OLD)
    os.utime(repo.root / "db/m1.sql", (1, 1))
    (repo.root / "db/m1.sql").rename(repo.root / "db/m0.sql")
    repo.write(m2=OLD + "--\n")
    repo.git("add", "db/m2.sql")

    assert FOUND == repo.found(*way)


def test_partial_clone(repo: Repo, tmp_path: Path) -> None:
    """Nothing is fetched: what a partial clone lacks is said to be missing."""
    repo.git("commit", "--quiet", "--message", "x")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git(
        "clone",
        "--quiet",
        "--filter=tree:0",
        "--branch",
        "work",
        f"file://{repo.root}",
        str(tmp_path / "clone"),
    )
    ran = Repo(tmp_path / "clone").check("--since", "origin/main")

    assert (2, 1) == (ran.code, len(ran.err.splitlines()))
    assert "this partial clone lacks objects; fetch them with" in ran.err


def test_broken_index(repo: Repo) -> None:
    """What git cannot read is one line, in git's words."""
    (repo.root / ".git/index").write_bytes(b"no index")
    ran = repo.check("--staged")

    assert (2, 1) == (ran.code, len(ran.err.splitlines()))
    assert ran.err.startswith("idxlint: --staged: git: ")
