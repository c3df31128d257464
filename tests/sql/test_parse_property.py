"""Nothing of a text is lost: every character is in a statement, a gap, or between them."""

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pglast import parser

from idxlint.model import Reason, Span
from idxlint.sql.text import Parsed, parse
from idxlint.sql.text.scanner import lexemes
from tests.conftest import times

_SEPARATOR = re.compile(r"[ \t\n\r\f\v;]+|\\;|--[^\n\r]*(?:[\n\r]|\Z)")

GOOD = (
    "SELECT 1",
    "CREATE TABLE t (a int, b text DEFAULT 'it''s; -- no')",
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t USING btree (a, lower(b)) WHERE a > 1",
    "DO $$ BEGIN PERFORM 1; EXECUTE 'DROP INDEX i'; END $$",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END",
    "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
    "INSERT INTO t VALUES (1, E'a\\'b', U&'\\0061', $a$ $$ ; $a$)",
    'ALTER TABLE "My ""Table" ADD CONSTRAINT c UNIQUE (a)',
    "SELECT 'é😀' AS \"ü\" /* c /* nested; */ ' */ , a$b$c FROM t",
    "COMMIT",
)
ODD = (
    "CREATE TABEL t (a int)",
    "CREATE INDEX ${p}_idx ON {{ .Schema }}.t (:col) WHERE a = :'v'",
    "{% if x %}",
    '{{ template "x" . }}',
    "<%= x %> <% y %>",
    "\n\\set x 'a;b'\n",
    "\n\\i other.sql\n",
    "SELECT 'x' \\gexec\n",
    "SELECT 1 \\; SELECT 2",
    "\n\\if :a \\\\ SELECT 1;\n\\endif\n",
    "COPY t FROM stdin;\n1\tit's $$ (\n\\.\n",
    '\n\\copy t from stdin\n1\t"\n\\.\n',
    "'",
    '"',
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    "(",
    ")",
    "\\",
    "\\\\",
    "E'\\",
    "$",
    "{{",
    "}}",
    "`a`",
    "\0",
    "\ufeff",
    "\nCREATE INDEX i ON t (a)\n",
    "\n\nSELECT 1\n",
    "\nDELIMITER //\n",
    "\nGO\n",
    "\ud800",
    "\xa0",
    "\x1c",
    "é",
)
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
JOINTS = (";", ";\n", "\n", "\r\n", "\r", " ", "; -- why\n", ";/* c */", "\n\n", "")

pieces = st.one_of(st.sampled_from(GOOD), st.sampled_from(ODD), st.text(max_size=4))
spliced = st.lists(st.tuples(pieces, st.sampled_from(JOINTS)), max_size=12).map(
    lambda parts: "".join(a + b for a, b in parts)
)
letters = st.text(alphabet="a1;'\"$-/*\\(){}%:@\n\r \0E\ud800é", max_size=40)


@st.composite
def cuttings(draw: st.DrawFn) -> str:
    """A text with a stretch taken out, as bad merges leave it."""
    text = draw(spliced)
    start = draw(st.integers(0, len(text)))
    return text[:start] + text[draw(st.integers(start, len(text))) :]


texts = st.one_of(spliced, cuttings(), letters, st.text())


def _rest(text: str, parsed: Parsed) -> list[str]:
    """What no statement and no gap covers; unreadable characters do not count."""
    gaps = [gap.span for gap in parsed.gaps if gap.reason is not Reason.ENCODING]
    covered = sorted([Span(one.start, one.end) for one in parsed.statements] + gaps)
    text = _UNREADABLE.sub(" ", text)
    rest, at = [], 0
    for start, end in covered:
        if start > at:
            rest.append(text[at:start])
        at = max(at, end)
    return [*rest, text[at:]]


def _after_blank(text: str, at: int) -> int:
    """Where the comment, white space or separator at this place ends; the place itself where none is."""
    if not text.startswith("/*", at):
        match = _SEPARATOR.match(text, at)
        return match.end() if match else at
    depth, start = 0, at
    while at < len(text):
        if text.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif text.startswith("*/", at):
            depth, at = depth - 1, at + 2
            if not depth:
                return at
        else:
            at += 1
    return start


