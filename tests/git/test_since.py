"""`check --since REF`: only what changed is reported on, and what it builds on is known."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.repos import OLD, Repo, index, started, table

Act = Callable[[Repo], object]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one migration that has a finding, and a branch to work on."""
    return started(tmp_path / "repo")


def test_only_what_changed(repo: Repo) -> None:
    """Old findings are silence, a table from before is old, and one of this change is new in all its files."""
    repo.commit(m2=table("n"))
    repo.commit(m3=index("n") + index("t"))

    assert ["m3.sql t_1"] == repo.found("--since", "main")
    assert ["m1.sql old_1", "m3.sql n_1", "m3.sql t_1"] == repo.found()


def test_summary(repo: Repo) -> None:
    """The summary says what was looked at and what was replayed, for people and for programs."""
    repo.commit(m2=table("n"))
    keys = ("files", "replayed", "statements", "scope")
    narrow, whole = (repo.report(*words)["summary"] for words in (("--since", "main"), ()))

    assert repo.check("--since", "main").out.endswith(" in 1 changed file (1 replayed), 1 statement\n")
    assert [1, 1, 1, "since main"] == [narrow[key] for key in keys]
    assert [2, 0, 3, None] == [whole[key] for key in keys]


def test_nothing_changed(repo: Repo) -> None:
    """The gate passes where nothing is new, and says so; it does not where there is no migration at all."""
    ran, quiet = repo.check("--since", "main"), repo.check("--since", "main", "--quiet")
    report = repo.report("--since", "main")
    (repo.root / "empty").mkdir()

    assert (0, "no migration has changed since main\n", "") == ran
    assert (0, "", "") == quiet
    assert ([], 0) == (report["findings"], report["summary"]["files"])
    assert 3 == repo.check("--since", "main", paths=("empty",)).code


@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_several_processes(repo: Repo, jobs: str) -> None:
    """However many processes share the work, the answer is the same."""
    repo.commit(m2=table("n"), m3=index("n"), m4=index("t"), m5=index("n", 2))

    assert ["m4.sql t_1"] == repo.found("--since", "main", "--jobs", jobs)


def test_replay_knows_what_is_gone(repo: Repo) -> None:
    """What an unchanged file drops is gone for a changed one: IF NOT EXISTS makes a new table there."""
    repo.commit(m2="DROP TABLE t;\n")
    repo.git("branch", "base")
    repo.commit(m3="CREATE TABLE IF NOT EXISTS t (a int);\n" + index("t"))

    assert [] == repo.found("--since", "base")


def test_a_conditional_table_of_an_added_file_is_new(repo: Repo) -> None:
    """Nothing has made it before, so IF NOT EXISTS makes it, for the files added with it too."""
    repo.commit(m2="CREATE TABLE IF NOT EXISTS n (a int);\n" + index("n"), m3=index("n", 2))

    assert [] == repo.found("--since", "main")


def test_a_conditional_table_of_an_edited_file_may_be_there(repo: Repo) -> None:
    """A schema file that every deployment applies meets its own tables; the finding says why t is not new."""
    repo.commit(m2="SELECT 1;\n")
    repo.git("branch", "base")
    repo.commit(m2="CREATE TABLE IF NOT EXISTS n (a int);\n" + index("n"))

    (finding,) = repo.report("--since", "base")["findings"]

    assert ("n_1", "m2.sql") == (finding["subject"].split(".")[-1], finding["path"].split("/")[-1])
    assert ["n does not count as new: its CREATE TABLE is conditional, so the table may already exist"] == (
        finding["help"]
    )


def test_a_table_of_an_edited_file_is_new_only_there(repo: Repo) -> None:
    """A file from before may have been deployed: an edit does not make its tables new to other files."""
    repo.commit(m1=table("t") + index("t"), m2=index("t", 2))

    assert ["m2.sql t_2"] == repo.found("--since", "main")


def _edited_at_once(repo: Repo) -> None:
    """Same size and same time as what the index holds, which is too young to be trusted."""
    later = 4_000_000_000 * 10**9
    file = repo.put("db/m2.sql", "SELECT 1;".ljust(len(OLD)))
    os.utime(file, ns=(later, later))
    repo.git("add", "--all")
    file.write_text(OLD)
    os.utime(file, ns=(later, later))


def _moved_in(repo: Repo) -> None:
    repo.put("drafts/m2.sql", OLD)
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.git("mv", "drafts/m2.sql", "db/m2.sql")


