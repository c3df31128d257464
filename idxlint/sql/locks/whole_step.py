"""Everything that a statement does, for who asks of every statement; what cannot be said is Unresolved.

`sql.meaning.read` looks for what checks are about and passes over all else. Here each part of a DO block is read, or is
known to lock nothing, or is Unresolved: a call of a function that nobody knows, SQL that is put together when it
runs, COMMIT.
"""

from collections.abc import Iterator

from pglast import parser

from idxlint.sql.meaning.bodies import executed_expression, executed_names, peel, routine_of, segments
from idxlint.sql.meaning.execute import Built, resolve
from idxlint.sql.meaning.operations import Unresolved, Where
from idxlint.sql.meaning.read import ROUTINE
from idxlint.sql.meaning.step import Placeholders, Step
from idxlint.sql.text import ParseError, Statement, Token, tokens
from idxlint.sql.whole.complete import describe_all

_COMMANDS = frozenset(
    "ALTER ANALYZE CLUSTER COMMENT CREATE DELETE DROP GRANT INSERT LOCK MERGE REFRESH REINDEX RESET REVOKE"
    " SECURITY SET TRUNCATE UPDATE VACUUM".split()
)
_HARMLESS = frozenset("ASSERT CLOSE CONTINUE EXIT FETCH GET MOVE NULL OPEN RAISE RETURN".split())
_READS = frozenset(("PERFORM", "SELECT", "WITH"))
_CHANGES = frozenset(("DELETE", "INSERT", "MERGE", "SHARE", "UPDATE"))
_PURE = frozenset(
    "ARRAY_AGG ARRAY_LENGTH AVG BOOL_AND BOOL_OR CARDINALITY CLOCK_TIMESTAMP CONCAT COUNT CURRENT_DATABASE"
    " CURRENT_SCHEMA CURRENT_SETTING FORMAT FORMAT_TYPE JSON_AGG JSONB_AGG LENGTH LOWER MAX MD5 MIN NOW"
    " QUOTE_IDENT QUOTE_LITERAL REPLACE SET_CONFIG STRING_AGG SUM TO_REGCLASS TO_REGTYPE UNNEST UPPER VERSION"
    " HAS_TABLE_PRIVILEGE HAS_SCHEMA_PRIVILEGE HAS_COLUMN_PRIVILEGE GEN_RANDOM_UUID RANDOM".split()
)
"""Functions that lock no table."""

_ASSIGNING = 8
"""An assignment has its sign among so many tokens."""


def read(statement: Statement, placeholders: Placeholders) -> Step:
    """A statement with all that it does. Raises pglast's ParseError for a refused text."""
    if ROUTINE.match(statement.sql):
        return _routine(statement, placeholders)
    return Step(statement, describe_all(statement.sql, placeholders))


def _routine(statement: Statement, placeholders: Placeholders) -> Step:
    """A DO block with all that it does; a function, whose body does nothing when it is defined."""
    routine = routine_of(statement.sql)
    if routine is None or routine[0] is not Where.DO:
        return Step(statement, (), where=Where.FUNCTION)
    _, language, location = routine
    token = next((token for token in tokens(statement.sql) if token.start >= location), None)
    if token is None or token.kind != "SCONST":
        return Step(statement, (), (_unresolved(statement, "this block"),), Where.DO)
    body = Built.of_literal(statement, token)
    whole = body.part(0, len(body.sql))
    steps = (
        _plpgsql(body, placeholders) if language == "plpgsql" else (_unresolved(whole, f"{language} code"),)
    )
    return Step(statement, (), tuple(steps), Where.DO)


def _unresolved(statement: Statement, what: str) -> Step:
    return Step(
        statement, (Unresolved(what=what, length=len(statement.sql), where=Where.DO),), where=Where.DO
    )


def _plpgsql(body: Built, placeholders: Placeholders) -> Iterator[Step]:
    row = tokens(body.sql)
    if not row:
        yield _unresolved(body.part(0, len(body.sql)), "this body")
        return
    executed = executed_names([token.word for token in row])
    level, declaring = 0, False
    for segment in segments(row):
        declaring = _declares(segment, declaring)
        rest, level = peel(segment, level)
        if not rest or declaring or rest[0].word in _HARMLESS:
            continue
        part = body.part(rest[0].start, rest[-1].end)
        if rest[0].word in _COMMANDS:
            yield from _sql(Built.of_statement(_without_into(body, rest) or part), placeholders)
        elif (expression := executed_expression(rest, executed)) is not None:
            built = resolve(body, expression)
            if built is None or built.placeholders:
                yield _unresolved(part, "this string")
            else:
                yield from _sql(built, placeholders)
        elif not _assigns(rest) and not _only_reads(rest):
            yield _unresolved(part, f"this {rest[0].word}")


def _declares(segment: list[Token], declaring: bool) -> bool:
    """Whether a segment stands between DECLARE and BEGIN."""
    words = {token.word for token in segment[:5]}
    return ("DECLARE" in words or declaring) and "BEGIN" not in words


def _assigns(segment: list[Token]) -> bool:
    return any(token.word in (":=", "=") for token in segment[1:_ASSIGNING])


def _only_reads(segment: list[Token]) -> bool:
    """Whether a query changes nothing, and calls only functions that lock nothing."""
    words = [token.word for token in segment]
    if words[0] not in _READS or _CHANGES & {*words}:
        return False
    called = (
        token.word
        for token, following in zip(segment, words[1:], strict=False)
        if token.kind == "IDENT" and following == "("
    )
    return all(name in _PURE or name.startswith("PG_") for name in called)


def _without_into(body: Built, segment: list[Token]) -> Statement | None:
    """A statement without the INTO of its RETURNING, which is PL/pgSQL's own."""
    words = [token.word for token in segment]
    if "RETURNING" not in words:
        return None
    at = words.index("RETURNING")
    into = next((number for number in range(at, len(words)) if words[number] == "INTO"), None)
    return body.part(segment[0].start, segment[into - 1].end) if into else None


def _sql(built: Built, placeholders: Placeholders) -> Iterator[Step]:
    """The statements of a text that is SQL from end to end."""
    try:
        for piece in parser.split(built.sql, only_slices=True):
            part = built.part(piece.start, piece.stop)
            yield Step(part, describe_all(part.sql, placeholders, {"where": Where.DO}), where=Where.DO)
    except ParseError:
        yield _unresolved(built.part(0, len(built.sql)), "this statement")
