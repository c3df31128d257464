"""`check --staged`: what would be committed is judged, as it would be committed."""

import sys
from pathlib import Path

import pytest

from tests.helpers.repos import OLD, Repo, index, started, table

GOOD = "CREATE INDEX CONCURRENTLY old_1 ON old (a);\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one migration that has a finding."""
    return started(tmp_path / "repo")


def test_only_what_is_staged(repo: Repo) -> None:
    """Neither the past nor what is not staged is reported on; a table of the change is new."""
    repo.write(m2=table("n"), m3=index("n") + index("t"))
    repo.git("add", "--all")
    repo.write(m4=OLD)

    assert ["m3.sql t_1"] == repo.found("--staged")
    assert repo.check("--staged").out.endswith(" in 2 changed files (1 replayed), 3 statements\n")


def test_nothing_is_staged(repo: Repo) -> None:
    """A commit without migrations passes, also beside files that git does not know."""
    repo.write(m2=OLD)

    assert (0, "no migration has changed in the index\n", "") == repo.check("--staged")


def test_the_index_is_judged(repo: Repo) -> None:
    """The staged content counts, whatever the working tree has made of it since."""
    repo.write(m2=OLD, m3=GOOD)
    repo.git("add", "--all")
    repo.write(m2=GOOD, m3=OLD)

    assert ["m2.sql old_1"] == repo.found("--staged")


def test_the_index_is_replayed(repo: Repo) -> None:
    """What comes before is taken from the index as well: an edit that is not staged makes no table old."""
    repo.write(m2="CREATE TABLE IF NOT EXISTS t (a int);\n" + index("t"))
    repo.git("add", "--all")
    repo.write(m1="DROP TABLE t;\n")

    assert ["m2.sql t_1"] == repo.found("--staged")


def test_a_file_that_git_does_not_know_is_not_replayed(repo: Repo) -> None:
    """What is no part of the commit builds nothing for it."""
    repo.write(m2="DROP TABLE t;\n", m3="CREATE TABLE IF NOT EXISTS t (a int);\n" + index("t"))
    repo.git("add", "db/m3.sql")

    assert ["m3.sql t_1"] == repo.found("--staged")


def test_first_commit(tmp_path: Path) -> None:
    """Before the first commit everything that is staged is new."""
    repo = Repo(tmp_path)
    repo.write(m1=table("n"), m2=index("n") + OLD)
    repo.git("add", "--all")

    assert ["m2.sql old_1"] == repo.found("--staged")


def test_renamed(repo: Repo) -> None:
    """A file that only gets another name has not changed; one that is moved in has."""
    repo.put("drafts/x.sql", OLD)
    repo.commit()
    repo.git("mv", "db/m1.sql", "db/m2.sql")
    repo.git("mv", "drafts/x.sql", "db/m3.sql")

    assert ["m3.sql old_1"] == repo.found("--staged")


def test_changes_elsewhere(repo: Repo) -> None:
    """A file that is edited outside of the migrations is no file that a migration was renamed from."""
    repo.put("notes/migrations/x.sql", OLD)
    repo.commit()
    repo.put("notes/migrations/x.sql", "--\n")
    repo.write(m2=OLD)
    repo.git("add", "--all")

    assert ["m2.sql old_1"] == repo.found("--staged")


@pytest.mark.parametrize("path", ["db", ".", "db/*.sql"])
def test_staged_and_gone(repo: Repo, path: str) -> None:
    """A migration that would be committed and cannot be looked for in the working tree fails the gate."""
    repo.write(m2=OLD)
    repo.put("other/readme.md", "x")
    repo.git("add", "--all")
    (repo.root / "db/m2.sql").unlink()
    ran = repo.check("--staged", paths=(path,))

    assert (
        3,
        "idxlint: db/m2.sql: staged, but not in the working tree, so it cannot be checked\n",
    ) == (
        ran.code,
        ran.err,
    )


def test_deleted(repo: Repo) -> None:
    """A migration whose deletion is staged is simply not there."""
    repo.write(m2=table("n"))
    repo.git("rm", "--quiet", "db/m1.sql")
    repo.git("add", "--all")

    assert [] == repo.found("--staged")


def test_link(repo: Repo, tmp_path: Path) -> None:
    """Of a link the file that it leads to is judged, in the index or, outside of the repository, where it is."""
    repo.put("shared/x.sql", OLD)
    (tmp_path / "y.sql").write_text(OLD)
    (repo.root / "db/m2.sql").symlink_to("../shared/x.sql")
    (repo.root / "db/m3.sql").symlink_to(tmp_path / "y.sql")
    repo.git("add", "--all")
    repo.put("shared/x.sql", GOOD)

    assert ["m2.sql old_1", "m3.sql old_1"] == repo.found("--staged")


def test_conflict(repo: Repo) -> None:
    """A conflict has no content that could be committed; the working tree has what it will be."""
    repo.commit(m2=OLD)
    repo.git("switch", "--quiet", "main")
    repo.commit(m2=index("old", 2))
    assert 1 == repo.attempt("merge", "work").code
    ran = repo.check("--staged")

    assert (2, "idxlint: --staged: db/m2.sql has an unresolved conflict\n") == (
        ran.code,
        ran.err,
    )
    assert {"m2.sql old_1", "m2.sql old_2"} <= set(repo.found("--since", "main"))


def test_line_ends(repo: Repo) -> None:
    """The index has what git's conversion of line ends makes of a file, and that is no change."""
    repo.git("config", "core.autocrlf", "true")
    repo.put("db/m1.sql", (table("t") + OLD).replace("\n", "\r\n"))
    repo.git("add", "--all")

    assert [] == repo.found("--staged")


def test_pointer(repo: Repo) -> None:
    """A pointer of Git LFS is no SQL, and is not passed over."""
    repo.write(m2="version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    repo.git("add", "--all")

    assert 1 == repo.check("--staged").code


@pytest.mark.parametrize("flag", ["--fix", "--unsafe-fixes"])
def test_no_fixes(repo: Repo, flag: str) -> None:
    """A fix is written to a file, which is not what was judged; it can be shown."""
    repo.write(m2=OLD)
    repo.git("add", "--all")
    ran = repo.check("--staged", flag)

    assert (2, "") == (ran.code, ran.out)
    assert "--staged: fixes change files, not the index" in ran.err
    assert OLD == (repo.root / "db/m2.sql").read_text()
    assert "+CREATE INDEX CONCURRENTLY" in repo.check("--staged", "--diff").out


@pytest.mark.parametrize("words", [["--all"], ["db/m1.sql"]], ids=["of all", "of some paths"])
def test_hook(repo: Repo, words: list[str]) -> None:
    """In a pre-commit hook, the index of this commit counts, which git may keep in a file of its own."""
    hook = repo.put(
        ".git/hooks/pre-commit", f"#!/bin/sh\nexec {sys.executable} -m idxlint check --staged db\n"
    )
    hook.chmod(0o755)
    repo.write(m1=table("t") + OLD + index("old", 2))
    ran = repo.attempt("commit", "--message", "x", *words)

    assert 1 == ran.code
    assert "old_2" in ran.out + ran.err
    repo.write(m1=table("t") + OLD.replace("INDEX", "INDEX CONCURRENTLY"))
    assert 0 == repo.attempt("commit", "--message", "x", "--all").code
