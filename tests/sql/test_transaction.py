"""The session: which block is open, and which timeouts are in force."""

import pytest

from idxlint.config.configuration import Config, Options
from tests.conftest import lint, names

BLOCK, KILLED, REBUILD = (
    "concurrently-in-transaction",
    "timeout-kills-concurrent-build",
    "reindex-not-concurrent",
)
CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
DIC = "DROP INDEX CONCURRENTLY i;"
RIC = "REINDEX TABLE CONCURRENTLY t;"

OUTSIDE = {
    "no block": "",
    "COMMIT": "BEGIN; COMMIT;",
    "END": "BEGIN; END;",
    "END TRANSACTION": "BEGIN TRANSACTION; END TRANSACTION;",
    "ROLLBACK": "START TRANSACTION; ROLLBACK;",
    "ABORT": "BEGIN; ABORT;",
    "COMMIT AND NO CHAIN": "BEGIN; COMMIT AND NO CHAIN;",
    "PREPARE TRANSACTION": "BEGIN; PREPARE TRANSACTION 'x';",
    "BEGIN in a block": "BEGIN; BEGIN; COMMIT;",
    "COMMIT outside": "COMMIT;",
    "COMMIT twice": "BEGIN; COMMIT; COMMIT;",
    "ROLLBACK outside": "ROLLBACK;",
    "SAVEPOINT outside": "SAVEPOINT s;",
    "chain ended": "BEGIN; COMMIT AND CHAIN; COMMIT;",
    "COMMIT AND CHAIN outside": "COMMIT AND CHAIN;",
    "prepared plan": "PREPARE q AS SELECT 1;",
    "COMMIT PREPARED": "COMMIT PREPARED 'x';",
    "BEGIN in a body": "DO $$ BEGIN NULL; END $$;",
    "BEGIN ATOMIC": "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;",
    "BEGIN in a comment": "-- BEGIN;\n/* BEGIN; */",
    "BEGIN in a literal": "SELECT 'BEGIN;';",
    "COMMIT in a procedure": "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;",
}
INSIDE = {
    "BEGIN": "BEGIN;",
    "lower case": "begin;",
    "BEGIN WORK": "BEGIN WORK;",
    "BEGIN with modes": "BEGIN ISOLATION LEVEL SERIALIZABLE, READ WRITE;",
    "START TRANSACTION": "START TRANSACTION;",
    "comment in it": "START /* now */ TRANSACTION;",
    "BEGIN twice": "BEGIN; BEGIN;",
    "after another": "BEGIN; COMMIT; BEGIN;",
    "COMMIT AND CHAIN": "BEGIN; COMMIT AND CHAIN;",
    "ROLLBACK AND CHAIN": "BEGIN; ROLLBACK AND CHAIN;",
    "SAVEPOINT": "BEGIN; SAVEPOINT s;",
    "RELEASE": "BEGIN; SAVEPOINT s; RELEASE SAVEPOINT s;",
    "ROLLBACK TO": "BEGIN; SAVEPOINT s; ROLLBACK TO SAVEPOINT s;",
    "ROLLBACK PREPARED": "BEGIN; ROLLBACK PREPARED 'x';",
    "COMMIT in a body": "BEGIN; DO $$ BEGIN COMMIT; END $$;",
}
REFUSING = {
    "build": CIC,
    "drop": DIC,
    "rebuild": RIC,
    "rebuild with parentheses": "REINDEX (CONCURRENTLY) INDEX i;",
    "detach": "ALTER TABLE p DETACH PARTITION t CONCURRENTLY;",
    "VACUUM": "VACUUM;",
    "VACUUM ANALYZE": "VACUUM (ANALYZE) t;",
    "VACUUM FULL": "VACUUM FULL t;",
}
TAKEN = {
    "plain drop of a new index": "CREATE TABLE n (a int); CREATE INDEX j ON n (a); DROP INDEX j;",
    "detach": "ALTER TABLE p DETACH PARTITION t;",
    "finish detaching": "ALTER TABLE p DETACH PARTITION t FINALIZE;",
    "ANALYZE": "ANALYZE t;",
    "concurrent refresh": "REFRESH MATERIALIZED VIEW CONCURRENTLY m;",
}
ON = {
    "seconds": "SET lock_timeout = '5s';",
    "number": "SET lock_timeout = 5000;",
    "minute": "SET lock_timeout TO '1min';",
    "fraction": "SET lock_timeout = '0.5s';",
    "SESSION": "SET SESSION lock_timeout = '5s';",
    "upper case": "SET LOCK_TIMEOUT = '5s';",
    "statement_timeout": "SET statement_timeout = '30s';",
    "transaction_timeout": "SET transaction_timeout = '30s';",
    "set_config": "SELECT set_config('lock_timeout', '5s', false);",
    "qualified set_config": "SELECT pg_catalog.set_config('statement_timeout', '5s', false);",
    "committed": "BEGIN; SET lock_timeout = '5s'; COMMIT;",
    "off, rolled back": "SET lock_timeout = '5s'; BEGIN; SET lock_timeout = 0; ROLLBACK;",
    "off to a savepoint": (
        "SET lock_timeout = '5s'; BEGIN; SAVEPOINT s; SET lock_timeout = 0; ROLLBACK TO s; COMMIT;"
    ),
    "off for a transaction": "SET lock_timeout = '5s'; BEGIN; SET LOCAL lock_timeout = 0; COMMIT;",
    "off, local without a block": "SET lock_timeout = '5s'; SET LOCAL lock_timeout = 0;",
    "the other one off": "SET lock_timeout = '5s'; SET statement_timeout = 0;",
    "on again": "SET lock_timeout = '5s'; SET lock_timeout = 0; SET lock_timeout = '1s';",
    "reset, rolled back": "SET lock_timeout = '5s'; BEGIN; RESET ALL; ROLLBACK;",
}
OFF = {
    "never set": "",
    "zero": "SET lock_timeout = 0;",
    "quoted zero": "SET lock_timeout = '0';",
    "zero seconds": "SET lock_timeout = '0s';",
    "zero milliseconds": "SET lock_timeout = '0 ms';",
    "off again": "SET lock_timeout = '5s'; SET lock_timeout = 0;",
    "RESET": "SET lock_timeout = '5s'; RESET lock_timeout;",
    "RESET ALL": "SET lock_timeout = '5s'; SET statement_timeout = '5s'; RESET ALL;",
    "DISCARD ALL": "SET lock_timeout = '5s'; DISCARD ALL;",
    "TO DEFAULT": "SET lock_timeout = '5s'; SET lock_timeout TO DEFAULT;",
    "set_config off": "SET lock_timeout = '5s'; SELECT set_config('lock_timeout', '0', false);",
    "local set_config": "SELECT set_config('lock_timeout', '5s', true);",
    "SET LOCAL without a block": "SET LOCAL lock_timeout = '5s';",
    "SET LOCAL, committed": "BEGIN; SET LOCAL lock_timeout = '5s'; COMMIT;",
    "rolled back": "BEGIN; SET lock_timeout = '5s'; ROLLBACK;",
    "rolled back to a savepoint": "BEGIN; SAVEPOINT s; SET lock_timeout = '5s'; ROLLBACK TO s; COMMIT;",
    "local and chained": "BEGIN; SET LOCAL lock_timeout = '5s'; COMMIT AND CHAIN; COMMIT;",
    "another parameter": "SET idle_in_transaction_session_timeout = '5s';",
    "for the role": "ALTER ROLE app SET lock_timeout = '5s';",
    "in a function's definition": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET lock_timeout = '5s' AS 'SELECT 1';"
    ),
    "new table": "SET lock_timeout = '5s'; CREATE TABLE t (a int);",
}


