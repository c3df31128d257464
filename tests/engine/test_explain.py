"""Explain: in which transaction a statement runs, which locks it takes, and what ends them."""

import pytest

from tests.helpers.explained import explained, locks, only, runs

INDEX = "CREATE INDEX a ON orders (a);\n"
CHECK = "ALTER TABLE items ADD CONSTRAINT c CHECK (a > 0);\n"
TWO = INDEX + CHECK
SHARE = "SHARE"
ALL = "ACCESS EXCLUSIVE"


def test_each_on_its_own() -> None:
    """Under psql a lock ends with its statement, and each statement is a transaction."""
    seen = explained(TWO)

    assert [("create-index", "autocommit", 1), ("alter-table", "autocommit", 2)] == runs(seen)
    assert [
        (1, SHARE, "public.orders", "statement", None),
        (2, ALL, "public.items", "statement", None),
    ] == locks(seen)
    assert () == seen.transactions


@pytest.mark.parametrize(
    ("end", "until"),
    [("COMMIT", "commit"), ("ROLLBACK", "rollback"), ("PREPARE TRANSACTION 'x'", "prepared")],
)
def test_a_block(end: str, until: str) -> None:
    """Locks in a block are held until its end, which is named by its line; what follows is on its own."""
    seen = explained(f"BEGIN;\n{TWO}{end};\n{INDEX}")

    assert [1, 1, 1, 1, 2] == [one.transaction for one in seen.statements]
    assert ["transaction"] * 4 + ["autocommit"] == [one.runs for one in seen.statements]
    assert [
        (2, SHARE, "public.orders", until, 4),
        (3, ALL, "public.items", until, 4),
        (5, SHARE, "public.orders", "statement", None),
    ] == locks(seen)


def test_a_block_that_goes_on() -> None:
    """COMMIT AND CHAIN ends one transaction and begins the next."""
    seen = explained(f"BEGIN;\n{INDEX}COMMIT AND CHAIN;\n{CHECK}COMMIT;\n")

    assert [1, 1, 1, 2, 2] == [one.transaction for one in seen.statements]
    assert [("commit", 3), ("commit", 5)] == [until[3:] for until in locks(seen)]


def test_a_block_that_nothing_ends() -> None:
    """A BEGIN without an end lasts as long as the session."""
    assert [(2, SHARE, "public.orders", "session", None)] == locks(explained(f"BEGIN;\n{INDEX}"))


def test_golang_migrate() -> None:
    """A file that is sent as one simple query is one implicit transaction."""
    seen = explained(TWO, runner="golang-migrate", path="db/2_a.up.sql")

    assert ["implicit-transaction"] * 2 == [one.runs for one in seen.statements]
    assert [("message", None)] * 2 == [until[3:] for until in locks(seen)]
    assert ["message"] == [one.opened for one in seen.transactions]


def test_golang_migrate_alone() -> None:
    """One statement is no implicit transaction, so that it may build concurrently."""
    seen = explained(
        "CREATE INDEX CONCURRENTLY a ON orders (a);", runner="golang-migrate", path="db/2_a.up.sql"
    )

    assert [("create-index", "autocommit", 1)] == runs(seen)
    assert not only(seen).refused


def test_a_block_in_one_message() -> None:
    """BEGIN makes a block of an implicit transaction; behind its COMMIT another implicit one begins."""
    seen = explained(f"{INDEX}BEGIN;\n{CHECK}COMMIT;\n{INDEX}", runner="golang-migrate", path="db/2_a.up.sql")

    assert [1, 1, 1, 1, 2] == [one.transaction for one in seen.statements]
    assert [("commit", 4), ("commit", 4), ("message", None)] == [until[3:] for until in locks(seen)]


@pytest.mark.parametrize(
    ("runner", "path", "head"),
    [("dbmate", "db/2.sql", "-- migrate:up\n"), ("flyway", "db/V2__a.sql", "-- a\n")],
)
def test_a_runner_that_wraps(runner: str, path: str, head: str) -> None:
    """The transaction of a runner ends with the file."""
    seen = explained(head + TWO, runner=runner, path=path)

    assert [
        (2, SHARE, "public.orders", "file", None),
        (3, ALL, "public.items", "file", None),
    ] == locks(seen)
    assert [("transaction", "runner")] == [(one.runs, one.opened) for one in seen.transactions]


def test_alembic() -> None:
    """A transaction around the whole run ends with the run."""
    seen = explained(
        'revision = "b"\ndown_revision = None\nfrom alembic import op\n\n'
        'def upgrade():\n    op.execute("CREATE INDEX a ON orders (a)")\n',
        runner="alembic",
        path="versions/b.py",
    )

    assert [(6, SHARE, "public.orders", "run", None)] == locks(seen)


