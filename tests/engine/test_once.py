"""A lock that endangers only a second deployment is one note for a history, at its first place that is reported on."""

import json
from pathlib import Path

import pytest

from idxlint.cli.episodes import episodes
from tests.helpers.repos import Repo
from tests.live.live_runs import request

RULE = "runner-lock-blocks-concurrently"


def build(name: str) -> str:
    """A file of golang-migrate as it has to be: the build alone."""
    return f"CREATE INDEX CONCURRENTLY {name} ON t ({name});\n"


IGNORE = f"-- idxlint: ignore[{RULE}] because deployments wait for each other\n"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Two histories of golang-migrate, one with four builds, the other with two; db's are committed on main."""
    repo = Repo(tmp_path / "repo")
    repo.put("idxlint.yaml", "runner: golang-migrate\n")
    for number in (1, 2, 3, 4):
        repo.put(f"db/{number}_{'abcd'[number - 1]}.up.sql", build(f"i{number}"))
    for number in (1, 2):
        repo.put(f"more/{number}_a.up.sql", build(f"m{number}"))
    repo.commit()
    repo.git("switch", "--quiet", "--create", "work")
    return repo


def notes(repo: Repo, *words: str, paths: tuple[str, ...] = ("db",)) -> list[tuple[str, str, str]]:
    """File, severity and rule of each finding."""
    findings = repo.report(*words, paths=paths)["findings"]
    return [(entry["path"], entry["severity"], entry["rule"]) for entry in findings]


def note(path: str) -> tuple[str, str, str]:
    """The note at a file."""
    return (path, "note", RULE)


@pytest.mark.parametrize("jobs", ["1", "2", "4"])
def test_once_for_each_history(repo: Repo, jobs: str) -> None:
    """However many builds and processes there are, each history has one note, and it fails nothing."""
    reported = notes(repo, "--jobs", jobs, paths=("db", "more"))

    assert [note("db/1_a.up.sql"), note("more/1_a.up.sql")] == reported
    assert repo.check("--jobs", jobs).code == 0


def test_message_says_what_to_do(repo: Repo) -> None:
    """What is in danger, what to set, and that this is all that will be said."""
    (entry,) = repo.report()["findings"]

    assert "a second golang-migrate waits in pg_advisory_lock()" in entry["message"]
    assert (
        "allow only one run at a time (reported once for all migrations of this history)" in entry["message"]
    )


def test_several_in_one_file(repo: Repo) -> None:
    """The first statement counts, not only the first file."""
    repo.put("idxlint.yaml", "runner: prisma\n")
    repo.put("db/1_a.up.sql", build("i0") + build("i1"))
    (entry,) = repo.report()["findings"]

    assert ("db/1_a.up.sql", 1) == (entry["path"], entry["line"])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_first_that_is_reported_on(repo: Repo, jobs: str) -> None:
    """With --since the note stands at the first build of the change, and nowhere if there is none."""
    assert [] == notes(repo, "--since", "main", "--jobs", jobs)

    repo.put("db/5_e.up.sql", build("i5"))
    repo.put("db/6_f.up.sql", build("i6"))
    repo.commit()
    assert [note("db/5_e.up.sql")] == notes(repo, "--since", "main", "--jobs", jobs)


def test_first_that_begins(repo: Repo) -> None:
    """A build that PostgreSQL rejects never waits, and one on a new table waits for nobody who uses it."""
    repo.put("db/1_a.up.sql", f"SELECT 1;\n{build('i1')}")
    repo.put("db/2_b.up.sql", "CREATE TABLE n (a int);\n")

    assert [("db/1_a.up.sql", "error", "concurrently-not-alone"), note("db/3_c.up.sql")] == notes(repo)


def test_start_after(repo: Repo) -> None:
    """The past is left out, and the note stands at what comes after it."""
    repo.put("idxlint.yaml", "runner: golang-migrate\nstart_after: '2'\n")

    assert [note("db/3_c.up.sql")] == notes(repo)


def test_ignored_at_its_place(repo: Repo) -> None:
    """One comment is enough for the history, and a second one further on is not unused."""
    repo.put("db/1_a.up.sql", IGNORE + build("i1"))
    repo.put("db/3_c.up.sql", IGNORE + build("i3"))

    assert [] == notes(repo)


def test_baseline(repo: Repo) -> None:
    """An accepted note does not come back at the next place."""
    ran = repo.run("baseline", "db", "--output", "base.json")

    assert (0, 1) == (ran.code, len(json.loads((repo.root / "base.json").read_text("utf-8"))["findings"]))
    assert [] == notes(repo, "--baseline", "base.json")


def test_hanging_lock_is_told_each_time(repo: Repo) -> None:
    """Where every run hangs, each build is an error."""
    repo.put("idxlint.yaml", "runner: flyway\n")
    for number in (1, 2):
        repo.put(f"fly/V{number}__a.sql", build(f"f{number}"))

    assert [(f"fly/V{n}__a.sql", "error", RULE) for n in (1, 2)] == notes(repo, paths=("fly",))


def test_fixes_are_written_all_the_same(repo: Repo) -> None:
    """What makes builds concurrent in several files is written, and leaves the one note."""
    for name in ("2_b", "3_c"):
        repo.put(f"db/{name}.up.sql", "CREATE INDEX i ON t ({name});\n")
    ran = repo.check("--unsafe-fixes")

    assert (0, "idxlint: fixed 2 findings in 2 files\n") == (ran.code, ran.err)
    assert [note("db/1_a.up.sql")] == notes(repo)


def test_once_in_live_mode(repo: Repo) -> None:
    """What live mode is given to prove has the note once as well."""
    everything = request(repo.root, "db", {"": "golang-migrate"})
    cases = [
        (episode.script.path, case.finding.rule.name)
        for episode in episodes(everything, [plan.shown for plan in everything.plans])
        for case in episode.cases
    ]

    assert [("db/1_a.up.sql", RULE)] == cases
