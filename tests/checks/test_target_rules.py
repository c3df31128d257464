"""What depends on the oldest major that has to be served, and on what stands around a statement."""

import pytest

from idxlint.config.configuration import Config
from idxlint.sql.rewrite.rewriting import applied
from tests.conftest import lint, names

EVENTS = """\
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
"""
MOVE = "ALTER INDEX orders_status_idx SET TABLESPACE fast;"


@pytest.mark.parametrize("words", ["TABLE", "TABLE CONCURRENTLY"])
@pytest.mark.parametrize(("major", "silent"), [(12, True), (13, True), (14, False), (18, False)])
def test_partitioned_table_before_14(words: str, major: int, silent: bool) -> None:
    """PostgreSQL 12 and 13 skip it; whoever says so does not say that it blocks."""
    blocks = [] if "CONCURRENTLY" in words else ["reindex-not-concurrent"]

    found = names(f"REINDEX {words} events;", EVENTS, Config(postgres=major))

    assert (["reindex-does-nothing"] if silent else blocks) == found


def test_each_partition_by_its_name() -> None:
    """The help names the partitions that the history knows."""
    (finding,) = lint("REINDEX TABLE events;", EVENTS, Config(postgres=13))

    assert finding.hit.help[1:] == (
        "REINDEX TABLE CONCURRENTLY public.events_2024;",
        "REINDEX TABLE CONCURRENTLY public.events_2025;",
    )


def test_repair_by_name() -> None:
    """The help names the index that the file has built before."""
    *_, finding = lint(
        "CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);\nREINDEX TABLE CONCURRENTLY orders;"
    )

    assert finding.hit.help == ("REINDEX INDEX CONCURRENTLY orders_status_idx;",)


def test_move_before_14() -> None:
    """There REINDEX takes no TABLESPACE, so the index is built once more."""
    (finding,) = lint(MOVE, "CREATE INDEX orders_status_idx ON orders (status);", Config(postgres=13))

    assert finding.hit.fix is None
    assert finding.hit.help[1:] == (
        "CREATE INDEX CONCURRENTLY orders_status_idx_moved ON public.orders (…) TABLESPACE its_tablespace;",
        "DROP INDEX CONCURRENTLY orders_status_idx;",
        "ALTER INDEX orders_status_idx_moved RENAME TO orders_status_idx;",
    )


@pytest.mark.parametrize(
    "owner", ["ADD EXCLUDE USING gist (status WITH =)", "ADD EXCLUDE (status WITH =)"], ids=str
)
def test_move_of_an_exclusion_constraint(owner: str) -> None:
    """REINDEX CONCURRENTLY refuses its index."""
    (finding,) = lint("ALTER INDEX orders_status_excl SET TABLESPACE fast;", f"ALTER TABLE orders {owner};")

    assert finding.hit.fix is None
    assert "maintenance window" in finding.hit.help[0]


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        (MOVE, "REINDEX (TABLESPACE fast, CONCURRENTLY) INDEX orders_status_idx;"),
        (
            'alter index app."I"  set tablespace "Fast Disks" ;',
            'reindex (tablespace "Fast Disks", concurrently) index app."I" ;',
        ),
        (
            f"BEGIN;\n{MOVE}\nCOMMIT;",
            "REINDEX (TABLESPACE fast, CONCURRENTLY) INDEX orders_status_idx;\n",
        ),
    ],
)
def test_move_as_written(written: str, fixed: str) -> None:
    """Names keep their quotes, keywords their case, and a block is left."""
    (finding,) = lint(written)

    assert finding.hit.fix
    assert fixed == applied(written, finding.hit.fix.edits)


@pytest.mark.parametrize(
    "move", [MOVE.replace("INDEX", "INDEX IF EXISTS"), MOVE.replace(";", ", SET (fillfactor = 70);")]
)
def test_move_without_fix(move: str) -> None:
    """REINDEX has no IF EXISTS, and changes no parameters."""
    (finding,) = lint(move)

    assert finding.hit.fix is None
    assert finding.hit.help


@pytest.mark.parametrize(
    ("written", "fixed"),
    [
        (
            "SET LOCAL statement_timeout = 0;\nUPDATE orders SET status = 'new';\n-- done\n",
            None,
        ),
        (
            "set local statement_timeout = 0;\r\nUPDATE orders SET status = 'new';\r\n",
            "set statement_timeout = 0;\r\nUPDATE orders SET status = 'new';\r\nRESET statement_timeout;\r\n",
        ),
        (
            "SET LOCAL lock_timeout = 0;\nCREATE INDEX CONCURRENTLY i ON orders (status);\n",
            "SET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY i ON orders (status);\nRESET lock_timeout;\n",
        ),
        (
            "SET LOCAL lock_timeout = '1s';\nALTER TABLE t ADD a int;\nSET lock_timeout = '2s';\n",
            "SET lock_timeout = '1s';\nALTER TABLE t ADD a int;\nSET lock_timeout = '2s';\n",
        ),
        (
            "SET LOCAL lock_timeout = '1s';\nALTER TABLE t ADD a int;\nBEGIN;\nSELECT 1;\nCOMMIT;\n",
            "SET lock_timeout = '1s';\nALTER TABLE t ADD a int;\nRESET lock_timeout;\nBEGIN;\nSELECT 1;\nCOMMIT;\n",
        ),
        ("SET LOCAL lock_timeout = '1s';\nCREATE INDEX CONCURRENTLY i ON orders (status);\n", None),
        ("SELECT set_config('lock_timeout', '1s', true);\nALTER TABLE t ADD a int;\n", None),
    ],
)
def test_set_for_the_session(written: str, fixed: str | None) -> None:
    """The timeout is reset before whatever must not run under it; nothing is written where it serves nobody."""
    finding, *_ = lint(written)

    assert finding.rule.name == "set-local-without-transaction"
    assert fixed == (applied(written, finding.hit.fix.edits) if finding.hit.fix else None)
    assert finding.hit.help


def test_set_local_for_a_concurrent_build_alone() -> None:
    """What stands before a concurrent build alone serves nobody, for the build must not run under it."""
    finding, *_ = lint("SET LOCAL lock_timeout = '1s';\nCREATE INDEX CONCURRENTLY i ON orders (status);")

    assert finding.hit.help == ("leave it out: no statement behind it runs under this lock_timeout",)


@pytest.mark.parametrize("runner", ["flyway", "goose", "sqlx"])
def test_set_local_in_the_transaction_of_a_runner(runner: str) -> None:
    """Where the runner opens a transaction, SET LOCAL is right."""
    head = "-- +goose Up\n" if runner == "goose" else ""

    assert [] == names(f"{head}SET LOCAL lock_timeout = '1s';\nALTER TABLE t ADD a int;", runner=runner)