def test_a_pipeline() -> None:
    """What is sent with a single Sync ends together."""
    seen = explained(f"-- :disable-transaction\n{TWO}", runner="migratus", path="db/2_a.up.sql")

    assert ["pipeline"] * 2 == [one.runs for one in seen.statements]
    assert [("message", None)] * 2 == [until[3:] for until in locks(seen)]


def test_psql_joins() -> None:
    r"""What psql's `\;` joins is one message."""
    seen = explained(f"{INDEX.strip(';' + chr(10))}\\; {CHECK}{INDEX}")

    assert ["implicit-transaction"] * 2 + ["autocommit"] == [one.runs for one in seen.statements]


def test_savepoint() -> None:
    """ROLLBACK TO releases the locks that were taken behind the savepoint, and no others."""
    seen = explained(f"BEGIN;\n{INDEX}SAVEPOINT s;\n{CHECK}ROLLBACK TO s;\n{INDEX}COMMIT;\n")

    assert [
        (2, SHARE, "public.orders", "commit", 7),
        (4, ALL, "public.items", "savepoint", 5),
        (6, SHARE, "public.orders", "commit", 7),
    ] == locks(seen)


def test_savepoint_and_an_older_lock() -> None:
    """A lock that was there before the savepoint stays, though a statement behind it takes it as well."""
    seen = explained(f"BEGIN;\n{INDEX}SAVEPOINT s;\n{INDEX}ROLLBACK TO s;\nCOMMIT;\n")

    assert [("commit", 6)] * 2 == [until[3:] for until in locks(seen)]


def test_savepoint_released() -> None:
    """RELEASE keeps the locks, which then go with the savepoint around it."""
    seen = explained(
        f"BEGIN;\nSAVEPOINT a;\nSAVEPOINT b;\n{INDEX}RELEASE b;\nROLLBACK TO b;\nROLLBACK TO a;\nCOMMIT;\n"
    )

    assert [("savepoint", 7)] == [until[3:] for until in locks(seen)]


def test_a_do_block() -> None:
    """What a block does ends with its transaction; the statements in it stand behind it."""
    seen = explained("DO $$ BEGIN\n  DROP TABLE orders;\n  DROP TABLE items;\nEND $$;\n")

    assert [("do", "autocommit", 1), ("drop-table", "function", 1), ("drop-table", "function", 1)] == runs(
        seen
    )
    assert [
        (1, ALL, "public.orders", "statement", None),
        (1, ALL, "public.items", "statement", None),
        (2, ALL, "public.orders", "statement", None),
        (3, ALL, "public.items", "statement", None),
    ] == locks(seen)


def test_a_do_block_in_a_transaction() -> None:
    """In a block of its own the locks are those of the transaction around it."""
    seen = explained("BEGIN;\nDO $$ BEGIN DROP TABLE orders; END $$;\nCOMMIT;\n")

    assert [("commit", 3)] * 2 == [until[3:] for until in locks(seen)]


def test_a_function() -> None:
    """A function that is only defined locks nothing, and is not run."""
    seen = explained(
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE orders; END $$;\n" + INDEX
    )

    assert [("create-function", "autocommit", 1), ("create-index", "autocommit", 2)] == runs(seen)
    assert [(2, SHARE, "public.orders", "statement", None)] == locks(seen)


@pytest.mark.parametrize(
    ("sql", "lines"),
    [
        ("BEGIN;\nCREATE TABLE orders (a int);\n" + INDEX + "COMMIT;\n", []),
        ("CREATE TABLE orders (a int);\n" + INDEX, [2]),
        ("DO $$ BEGIN\nCREATE TABLE orders (a int);\n" + INDEX + "END $$;\n" + INDEX, [5]),
        ("BEGIN;\nCREATE TABLE old (a int);\nALTER TABLE old RENAME TO orders;\n" + INDEX + "COMMIT;\n", []),
        ("CREATE TEMP TABLE orders (a int);\n" + INDEX, []),
    ],
    ids=["transaction", "autocommit", "DO block", "renamed", "temporary"],
)
def test_new_tables(sql: str, lines: list[int]) -> None:
    """A table that the transaction has made itself is nobody's yet, so that a lock on it is left out."""
    assert lines == [lock[0] for lock in locks(explained(sql)) if lock[1] == SHARE]


def test_refused() -> None:
    """What PostgreSQL refuses in a block is said to be refused, and locks nothing."""
    seen = explained("BEGIN;\nCREATE INDEX CONCURRENTLY a ON orders (a);\nCOMMIT;\n")

    assert [False, True, False] == [one.refused for one in seen.statements]
    assert [] == locks(seen)


