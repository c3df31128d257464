"""The forms of statements on indexes and constraints that some release from 13 to 18 brought.

The grammar of the parser is that of the newest release, and its tree often does not keep how a thing was written;
the words do. Each boundary was measured on PostgreSQL 12 to 18.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from idxlint.model import Span
from idxlint.sql.text import Token, tokens

Newer = tuple[int, str, tuple[str, ...]]
"""The first major release that takes a form, what earlier ones say (SQLSTATE), and what they take instead."""

_SYNTAX = "42601"
_REFUSED = "0A000"
FORMS: Mapping[str, Newer] = {
    "REINDEX (CONCURRENTLY)": (14, _SYNTAX, ("REINDEX INDEX CONCURRENTLY its_name;",)),
    "REINDEX (TABLESPACE)": (
        14,
        _SYNTAX,
        ("CREATE INDEX CONCURRENTLY new_name ON its_table (…) TABLESPACE its_tablespace;",),
    ),
    "REINDEX without a name": (16, _SYNTAX, ("REINDEX DATABASE its_name;",)),
    "REINDEX of a partitioned index": (
        14,
        _REFUSED,
        ("REINDEX INDEX CONCURRENTLY index_of_each_partition;",),
    ),
    "INCLUDE of an SP-GiST index": (14, _REFUSED, ("leave INCLUDE out, or use GiST",)),
    "this operator class": (14, "42704", ("use the operator class for minmax, which is the default",)),
    "NULLS [NOT] DISTINCT": (
        15,
        _SYNTAX,
        ("a second unique index keeps nulls apart: ON its_table (the others) WHERE column IS NULL",),
    ),
    "SET NULL and SET DEFAULT of some columns": (
        15,
        _SYNTAX,
        ("without a list they set all columns of the key",),
    ),
    "DETACH PARTITION CONCURRENTLY": (
        14,
        _SYNTAX,
        ("SET lock_timeout = '2s';", "ALTER TABLE … DETACH PARTITION …;"),
    ),
    "an exclusion constraint on a partitioned table": (17, _REFUSED, ("add it to each partition",)),
    "a foreign key NOT VALID on a partitioned table": (
        18,
        "42809",
        ("add and validate it on each partition, then on the parent without NOT VALID",),
    ),
    "WITHOUT OVERLAPS": (
        18,
        _SYNTAX,
        ("EXCLUDE USING gist (its_key WITH =, its_period WITH &&), with the extension btree_gist",),
    ),
    "NOT ENFORCED": (18, _SYNTAX, ("leave the constraint out, or add it NOT VALID, which checks new rows",)),
    "a virtual generated column": (
        18,
        _SYNTAX,
        ("GENERATED ALWAYS AS (…) STORED, which rewrites the table",),
    ),
    "a NOT NULL constraint of the table": (
        18,
        _SYNTAX,
        (
            "ALTER TABLE … ADD CONSTRAINT its_name CHECK (its_column IS NOT NULL) NOT VALID;",
            "ALTER TABLE … VALIDATE CONSTRAINT its_name;",
            "ALTER TABLE … ALTER COLUMN its_column SET NOT NULL;",
        ),
    ),
}
_PHRASES = (
    ("nulls", re.compile(r"nulls\s+(?:not\s+)?distinct")),
    ("overlaps", re.compile(r"without\s+overlaps")),
    ("enforced", re.compile(r"not\s+enforced")),
    ("always", re.compile(r"always\s+as\s*\(")),
    ("set", re.compile(r"set\s+(?:null|default)\s*\(")),
    ("add", re.compile(r"add\s+not\s+null")),
    ("constraint", re.compile(r"constraint\s+\S+\s+not\s+null")),
)
"""A word that nearly every text is without, and what makes the tokens of a text worth a look."""

_OTHERS = ("spgist", "brin", "exclude", "valid", "reindex", "detach")
"""What stands in a statement of a form that is not told by its words alone."""

_DEEPER = {"(": 1, ")": -1}


@lru_cache(maxsize=1)  # asked again for each operation of a statement
def may_be_newer(sql: str) -> bool:
    """Whether a text may be of one of the forms: a quick look, for nearly none is."""
    lower = sql.lower()
    return any(map(lower.__contains__, _OTHERS)) or _may_say(lower)


def _may_say(lower: str) -> bool:
    for word, phrase in _PHRASES:  # noqa: SIM110 - any() takes twice as long
        if word in lower and phrase.search(lower):
            return True
    return False


def written(sql: str, *, depth: int) -> Iterator[tuple[str, Span]]:
    """The newer forms that a text has in its words, and where.

    depth: the number of parentheses around a constraint of the table: 1 in CREATE TABLE, 0 in ALTER TABLE
    """
    if not _may_say(sql.lower()):
        return
    row, level = tokens(sql), 0
    words = [token.word for token in row]
    for at, token in enumerate(row):
        level += _DEEPER.get(token.word, 0)
        form, count = _at(words, at, outer=level == depth)
        if form:
            yield form, Span(token.start, row[at + count - 1].end)


def _at(words: Sequence[str], at: int, *, outer: bool) -> tuple[str, int]:
    """The form that begins at a word, and of how many words it is."""
    three = words[at : at + 3]
    match three:
        case ["NULLS", "NOT", "DISTINCT"]:
            return "NULLS [NOT] DISTINCT", 3
        case ["NULLS", "DISTINCT", *_]:
            return "NULLS [NOT] DISTINCT", 2
        case ["WITHOUT", "OVERLAPS", *_]:
            return "WITHOUT OVERLAPS", 2
        case ["NOT", "ENFORCED", *_] if outer:
            return "NOT ENFORCED", 2
        case ["SET", "NULL" | "DEFAULT", "("] if at and words[at - 1] in ("DELETE", "UPDATE"):
            return "SET NULL and SET DEFAULT of some columns", 2
        case ["ALWAYS", "AS", "("] if not _is_stored(words, at + 2):
            return "a virtual generated column", 2
        case ["NOT", "NULL", *_] if outer and _begins(words, at):
            return "a NOT NULL constraint of the table", 2
    return "", 0


def _is_stored(words: Sequence[str], opening: int) -> bool:
    """Whether STORED stands behind the parentheses that open at a word."""
    level = 0
    for at in range(opening, len(words)):
        level += _DEEPER.get(words[at], 0)
        if level == 0:
            return words[at + 1 : at + 2] == ["STORED"]
    return False


def _begins(words: Sequence[str], at: int) -> bool:
    """Whether a constraint of a table, not of a column, begins at a word."""
    before = words[at - 3 : at - 2] if words[at - 2 : at - 1] == ["CONSTRAINT"] else words[at - 1 : at]
    return before in ([","], ["("], ["ADD"])


def option(row: Sequence[Token], name: str) -> Span | None:
    """Where an option stands in the parentheses that follow the first word of a statement."""
    if len(row) < 2 or row[1].word != "(":
        return None
    for token in row[2:]:
        if token.word == ")":
            break
        if token.word == name:
            return Span(token.start, token.end)
    return None