def cases(table: dict[str, str]) -> list[object]:
    """One test for each row."""
    return [pytest.param(sql, id=name) for name, sql in table.items()]


@pytest.mark.parametrize("sql", cases(OUTSIDE))
def test_no_block_is_open(sql: str) -> None:
    """Behind these a concurrent build is accepted."""
    assert [] == names(f"{sql}\n{CIC}")


@pytest.mark.parametrize("sql", cases(INSIDE))
def test_a_block_is_open(sql: str) -> None:
    """Behind these a concurrent build is refused."""
    assert [BLOCK] == names(f"{sql}\n{CIC}\nCOMMIT;")


@pytest.mark.parametrize("sql", cases(REFUSING))
def test_refuses_a_block(sql: str) -> None:
    """These stand alone or not at all."""
    assert BLOCK in names(f"BEGIN; {sql} COMMIT;")
    assert BLOCK not in names(sql)


@pytest.mark.parametrize("kind", ["SCHEMA s", "DATABASE d", "SYSTEM d"])
def test_wide_reindex_refuses_a_block(kind: str) -> None:
    """Rebuilding more than a table commits in between, concurrently or not."""
    assert [REBUILD, BLOCK] == names(f"BEGIN; REINDEX {kind}; COMMIT;")
    assert [REBUILD] == names(f"BEGIN; COMMIT; REINDEX {kind};")


