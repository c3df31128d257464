"""What is read of a file, statement by statement, and in which words the rest is given up."""

import time

import pytest

from idxlint.model import Gap, Reason, Span
from idxlint.sql.text import Parsed, parse
from tests.helpers.reading import gaps, statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("SELECT 1", ["SELECT 1"], id="without a semicolon"),
        pytest.param("-- a\nSELECT 1 /* b */ ; -- c\n", ["SELECT 1"], id="comments around"),
        pytest.param("SELECT 1 -- b\n", ["SELECT 1"], id="comment behind the last one"),
        pytest.param("SELECT /* b */ 1", ["SELECT /* b */ 1"], id="comment inside"),
        pytest.param("SELECT 1;\r-- a\rSELECT 2", ["SELECT 1", "SELECT 2"], id="lone CR"),
        pytest.param("SELECT 'é😀'; SELECT é", ["SELECT 'é😀'", "SELECT é"], id="beyond ASCII"),
        pytest.param("DROP TABLE a\xa0;", ["DROP TABLE a\xa0"], id="a no-break space is a letter"),
        pytest.param("SELECT 1\\; SELECT 2;", ["SELECT 1", "SELECT 2"], id="psql's semicolon"),
        pytest.param("SELEC 1; SELECT 2; SELECT (; SELECT 3", ["SELECT 2", "SELECT 3"], id="after an error"),
        pytest.param("CREATE TABLE t (a int;\nSELECT 1", ["SELECT 1"], id="unbalanced"),
        pytest.param(
            "creat index i\n\nCREATE INDEX j ON t (a)", ["CREATE INDEX j ON t (a)"], id="broken, no semicolon"
        ),
        pytest.param("oops;\nSELECT 1", ["SELECT 1"], id="no keyword at all"),
        pytest.param(
            "SELECT 'it;\nDROP INDEX i;\nSELECT 1;", ["DROP INDEX i", "SELECT 1"], id="unterminated quote"
        ),
        pytest.param(
            "INSERT INTO t VALUES ('a);\nINSERT INTO t VALUES ('b');\nDROP INDEX i;",
            ["INSERT INTO t VALUES ('b')", "DROP INDEX i"],
            id="missing quote",
        ),
        pytest.param("DO $$ BEGIN\n\nSELECT 1;", ["SELECT 1"], id="unterminated body"),
        pytest.param("SELECT 1; /* a\n\nSELECT 2;", ["SELECT 1", "SELECT 2"], id="unterminated comment"),
        pytest.param(
            "INSERT INTO t VALUES ('it\\'s');\nDROP INDEX i;\nINSERT INTO t VALUES ('it\\'s');",
            ["DROP INDEX i"],
            id="backslashed quotes",
        ),
        pytest.param(
            "SELEC 1;\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END;",
            ["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END"],
            id="BEGIN ATOMIC after an error",
        ),
        pytest.param(
            "SELEC 1;\nCREATE OR REPLACE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);\nSELECT 3",
            ["CREATE OR REPLACE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"],
            id="CREATE RULE after an error",
        ),
        pytest.param(
            "SELEC 1;\nCREATE RULE r AS ON INSERT TO t DO (SELECT 1;\nCREATE TABLE a (b int);",
            ["CREATE TABLE a (b int)"],
            id="CREATE RULE without its end",
        ),
        pytest.param(
            "CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX ON t (a); SELECT 1",
            ["CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX ON t (a)", "SELECT 1"],
            id="CREATE SCHEMA",
        ),
    ],
)
def test_statements(text: str, expected: list[str]) -> None:
    """Every statement that PostgreSQL would take is found, whatever stands around it."""
    assert expected == statements(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TABEL t (a int); SELECT 1", ('syntax error at or near "TABEL"', "CREATE TABEL t (a int)")),
        ("/* a */ SELECT 1 FROM /* b */ ;", ("syntax error at end of input", "SELECT 1 FROM")),
        ("oops; SELECT 1", ('syntax error at or near "oops"', "oops")),
        ("SELECT 'étés' frm t x;", ('syntax error at or near "t"', "SELECT 'étés' frm t x")),
        ("SELECT été x y;", ('syntax error at or near "y"', "SELECT été x y")),
        (
            "CREATE TABLE t (a int) WITH OIDS;",
            ('syntax error at or near "OIDS"', "CREATE TABLE t (a int) WITH OIDS"),
        ),
        ("SELECT 'a", ('unterminated quoted string at or near "\'a"', "SELECT 'a")),
    ],
)
def test_what_is_refused(text: str, expected: tuple[str, str]) -> None:
    """A gap has PostgreSQL's own words and no white space or comment around it."""
    assert [("syntax", *expected)] == gaps(text)


