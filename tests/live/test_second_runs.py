"""What the findings about timeouts say of the next run is what it does, wherever and however a run is interrupted."""

from pathlib import Path

import pytest

from idxlint.model.evidence import Crash, Proof, Status
from tests.live.live_runs import claim, proved
from tests.live.server import Server

pytestmark = pytest.mark.live

SHOP = """CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, email text);
CREATE INDEX old ON orders (email);
CREATE INDEX kept ON orders (status);
"""
SET = "SET lock_timeout = '300ms';\n"
CIC = "CREATE INDEX CONCURRENTLY i ON orders (status, id);\n"
GUARD = "DROP INDEX CONCURRENTLY IF EXISTS i;\n"
CLEAR = """DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid LOOP
    EXECUTE 'DROP INDEX ' || name;
  END LOOP;
END $$;
"""
CHECK = """DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_index WHERE indexrelid = 'i'::regclass AND NOT indisvalid) THEN
    RAISE EXCEPTION 'i is invalid';
  END IF;
END $$;
"""
IF_NOT = CIC.replace("CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS")
CASES = {
    "guard": GUARD + CIC,
    "do_block": CLEAR + CIC,
    "plain_drop": "DROP INDEX IF EXISTS i;\n" + CIC,
    "drop": "DROP INDEX CONCURRENTLY old;\n",
    "fails": CIC,
    "hides": IF_NOT,
    "checked": IF_NOT + CHECK,
    "unnamed": CIC.replace(" i ", " "),
    "reindex": "REINDEX INDEX CONCURRENTLY kept;\n",
}
SAYS = {
    "guard": "run again, the original leaves only valid indexes",
    "do_block": "run again, the original leaves only valid indexes",
    "plain_drop": "run again, the original leaves only valid indexes",
    "drop": "run again, the original leaves only valid indexes",
    "fails": "the original leaves public.i INVALID, and the next run fails (42P07)",
    "hides": "the original leaves public.i INVALID, and the next run reports success",
    "checked": "the original leaves public.i INVALID, and the next run fails at the check of indisvalid",
    "unnamed": "INVALID, and the next run builds another index beside it",
    "reindex": "INVALID, and the next run does not drop it",
}
REPAIRED = ("guard", "do_block", "plain_drop", "drop")


@pytest.fixture(scope="module")
def proofs(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Proof]:
    """The proof of each class, its statement interrupted in each wait and in each way, each case in its own history."""
    folder = tmp_path_factory.mktemp("classes")
    files: dict[str, str] = {}
    for name, sql in CASES.items():
        files |= {f"{name}/1.sql": SHOP, f"{name}/2.sql": SET + sql}
    run = proved(server, folder, files, crash=True, asked="2.sql")
    return {
        Path(proof.path).parent.name: proof for proof in run.proofs if proof.id == "IDX601" and proof.crashes
    }


def originals(proof: Proof) -> list[Crash]:
    """The crashes of the file as it stands."""
    return [crash for crash in proof.crashes if crash.script == "original"]


@pytest.mark.parametrize("name", CASES)
def test_next_run_does_what_the_finding_says(proofs: dict[str, Proof], name: str) -> None:
    """A note's promise and an error's outcome are both confirmed."""
    assert claim(proofs[name], SAYS[name]).status is Status.CONFIRMED


@pytest.mark.parametrize("name", CASES)
def test_each_crash_agrees(proofs: dict[str, Proof], name: str) -> None:
    """No wait and no kind of interruption is an exception: the next run repairs all of them, or none."""
    crashes = [crash for crash in originals(proofs[name]) if crash.left]

    assert len(crashes) >= 6
    assert {name in REPAIRED} == {crash.repaired for crash in crashes}


@pytest.mark.parametrize("name", ["fails", "hides", "checked", "unnamed", "reindex"])
def test_fix_is_not_interrupted_by_the_timeout(proofs: dict[str, Proof], name: str) -> None:
    """Nothing that live mode says about an error's finding or its fix is contradicted or left open."""
    wrong = (Status.CONTRADICTED, Status.INCONCLUSIVE, Status.ERROR)

    assert [] == [entry for entry in proofs[name].claims if entry.status in wrong]


def test_transaction_timeout(server: Server, tmp_path: Path) -> None:
    """From 17 on it ends the session in the wait; the next run behaves as after any other interruption."""
    if server.major < 17:
        pytest.skip("transaction_timeout came with 17")
    files = {"1.sql": SHOP, "2.sql": "SET transaction_timeout = '1s';\n" + CIC}
    run = proved(server, tmp_path, files, asked="2.sql")
    (proof,) = [proof for proof in run.proofs if proof.id == "IDX601"]
    crashes = [(crash.kill, crash.first, crash.left) for crash in originals(proof)]

    assert [("a timeout of the file", "25P04", ("public.i",))] == crashes
    assert claim(proof, SAYS["fails"]).status is Status.CONFIRMED


def test_other_statements_of_the_file_do_not_count(newest: Server, tmp_path: Path) -> None:
    """What cannot be run twice fails in the next run as well, and says nothing about the build between."""
    around = SET + "ALTER TABLE orders ADD COLUMN n int;\n{}CREATE TABLE other (a int);\n"
    cases = {name: around.format(CASES[name]) for name in ("hides", "fails", "guard")}
    files = {f"{name}/1.sql": SHOP for name in cases} | {
        f"{name}/2.sql": text for name, text in cases.items()
    }
    run = proved(newest, tmp_path, files, asked="2.sql")
    confirmed = {
        name: claim(proof, SAYS[name]).status
        for name in cases
        for proof in run.proofs
        if proof.id == "IDX601" and proof.crashes and Path(proof.path).parent.name == name
    }

    assert confirmed == dict.fromkeys(cases, Status.CONFIRMED)


def test_next_run_that_stops_before_the_build(newest: Server, tmp_path: Path) -> None:
    """Where the tool stops at an error, live mode cannot see what the build would have done, and says so."""
    table = "-- +goose Up\n" + SHOP
    text = "-- +goose NO TRANSACTION\n-- +goose Up\n" + SET + "CREATE TABLE other (a int);\n" + GUARD + CIC
    run = proved(newest, tmp_path, {"1_a.sql": table, "2_b.sql": text}, runner="goose", asked="2_b")
    (proof,) = [proof for proof in run.proofs if proof.id == "IDX601" and proof.crashes]
    (left,) = [entry for entry in proof.claims if "the original leaves only valid indexes" in entry.text]

    assert (Status.INCONCLUSIVE, True) == (left.status, "42P07" in left.reason)
