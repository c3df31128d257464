"""The safe form of a statement, as a rewriting of its own words.

Names are copied as they were written, so that quotes and placeholders survive; the case of new keywords
follows the statement's own.
"""

from collections.abc import Sequence
from functools import cached_property

from idxlint.model import Edit
from idxlint.sql.meaning.operations import BuildIndex, DropIndex, Reindex
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.text import Name, Statement, Token, find, quoted, tokens


class Words:
    """A statement's tokens with its original text and its habit of writing keywords."""

    def __init__(self, text: str, statement: Statement) -> None:
        self.text, self.statement = text, statement
        self.lower = statement.sql[:1].islower()

    @cached_property
    def row(self) -> tuple[Token, ...]:
        """The statement's tokens."""
        return tokens(self.statement.sql)

    def keyword(self, words: str) -> str:
        """Keywords in the statement's own case."""
        return words.lower() if self.lower else words

    def at(self, words: str, after: int = 0) -> int | None:
        """The number of the token with which the words begin."""
        span = find(self.statement.sql, words, after)
        return next((n for n, token in enumerate(self.row) if span and token.start == span.start), None)

    def written(self, start: int, end: int) -> str:
        """The text of the tokens from start up to end, both numbers."""
        if start >= end:
            return ""
        base = self.statement.start
        return self.text[base + self.row[start].start : base + self.row[end - 1].end]

    def concurrently(self, behind: str, after: int = 0) -> tuple[Edit, ...]:
        """CONCURRENTLY put in behind a keyword."""
        keyword = find(self.statement.sql, behind, after)
        place = self.statement.start + keyword.end if keyword else 0
        return (Edit(place, place, self.keyword(" CONCURRENTLY")),) if keyword else ()

    def insert(self, behind: int, text: str) -> Edit:
        """Put a text behind a token."""
        place = self.statement.start + self.row[behind].end
        return Edit(place, place, text)

    def cut(self, start: int, end: int) -> Edit:
        """Take the tokens from start up to end away, with the white space before them."""
        begin = self.row[start - 1].end if start else self.row[0].start
        return Edit(self.statement.start + begin, self.statement.start + self.row[end - 1].end, "")


def build_concurrently(
    text: str, statement: Statement, build: BuildIndex, name: Name, *, guard: bool
) -> Rewriting | None:
    """CREATE INDEX CONCURRENTLY with a name and without IF NOT EXISTS.

    guard: clear the leftover of a failed run away first, so that running the file again repairs it
    """
    words = Words(text, statement)
    index = find(statement.sql, "INDEX", build.near)
    if index is None:
        return None
    before = (words.keyword("DROP INDEX CONCURRENTLY IF EXISTS") + f" {name}",) if guard else ()
    put_in = "" if build.concurrently else words.keyword(" CONCURRENTLY")
    last = index.end
    if build.concurrently:
        concurrently = find(statement.sql, "CONCURRENTLY", build.near)
        last = concurrently.end if concurrently else last
    if build.index is None:
        put_in += f" {quoted(name.name)}"
    base = statement.start
    edits = [Edit(base + last, base + last, put_in)] if put_in else []
    if build.if_not_exists and (exists := find(statement.sql, "IF NOT EXISTS", build.near)):
        edits.append(Edit(base + len(statement.sql[: exists.start].rstrip()), base + exists.end, ""))
    return Rewriting(statement, _merged(edits), before, needs=(name.name,), table=build.table.name)


def without(text: str, statement: Statement, *keywords: str) -> Rewriting | None:
    """The statement without the first of each of the keywords."""
    words = Words(text, statement)
    places = [(at, len(keyword.split())) for keyword in keywords if (at := words.at(keyword)) is not None]
    return Rewriting(statement, tuple(words.cut(at, at + count) for at, count in places)) if places else None


def drop_each(text: str, statement: Statement, drop: DropIndex) -> Rewriting | None:
    """One DROP INDEX CONCURRENTLY for each name, without CASCADE and RESTRICT."""
    words = Words(text, statement)
    if len(drop.indexes) == 1 and not drop.cascade and not drop.concurrently:
        return Rewriting(statement, words.concurrently("INDEX"), needs=(drop.indexes[0].name,))
    at = words.at("INDEX")
    if at is None:
        return None
    edits: list[Edit] = []
    first = at + 1
    if words.row[first].word == "CONCURRENTLY":
        first += 1
    else:
        edits.append(words.insert(at, words.keyword(" CONCURRENTLY")))
    if words.row[first].word == "IF":
        first += 2
    lead = words.written(first - 2, first) if words.row[first - 2].word == "IF" else ""
    groups, end = _names(words.row, first)
    if end > groups[0][1]:
        edits.append(words.cut(groups[0][1], end))
    again = words.keyword("DROP INDEX CONCURRENTLY ") + (f"{lead} " if lead else "")
    after = tuple(again + words.written(*group) for group in groups[1:])
    names = tuple(name.name for name in drop.indexes)
    return Rewriting(statement, _merged(edits), after=after, needs=names)