@pytest.mark.parametrize("sql", cases(TAKEN))
def test_takes_a_block(sql: str) -> None:
    """These are at home in a block."""
    assert BLOCK not in names(f"BEGIN; {sql} COMMIT;")


def test_message_says_where_the_block_began() -> None:
    """The reader is led to the BEGIN; after AND CHAIN to what chained."""
    (first,) = lint(f"SELECT 1;\nBEGIN;\n{CIC}\nCOMMIT;")
    (second,) = lint(f"BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;\n{CIC}\nCOMMIT;")

    assert "(opened in line 2)" in first.hit.message
    assert "(opened in line 3)" in second.hit.message


@pytest.mark.parametrize("sql", cases(ON))
@pytest.mark.parametrize("concurrent", [CIC, DIC, RIC], ids=["build", "drop", "rebuild"])
def test_timeout_in_force(sql: str, concurrent: str) -> None:
    """A timeout that is on kills whatever waits for other transactions."""
    assert KILLED in names(f"{sql}\n{concurrent}")


@pytest.mark.parametrize("sql", cases(OFF))
def test_timeout_is_off(sql: str) -> None:
    """Zero, a reset, and the end of what it was set for."""
    assert KILLED not in names(f"{sql}\n{CIC}")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        pytest.param(CIC, [KILLED], id="nothing said"),
        pytest.param(f"RESET lock_timeout; {CIC}", [KILLED], id="RESET"),
        pytest.param(f"SET lock_timeout = DEFAULT; {CIC}", [KILLED], id="DEFAULT"),
        pytest.param(f"SET lock_timeout = 0; RESET ALL; {CIC}", [KILLED], id="RESET ALL"),
        pytest.param(f"SET lock_timeout = 0; {CIC}", [], id="zero"),
        pytest.param(f"SET lock_timeout = 0; {CIC} RESET lock_timeout;", [], id="zero and back"),
    ],
)
def test_timeout_of_the_runner(sql: str, said: list[str]) -> None:
    """What the session starts with is in force until it is set to zero, and comes back with RESET."""
    assert said == names(sql, config=Config(options=Options(lock_timeout="5s")))


def test_each_statement_is_one_finding() -> None:
    """What a second run does differs from statement to statement; how many timeouts are set does not count."""
    both = f"SET lock_timeout = '5s'; SET statement_timeout = '1min'; {CIC} {RIC}"

    assert names(both).count(KILLED) == 2
    assert names(f"{both} SET lock_timeout = '1s'; {DIC}").count(KILLED) == 3


def test_timeout_of_an_earlier_file() -> None:
    """Each file is a session of its own."""
    assert [] == names(CIC, before="SET lock_timeout = '5s'; BEGIN;")


def test_transactions_of_two_files() -> None:
    """An index that another file's transaction has built is not new to this one's."""
    before = "BEGIN; CREATE INDEX i ON t (a); COMMIT;"

    assert names("BEGIN; DROP INDEX i; COMMIT;", before) == ["drop-index-not-concurrent"]
