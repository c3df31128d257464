"""What is asked at the end of a history, however many processes judge its files."""

import pytest

from tests.helpers.repos import Repo

KEY = "unindexed-foreign-key"
EQUAL = "duplicate-index"


@pytest.fixture
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """Two histories: in the first an index comes in a later file, in the second it never does."""
    repo = Repo(tmp_path_factory.mktemp("repo"))
    repo.put("idxlint.yaml", "runner: golang-migrate\n")
    for folder in ("db", "more"):
        repo.put(f"{folder}/1_a.up.sql", "CREATE TABLE o (id int PRIMARY KEY);\n")
        repo.put(f"{folder}/2_b.up.sql", "CREATE TABLE t (id int PRIMARY KEY, o_id int REFERENCES o);\n")
        repo.put(f"{folder}/3_c.up.sql", "CREATE TABLE n (a int);\nCREATE INDEX i ON n (a);\n")
        repo.put(f"{folder}/4_d.up.sql", "CREATE INDEX CONCURRENTLY j ON n (a);\n")
        repo.put(f"{folder}/5_e.up.sql", "SELECT 1;\n")
    repo.put("db/5_e.up.sql", "CREATE INDEX CONCURRENTLY t_o_id ON t (o_id);\n")
    repo.put("more/6_f.up.sql", "DROP INDEX CONCURRENTLY i;\n")
    repo.commit()
    return repo


@pytest.mark.parametrize("jobs", ["1", "2", "4", "8"])
def test_end_of_each_history(repo: Repo, jobs: str) -> None:
    """The foreign key without an index is that of the second history, the equal index that of the first."""
    found = repo.report("--jobs", jobs, "--select", f"{KEY},{EQUAL}", paths=("db", "more"))["findings"]

    assert [("db/4_d.up.sql", EQUAL), ("more/2_b.up.sql", KEY)] == [
        (entry["path"], entry["rule"]) for entry in found
    ]
