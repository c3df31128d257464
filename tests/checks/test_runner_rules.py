"""What the checks say about a file because of the runner that runs it, and what their fixes make of it."""

import pytest

from idxlint.model import Finding, Severity
from idxlint.sql.rewrite.rewriting import applied
from tests.conftest import lint, names

BLOCKING, WRAPPED, ALONE, MISREAD, LOCK, WASTE, MIXED, COMMIT = (
    "index-not-concurrent",
    "concurrently-in-transaction",
    "concurrently-not-alone",
    "opt-out-not-read",
    "runner-lock-blocks-concurrently",
    "opt-out-without-concurrently",
    "mixed-migration-refused",
    "commit-ends-runner-transaction",
)
OUT, UP, DOWN = "-- +goose NO TRANSACTION\n", "-- +goose Up\n", "-- +goose Down\n"
OPEN, SHUT = "-- +goose StatementBegin\n", "-- +goose StatementEnd\n"
CIC = "CREATE INDEX CONCURRENTLY i ON orders (status);\n"
DIC = "DROP INDEX CONCURRENTLY i;\n"
PLAIN = "CREATE INDEX i ON orders (status);\n"
UNIQUE = "CREATE UNIQUE INDEX i ON orders (status);\n"


def only(sql: str, rule: str, runner: str = "goose") -> Finding:
    """The one finding of a rule."""
    (found,) = [finding for finding in lint(sql, runner=runner) if finding.rule.name == rule]
    return found


def fixed(sql: str, rule: str, runner: str = "goose") -> str | None:
    """The text after the fix of a rule's one finding; None where it has none."""
    fix = only(sql, rule, runner).hit.fix
    return None if fix is None else applied(sql, fix.edits)


def line(finding: Finding) -> str:
    """The line that a finding underlines."""
    return finding.source.line(finding.source.position(finding.hit.at.start).line)


@pytest.mark.parametrize("statement", [CIC, DIC, "REINDEX TABLE CONCURRENTLY orders;\n", "VACUUM orders;\n"])
def test_refused_in_the_runners_transaction(statement: str) -> None:
    """The message has the directive, letter for letter, and the fix writes it."""
    found = only(UP + statement, WRAPPED)

    assert "inside the transaction that goose opens around it" in found.hit.message
    assert "put `-- +goose NO TRANSACTION` on a line of its own at the top of the file" in found.hit.message
    assert fixed(UP + statement, WRAPPED) == OUT + UP + statement
    assert names(OUT + UP + statement, runner="goose") == []


@pytest.mark.parametrize(
    "text",
    [
        OUT + UP + CIC,
        UP + OUT + CIC,
        UP + CIC + OUT,
        OUT.lower().replace("goose no", "goose  no") + UP + CIC,
        OUT + UP + "SET lock_timeout = 0;\n" + CIC,
        OUT + UP + CIC + DOWN + DIC,
        OUT + UP + OPEN + CIC + SHUT,
        OUT + UP + "BEGIN;\nSELECT 1;\nCOMMIT;\n" + CIC,
        f"{OUT}{UP}{CIC}".replace("\n", "\r\n"),
    ],
)
def test_silent_where_goose_has_left_its_transaction(text: str) -> None:
    """The directive counts wherever it stands, and each statement is a message."""
    assert names(text, runner="goose") == []


def test_no_transaction_to_leave() -> None:
    """golang-migrate opens none: alone in its file the statement is fine, but for the lock."""
    assert names(DIC, runner="golang-migrate") == []
    assert names(CIC, runner="golang-migrate") == [LOCK]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1;\n" + DIC,
        DIC + "SELECT 1;\n",
        "SET lock_timeout = 0;\n" + DIC,
        "COMMIT;\n" + DIC,
        "BEGIN;\nSELECT 1;\nCOMMIT;\n" + DIC,
        "SELECT 1;\nVACUUM orders;\n",
    ],
)
def test_together_in_one_message(text: str) -> None:
    """golang-migrate sends the file as one message, and COMMIT in it does not help."""
    found = only(text, ALONE, "golang-migrate")

    assert found.severity is Severity.ERROR
    assert "golang-migrate sends" in found.hit.message
    assert "in one message with other statements" in found.hit.message
    assert found.hit.help == ("put the statement into a migration of its own",)