def test_the_whole_transaction() -> None:
    """The strongest lock on each table is known for each part of the transaction, and so is the work meanwhile."""
    seen = explained(f"BEGIN;\n{INDEX}{CHECK}DROP TABLE orders;\n{CHECK}COMMIT;\n")
    (transaction,) = seen.transactions

    assert [
        ("public.items", ALL, 2, 5),
        ("public.orders", SHARE, 1, 3),
        ("public.orders", ALL, 3, 5),
    ] == [(one.relation, one.mode, one.first, one.last) for one in transaction.stretches]
    assert (1, 2, 4) == transaction.works
    assert (0, 5, "commit", 6) == (
        transaction.first,
        transaction.last,
        transaction.until,
        transaction.until_line,
    )


def test_a_weaker_lock_comes_back() -> None:
    """What a savepoint took off uncovers the weaker lock below it."""
    seen = explained(f"BEGIN;\n{INDEX}SAVEPOINT s;\nDROP TABLE orders;\nROLLBACK TO s;\nCOMMIT;\n")
    (transaction,) = seen.transactions

    assert [(SHARE, 1, 3), (ALL, 3, 4), (SHARE, 4, 5)] == [
        (one.mode, one.first, one.last) for one in transaction.stretches
    ]


def test_every_statement_is_there() -> None:
    """Statements that no rule is about are described as well."""
    seen = explained("SET lock_timeout = '1s'; SELECT 1; COMMENT ON TABLE orders IS 'x'; GRANT a TO b;")

    assert ["set", "select", "comment", "grant"] == [one.kind for one in seen.statements]


def test_what_is_put_together() -> None:
    """A statement that is put together while it runs is not known, and has no locks."""
    seen = explained("DO $$ BEGIN EXECUTE 'CREATE INDEX a ON ' || x || ' (a)'; END $$;\n")

    assert [(False, ()), (False, ())] == [(one.known, one.locks) for one in seen.statements]


def test_down_migration() -> None:
    """The way back is explained beside the way forward, on the schema that the latter has made."""
    seen = explained(
        f"-- migrate:up\n{INDEX}\n-- migrate:down\nDROP INDEX a;\n", runner="dbmate", path="db/2.sql"
    )

    assert ["up", "down"] == [one.direction for one in seen.statements]
    assert (5, ALL, "public.orders", "file", None) == locks(seen)[-1]


def test_a_table_of_the_file() -> None:
    """A table that the file has made in an earlier transaction is locked, but nobody uses it yet."""
    seen = explained(f"CREATE TABLE orders (a int);\nBEGIN;\n{TWO}COMMIT;\n")
    (transaction,) = seen.transactions

    assert [("public.orders", True), ("public.items", False)] == [
        (lock.relation, lock.new) for one in seen.statements for lock in one.locks
    ]
    assert (3,) == transaction.works


BODY = "DO $$ DECLARE r record; n int := 0; BEGIN {} END $$;"


@pytest.mark.parametrize(
    "body",
    [
        "NULL;",
        "n := n + 1; RAISE NOTICE '%', n;",
        "IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'x') THEN DROP TABLE orders; END IF;",
        "SELECT count(*) INTO n FROM orders; RETURN;",
        "PERFORM set_config('lock_timeout', '1s', true);",
        "DROP TABLE orders; EXCEPTION WHEN undefined_table THEN NULL;",
        "EXECUTE 'DROP TABLE orders';",
        "INSERT INTO orders VALUES (1) RETURNING a INTO n;",
        "FOR r IN SELECT 1 LOOP n := n + 1; END LOOP;",
    ],
)
def test_a_body_that_is_known(body: str) -> None:
    """A DO block is known when everything in it is."""
    assert {True} == {one.known for one in explained(BODY.format(body)).statements}


@pytest.mark.parametrize(
    "body",
    [
        "PERFORM add_columns('orders');",
        "CALL add_columns('orders');",
        "SELECT add_columns('orders') INTO n;",
        "EXECUTE format('DROP TABLE %I', r.name);",
        "FOR r IN SELECT 1 LOOP EXECUTE r.sql; END LOOP;",
        "COMMIT;",
        "SELECT 1 INTO n FROM orders FOR UPDATE;",
        "DROP TABLE orders; PERFORM add_columns('orders');",
    ],
)
def test_a_body_that_is_not_known(body: str) -> None:
    """One statement that nobody knows makes its DO block unknown, and those beside it are known all the same."""
    first, *others = explained(BODY.format(body)).statements

    assert (False, ()) == (first.known, first.locks)
    assert 1 == sum(not one.known for one in others)


def test_a_table_of_the_way_back() -> None:
    """A down migration meets tables that have been in use since the file has made them."""
    seen = explained(
        "-- migrate:up\nCREATE TABLE orders (a int);\n-- migrate:down\nDROP TABLE orders;\n",
        runner="dbmate",
        path="db/2.sql",
    )

    assert [False] == [lock.new for lock in seen.statements[-1].locks]