def _linked(repo: Repo) -> None:
    repo.put("shared/x.sql", "SELECT 1;\n")
    (repo.root / "db/m2.sql").symlink_to("../shared/x.sql")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.put("shared/x.sql", OLD)


def _merged(repo: Repo) -> None:
    repo.git("switch", "--quiet", "main")
    repo.commit(m0=OLD)
    repo.git("switch", "--quiet", "work")
    repo.commit(m2=OLD)
    repo.git("merge", "--quiet", "--no-edit", "main")


CHANGED: dict[str, Act] = {
    "committed": lambda repo: repo.commit(m2=OLD),
    "staged": lambda repo: (repo.write(m2=OLD), repo.git("add", "--all")),
    "untracked": lambda repo: repo.write(m2=OLD),
    "edited after the commit": lambda repo: (repo.commit(m2="SELECT 1;\n"), repo.write(m2=OLD)),
    "edited after it was staged": lambda repo: (repo.write(m2=""), repo.git("add", "-A"), repo.write(m2=OLD)),
    "edited at once": _edited_at_once,
    "copied": lambda repo: repo.put("db/m2.sql", table("t") + OLD),
    "renamed and edited": lambda repo: (
        repo.git("mv", "db/m1.sql", "db/m2.sql"),
        repo.commit(m2=OLD + "--\n"),
    ),
    "moved in": _moved_in,
    "a link to it edited": _linked,
    "no index any more": lambda repo: (repo.commit(m2=OLD), repo.git("rm", "--cached", "-q", "db/m2.sql")),
    "in a commit that was merged": _merged,
}


@pytest.mark.parametrize("act", CHANGED.values(), ids=CHANGED)
def test_changed(repo: Repo, act: Act) -> None:
    """A migration has changed when it holds or is something else, committed or not."""
    act(repo)

    assert ["m2.sql old_1"] == repo.found("--since", "main")


def _folder_renamed(repo: Repo) -> None:
    repo.put("old/migrations/x.sql", OLD)
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.git("mv", "old/migrations", "db/new")


def _deleted(repo: Repo) -> None:
    (repo.root / "db/m1.sql").unlink()
    repo.write(m0="SELECT 1;\n")


def _executable(repo: Repo) -> None:
    (repo.root / "db/m1.sql").chmod(0o755)
    repo.commit()


def _moved_on(repo: Repo) -> None:
    repo.git("switch", "--quiet", "main")
    repo.commit(m2=OLD)
    repo.git("switch", "--quiet", "work")


def _link_kept(repo: Repo) -> None:
    repo.put("shared/x.sql", OLD)
    link = repo.root / "db/m2.sql"
    link.symlink_to("../shared/x.sql")
    repo.commit()
    repo.git("branch", "--force", "main")
    os.utime(link, (1, 1), follow_symlinks=False)


UNCHANGED: dict[str, Act] = {
    "renamed": lambda repo: (repo.git("mv", "db/m1.sql", "db/m2.sql"), repo.commit()),
    "renamed, not staged": lambda repo: (repo.root / "db/m1.sql").rename(repo.root / "db/m2.sql"),
    "renamed with its folder": _folder_renamed,
    "deleted": _deleted,
    "touched": lambda repo: os.utime(repo.root / "db/m1.sql", (1, 1)),
    "made executable": _executable,
    "edited and edited back": lambda repo: (repo.commit(m1="--\n"), repo.write(m1=table("t") + OLD)),
    "other line ends": lambda repo: repo.put("db/m1.sql", (table("t") + OLD).replace("\n", "\r\n")),
    "ignored": lambda repo: (repo.put(".gitignore", "m2.sql\n"), repo.write(m2=OLD)),
    "changed on the other branch": _moved_on,
    "link touched": _link_kept,
}


@pytest.mark.parametrize("act", UNCHANGED.values(), ids=UNCHANGED)
def test_unchanged(repo: Repo, act: Act) -> None:
    """A migration with the content that it had, or that git leaves out, has not changed."""
    act(repo)

    assert [] == repo.found("--since", "main")


def test_a_copy_beside_a_renamed_file_is_new(repo: Repo) -> None:
    """One deleted file makes one rename; a second file with its content is a migration that will run."""
    repo.commit(m2=table("t") + OLD, m3=table("t") + OLD)
    repo.git("rm", "--quiet", "db/m1.sql")

    assert ["m3.sql old_1"] == repo.found("--since", "main")


