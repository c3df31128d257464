"""The locks that rule pages claim are those of the lock table."""

import pglast
import pytest

from idxlint.sql.locks.effects import effects
from idxlint.sql.locks.modes import stronger
from idxlint.sql.meaning.operations import Transaction
from idxlint.sql.state.replay import apply
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import Statement
from idxlint.sql.whole.complete import describe_all
from tests.live.database import TABLES
from tests.live.pages import BLOCKS, PAGES, Block

CLAIMING = [
    block for block in BLOCKS if block.kind in ("bad", "blocks") and "locks" in PAGES[block.page].facts
]


def taken(block: Block, postgres: int) -> set[tuple[str, str]] | None:
    """What the statements of an example lock; None where no schema tells."""
    session, found, own = Session(Schema(), {}), set[tuple[str, str]](), pglast.split(block.sql)
    for sql in (
        *pglast.split(";".join(TABLES.values())),
        *pglast.split(block.before),
        *own,
    ):
        operations = describe_all(sql)
        if not any(isinstance(operation, Transaction) for operation in operations):
            done = effects(operations, session.schema, postgres)
            if not done.known:
                return None
            locks = {("index" if lock.index else "table", lock.mode) for lock in done.taken}
            found = found | locks if sql in own else found
        for operation in operations:
            apply(session, operation, Statement(0, len(sql), sql), "page.sql")
    return found


@pytest.mark.parametrize("postgres", [12, 18])
@pytest.mark.parametrize("block", CLAIMING, ids=str)
def test_page_claims_the_locks_of_the_table(block: Block, postgres: int) -> None:
    """Each claim of a page, or a stronger lock, is what a statement of the example takes."""
    if postgres not in PAGES[block.page].majors:
        pytest.skip("the page does not speak of this major")
    claims = {(claim["on"], claim["mode"]) for claim in PAGES[block.page].facts["locks"]}

    found = taken(block, postgres)

    if found is None:
        pytest.skip("what it locks depends on the whole database")
    assert [] == [
        (what, mode)
        for what, mode in claims
        if not any(what == other and stronger(mode, held) == held for other, held in found)
    ]
