"""What psql reads itself, and what is read around it."""

import pytest

from idxlint.model import Span
from idxlint.sql.text import parse
from tests.helpers.reading import gaps, statements


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("\\set x 'a;b'", "a meta-command of psql, not SQL: \\set"),
        ("\\c other_db", "a meta-command of psql, not SQL: \\c"),
        ("\\! echo it's; done", "a meta-command of psql, not SQL: \\!"),
        ("\\i b.sql", "psql reads another file here (\\i b.sql); it is judged only if it is among the paths"),
    ],
)
def test_meta_commands(line: str, message: str) -> None:
    """A line for psql is a gap, and the statements around it are read."""
    text = f"SELECT 1;\n{line}\nSELECT 2;"
    assert ["SELECT 1", "SELECT 2"] == statements(text)
    assert [("psql", message, line)] == gaps(text)


def test_what_gexec_runs_is_known_only_then() -> None:
    """The query is a statement, it is marked, and the command is a gap."""
    text = "SELECT 'DROP INDEX i' \\gexec\nSELECT 2;"
    assert (Span(0, 21),) == parse(text).generated
    assert ["SELECT 'DROP INDEX i'", "SELECT 2"] == statements(text)


def test_where_statements_are_joined() -> None:
    r"""The place of `\;` is kept, for it decides what goes in one message."""
    assert (8,) == parse("SELECT 1\\; SELECT 2;").joined


def test_a_double_backslash_ends_a_meta_command() -> None:
    """What follows on the same line is SQL again."""
    assert ["SELECT 1"] == statements("\\timing \\\\ SELECT 1;")


def test_rows_of_copy_are_one_gap() -> None:
    """Quotes, dollars and semicolons in data open nothing."""
    rows = "1\tit's $$ (\n\\N\t\"; DROP INDEX i;\n\\."
    text = f"COPY t (a) FROM stdin;\n{rows}\nSELECT 2;"
    assert ["COPY t (a) FROM stdin", "SELECT 2"] == statements(text)
    assert [("psql", "rows of COPY, not SQL", rows)] == gaps(text)


def test_rows_of_copy_end_at_their_own_line_only() -> None:
    """A backslash and a full stop inside a row do not end the data, and data may be empty."""
    text = "\\copy t FROM STDIN\na\\.\n\\.b\n\\.\nSELECT 1;\nCOPY t FROM STDIN;\r\n\\.\r\nSELECT 2;"
    assert ["SELECT 1", "COPY t FROM STDIN", "SELECT 2"] == statements(text)
