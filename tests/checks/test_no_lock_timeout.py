"""How a lock_timeout is set, by what the runner sends, and how often it is told."""

import pytest

from idxlint.config.configuration import Config
from idxlint.sql.rewrite.rewriting import applied
from tests.conftest import lint

RULE = "no-lock-timeout"
CONFIG = Config(select=frozenset((RULE,)))
ADD = "ALTER TABLE orders ADD COLUMN note text;"
MORE = "ALTER TABLE orders ADD COLUMN remark text;"


@pytest.mark.parametrize(
    ("runner", "before", "after"),
    [
        ("psql", "SET lock_timeout = '2s';\n", "\nRESET lock_timeout;"),
        ("golang-migrate", "SET LOCAL lock_timeout = '2s';\n", ""),
        ("flyway", "SET LOCAL lock_timeout = '2s';\n", ""),
    ],
)
def test_set_as_the_runner_sends(runner: str, before: str, after: str) -> None:
    """For the session where each statement is one transaction, else for the transaction."""
    (finding,) = lint(ADD, config=CONFIG, runner=runner)

    assert finding.hit.fix
    assert f"{before}{ADD}{after}" == applied(ADD, finding.hit.fix.edits)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{ADD}\n{MORE}", [1, 2]),
        (f"BEGIN;\n{ADD}\n{MORE}\nCOMMIT;", [2]),
        (f"BEGIN;\n{ADD}\nCOMMIT;\nBEGIN;\n{MORE}\nCOMMIT;", [2, 5]),
    ],
)
def test_once_for_a_transaction(text: str, lines: list[int]) -> None:
    """SET LOCAL at the first statement is for those behind it as well."""
    found = lint(text, config=CONFIG)

    assert lines == [one.source.position(one.hit.at.start).line for one in found]


def test_no_fix_in_a_body() -> None:
    """A statement inside of a block is not rewritten alone."""
    (finding,) = lint(f"DO $$ BEGIN {ADD} END $$;", config=CONFIG)

    assert finding.hit.fix is None
    assert finding.hit.help