def test_unreadable(repo: Repo) -> None:
    """A new file that cannot be read fails the gate, as it does without --since."""
    (repo.root / "db/m2.sql").symlink_to("m2.sql")
    ran = repo.check("--since", "main")

    assert (3, repo.check().err) == (ran.code, ran.err)
    assert "db/m2.sql: " in ran.err


def test_excluded_before(repo: Repo) -> None:
    """A file that comes out of an excluded folder was never judged."""
    repo.put("idxlint.yaml", "exclude: [db/migrations/drafts]\n")
    repo.put("db/migrations/drafts/m2.sql", OLD)
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.git("mv", "db/migrations/drafts/m2.sql", "db/migrations/m2.sql")

    assert ["m2.sql old_1"] == repo.found("--since", "main")


def test_baseline_and_start_after(repo: Repo) -> None:
    """The other ways to leave the past alone go on working, and know nothing of what was only replayed."""
    assert 0 == repo.run("baseline", "db").code
    repo.commit(m2=OLD, m3=index("old", 3))
    repo.put("idxlint.yaml", 'start_after: "m2"\n')
    report = repo.report("--since", "main")

    assert ["old.old_3"] == [one["subject"] for one in report["findings"]]
    assert [("db/m2.sql", "start-after")] == [(one["path"], one["by"]) for one in report["suppressed"]]
    assert "matched nothing" not in repo.check("--since", "main").out


def test_start_after_a_later_migration(repo: Repo) -> None:
    """What start_after names may come after all that has changed, in the order that a journal says."""
    tags = ("0002_a", "0000_b", "0001_c")
    repo.put("db/meta/_journal.json", json.dumps({"entries": [{"tag": tag} for tag in tags]}))
    repo.put("idxlint.yaml", 'runner: drizzle\nstart_after: "0000_b"\n')
    for tag in tags:
        repo.put(f"db/{tag}.sql", "SELECT 1;\n")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.commit(**{"0002_a": index("old", 3)})
    report = repo.report("--since", "main")

    assert ([], ["db/0002_a.sql"]) == (report["findings"], [entry["path"] for entry in report["suppressed"]])


def test_gaps_of_what_changed(repo: Repo) -> None:
    """What could not be judged in a file that was only replayed is not told again."""
    repo.commit(m2="CREATE TABEL x;\n")
    repo.git("branch", "--force", "main")
    repo.commit(m3="CREATE TABEL y;\n")
    report = repo.report("--since", "main")

    assert (["db/m3.sql"], 1) == ([one["path"] for one in report["gaps"]], report["summary"]["gaps"])


def test_fix(repo: Repo) -> None:
    """Fixes are shown and written for changed files only."""
    repo.commit(m2=OLD)
    shown = repo.check("--since", "main", "--diff").out
    written = repo.check("--since", "main", "--unsafe-fixes")

    assert ["+++ db/m2.sql"] == [line for line in shown.splitlines() if line.startswith("+++")]
    assert (0, "idxlint: fixed 1 finding in 1 file\n") == (written.code, written.err)
    assert table("t") + OLD == (repo.root / "db/m1.sql").read_text()
    assert "CONCURRENTLY" in (repo.root / "db/m2.sql").read_text()


def test_what_comes_later_is_not_read(repo: Repo) -> None:
    """Behind the last file that changed, and in other histories, nothing can matter."""
    repo.commit(m2=OLD, m3="SELECT 1;\n")
    repo.put("db2/m1.sql", "SELECT 1;\n")
    repo.commit()
    repo.git("branch", "--force", "main")
    repo.write(m2=OLD + "--\n")
    summary = repo.report("--since", "main", paths=("db", "db2"))["summary"]

    assert (1, 1) == (summary["files"], summary["replayed"])


def test_four_calls_of_git(repo: Repo, tmp_path: Path) -> None:
    """Git is asked four times, however many files there are."""
    repo.commit(**{f"m{number}": index("old", number) for number in range(2, 30)})
    log = tmp_path / "log"
    wrapper = tmp_path / "bin/git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$*" >> {log}\nPATH="${{PATH#*:}}" exec git "$@"\n')
    wrapper.chmod(0o755)
    path = f"{wrapper.parent}:{os.environ['PATH']}"
    for words in (("--since", "main"), ("--staged",)):
        log.write_text("")
        assert repo.check(*words, env={"PATH": path}).code in (0, 1)
        assert 4 >= len(log.read_text().splitlines())
