"""A constraint by way of a unique index that was built concurrently: the rewriting of ALTER TABLE … ADD."""

from bisect import bisect_left
from functools import lru_cache

from idxlint.model import Edit, value
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.operations import AddConstraint
from idxlint.sql.rewrite.recipes import Words
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.text import Statement, quoted, tokens

_DEEPER = {"(": 1, ")": -1, "[": 1, "]": -1}


@value
class _Parts:
    """Token numbers: of the whole subcommand, of the constraint with its name, and behind its index part."""

    start: int
    end: int
    constraint: int
    index_end: int
    index: str
    index_options: str
    rest: str
    alone: bool


def constraint_by_index(text: str, statement: Statement, add: AddConstraint) -> Rewriting | None:
    """UNIQUE or PRIMARY KEY through CREATE UNIQUE INDEX CONCURRENTLY and USING INDEX, all of one name.

    None for what has no such way: EXCLUDE, WITHOUT OVERLAPS, a primary key on a column that is only now added.
    """
    constraint = add.constraint
    if (
        constraint.kind == "EXCLUDE"
        or constraint.temporal
        or (add.column and constraint.kind == "PRIMARY KEY")
    ):
        return None
    words = Words(text, statement)
    parts = _parts(words, add)
    if parts is None:
        return None
    bare = constraint_name(add.table, constraint)
    name, needs = quoted(bare), (bare,)
    table = _table(words)
    full = f"{quoted(add.table.schema)}.{name}" if add.table.schema else name
    columns = parts.index or f"({quoted(add.column or '')})"
    before = (
        words.keyword("DROP INDEX CONCURRENTLY IF EXISTS") + f" {full}",
        words.keyword("CREATE UNIQUE INDEX CONCURRENTLY")
        + f" {name} "
        + words.keyword("ON")
        + f" {table} {columns}{parts.index_options}",
    )
    adding = words.keyword("ADD CONSTRAINT") + f" {name} " + words.keyword(f"{constraint.kind} USING INDEX")
    clause = f"{adding} {name}{parts.rest}"
    if parts.alone and not add.column:
        base = statement.start
        edit = Edit(base + words.row[parts.start].start, base + words.row[parts.end - 1].end, clause)
        return Rewriting(statement, (edit,), before, needs=needs, table=add.table.name, bounded=True)
    after = (*before, words.keyword("ALTER TABLE") + f" {table} {clause}")
    edit = _taken_out(words, parts, add)
    return Rewriting(statement, (edit,), after=after, needs=needs, table=add.table.name, stays=True)


def _taken_out(words: Words, parts: _Parts, add: AddConstraint) -> Edit:
    """The statement without the constraint: the column stays, a subcommand goes with its comma."""
    if add.column:
        return words.cut(parts.constraint, parts.index_end)
    if words.row[parts.start - 1].word == ",":
        return words.cut(parts.start - 1, parts.end)
    base = words.statement.start
    return Edit(base + words.row[parts.start].start, base + words.row[parts.end + 1].start, "")


def _table(words: Words) -> str:
    """The table's name as the statement writes it."""
    at = 2
    while words.row[at].word in ("IF", "EXISTS", "ONLY"):
        at += 1
    end = at + 1
    while end + 1 < len(words.row) and words.row[end].word == ".":
        end += 2
    return words.written(at, end)


def _parts(words: Words, add: AddConstraint) -> _Parts | None:
    """Take the subcommand that holds the constraint apart."""
    row = words.row
    here = bisect_left(row, add.near, key=lambda token: token.start)
    if here == len(row):
        return None
    bounds = _commas(words.statement.sql)
    before = bisect_left(bounds, here)
    start = bounds[before - 1] + 1 if before else next(n for n, t in enumerate(row) if t.word == "ADD")
    end = bounds[before] if before < len(bounds) else len(row)
    at = here + 2 if row[here].word == "CONSTRAINT" else here
    at += 2 if row[at].word == "PRIMARY" else 1
    index_at = at
    while (
        at < end
        and row[at].word in ("NULLS", "NOT", "DISTINCT")
        and not (row[at].word == "NOT" and row[at - 1].word != "NULLS")
    ):
        at += 1
    nulls = " " + words.written(index_at, at) if at > index_at else ""
    columns, at = _group(words, at, end)
    options, at = _options(words, at, end)
    behind = _attributes(words, at, end) if add.column else end
    rest, at = words.written(at, behind), behind
    return _Parts(
        start, end, here, at, columns, options[0] + nulls + options[1], f" {rest}" if rest else "", not bounds
    )


def _group(words: Words, at: int, end: int) -> tuple[str, int]:
    """A list in parentheses, if one begins here."""
    if at >= end or words.row[at].word != "(":
        return "", at
    depth, stop = 0, at
    while stop < end:
        depth += {"(": 1, ")": -1}.get(words.row[stop].word, 0)
        stop += 1
        if depth == 0:
            break
    return words.written(at, stop), stop


def _options(words: Words, at: int, end: int) -> tuple[tuple[str, str], int]:
    """INCLUDE, WITH and USING INDEX TABLESPACE: what CREATE INDEX takes before and behind NULLS NOT DISTINCT."""
    include = behind = ""
    while at < end and words.row[at].word in ("INCLUDE", "WITH", "USING"):
        word = words.row[at].word
        if word == "USING":
            behind += " " + words.written(at + 2, at + 4)
            at += 4
            continue
        group, stop = _group(words, at + 1, end)
        if word == "INCLUDE":
            include = f" {words.written(at, stop)}"
        else:
            behind += f" {words.keyword('WITH')} {group}"
        at = stop
    return (include, behind), at


def _attributes(words: Words, at: int, end: int) -> int:
    """Behind DEFERRABLE and INITIALLY …, which belong to the constraint of a column before them."""
    while at < end:
        word, following = words.row[at].word, words.row[at + 1].word if at + 1 < end else ""
        if word == "DEFERRABLE":
            at += 1
        elif (word == "NOT" and following == "DEFERRABLE") or word == "INITIALLY":
            at += 2
        else:
            break
    return at


@lru_cache(maxsize=64)
def _commas(sql: str) -> tuple[int, ...]:
    """The commas between the subcommands of a statement, found once for all of its constraints."""
    commas, depth = list[int](), 0
    for number, token in enumerate(tokens(sql)):
        if token.word == "," and depth == 0:
            commas.append(number)
        depth += _DEEPER.get(token.word, 0)
    return tuple(commas)
