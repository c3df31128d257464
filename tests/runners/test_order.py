"""The order in which each tool runs its files: the keys by themselves, and what the command makes of them."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from idxlint.runners.files import collect
from idxlint.runners.registry import PROFILES
from idxlint.runners.shared.profile import Profile
from tests.conftest import Run

TABLE = "CREATE TABLE t (a int, b int);\n"
INDEX = "CREATE INDEX i ON t (a);\n"
DROP = "DROP INDEX i;\n"

NUMBERS = ("1_b.sql", "2_c.sql", "9_a.sql", "10_A.sql")
TEXT = ("10_x.sql", "1_B.sql", "1_a.sql", "2_x.sql", "9_x.sql")
INTEGER = ("0001_z.up.sql", "2_x.up.sql", "2_y.down.sql", "9_x.up.sql", "10_x.up.sql", "20240101_x.up.sql")
LOCALE = ("10_x", "20250604085536_x", "20250625_pivot", "20250625120000_x", "9_x", "a_x", "A_x", "b_x")
DOTTED = (
    "beforeMigrate.sql", "V0.9__x.sql", "V1__x.sql", "U1__x.sql", "V1_2__x.sql", "V1.9__x.sql", "V1_10__x.sql",
    "V2.0__x.sql", "V10__x.sql", "V20240101__x.sql", "R__A_first.sql", "R__a_second.sql", "R__b.sql",
)  # fmt: skip
EVOLVE = ("V1__x.sql", "V1.0__x.sql", "v1_2__x.sql", "V1_10__x.sql", "V9__x.sql", "R__a.sql", "R__B.sql")
FOLDERS = tuple(f"{name}/{file}" for name in ("1_b", "9_a", "10_a") for file in ("up.sql", "down.sql"))
DIESEL = tuple(
    f"{name}/{file}"
    for name in ("00000000000000_setup", "2024-01-02-030405_x", "20240102030406_a", "20250101_x", "3_x")
    for file in ("up.sql", "down.sql")
)
ORDERED: dict[str, Sequence[str]] = {
    "psql": NUMBERS,
    "psql-1": NUMBERS,
    "psql-c": NUMBERS,
    "golang-migrate": INTEGER,
    "goose": ("1_b.sql", "002_a.sql", "9_x.sql", "10_a.sql", "20240101_x.sql"),
    "tern": ("1_b.sql", "002_a.sql", "9_x.sql", "10_a.sql"),
    "sqlx": INTEGER,
    "play": ("1.sql", "2.sql", "9.sql", "10.sql"),
    "migratus": ("1-b.up.sql", "1-b.down.sql", "9-a.up.sql", "10-a.up.sql"),
    "postgres-migrations": ("1_b.sql", "2-a.sql", "9.sql", "10_a.sql"),
    "hasura": FOLDERS,
    "sourcegraph": FOLDERS,
    "sql-migrate": ("1_b.sql", "9_B.sql", "9_a.sql", "10_a.sql", "B.sql", "a.sql"),
    "refinery": ("V1__z.sql", "U2__y.sql", "V9__x.sql", "V10__a.sql"),
    "node-pg-migrate": ("2_b.sql", "10_a.sql", "1589353644504_a.sql", "20200513070724505_b.sql"),
    "dbmate": TEXT,
    "supabase": TEXT,
    "supabase-batch": TEXT,
    "atlas": TEXT,
    "dbup": ("B.sql", "Script10.sql", "Script9.sql", "a.sql"),
    "morph": ("10_x.up.sql", "10_x.down.sql", "1_B.up.sql", "1_a.up.sql", "9_x.up.sql"),
    "bun": ("1_z.tx.up.sql", "10_a.up.sql", "10_a.down.sql", "20240101_x.up.sql", "9_x.up.sql"),
    "popx": ("1_z.postgres.up.sql", "10_a.up.sql", "10_a.down.sql", "20240101_x.up.sql", "9_x.up.sql"),
    "diesel": DIESEL,
    "graphile-migrate": ("000009.sql", "000010-a.sql", "1000000.sql", "999999.sql", "current.sql"),
    "prisma": tuple(f"{name}/migration.sql" for name in LOCALE),
    "prisma-simple": tuple(f"{name}/migration.sql" for name in LOCALE),
    "flyway": DOTTED,
    "evolve": EVOLVE,
    "drizzle": tuple(f"{name}/migration.sql" for name in ("10_x", "20250625_x", "9_x")),
    "yoyo": ("10_x.sql", "10_x.rollback.sql", "1_B.sql", "1_a.sql", "9_x.sql", "post-apply.sql"),
    "sqitch": NUMBERS,
    "liquibase": NUMBERS,
}
GRAPHS = ("django", "alembic")
"""Their files are programs, which say the order themselves; their own tests have that."""


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_stated(profile: Profile) -> None:
    """Every tool has an order that is said in words and tried out in the tests."""
    assert profile.order.says
    assert profile.name in {*ORDERED, *GRAPHS}


@pytest.mark.parametrize(("name", "ordered"), ORDERED.items())
def test_names(tmp_path: Path, name: str, ordered: Sequence[str]) -> None:
    """The names alone tell the order of each tool, whatever the order in which they are found."""
    for file in ordered:
        (tmp_path / "m" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "m" / file).write_text("SELECT 1;\n", "utf-8")
    plans, unread = collect(
        [f"m/{file}" for file in sorted(ordered)[::-1]], tmp_path, lambda _: False, lambda _: name
    )

    assert ([], [f"m/{file}" for file in ordered]) == (unread, [plan.shown for plan in plans])


def findings(run: Run, folder: Path, files: dict[str, str], settings: str) -> list[tuple[str, str]]:
    """The rules that speak, and in which file, as the command reports them."""
    for name, content in {**files, "idxlint.yaml": settings}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    report = json.loads(run("check", "m", "--format", "json").out)
    return [(entry["id"], entry["path"].removeprefix("m/")) for entry in report["findings"]]


REPLAYED = [
    ("prisma", "20250604085536_a/migration.sql", "20250625_pivot/migration.sql"),
    ("prisma", "20250625_a/migration.sql", "20250625120000_b/migration.sql"),
    ("dbmate", "10_a.sql", "9_b.sql"),
    ("supabase", "10_a.sql", "9_b.sql"),
    ("atlas", "1_B.sql", "1_a.sql"),
    ("morph", "10_a.up.sql", "9_b.up.sql"),
    ("diesel", "2024-01-02-030405_a/up.sql", "20240102030406_b/up.sql"),
    ("bun", "20240101_b.up.sql", "9_a.up.sql"),
    ("graphile-migrate", "1000000.sql", "999999.sql"),
    ("golang-migrate", "9_b.up.sql", "10_a.up.sql"),
    ("sqlx", "9_b.sql", "0010_a.sql"),
    ("hasura", "9_b/up.sql", "10_a/up.sql"),
    ("refinery", "V9__b.sql", "V10__a.sql"),
    ("sql-migrate", "10_a.sql", "B.sql"),
    ("node-pg-migrate", "1589353644504_b.sql", "20200513070724505_a.sql"),
    ("flyway", "V1_9__b.sql", "V1.10__a.sql"),
    ("flyway", "V1.0__b.sql", "V1_0_1__a.sql"),
    ("flyway", "V20__b.sql", "R__a.sql"),
    ("evolve", "V1__b.sql", "V1.0__a.sql"),
    ("psql", "9_b.sql", "10_a.sql"),
]


@pytest.mark.parametrize(("runner", "earlier", "later"), REPLAYED)
def test_replayed(run: Run, tmp_path: Path, runner: str, earlier: str, later: str) -> None:
    """An index that the earlier file builds is known when the later one drops it, and its table with it."""
    up = {"sql-migrate": "-- +migrate Up\n", "dbmate": "-- migrate:up\n"}.get(runner, "")
    files = {f"m/{later}": up + DROP, f"m/{earlier}": up + TABLE + INDEX}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    report = json.loads(run("check", "m", "--runner", runner, "--format", "json").out)
    said = [entry["message"] for entry in report["findings"] if entry["path"] == f"m/{later}"]

    assert [True] == [message.startswith("dropping i blocks reads and writes of t ") for message in said[:1]]


@pytest.mark.parametrize(
    ("runner", "start_after", "past"),
    [
        ("psql", "9", ["1_x.sql", "9_x.sql"]),
        ("golang-migrate", "0009", ["1_x.sql", "9_x.sql"]),
        ("golang-migrate", "none_such", []),
        ("dbmate", "10", ["10_x.sql"]),
        ("dbmate", "1_x.sql", ["10_x.sql", "1_x.sql"]),
        ("dbmate", "9", ["10_x.sql", "1_x.sql", "9_x.sql"]),
        ("flyway", "1.9", ["V1__x.sql", "V1_9__x.sql"]),
        ("flyway", "V1", ["V1__x.sql"]),
        ("flyway", "V1.10__x.sql", ["V1__x.sql", "V1_9__x.sql", "V1.10__x.sql"]),
        ("flyway", "2", ["V1__x.sql", "V1_9__x.sql", "V1.10__x.sql"]),
        ("flyway", "R__a", ["V1__x.sql", "V1_9__x.sql", "V1.10__x.sql", "R__a.sql"]),
    ],
)
def test_start_after(run: Run, tmp_path: Path, runner: str, start_after: str, past: list[str]) -> None:
    """What the tool runs at or before start_after is left alone, and nothing else."""
    dotted = ("V1__x.sql", "V1_9__x.sql", "V1.10__x.sql", "R__a.sql", "R__b.sql")
    names = dotted if runner == "flyway" else ("1_x.sql", "9_x.sql", "10_x.sql")
    files = {f"m/{name}": f"CREATE INDEX i{place} ON old (a);\n" for place, name in enumerate(names)}
    spoken = findings(run, tmp_path, files, f"runner: {runner}\nstart_after: '{start_after}'\n")
    built = {name for rule, name in spoken if rule == "IDX101"}

    assert set(past) == set(names) - built


def test_start_after_in_a_journal(run: Run, tmp_path: Path) -> None:
    """Where a file says the order, start_after goes by it too."""
    tags = ("0002_a", "0000_b", "0001_c")
    files = {f"m/{tag}.sql": f"CREATE INDEX {tag[5:]} ON old (a);\n" for tag in tags}
    files["m/meta/_journal.json"] = json.dumps({"entries": [{"tag": tag} for tag in tags]})
    spoken = findings(run, tmp_path, files, "runner: drizzle\nstart_after: '0000'\n")

    assert ["0001_c.sql"] == [name for rule, name in spoken if rule == "IDX101"]


PLAN = "%syntax-version=1.0.0\n%project=p\n\n"
STAMP = "2025-01-01T10:00:00Z A <a@example.org>"


def test_sqitch(run: Run, tmp_path: Path) -> None:
    """The plan decides over all folders; a change that is reworked later has its tag in the script's name."""
    lines = [f"z/table {STAMP}", f"rest [z/table] {STAMP} # a", f"@v1 {STAMP}", f"rest [rest@v1] {STAMP}"]
    files = {
        "m/sqitch.plan": PLAN + "\n".join(lines) + "\n",
        "m/deploy/z/table.sql": TABLE + INDEX,
        "m/deploy/rest@v1.sql": DROP,
        "m/deploy/rest.sql": INDEX,
        "m/revert/rest.sql": DROP,
        "m/deploy/unplanned.sql": DROP,
    }
    findings(run, tmp_path, files, "select: [IDX102]\n")
    plans, _ = collect(["m"], tmp_path, lambda _: False)

    told = ["m/deploy/z/table.sql", "m/deploy/rest@v1.sql", "m/deploy/rest.sql", "m/revert/rest.sql"]
    assert told == [plan.shown for plan in plans if plan.history == "m/sqitch.plan"]
    assert "sqitch.plan; in order of name, because no sqitch.plan names it" == next(
        plan.evidence for plan in plans if plan.shown == "m/deploy/unplanned.sql"
    )