@pytest.mark.parametrize("text", [f"-- why\n{DIC}", f";;{DIC};;", f"/* why */ {DIC}-- so\n"])
def test_comments_are_no_company(text: str) -> None:
    """PostgreSQL counts statements."""
    assert names(text, runner="golang-migrate") == []


def test_explicit_block_in_one_message() -> None:
    """The nearer cause speaks: the block, and nothing about the message."""
    assert names(f"BEGIN;\n{DIC}COMMIT;\n", runner="golang-migrate") == [WRAPPED]


@pytest.mark.parametrize(
    "text",
    [
        OUT + UP + "SELECT 1; " + CIC,
        OUT + UP + CIC.replace("\n", " SELECT 1;\n"),
        OUT + UP + OPEN + "SELECT 1;\n" + CIC + SHUT,
    ],
)
def test_goose_sends_a_line_or_a_block_as_one(text: str) -> None:
    """Two statements on one line, or in one StatementBegin block, are one message."""
    assert names(text, runner="goose") == [ALONE]
    assert "goose sends CREATE INDEX CONCURRENTLY in one message" in only(text, ALONE).hit.message


def test_commit_ends_the_runners_transaction() -> None:
    """PostgreSQL takes what follows, and the warning says what it costs."""
    text = UP + "ALTER TABLE orders ADD COLUMN a int;\nCOMMIT;\n" + CIC

    assert names(text, runner="goose") == [COMMIT]
    assert only(text, COMMIT).severity is Severity.WARNING
    assert "COMMIT ends the transaction that goose opened" in only(text, COMMIT).hit.message
    assert "-- +goose NO TRANSACTION" in only(text, COMMIT).hit.message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("END;\n", "END"),
        ("ROLLBACK;\n", "ROLLBACK"),
        ("ABORT;\n", "ABORT"),
        ("COMMIT AND CHAIN;\nCOMMIT;\n", "COMMIT"),
        ("SELECT 'commit';\nend transaction;\n", "END"),
    ],
)
def test_every_word_for_it(text: str, word: str) -> None:
    """The message has the word that stands there; what ends another block than the runner's is fine."""
    assert only(UP + text, COMMIT).hit.message.startswith(f"{word} ends the transaction")


@pytest.mark.parametrize(
    ("text", "runner"),
    [
        (UP + "SAVEPOINT s;\nROLLBACK TO s;\nRELEASE s;\n", "goose"),
        (UP + "COMMIT;\n".replace("COMMIT", "SELECT 'COMMIT'"), "goose"),
        (OUT + UP + "BEGIN;\nSELECT 1;\nCOMMIT;\n", "goose"),
        ("BEGIN;\nSELECT 1;\nCOMMIT;\n", "golang-migrate"),
        ("BEGIN;\nSELECT 1;\nCOMMIT;\n", "psql"),
    ],
)
def test_no_transaction_is_ended(text: str, runner: str) -> None:
    """Savepoints stay inside; where the runner has opened nothing, nothing of its own ends."""
    assert names(text, runner=runner) == []


def test_begin_in_a_wrapped_unit() -> None:
    """BEGIN has no effect there: the block is still the runner's, and its COMMIT ends that."""
    text = UP + "BEGIN;\n" + CIC + "COMMIT;\n"

    assert names(text, runner="goose") == [WRAPPED, COMMIT]
    assert "goose opens around it" in only(text, WRAPPED).hit.message
    assert fixed(text, WRAPPED) is None  # without the runner's transaction, BEGIN would open one


def test_down_section() -> None:
    """A refusal stays an error on the way down; the directive counts for both sections."""
    found = only(UP + "SELECT 1;\n" + DOWN + DIC, WRAPPED)

    assert (found.severity, found.direction) == (Severity.ERROR, "down")
    assert fixed(UP + "SELECT 1;\n" + DOWN + DIC, WRAPPED) == OUT + UP + "SELECT 1;\n" + DOWN + DIC


def test_each_section_has_its_own_transaction() -> None:
    """A COMMIT in Up says nothing about Down."""
    text = UP + "SELECT 1;\nCOMMIT;\n" + DOWN + DIC

    assert names(text, runner="goose") == [COMMIT, WRAPPED]


