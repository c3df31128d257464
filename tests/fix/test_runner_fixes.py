"""What the fixes make of a file, given how its runner sends it."""

import pytest

from tests.checks.test_runner_rules import (
    ALONE,
    BLOCKING,
    CIC,
    OPEN,
    OUT,
    PLAIN,
    SHUT,
    UNIQUE,
    UP,
    WRAPPED,
    fixed,
)
from tests.conftest import names

GUARD = "DROP INDEX CONCURRENTLY IF EXISTS i;\n"


def test_begin_in_a_unit_that_has_left() -> None:
    """There it is the file's own, and the build moves out of it."""
    text = OUT + UP + "BEGIN;\nSELECT 1;\n" + CIC + "COMMIT;\n"

    assert fixed(text, WRAPPED) == f"{OUT}{UP}BEGIN;\nSELECT 1;\nCOMMIT;\n{GUARD}{CIC}"


def test_plain_build_leaves_and_says_concurrently() -> None:
    """One fix does both, and leaves nothing to find."""
    text = fixed(UP + PLAIN, BLOCKING)

    assert text == f"{OUT}{UP}{GUARD}{CIC}"
    assert names(text, runner="goose") == []


def test_fix_with_a_statement_before_it() -> None:
    """To goose each line is a message, so the fix may write two."""
    text = fixed(UP + UNIQUE, BLOCKING)

    assert text == OUT + UP + "DROP INDEX CONCURRENTLY IF EXISTS i;\n" + UNIQUE.replace(
        "INDEX", "INDEX CONCURRENTLY"
    )
    assert names(text, runner="goose") == []


def test_fix_of_a_whole_message() -> None:
    """golang-migrate would send what is written together with the rest, so only a lone statement is rewritten."""
    assert fixed(PLAIN, BLOCKING, "golang-migrate") == CIC
    for text in (UNIQUE, "SELECT 1;\n" + PLAIN, "BEGIN;\n" + PLAIN + "COMMIT;\n"):
        assert fixed(text, BLOCKING, "golang-migrate") is None


@pytest.mark.parametrize("runner", ["goose", "sql-migrate"])
def test_held_together_by_a_block_and_not_by_words(runner: str) -> None:
    """Between the tool's own commands nothing may be written; a comment that speaks of them is no command."""
    mark = "+goose" if runner == "goose" else "+migrate"
    block = f"-- {mark} Up\n-- {mark} StatementBegin\n{UNIQUE}-- {mark} StatementEnd\n"
    words = f"-- {mark} Up\n{UNIQUE}-- as StatementEnd would\n"

    assert fixed(block, BLOCKING, runner) is None
    assert fixed(words, BLOCKING, runner) is not None


SENT_AS_ONE = {
    "block of two": UP + OPEN + "SELECT 1;\n" + PLAIN + SHUT,
    "block, outside": OUT + UP + OPEN + "SELECT 1;\n" + PLAIN + SHUT,
    "line of two": UP + "SELECT 1; " + PLAIN,
    "block that would get two": UP + OPEN + UNIQUE + SHUT,
    "own block": UP + "BEGIN;\n" + PLAIN + "COMMIT;\n",
}


@pytest.mark.parametrize("text", SENT_AS_ONE.values(), ids=SENT_AS_ONE)
def test_no_fix_brings_a_refusal(text: str) -> None:
    """What a fix writes, PostgreSQL takes."""
    after = fixed(text, BLOCKING)

    assert after is None or not {ALONE, WRAPPED} & {*names(after, runner="goose")}


@pytest.mark.parametrize(
    "text", [UP + OPEN + "SELECT 1;\n" + CIC + SHUT, UP + "SELECT 1; " + CIC], ids=["block", "line"]
)
def test_directive_alone_would_not_help(text: str) -> None:
    """Sent as one it is refused outside of the transaction too."""
    assert names(text, runner="goose") == [WRAPPED]
    assert fixed(text, WRAPPED) is None


def test_new_table_stays_in_its_transaction() -> None:
    """There the plain form is right, and the fix is safe."""
    text = UP + "CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\n"

    assert fixed(text, WRAPPED) == text.replace(" CONCURRENTLY", "")
    assert names(text.replace(" CONCURRENTLY", ""), runner="goose") == []
