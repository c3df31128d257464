"""When a lock ends: after each statement the server has just the locks that explain says it has."""

import pytest

from idxlint.model import LOCK_MODES
from idxlint.model.explained import Explanation
from tests.helpers.explained import explained

from .database import Database

pytestmark = pytest.mark.live

BEFORE = """
CREATE TABLE orders (id int PRIMARY KEY, a int);
CREATE TABLE items (id int PRIMARY KEY, a int);
CREATE TABLE users (id int PRIMARY KEY, a int);
"""
INDEX = "CREATE INDEX ON orders (a);\n"
CHECK = "ALTER TABLE items ADD CHECK (a > 0);\n"
CHANGE = "UPDATE users SET a = 1;\n"
SCRIPTS = {
    "each on its own": INDEX + CHECK + CHANGE + "DO $$ BEGIN DROP TABLE items; END $$;\n",
    "block": f"BEGIN;\n{INDEX}{CHANGE}{CHECK}COMMIT;\n{INDEX}",
    "rollback": f"BEGIN;\n{INDEX}{CHANGE}ROLLBACK;\n",
    "chain": f"BEGIN;\n{INDEX}COMMIT AND CHAIN;\n{CHECK}ROLLBACK AND CHAIN;\n{CHANGE}COMMIT;\n",
    "savepoint": f"BEGIN;\n{INDEX}SAVEPOINT s;\n{CHECK}ROLLBACK TO s;\n{CHANGE}ROLLBACK TO s;\nCOMMIT;\n",
    "taken before": f"BEGIN;\n{CHECK}SAVEPOINT s;\n{CHECK}ROLLBACK TO s;\nCOMMIT;\n",
    "stronger behind": f"BEGIN;\n{INDEX}SAVEPOINT s;\nDROP TABLE orders;\nROLLBACK TO s;\nCOMMIT;\n",
    "equal names": (
        f"BEGIN;\nSAVEPOINT s;\n{INDEX}SAVEPOINT s;\n{CHECK}ROLLBACK TO s;\nRELEASE s;\nROLLBACK TO s;\nCOMMIT;\n"
    ),
    "released": f"BEGIN;\nSAVEPOINT a;\nSAVEPOINT b;\n{CHECK}RELEASE b;\n{CHANGE}ROLLBACK TO a;\nCOMMIT;\n",
    "body": "BEGIN;\nDO $$ BEGIN ALTER TABLE items ADD c int; UPDATE users SET a = 2; END $$;\nCOMMIT;\n",
    "begin again": f"BEGIN;\n{INDEX}BEGIN;\n{CHECK}COMMIT;\nCOMMIT;\n",
}
_RELEASED = ("commit", "rollback", "savepoint")


def held(explanation: Explanation, line: int) -> dict[str, str]:
    """The strongest lock on each table when the statement of a line is over."""
    found: dict[str, str] = {}
    for statement in explanation.statements:
        for lock in statement.locks:
            over = lock.until == "statement" or (lock.until in _RELEASED and (lock.until_line or 0) <= line)
            if statement.line <= line and not over and not lock.index:
                name = lock.relation.removeprefix("public.")
                found[name] = max(found.get(name, LOCK_MODES[0]), lock.mode, key=LOCK_MODES.index)
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_lock_ends(database: Database, name: str) -> None:
    """Locks are there from their statement to what ends them, and no longer."""
    explanation = explained(SCRIPTS[name], BEFORE, postgres=database.major)
    session = database.session(BEFORE)
    before = {name for (name,) in database.watch.run("SELECT relname FROM pg_class WHERE relkind = 'r'")}
    seen: list[dict[str, str]] = []
    for line in SCRIPTS[name].splitlines():
        session.run(line)
        strongest: dict[str, str] = {}
        for relation, kind, mode in database.locks(session):
            if kind == "r" and relation in before and mode != "ACCESS SHARE":
                strongest[relation] = max(strongest.get(relation, mode), mode, key=LOCK_MODES.index)
        seen.append(strongest)

    assert [held(explanation, line) for line in range(1, len(seen) + 1)] == seen


@pytest.mark.parametrize("name", ["one", "block inside"])
def test_message_ends(database: Database, name: str) -> None:
    """What is sent as one simple query keeps its locks until all of it is done, or a COMMIT in it."""
    ends = {"one": "", "block inside": "COMMIT;\n"}[name]
    looks = (
        "INSERT INTO seen SELECT mode FROM pg_locks"
        " WHERE pid = pg_backend_pid() AND relation = 'orders'::regclass;\n"
    )
    session = database.session(BEFORE, "CREATE TABLE seen (mode text)")
    sql = INDEX + ends + looks
    explanation = explained(sql, BEFORE, runner="golang-migrate", path="db/2_a.up.sql")
    session.connection.execute(sql.encode())
    modes = {mode for (mode,) in database.watch.run("SELECT mode FROM seen")}

    assert (explanation.statements[0].locks[0].until == "message") == ("ShareLock" in modes)
