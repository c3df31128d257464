"""When a refresh can be made concurrent, and what has to be built first where it cannot."""

import pytest

from idxlint.sql.rewrite.rewriting import applied
from tests.conftest import lint

VIEW = "CREATE MATERIALIZED VIEW totals AS SELECT customer_id, n FROM orders;\n"
REFRESH = "REFRESH MATERIALIZED VIEW totals;"
USABLE = {
    "plain": "CREATE UNIQUE INDEX k ON totals (customer_id);",
    "concurrently": "CREATE UNIQUE INDEX CONCURRENTLY k ON totals (customer_id);",
    "descending": "CREATE UNIQUE INDEX k ON totals (customer_id DESC NULLS FIRST, n);",
    "include": "CREATE UNIQUE INDEX k ON totals (customer_id int8_ops) INCLUDE (n);",
}
NOT_USABLE = {
    "none": "",
    "not unique": "CREATE INDEX k ON totals (customer_id);",
    "expression": "CREATE UNIQUE INDEX k ON totals ((customer_id + 0));",
    "partial": "CREATE UNIQUE INDEX k ON totals (customer_id) WHERE n > 0;",
    "dropped": "CREATE UNIQUE INDEX k ON totals (customer_id); DROP INDEX k;",
    "on another view": "CREATE UNIQUE INDEX k ON others (customer_id);",
}


@pytest.mark.parametrize("index", USABLE.values(), ids=USABLE)
def test_fix_where_an_index_serves(index: str) -> None:
    """A unique index on plain columns is what CONCURRENTLY needs; their order and operator class do not matter."""
    (finding,) = lint(REFRESH, VIEW + index)

    assert finding.hit.fix
    assert applied(REFRESH, finding.hit.fix.edits) == "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;"


@pytest.mark.parametrize("index", NOT_USABLE.values(), ids=NOT_USABLE)
def test_no_fix_without_such_an_index(index: str) -> None:
    """Without one PostgreSQL refuses CONCURRENTLY: the index comes first."""
    (finding,) = lint(REFRESH, VIEW + index)

    assert finding.hit.fix is None
    assert finding.hit.help[1:] == (
        "CREATE UNIQUE INDEX CONCURRENTLY totals_key ON totals (…);",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
    )


def test_fix_stays_in_its_block() -> None:
    """A concurrent refresh may run inside a transaction block."""
    block = f"BEGIN;\n{REFRESH}\nCOMMIT;"
    (finding,) = lint(block, VIEW + USABLE["plain"])

    assert finding.hit.message.endswith("blocks reads of it until the transaction ends")
    assert finding.hit.fix
    assert applied(block, finding.hit.fix.edits) == block.replace("VIEW", "VIEW CONCURRENTLY")


def test_dropped_view() -> None:
    """A view that the history has dropped is refused, not blocked."""
    (finding,) = lint(REFRESH, VIEW + "DROP MATERIALIZED VIEW totals;")

    assert "totals does not exist (42P01)" in finding.hit.message