@pytest.mark.parametrize(
    "directive",
    ["-- no-transaction", "-- atlas:txmode none", "---- tern: disable-tx ----", "-- goose no transaction"],
)
def test_directive_that_goose_does_not_read(directive: str) -> None:
    """It is named where it stands, before the marker too, with what to write instead."""
    for text in (f"{UP}{directive}\n{CIC}", f"{directive}\n{UP}{CIC}"):
        assert [MISREAD, WRAPPED] == names(text, runner="goose")
        assert line(only(text, MISREAD)) == directive
        assert "-- +goose NO TRANSACTION" in only(text, MISREAD).hit.message


def test_other_directive_beside_the_right_one() -> None:
    """The file has left its transaction, so nothing is wrong."""
    assert names(f"{OUT}-- no-transaction\n{UP}{CIC}", runner="goose") == []


@pytest.mark.parametrize("work", [PLAIN, "DROP INDEX i;\n", "ALTER TABLE orders ADD UNIQUE (status);\n"])
def test_left_for_nothing(work: str) -> None:
    """Plain index work outside of the transaction: the directive is what is underlined, once."""
    text = OUT + UP + work + work.replace("i ", "j ").replace("i;", "j;")

    assert line(only(text, WASTE)) == OUT.strip()


@pytest.mark.parametrize(
    "text",
    [
        OUT + UP + PLAIN + "VACUUM orders;\n",
        OUT + UP + PLAIN + "REINDEX DATABASE;\n",
        OUT + UP + CIC + DOWN + "DROP INDEX i;\n",
        OUT + UP + "DROP INDEX i;\n" + DOWN + CIC,
        OUT + UP + "CREATE TABLE t (a int);\nCREATE INDEX t_a ON t (a);\n",
        OUT + UP + "BEGIN;\n" + PLAIN + "COMMIT;\n",
        UP + PLAIN,
    ],
)
def test_left_for_a_reason(text: str) -> None:
    """Something in either section has to be outside, or no index work blocks anybody there."""
    assert WASTE not in names(text, runner="goose")


def test_lock_of_the_runner() -> None:
    """golang-migrate's deadlocks beside a second run; Flyway's hangs each time."""
    rebuild = "REINDEX INDEX CONCURRENTLY i;\n"

    assert only(CIC, LOCK, "golang-migrate").severity is Severity.NOTE
    assert "pg_advisory_lock()" in only(rebuild, LOCK, "golang-migrate").hit.message
    assert only(CIC, LOCK, "flyway").severity is Severity.ERROR
    assert "flyway.postgresql.transactional.lock=false" in only(CIC, LOCK, "flyway").hit.message
    for quiet in (DIC, PLAIN, "VACUUM orders;\n"):
        assert LOCK not in names(quiet, runner="golang-migrate")
    assert LOCK not in names(OUT + UP + CIC, runner="goose")


@pytest.mark.parametrize(
    "text",
    [
        "SET lock_timeout = 0;\n" + DIC,
        DIC + "REINDEX INDEX CONCURRENTLY i;\n",
        "VACUUM orders;\nINSERT INTO orders DEFAULT VALUES;\n",
    ],
)
def test_mixed(text: str) -> None:
    """Flyway refuses a file with both sorts; SET is one of the others, and so is what it does not know."""
    found = only(text, MIXED, "flyway")

    assert found.severity is Severity.ERROR
    assert found.hit.message.startswith("flyway rejects a file that mixes")


@pytest.mark.parametrize(
    "text", [DIC, DIC + DIC.replace("i;", "j;"), "-- why\n" + DIC, "VACUUM orders;\n" + DIC]
)
def test_not_mixed(text: str) -> None:
    """Any number of one sort is fine."""
    assert names(text, runner="flyway") == []


def test_psql_is_no_runner_to_speak_of() -> None:
    """The same texts say nothing of this when psql sends them."""
    for text in ("SELECT 1;\n" + CIC, "SELECT 1; " + CIC, "-- no-transaction\n" + CIC, "COMMIT;\n" + CIC):
        assert names(text) == []
