"""Live mode on real servers: what the original blocks, that the fix does not, and what a crash leaves."""

from pathlib import Path

import pytest

from idxlint.model.evidence import Status
from idxlint.reporters.live.fold import fold
from tests.live.live_runs import by_rule, claim, proved, statuses
from tests.live.server import Server

pytestmark = pytest.mark.live

DEMO = Path(__file__).parents[2] / "fixtures" / "demo"
SHOP = "CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, email text);\n"
PLAIN = "CREATE INDEX orders_status_idx ON orders (status);\n"
CONFIRMED = Status.CONFIRMED


def test_demo(server: Server) -> None:
    """Everything that idxlint says about the demo is seen to be true, on each major."""
    run = proved(server, DEMO)

    assert statuses(run) == [
        (rule, CONFIRMED) for rule in "IDX101 IDX601 IDX402 IDX401 IDX104 IDX102 IDX103 IDX101 IDX201".split()
    ]
    assert [proof.claims for proof in run.proofs if not proof.id and proof.status is not Status.SKIPPED] == []
    assert run.unplayed == ()
    assert run.unseeded == ()


def test_demo_is_told_once(newest: Server) -> None:
    """What holds for a file, a server or new tables is found by the words of real claims, and said one time."""
    folded = fold(proved(newest, DEMO))
    whole = [
        words
        for folded_proof in folded.proofs
        for claim in folded_proof.file
        if "valid afterwards" in (words := claim.text)
    ]
    own = [
        (folded_proof.proof.path, claim)
        for folded_proof in folded.proofs
        for claim in (*folded_proof.claims, *folded_proof.file)
    ]

    assert len(whole) == 3
    assert [claim for _, claim in own if "amcheck" in claim.text and claim.status is Status.SKIPPED] == []
    assert len({place for place in own if "valid afterwards" in place[1].text}) == 4
    assert [words[: words.index(" (")] for words in folded.asides] == [
        "5 index statements on new tables: nobody to block"
    ]


def test_plain_build_blocks_and_its_fix_does_not(server: Server, tmp_path: Path) -> None:
    """The original makes writers wait under SHARE; the fix stands still three times and nobody waits."""
    proof = by_rule(proved(server, tmp_path, {"1.sql": SHOP, "2.sql": PLAIN}))["IDX101"]

    assert proof.original is not None
    assert proof.original.waited == ("INSERT", "UPDATE", "DELETE")
    assert proof.original.passed == ("SELECT",)
    assert ("public.orders", "SHARE") in [(lock.relation, lock.mode) for lock in proof.original.locks]
    assert proof.original.builds == ("public.orders_status_idx",)
    (build,) = [seen for seen in proof.fixed if "CREATE" in seen.sql]
    assert [stop.phase for stop in build.stops] == [
        "waiting for writers before build",
        "waiting for writers before validation",
        "waiting for old snapshots",
    ]
    assert build.waited == ()
    assert build.passed == ("SELECT", "INSERT", "UPDATE", "DELETE")
    assert {lock.mode for lock in build.locks if lock.relation == "public.orders"} == {
        "SHARE UPDATE EXCLUSIVE"
    }
    assert claim(proof, "amcheck").status is CONFIRMED
    assert claim(proof, "same indexes").status is CONFIRMED


def test_probes_are_answered_when_the_lock_goes(newest: Server, tmp_path: Path) -> None:
    """A write that waits takes as long as the lock is held; a read beside it takes no time."""
    proof = by_rule(proved(newest, tmp_path, {"1.sql": SHOP, "2.sql": PLAIN}))["IDX101"]
    assert proof.original is not None
    longest = {
        kind: max(probe.end - probe.start for probe in proof.original.probes if probe.kind == kind)
        for kind in ("SELECT", "INSERT")
    }

    assert longest["INSERT"] > 50 > longest["SELECT"]
    assert any(probe.waited for probe in proof.original.probes if probe.kind == "INSERT")


def test_duplicates_under_a_unique_build(server: Server, tmp_path: Path) -> None:
    """The original leaves INVALID for good, the fixed file repairs it once the duplicates are gone."""
    files = {"1.sql": SHOP, "2.sql": "CREATE UNIQUE INDEX CONCURRENTLY orders_email_key ON orders (email);\n"}
    proof = by_rule(proved(server, tmp_path, files))["IDX401"]

    assert proof.status is CONFIRMED
    assert claim(proof, "rejects a duplicate").status is CONFIRMED
    assert [(crash.script, crash.kill, crash.first, crash.left, crash.end) for crash in proof.crashes] == [
        ("original", "duplicate rows", "23505", ("public.orders_email_key",), ("public.orders_email_key",)),
        ("fixed", "duplicate rows", "23505", ("public.orders_email_key",), ()),
    ]
    assert "already exists" in proof.crashes[0].second