def test_sqitch_table(run: Run, tmp_path: Path) -> None:
    """What an earlier change of the plan makes is known, although its name comes later."""
    files = {
        "m/sqitch.plan": f"{PLAN}z {STAMP}\na {STAMP}\n",
        "m/deploy/z.sql": TABLE + INDEX,
        "m/deploy/a.sql": DROP,
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    (finding,) = json.loads(run("check", "m", "--format", "json").out)["findings"]

    assert finding["message"].startswith("dropping i blocks reads and writes of t ")


def test_yoyo(tmp_path: Path) -> None:
    """A migration runs after what it depends on, else by its name as text."""
    (tmp_path / "1_a.sql").write_text("-- depends: 9_z none\nSELECT 1;\n", "utf-8")
    for name in ("10_x.sql", "9_z.sql", "9_z.rollback.sql", "2_x.sql"):
        (tmp_path / name).write_text("SELECT 1;\n", "utf-8")
    plans, _ = collect(["."], tmp_path, lambda _: False, lambda _: "yoyo")

    assert ["10_x.sql", "2_x.sql", "9_z.sql", "9_z.rollback.sql", "1_a.sql"] == [plan.shown for plan in plans]


def test_sourcegraph(tmp_path: Path) -> None:
    """Parents come first, else the smaller version; broken metadata says nothing of the order."""
    for name, metadata in (("10", "parents: [30]"), ("9", "["), ("30", "parent: 9"), ("20_x", "name: x")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metadata.yaml").write_text(metadata, "utf-8")
        (tmp_path / name / "up.sql").write_text("SELECT 1;\n", "utf-8")
    plans, _ = collect(["."], tmp_path, lambda _: False, lambda _: "sourcegraph")

    assert ["9/up.sql", "20_x/up.sql", "30/up.sql", "10/up.sql"] == [plan.shown for plan in plans]