def _lost(rest: str) -> str:
    at = 0
    while at < len(rest):
        after = _after_blank(rest, at)
        if after == at:
            return rest[at:]
        at = after
    return ""


def lost(text: str, parsed: Parsed) -> str:
    """The first stretch that is in no statement, no gap, no comment and no separator."""
    return next((left for part in _rest(text, parsed) if (left := _lost(part))), "")


@settings(max_examples=times(600), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts)
def test_no_character_is_lost(text: str) -> None:
    """What is outside statements and gaps is white space, comments and separators."""
    assert [""] * len(rest := _rest(text, parse(text))) == [_lost(part) for part in rest]


@settings(max_examples=times(300), deadline=None)
@given(texts)
def test_statements_and_gaps_are_in_order_and_apart(text: str) -> None:
    """Nothing overlaps; unreadable characters inside a statement do not count."""
    parsed = parse(text)
    statements, gaps = [Span(each.start, each.end) for each in parsed.statements], parsed.gaps
    inside = [gap for gap in gaps if gap.reason is Reason.ENCODING]
    spans = sorted([*statements, *(gap.span for gap in gaps if gap not in inside)])
    assert statements == sorted(statements)
    assert list(gaps) == sorted(gaps, key=lambda gap: gap.span)
    assert not [pair for pair in pairwise(spans) if pair[0].end > pair[1].start]
    assert all(span.start < span.end for span in statements)


@settings(max_examples=times(300), deadline=None)
@given(texts)
def test_a_statement_is_what_the_parser_takes(text: str) -> None:
    """Each statement is as long as its place in the file, parses alone, and has no comment around it."""
    for one in parse(text).statements:
        assert one.end - one.start == len(one.sql)
        assert len(parser.split(one.sql)) == 1
        assert one.sql.strip(" \t\n\r\f\v;") == one.sql


@settings(max_examples=times(200), deadline=None)
@given(texts, st.data())
def test_a_part_is_read_as_if_it_stood_alone(text: str, data: st.DataObject) -> None:
    """Places found in a part of a text are places of the whole text."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    alone = parse(text[start:end])
    part = parse(text, Span(start, end))
    assert [(one.start + start, one.sql) for one in alone.statements] == [
        (one.start, one.sql) for one in part.statements
    ]
    assert [gap.span.start + start for gap in alone.gaps] == [gap.span.start for gap in part.gaps]


@settings(max_examples=times(300), deadline=None)
@given(st.lists(st.sampled_from(GOOD), min_size=1, max_size=6), st.sampled_from(ODD[:1]), st.integers(0, 6))
def test_a_broken_statement_takes_no_neighbour_with_it(good: list[str], odd: str, at: int) -> None:
    """The statements around it are found as if it were not there."""
    text = ";\n".join([*good[:at], odd, *good[at:]])
    assert good == [one.sql for one in parse(text).statements]


@settings(max_examples=times(500), deadline=None)
@given(texts)
def test_tokens_tile_the_text(text: str) -> None:
    """The scanner leaves no hole, whatever the text."""
    assert text == "".join(text[lexeme.start : lexeme.end] for lexeme in lexemes(text))


@settings(max_examples=times(500), deadline=None)
@given(st.one_of(texts, st.lists(st.sampled_from(GOOD)).map(";\n".join)))
def test_tokens_agree_with_postgres(text: str) -> None:
    """Where PostgreSQL's scanner takes a text, words, literals, comments and separators are the same."""
    if "\0" in text or re.search("[\ud800-\udfff]", text):
        return
    try:
        wanted = [(one.start, one.end + 1, one.name) for one in parser.scan(text)]
    except parser.ParseError:
        return
    ours = [(one.start, one.end) for one in lexemes(text) if one.kind not in ("space", "other")]
    assert not [pair for pair in ours if pair not in [(start, end) for start, end, _ in wanted]]


def test_the_generator_makes_good_statements() -> None:
    """The good ones do parse, or the tests above would prove little."""
    assert [1] * len(GOOD) == [len(parser.split(one)) for one in GOOD]


@pytest.mark.parametrize("text", ["", " ", "-- only a comment", "/* only */", ";", ";;\n;", "\r\r", "\n"])
def test_nothing_is_found_in_nothing(text: str) -> None:
    """Comments, white space and separators alone are no statement and no gap."""
    assert Parsed() == parse(text)