def _names(row: Sequence[Token], first: int) -> tuple[list[tuple[int, int]], int]:
    """The token ranges of a list of names, and where the statement ends."""
    groups, start = [], first
    for at in range(first, len(row)):
        if row[at].word == ",":
            groups.append((start, at))
            start = at + 1
        elif row[at].kind in ("CASCADE", "RESTRICT"):
            return [*groups, (start, at)], at + 1
    return [*groups, (start, len(row))], len(row)


def drop_constraints(statement: Statement, drop: DropIndex, owned: Sequence[tuple[Name, str]]) -> Rewriting:
    """ALTER TABLE … DROP CONSTRAINT for each index that a constraint owns."""
    words = Words("", statement)
    alter, verb = words.keyword("ALTER TABLE"), words.keyword("DROP CONSTRAINT")
    verb += words.keyword(" IF EXISTS") if drop.if_exists else ""
    first, *rest = (f"{alter} {table} {verb} {quoted(name)}" for table, name in owned)
    return Rewriting(statement, (Edit(statement.start, statement.end, first),), after=tuple(rest))


def reindex_concurrently(text: str, statement: Statement, reindex: Reindex) -> Rewriting | None:
    """REINDEX … CONCURRENTLY in the form that every major from 12 on takes."""
    words = Words(text, statement)
    at = words.at(reindex.kind)
    if at is None:
        return None
    edits = [words.insert(at, words.keyword(" CONCURRENTLY"))]
    option = next((n for n in range(at) if words.row[n].word == "CONCURRENTLY"), None)
    if option is not None:
        edits.append(_option(words, option))
    needs = (reindex.target.name,) if reindex.kind == "INDEX" and reindex.target else ()
    table = reindex.target.name if reindex.kind == "TABLE" and reindex.target else None
    return Rewriting(statement, _merged(edits), needs=needs, table=table)


def reindex_by_keyword(text: str, statement: Statement, reindex: Reindex) -> Rewriting | None:
    """The same REINDEX with CONCURRENTLY as a keyword, or without it, instead of as an option in parentheses."""
    if reindex.concurrently:
        return reindex_concurrently(text, statement, reindex)
    words = Words(text, statement)
    at = words.at("CONCURRENTLY")
    return None if at is None else Rewriting(statement, (_option(words, at),))


def refresh_concurrently(text: str, statement: Statement) -> Rewriting:
    """REFRESH MATERIALIZED VIEW CONCURRENTLY, which may stand in a transaction block."""
    return Rewriting(statement, Words(text, statement).concurrently("VIEW"))


def reindex_into_tablespace(text: str, statement: Statement) -> Rewriting | None:
    """REINDEX (TABLESPACE …, CONCURRENTLY) INDEX instead of an ALTER INDEX that does nothing but move it."""
    words = Words(text, statement)
    move = words.at("SET TABLESPACE")
    if move is None or len(words.row) != move + 3 or words.row[2].word == "IF":
        return None
    reindex, index = words.keyword("REINDEX (TABLESPACE"), words.keyword("CONCURRENTLY) INDEX")
    name = words.written(2, move)
    again = f"{reindex} {words.written(move + 2, move + 3)}, {index} {name}"
    return Rewriting(
        statement, (Edit(statement.start, statement.end, again),), needs=(name.rpartition(".")[2].strip('"'),)
    )


def set_for_session(text: str, statement: Statement) -> Rewriting:
    """SET instead of SET LOCAL."""
    return Rewriting(statement, (Words(text, statement).cut(1, 2),))


def _option(words: Words, at: int) -> Edit:
    """Take one option out of a list in parentheses, and the parentheses where it was the only one."""
    stop = next(n for n in range(at, len(words.row)) if words.row[n].word in (",", ")"))
    before, behind = words.row[at - 1].word, words.row[stop].word
    if (before, behind) == ("(", ")"):
        return words.cut(at - 1, stop + 1)
    if before == ",":
        return words.cut(at - 1, stop)
    base = words.statement.start
    return Edit(base + words.row[at].start, base + words.row[stop + 1].start, "")


def _merged(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Insertions at the same place as one edit, in the order in which they were asked for."""
    merged: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        if (
            merged
            and merged[-1].end == edit.start
            and not (merged[-1].text and edit.text and edit.end > edit.start)
        ):
            merged[-1] = Edit(merged[-1].start, edit.end, merged[-1].text + edit.text)
        else:
            merged.append(edit)
    return tuple(merged)
