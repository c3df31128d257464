"""Patterns for paths."""

import re
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from idxlint.model import matches

_PARTS = ("a", "b", "/", "*", "**", "**/", "?", "[ab]", "[!a]", "[a-b]", "[b-a]", "[", "]", ".", "-", "+")


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.sql", "db/a.sql", True),
        ("db", "x/db/y/a.sql", True),
        ("db", "dbx/a.sql", False),
        ("db/", "db/a.sql", True),
        ("/db", "x/db/a.sql", False),
        ("db/*.sql", "db/a.sql", True),
        ("db/*.sql", "db/x/a.sql", False),
        ("db/**/*.sql", "db/a.sql", True),
        ("db/**", "db/x/y.sql", True),
        ("**/old/*.sql", "old/a.sql", True),
        ("./db/a.sql", "db/a.sql", True),
        ("V?__[a-c]*.sql", "V1__b.sql", True),
        ("V[!1]*.sql", "V1__b.sql", False),
        ("[z-a].sql", "[z-a].sql", True),
        ("[!]]a.sql", "ba.sql", True),
        ("[!]]a.sql", "]a.sql", False),
        ("[", "db/[", True),
        ("a+b.sql", "a+b.sql", True),
        ("*.SQL", "a.sql", False),
        (".", "db/a.sql", True),
        ("**", "db/a.sql", True),
    ],
)
def test_matches(pattern: str, path: str, expected: bool) -> None:
    """As .gitignore has it: a bare name at any depth, a slash ties it down, a folder means all below."""
    assert expected == matches(pattern, path)


def expression(pattern: str) -> str:
    """What a pattern means, as a regular expression that tries one way after another."""
    trimmed = pattern.removeprefix("./").rstrip("/")
    bare = trimmed.lstrip("/")
    if bare in ("", "."):
        return ".*"
    head = "" if "/" in trimmed else "(?:.*/)?"
    parts = re.findall(r"\*\*/|\*\*|[*?]|\[(?:[!^]?.[^]]*)\]|.", bare)
    return f"{head}{''.join(map(part, parts))}(?:/.*)?"


def part(written: str) -> str:
    """One part of a pattern, in the same words."""
    plain = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if written in plain:
        return plain[written]
    if len(written) == 1:
        return re.escape(written)
    inside = written[1:-1].replace("!", "^", 1) if written[1] == "!" else written[1:-1]
    return "(?!/)[" + "".join("\\" + one if one in "[]" else one for one in inside) + "]"


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map("".join), st.text("ab/.-[]+", max_size=9))
@example("**/a**b/*", "a/ab/b/c")
@example("*a*/", "ba/b")
def test_a_pattern_means_what_the_expression_means(pattern: str, path: str) -> None:
    """Any pattern of a few parts takes the paths that its regular expression takes."""
    try:
        wanted = re.compile(expression(pattern))
    except re.error:  # a set that means nothing makes the whole pattern mean itself
        assume(False)

    assert (wanted.fullmatch(path) is not None) == matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a*a*a*a*a*a*ab", "a" * 40),
        ("**/" * 30 + "x", "a/" * 22 + "y"),
        ("**/a/" * 30 + "x", "a/" * 40 + "y"),
        ("*a" * 2000 + "b*", "a" * 4000 + "/b"),
        ("**a" * 300 + "b", "/a" * 2000),
        ("[!b]*" * 500 + "b", "a" * 2000),
    ],
)
def test_stars_take_no_time(pattern: str, path: str) -> None:
    """However many ways there are to spread a path over the stars, none is tried after another."""
    before = time.process_time()
    found = matches(pattern, path)

    assert not found
    assert time.process_time() - before < 5