def test_advice_of_others_does_not_survive_a_crash(newest: Server, tmp_path: Path) -> None:
    """A lock_timeout with IF NOT EXISTS leaves an INVALID index and calls it done; what idxlint writes does not."""
    advised = (
        "SET lock_timeout = '1s';\nSET statement_timeout = '5s';\n"
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_status_idx ON orders (status);\n"
    )
    theirs = proved(newest, tmp_path / "theirs", {"1.sql": SHOP, "2.sql": advised}, crash=True, asked="2")
    ours = by_rule(proved(newest, tmp_path / "ours", {"1.sql": SHOP, "2.sql": PLAIN}, crash=True, asked="2"))[
        "IDX101"
    ]

    killed = [crash for crash in by_rule(theirs)["IDX601"].crashes if crash.script == "original"]
    assert {crash.end for crash in killed} == {("public.orders_status_idx",)}
    assert "already exists, skipping" in killed[0].second
    mended = [crash for crash in ours.crashes if crash.script == "fixed"]
    assert len(mended) == 3 * 4
    assert {crash.left for crash in mended if crash.first} == {("public.orders_status_idx",)}
    assert [crash for crash in mended if not crash.repaired] == []
    assert ours.status is CONFIRMED


@pytest.mark.parametrize(
    ("runner", "sql", "error"),
    [
        pytest.param("dbmate", "-- migrate:up\n{}\n-- migrate:down\n", "25001", id="wrapped"),
        pytest.param("golang-migrate", "SET lock_timeout = 0;\n{}", "25001", id="one-message"),
        pytest.param("psql", "SET lock_timeout = 0;\n{}", "", id="statement-by-statement"),
        pytest.param("psql", "SELECT 1\\; {}", "25001", id="joined"),
        pytest.param("goose", "-- +goose NO TRANSACTION\n-- +goose Up\n{}", "", id="opted-out"),
    ],
)
def test_runs_as_the_runner_runs_it(
    newest: Server, tmp_path: Path, runner: str, sql: str, error: str
) -> None:
    """The same statement is taken or refused by what the runner puts around it and sends with it."""
    build = "CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);\n"
    run = proved(
        newest, tmp_path, {"1_a.up.sql": SHOP, "2_b.up.sql": sql.format(build)}, runner=runner, asked="2_"
    )

    (seen,) = {proof.original for proof in run.proofs if proof.original}
    assert seen.sqlstate == error


def test_pipeline_leaves_an_invalid_index(newest: Server, tmp_path: Path) -> None:
    """First in a pipeline a build goes through, and a failure behind it takes the index with it."""
    build = "-- evolve-tx-off\nCREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);\n"
    files = {"V1__a.sql": SHOP, "V2__b.sql": f"{build}SELECT 1 / 0;\n"}
    proof = by_rule(proved(newest, tmp_path, files, runner="evolve", asked="V2"))["IDX202"]

    assert proof.original is not None
    assert proof.original.sqlstate == "22012"
    assert [(index.name, index.valid) for index in proof.original_indexes] == [
        ("public.orders_pkey", True),
        ("public.orders_status_idx", False),
    ]


def test_what_fails_is_told_and_the_rest_goes_on(newest: Server, tmp_path: Path) -> None:
    """A statement that cannot be replayed costs itself only."""
    files = {
        "1.sql": f"{SHOP}\\set x 1\nSELECT nothing;\nDROP TABLE gone;\nDROP TABLE gone;\n",
        "2.sql": PLAIN,
    }
    run = proved(newest, tmp_path, files, asked="2")

    assert [(unplayed.line, unplayed.reason) for unplayed in run.unplayed] == [
        (2, r"a meta-command of psql, not SQL: \set"),
        (3, '42703 column "nothing" does not exist'),
        (4, '42P01 table "gone" does not exist (and so 1 more)'),
    ]
    assert by_rule(run)["IDX101"].status is CONFIRMED


def test_rows_of_ours_stand_in_nobodys_way(newest: Server, tmp_path: Path) -> None:
    """A constraint that seeded rows break is tried again without them."""
    files = {
        "1.sql": SHOP,
        "2.sql": f"ALTER TABLE orders ADD CHECK (status = 'paid');\n{PLAIN}",
    }
    run = proved(newest, tmp_path, files, asked="2")

    assert by_rule(run)["IDX101"].status is CONFIRMED
    assert run.unplayed == ()


def test_starts_from_a_dump(newest: Server, tmp_path: Path) -> None:
    """With a dump no history is needed, and its rows are there."""
    table = SHOP.replace("orders", "public.orders")
    dump = f"SET search_path = '';\n{table}COPY public.orders FROM stdin;\n1\tnew\t\\N\n\\.\n"
    run = proved(newest, tmp_path, {"2.sql": PLAIN}, schema=dump)

    assert by_rule(run)["IDX101"].status is CONFIRMED
    assert run.unplayed == ()
    assert run.tables == 0


def test_new_table_is_nobodys_business(newest: Server, tmp_path: Path) -> None:
    """A build on a table of the same file is skipped, never ticked."""
    (proof,) = proved(newest, tmp_path, {"1.sql": SHOP + PLAIN}).proofs

    assert proof.status is Status.SKIPPED


def test_says_the_same_again(newest: Server) -> None:
    """Two runs make the same claims, in the same words."""
    first, second = (proved(newest, DEMO) for _ in range(2))

    assert [proof.claims for proof in first.proofs] == [proof.claims for proof in second.proofs]