def test_deep_nesting_is_a_gap() -> None:
    """What exhausts PostgreSQL's parser does not exhaust ours."""
    text = "(" * 100_000
    assert [("syntax", 'memory exhausted at or near "("', text)] == gaps(text)


def test_a_missing_semicolon_is_said() -> None:
    """Both statements are judged, and a gap without length stands before the second one."""
    parsed = parse("CREATE TABLE t (a int)\n\n-- why\nCREATE INDEX i ON t (a);")
    gap = Gap(Span(31, 31), Reason.SYNTAX, "a semicolon is missing before this statement")
    assert [0, 31] == [one.start for one in parsed.statements]
    assert (gap,) == parsed.gaps


def test_unreadable_characters_do_not_end_the_text() -> None:
    """NUL is a gap inside its statement, and what follows is read."""
    parsed = parse("SELECT\0 1; SELECT '\ud800'; SELECT 2")
    assert ["SELECT  1", "SELECT '\ufffd'", "SELECT 2"] == [one.sql for one in parsed.statements]
    assert [Span(6, 7), Span(19, 20)] == [gap.span for gap in parsed.gaps]


def test_only_what_is_wanted_becomes_a_statement() -> None:
    """The rest is counted."""
    parsed = parse(
        "INSERT INTO t VALUES (1); CREATE INDEX i ON t (a); SELEC;",
        keep=lambda text, start, end: text[start:end].startswith("CREATE"),
    )
    assert (["CREATE INDEX i ON t (a)"], 2) == ([one.sql for one in parsed.statements], parsed.count)


def test_places_in_a_part_are_places_of_the_whole() -> None:
    """Everything is counted from the start of the text, whatever part of it was read."""
    text = "garbage SELECT 1\\; SELECT 2 \\gexec\n\\i x\n garbage"
    parsed = parse(text, Span(8, 40))
    assert ["SELECT 1", "SELECT 2"] == [text[one.start : one.end] for one in parsed.statements]
    assert ["\\gexec", "\\i x"] == [text[slice(*gap.span)] for gap in parsed.gaps]
    assert (["\\;"], ["SELECT 2"]) == (
        [text[at : at + 2] for at in parsed.joined],
        [text[slice(*span)] for span in parsed.generated],
    )


def test_many_statements() -> None:
    """A long text is read in windows, and errors in it cost no more than elsewhere."""
    line = "INSERT INTO t VALUES (1, 'it''s; -- a long enough row of a dump');\n"
    text = line * 60_000 + "SELEC 1;\n" + line * 40_000 + "DO $$ BEGIN\n;\nEND $$;"
    begun = time.perf_counter()
    parsed = parse(text, keep=lambda seen, start, _end: seen.startswith("DO", start))
    assert (100_001, 1, 1) == (parsed.count, len(parsed.statements), len(parsed.gaps))
    assert time.perf_counter() - begun < 20  # seconds; it is under one, and a quadratic reader takes hours


@pytest.mark.parametrize(
    "text",
    [
        "/*\n\n" * 20_000,
        "$a$\n\n" * 20_001,
        "SELECT 1\n" * 5_000,
        "SELECT (;\n" * 5_000,
        "${a}, " * 5_000,
        "\\x\n" * 5_000,
    ],
)
def test_hostile_text_takes_no_square_time(text: str) -> None:
    """It is read to its end, and nothing is raised."""
    begun = time.perf_counter()
    assert Parsed() != parse(text)
    assert time.perf_counter() - begun < 20
