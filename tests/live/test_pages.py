"""Every SQL block of the rule book does on a server what its page says."""

import pytest

from idxlint.model import LOCK_MODES

from .database import Database, Session, statements
from .pages import BLOCKS, PAGES, Block

pytestmark = pytest.mark.live

NEEDS_14 = ("(CONCURRENTLY FALSE)", "(TABLESPACE ")


def of(kind: str, *rules: str) -> list[Block]:
    """The blocks of one kind; rules: the kinds of rule, if not all."""
    wanted = rules or tuple(page.facts["kind"] for page in PAGES.values())
    return [block for block in BLOCKS if block.kind == kind and PAGES[block.page].facts["kind"] in wanted]


def each(*blocks: Block) -> pytest.MarkDecorator:
    """One test for each block; what another runner would send otherwise says nothing when psql runs it."""
    cases = []
    for block in blocks:
        runner = PAGES[block.page].facts.get("runner", "psql")
        reason = f"written for {runner}, which sends it in another way; a run by psql says nothing about it"
        marks = [] if runner == "psql" else [pytest.mark.skip(reason=reason)]
        cases.append(pytest.param(block, id=str(block), marks=marks))
    return pytest.mark.parametrize("block", cases)


@pytest.fixture(autouse=True)
def served(block: Block, database: Database) -> None:
    """The rule speaks about the server's release."""
    if database.major not in PAGES[block.page].majors:
        pytest.skip("the rule is about other releases")


def needs_14(sql: str) -> bool:
    """Whether 12 and 13 refuse a text for the options in its parentheses."""
    return any(words in sql for words in NEEDS_14)


def unfinished(database: Database, block: Block) -> dict[str, str]:
    """The indexes that are not valid, but for the parent's part that ON ONLY makes alone."""
    alone = "events_day_idx" if "ON ONLY" in block.sql and "ATTACH" not in block.sql else ""
    return {name: state for name, state in database.indexes().items() if state != "v1r1" and name != alone}


def is_about_holding(block: Block) -> bool:
    """Whether the rule is about what a whole transaction holds, and not about one statement in it."""
    return str(PAGES[block.page].facts["id"]).startswith(("IDX111", "IDX7"))


def flagged(database: Database, sql: str) -> Session:
    """A session that has run the last statement in a transaction that is still open."""
    *first, last = [part for part in statements(sql) if part not in {"BEGIN", "COMMIT"}]
    return database.session(*first, "BEGIN", last)


@each(*of("fixed"), *of("good"), *of("recipe"))
def test_advice_runs_and_leaves_only_valid_indexes(database: Database, block: Block) -> None:
    """What a page recommends is accepted, and nothing broken stays."""
    if needs_14(block.sql) and database.major < 14:
        pytest.skip("the parentheses take TABLESPACE from 14 on")
    database.deploy(block.before, block.sql)

    database.session(block.sql)

    assert unfinished(database, block) == {}


@each(*of("fixed", "blocks", "leftover"))
def test_fix_builds_the_same_schema(database: Database, block: Block) -> None:
    """A fix changes how it is done, not what is there in the end."""
    if needs_14(block.bad + block.sql) and database.major < 14:
        pytest.skip("the parentheses take CONCURRENTLY and TABLESPACE from 14 on")
    schemas = []
    for sql in (block.bad, block.sql):
        database.reset()
        database.deploy(block.before, sql)
        database.session(sql)
        schemas.append(database.schema())

    assert schemas[0] == schemas[1]


@each(*of("bad", "refused"))
def test_refused_example_is_refused(database: Database, block: Block) -> None:
    """PostgreSQL says no, with an SQLSTATE that the page names."""
    database.deploy(block.before, block.sql)

    assert database.session().sqlstate(block.sql) in PAGES[block.page].sqlstates


@each(*of("bad", "leftover", "waste", "self"))
def test_risky_example_is_accepted(database: Database, block: Block) -> None:
    """On a good day these run; only what does not parse never does."""
    database.deploy(block.before, block.sql)
    session = database.session()

    if block.page == "not-parsed":
        assert session.sqlstate(block.sql) in PAGES[block.page].sqlstates
    else:
        session.run(block.sql)
        assert unfinished(database, block) == {}


def shut(database: Database, locks: set[tuple[str, str, str]], modes: dict[str, str]) -> set[str]:
    """The tables that are claimed to be locked, or whose indexes are."""
    if "table" in modes:
        return {name for name, kind, taken in locks if kind in "rm" and taken == modes["table"]}
    taken = {name for name, kind, mode in locks if kind == "i" and mode == modes["index"]}
    owners = database.watch.run("SELECT indexrelid::regclass::text, indrelid::regclass::text FROM pg_index")
    return {table for index, table in owners if index in taken}


@each(*(block for block in of("bad", "blocks") if not is_about_holding(block)))
def test_blocking_example_takes_the_claimed_locks(database: Database, block: Block) -> None:
    """The claimed locks are held, and they stop whom the page says."""
    database.deploy(block.before, block.sql)
    if needs_14(block.sql) and database.major < 14:
        assert database.session().sqlstate(block.sql) == "42601"
        pytest.skip("the parentheses take CONCURRENTLY from 14 on")
    claims = {(claim["on"], claim["mode"]) for claim in PAGES[block.page].facts["locks"]}

    session = flagged(database, block.sql)
    locks = database.locks(session)

    held = {("table" if kind in "rpm" else "index", mode) for _, kind, mode in locks}
    assert claims <= held
    (table,) = shut(database, locks, dict(claims))
    stopped = {"INSERT", "SELECT"} if "ACCESS EXCLUSIVE" in dict(claims).values() else {"INSERT"}
    assert stopped == database.blocked(table)
    session.run("ROLLBACK")
    assert set() == database.blocked(table)


@each(*(block for block in of("bad", "blocks") if is_about_holding(block)))
def test_transaction_holds_the_claimed_lock(database: Database, block: Block) -> None:
    """The claimed lock, or a stronger one, is held to the end of the transaction, and it stops whom it has to."""
    database.deploy(block.before, block.sql)
    (claim,) = PAGES[block.page].facts["locks"]
    inside = [part for part in statements(block.sql) if part not in {"BEGIN", "COMMIT"}]

    session = database.session("BEGIN", *inside)
    locks = [(LOCK_MODES.index(mode), name) for name, kind, mode in database.locks(session) if kind == "r"]
    strength, table = max(locks)

    assert LOCK_MODES.index(claim["mode"]) <= strength
    assert ({"INSERT", "SELECT"} if LOCK_MODES[strength] == "ACCESS EXCLUSIVE" else {"INSERT"}) == (
        database.blocked(table)
    )
    session.run("ROLLBACK")
    assert set() == database.blocked(table)
