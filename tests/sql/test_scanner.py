"""The scanner: what is one lexeme, and what only looks like one."""

import pytest

from idxlint.sql.text.scanner import code_end, code_start, lexemes, marks, stops


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("string", "'it''s; -- \" $$ \\'"),
        ("string", r"E'it\'s; \\'"),
        ("string", "'one'\n  'token'"),
        ("string", "'one' -- so it is\n'token'"),
        ("string", "e'a' \n'b\\'c'"),
        ("string", "U&'\\0061'"),
        ("string", "b'01'"),
        ("string", "X'1F'"),
        ("quoted", '"My ""Table"'),
        ("quoted", 'U&"\\0061"'),
        ("dollar", "$$ it's; $a$ $$"),
        ("dollar", "$été$ $$ $other$ $été$"),
        ("line", "-- it's /* not"),
        ("block", "/* a /* nested; ' */ -- */"),
        ("parameter", "$1"),
        ("word", "a$b$c"),
        ("word", "été_1"),
        ("number", "1_000.5e-3"),
        ("number", "0x1F"),
        ("number", ".5"),
        ("space", " \t\r\n\f\v"),
        ("semicolon", ";"),
        ("open", "("),
        ("close", ")"),
        ("other", ".."),
        ("other", "\\"),
    ],
)
def test_one_lexeme(kind: str, text: str) -> None:
    """The whole text is one lexeme, and it is closed."""
    expected = [(0, len(text), kind, True)]
    assert expected == [tuple(lexeme) for lexeme in lexemes(text)]


@pytest.mark.parametrize("text", ["'a''", r"E'a\'", '"a""', "$a$ $b$ $", "/* /* */", "'a'\n'b", "U&'"])
def test_nothing_closes_it(text: str) -> None:
    """A literal or comment without an end goes on to the end of the text and says so."""
    expected = [(0, len(text), False)]
    assert expected == [(lexeme.start, lexeme.end, lexeme.closed) for lexeme in lexemes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nameE'\\'", ["nameE", "'\\'"]),
        ("a$$b", ["a$$b"]),
        ("1..2", ["1", "..", "2"]),
        ("'a' 'b'", ["'a'", " ", "'b'"]),
        ("+--x\n1", ["+", "--x", "\n", "1"]),
        ("*/* c */", ["*", "/* c */"]),
        ("$a b$", ["$", "a", " ", "b$"]),
        ("$1$$x$$", ["$1", "$$x$$"]),
        ("é'a'", ["é", "'a'"]),
    ],
)
def test_neighbours(text: str, expected: list[str]) -> None:
    """Tokens end where PostgreSQL ends them."""
    assert expected == [text[lexeme.start : lexeme.end] for lexeme in lexemes(text)]


def test_marks_join_what_is_code() -> None:
    """Between literals, comments and semicolons there is one lexeme, and a template tag is whole."""
    expected = ["select a->b, ", "'x;'", " ", "{{ .It's; }}", ";", " b ", "-- c"]
    text = "".join(expected)
    assert expected == [text[lexeme.start : lexeme.end] for lexeme in marks(text)]


def test_stops_join_what_ends_no_statement() -> None:
    """Closed literals and line comments are of no interest when a text is cut."""
    expected = ["select 'x;' -- ;\n, \"a\" ", "$$;$$", " ", ";", "\\", "d t"]
    text = "".join(expected)
    assert expected == [text[lexeme.start : lexeme.end] for lexeme in stops(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  /* c */ -- d\n x y -- e\n", "x y"),
        ("x", "x"),
        (" -- only\n", ""),
        ("x /* open", "x /* open"),
    ],
)
def test_code_between_comments(text: str, expected: str) -> None:
    """Comments and white space around code can be found; a comment without an end is no comment."""
    start = code_start(text, 0, len(text))
    assert expected == text[start : max(start, code_end(text, 0, len(text)))]
