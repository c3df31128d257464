"""Migrations that do what they can to whoever looks at them: each is told, none ends the run."""

import time
from pathlib import Path

import pytest

from idxlint.live.server import connection
from idxlint.model.evidence import LiveRun, Proof, Status
from tests.live.live_runs import by_rule, proved
from tests.live.server import Server

pytestmark = pytest.mark.live

SHOP = "CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, email text);\n"
PLAIN = "CREATE INDEX orders_status_idx ON orders (status);\n"
LATER = "CREATE INDEX orders_email_idx ON orders (email);\n"
REFUSES = (
    "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no'; END$$;\n"
    "CREATE EVENT TRIGGER no ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION no();\n"
)
OTHERS = "pid <> pg_backend_pid() AND datname = current_database()"
ODD = '"a%s\n""q"""'
LONG = f"CREATE TABLE {'t' * 63} (id int PRIMARY KEY, {'c' * 63} text);\n"


def told(run: LiveRun) -> list[tuple[str, int, str]]:
    """What could not be played."""
    return [(unplayed.path, unplayed.line, unplayed.reason) for unplayed in run.unplayed]


def build(run: LiveRun) -> Proof:
    """The proof of the plain build."""
    return by_rule(run)["IDX101"]


@pytest.mark.parametrize(
    ("before", "sql"),
    [
        pytest.param("", f"{PLAIN}DROP TABLE orders;\n", id="drops-the-table"),
        pytest.param("", f"BEGIN;\n{PLAIN}DROP TABLE orders;\nCOMMIT;\n", id="drops-it-in-the-transaction"),
        pytest.param("", f"{PLAIN}DROP SCHEMA public CASCADE;\n", id="drops-the-schema"),
        pytest.param(
            "",
            "BEGIN;ALTER TABLE orders RENAME TO sales;CREATE INDEX x ON sales (status);COMMIT;",
            id="renames",
        ),
        pytest.param("", f"DISCARD ALL;\n{PLAIN}", id="discards"),
        pytest.param("", f"LISTEN x;\nVACUUM orders;\n{PLAIN}NOTIFY x;\n", id="listens-and-vacuums"),
        pytest.param("", f"CREATE PUBLICATION p FOR TABLE orders;\n{PLAIN}", id="publishes"),
        pytest.param("", f"COPY orders TO stdout;\n{PLAIN}", id="copies-out"),
        pytest.param("", f"BEGIN;\n{PLAIN}PREPARE TRANSACTION 'a';\n", id="prepares-a-transaction"),
        pytest.param(
            "BEGIN;INSERT INTO orders VALUES (78, 'a');PREPARE TRANSACTION 'b';\n", PLAIN, id="left-one"
        ),
        pytest.param("", f"SELECT pg_create_logical_replication_slot('s', 'pgoutput');\n{PLAIN}", id="slot"),
        pytest.param("", f"CREATE ROLE app;\nGRANT SELECT ON orders TO app;\n{PLAIN}", id="makes-a-role"),
        pytest.param("", f"SET client_encoding = 'SQL_ASCII';\n{PLAIN}", id="no-encoding"),
        pytest.param("", f"SET idle_in_transaction_session_timeout = '20ms';\n{PLAIN}", id="idle-timeout"),
        pytest.param("", f"SET lock_timeout = '1ms';\n{PLAIN}", id="lock-timeout"),
        pytest.param("", f"BEGIN;LOCK orders IN ROW EXCLUSIVE MODE;\n{PLAIN}COMMIT;", id="locks"),
        pytest.param(
            "ALTER TABLE orders FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY;\n", PLAIN, id="rls"
        ),
        pytest.param("CREATE TABLE nothing ();\n", "CREATE INDEX x ON nothing ((1));\n", id="no-columns"),
        pytest.param(
            f'CREATE TABLE {ODD} (id int, "x%%" text);\n',
            f'CREATE INDEX "%d" ON {ODD} ("x%%");\n',
            id="names",
        ),
        pytest.param(LONG, f"CREATE INDEX {'i' * 63} ON {'t' * 63} ({'c' * 63});\n", id="63-bytes"),
        pytest.param("CREATE SCHEMA x;CREATE EXTENSION amcheck SCHEMA x;\n", PLAIN, id="its-own-amcheck"),
    ],
)
def test_is_proved_all_the_same(newest: Server, tmp_path: Path, before: str, sql: str) -> None:
    """What a migration does to its tables, its session or the server keeps nobody from seeing that it blocks."""
    run = proved(newest, tmp_path, {"1.sql": SHOP + before, "2.sql": sql}, runner="psql", asked="2")

    assert build(run).status is Status.CONFIRMED
    assert told(run) == []


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        pytest.param("SET search_path = nowhere;\n", '42P01 relation "orders" does not exist', id="no-path"),
        pytest.param(
            "CREATE ROLE nobodyx;SET ROLE nobodyx;\n", "42501 must be owner of table orders", id="role"
        ),
        pytest.param(REFUSES, "P0001 no", id="event-trigger"),
    ],
)
def test_refused_before_and_after_proves_nothing(
    newest: Server, tmp_path: Path, sql: str, reason: str
) -> None:
    """Where the server refuses the original for a reason of its own, and the fix as well, neither is judged."""
    run = proved(newest, tmp_path, {"1.sql": SHOP, "2.sql": sql + PLAIN}, runner="psql", asked="2")

    assert build(run).status is Status.INCONCLUSIVE
    assert [why for *_, why in told(run)] == [reason]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE EXTENSION no_such_thing;\n", '0A000 extension "no_such_thing" is not available'),
        ("CREATE DATABASE more;\n", "it changes the whole server, so it is not sent"),
        ("ALTER SYSTEM SET work_mem = '8MB';\n", "it changes the whole server, so it is not sent"),
        ("ALTER ROLE postgres SET search_path = x;\n", "it changes the whole server, so it is not sent"),
    ],
)
def test_what_is_not_done_is_told(newest: Server, tmp_path: Path, sql: str, reason: str) -> None:
    """A statement that is refused, or would be felt by the databases beside it, is told; the rest goes on."""
    run = proved(newest, tmp_path, {"1.sql": SHOP, "2.sql": sql + PLAIN}, runner="psql", asked="2")

    assert build(run).status is Status.CONFIRMED
    assert told(run) == [("2.sql", 1, reason)]


def test_ends_our_sessions(newest: Server, tmp_path: Path) -> None:
    """A migration that ends the sessions of those who look at it is an error, and the next one is proved."""
    kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS};\n"
    files = {"1.sql": SHOP, "2.sql": kill + PLAIN, "3.sql": LATER}
    run = proved(newest, tmp_path, files, runner="psql")

    assert [(proof.path, proof.status) for proof in run.proofs if proof.id] == [
        ("2.sql", Status.ERROR),
        ("3.sql", Status.CONFIRMED),
    ]
    assert {
        claim.reason for proof in run.proofs for claim in proof.claims if claim.status is Status.ERROR
    } == {"terminating connection due to administrator command"}


def test_statement_without_an_end(newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement is given a minute; what does not end in it is told, and the rest goes on."""
    monkeypatch.setattr("idxlint.live.play.replayer.LONGEST", 0.5)
    files = {"1.sql": SHOP, "2.sql": "SELECT pg_sleep(1e6);\n" + PLAIN}
    started = time.monotonic()
    run = proved(newest, tmp_path, files, runner="psql", asked="2")

    assert connection.LONGEST == 60
    assert time.monotonic() - started < 20
    assert build(run).status is Status.CONFIRMED
    assert told(run) == [("2.sql", 1, "57014 did not end within 0 s")]


def test_failure_at_the_end_of_the_transaction(newest: Server, tmp_path: Path) -> None:
    """What only COMMIT says, such as a deferred constraint, is the failure of the file."""
    before = "CREATE TABLE parts (id int REFERENCES orders DEFERRABLE INITIALLY DEFERRED);\n"
    files = {"1_a.sql": SHOP + before, "2_b.sql": "INSERT INTO parts VALUES (77);\n", "3_c.sql": LATER}
    run = proved(newest, tmp_path, files, runner="sqlx", asked="3_")

    assert [(path, line, why[:5]) for path, line, why in told(run)] == [("2_b.sql", 1, "23503")]
    assert build(run).status is Status.CONFIRMED


@pytest.mark.parametrize("runner", ["psql", "sqlx"])
def test_build_in_a_function(newest: Server, tmp_path: Path, runner: str) -> None:
    """A function is harmless until it is called; the call shows what it builds, and where idxlint spoke of it."""
    body = "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'CREATE INDEX x ON orders (email)';\n"
    run = proved(
        newest, tmp_path, {"1_a.sql": SHOP, "2_b.sql": f"{body}SELECT f();\n"}, runner=runner, asked="2"
    )

    assert [(proof.line, proof.status, proof.claims[0].reason) for proof in run.proofs] == [
        (1, Status.SKIPPED, "it does so only when the function is called"),
        (2, Status.INCONCLUSIVE, "it builds public.x, see line 1"),
    ]


def test_a_thousand_indexes(newest: Server, tmp_path: Path) -> None:
    """A large schema takes seconds, not minutes."""
    columns = "abcdefghij"
    tables = "".join(
        f"CREATE TABLE n{n} ({', '.join(f'{c} int' for c in columns)});\n"
        + "".join(f"CREATE INDEX ON n{n} ({c});" for c in columns)
        for n in range(100)
    )
    started = time.monotonic()
    run = proved(newest, tmp_path, {"1.sql": SHOP + tables, "2.sql": PLAIN}, asked="2")

    assert build(run).status is Status.CONFIRMED
    assert time.monotonic() - started < 30
