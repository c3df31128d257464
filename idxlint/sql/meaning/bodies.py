"""The statements inside DO blocks and functions.

PostgreSQL's PL/pgSQL parser refuses a sixth of the bodies found in real migrations, so a body is cut by its
tokens: control structure is peeled off, and what begins with an SQL command word is read as SQL.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pglast import parser

from idxlint.model import NameGuard, Span
from idxlint.sql.meaning import name_guard
from idxlint.sql.meaning.describe import describe
from idxlint.sql.meaning.execute import Built, resolve
from idxlint.sql.meaning.matter import INDEX_WORK
from idxlint.sql.meaning.operations import BuildIndex, DropInvalid, Operation, Unresolved, Where
from idxlint.sql.meaning.step import Common, Placeholders, Step
from idxlint.sql.meaning.tree import Node, kind, text
from idxlint.sql.text import Statement, Token, tokens

_TABLE_WORK = re.compile(r"\b(?:table|materialized\s+view)\b", re.IGNORECASE)
_COMMANDS = frozenset(("CREATE", "DROP", "ALTER", "REINDEX", "VACUUM", "REFRESH", "SET", "RESET"))
_UNTIL = {
    "IF": "THEN",
    "ELSIF": "THEN",
    "ELSEIF": "THEN",
    "WHEN": "THEN",
    "CASE": "THEN",
    "EXCEPTION": "THEN",
}
_CALLS = frozenset(("PERFORM", "SELECT"))
_LOOPS = {"FOR": "LOOP", "FOREACH": "LOOP", "WHILE": "LOOP"}


def read(statement: Statement, placeholders: Placeholders) -> Step:
    """A DO block or a CREATE FUNCTION with the statements in its body."""
    routine = routine_of(statement.sql)
    return _with_body(statement, placeholders, *routine) if routine else Step(statement, ())


def routine_of(sql: str) -> tuple[Where, str, int] | None:
    """Where the body would run, its language, and the code point at which its literal begins."""
    name, node = kind(json.loads(parser.parse_sql_json(sql))["stmts"][0]["stmt"])
    options: list[Node] = [
        option["DefElem"] for option in node.get("args" if name == "DoStmt" else "options", ())
    ]
    by_name = {option["defname"]: option for option in options if "defname" in option}
    if "as" not in by_name:
        return None
    language = text(by_name["language"]["arg"]).lower() if "language" in by_name else "plpgsql"
    location = len(sql.encode()[: by_name["as"]["arg_location"]].decode("utf-8", "ignore"))
    return (Where.DO if name == "DoStmt" else Where.FUNCTION), language, location


def _with_body(
    statement: Statement, placeholders: Placeholders, where: Where, language: str, location: int
) -> Step:
    token = next((token for token in tokens(statement.sql) if token.start >= location), None)
    if token is None or token.kind != "SCONST":
        return Step(statement, (), where=where)
    body = Built.of_literal(statement, token)
    if language == "sql":
        steps = tuple(_sql(body, placeholders, {"where": where}))
    elif language == "plpgsql":
        steps = tuple(_plpgsql(body, placeholders, where))
    else:
        steps = (_unresolved(body, f"this {language} body", where),) if INDEX_WORK.search(body.sql) else ()
    guard: tuple[Operation, ...] = ()
    if where is Where.DO and "indisvalid" in body.sql and re.search(r"drop\s+index", body.sql, re.IGNORECASE):
        guard = (DropInvalid(),)
    return Step(statement, guard, steps, where)


def _sql(body: Built, placeholders: Placeholders, common: Common) -> Iterator[Step]:
    """The statements of a text that is SQL from end to end."""
    known = {**placeholders, **body.placeholders}
    try:
        slices = parser.split(body.sql, only_slices=True)
        for piece in slices:
            part = body.part(piece.start, piece.stop)
            yield Step(part, describe(part.sql, known, common), where=common["where"])
    except parser.ParseError:
        if INDEX_WORK.search(body.sql):
            yield _unresolved(body, "this string", common["where"])


def _unresolved(body: Built, what: str, where: Where) -> Step:
    whole = body.part(0, len(body.sql))
    operation = Unresolved(what=what, length=len(body.sql), where=where)
    return Step(whole, (operation,), where=where)


def _plpgsql(body: Built, placeholders: Placeholders, where: Where) -> Iterator[Step]:
    row = tokens(body.sql)
    if not row:
        if INDEX_WORK.search(body.sql):
            yield _unresolved(body, "this body", where)
        return
    words = [token.word for token in row]
    guarded = ("EXCEPTION", "WHEN") in pairwise(words)
    executed = executed_names(words)
    level = 0
    for segment in segments(row):
        rest, level = peel(segment, level)
        if not rest:
            continue
        common = {"where": where, "sure": level == 0 and not guarded}
        if rest[0].word in _COMMANDS:
            piece = body.part(rest[0].start, rest[-1].end)
            yield from _sql(Built.of_statement(piece), placeholders, common)
        elif rest[0].word in _CALLS and where is Where.DO:
            yield from _by_dblink(body, rest, placeholders, level)
        elif (expression := executed_expression(rest, executed)) is not None:
            yield from _execute(body, expression, placeholders, common)


def _by_dblink(body: Built, call: list[Token], placeholders: Placeholders, level: int) -> Iterator[Step]:
    """A concurrent build that dblink sends in a session of its own, behind a test for the name."""
    literals = [token for token in call if token.kind == "SCONST"]
    if not literals or not any(token.word.startswith("DBLINK") for token in call):
        return
    built = Built.of_literal(body.part(0, len(body.sql)), literals[-1])
    guard = name_guard.in_body(body.sql, call[0].start, body.start, nested=level > 0)
    if guard is None or not INDEX_WORK.search(built.sql):
        return
    for step in _sql(built, placeholders, {"where": Where.DBLINK, "sure": False}):
        if any(isinstance(made, BuildIndex) and made.concurrently for made in step.operations):
            yield replace(step, guard=guard)


def generated(query: Statement, placeholders: Placeholders) -> tuple[Step, ...]:
    r"""The statements of a query that returns one constant, for `\gexec` to send; none of another query."""
    row = tokens(query.sql)
    constant = len(row) > 1 and row[0].word == "SELECT" and row[1].kind == "SCONST"
    if not constant or (len(row) > 2 and row[2].word != "WHERE"):
        return ()
    test = query.sql[row[2].start :] if len(row) > 2 else ""
    guard = None
    if name_guard.asks_for_name(test) and name_guard.is_of_missing(test):
        guard = NameGuard(Span(query.start + row[2].start, query.end), "the WHERE", test)
    steps = _sql(Built.of_literal(query, row[1]), placeholders, {"where": Where.TOP, "sure": not test})
    # A fix would have to write inside the literal, and psql sends all of that as one message.
    return tuple(
        replace(step, guard=guard, statement=replace(step.statement, verbatim=False)) for step in steps
    )


def segments(row: Sequence[Token]) -> Iterator[list[Token]]:
    """The tokens between semicolons, those inside parentheses left together."""
    depth, segment = 0, list[Token]()
    for token in row:
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if token.word == ";" and depth <= 0:
            depth = 0
            yield segment
            segment = []
        else:
            segment.append(token)
    yield segment


def peel(segment: list[Token], level: int) -> tuple[list[Token], int]:
    """The segment without leading control structure, and how deep in IF, CASE and LOOP it stands."""
    while segment:
        word = segment[0].word
        until = _UNTIL.get(word) or _LOOPS.get(word)
        if word == "END":
            closes = len(segment) > 1 and segment[1].word in ("IF", "LOOP", "CASE")
            return [], max(0, level - closes)
        if word in ("BEGIN", "DECLARE", "ELSE"):
            segment = segment[1:]
        elif word == "LOOP":
            segment, level = segment[1:], level + 1
        elif word == "<<":
            segment = segment[3:]
        elif until:
            at = _outside(segment, until)
            if at is None:
                return [], level
            level += word in ("IF", "CASE")
            segment = segment[at + (until == "THEN") :]
        else:
            break
    return segment, level


def _outside(segment: Sequence[Token], word: str) -> int | None:
    """Where a word stands outside parentheses and CASE expressions."""
    depth = 0
    for at, token in enumerate(segment):
        if token.word == "(" or (token.word == "CASE" and at):
            depth += 1
        elif token.word == ")" or (token.word == "END" and depth):
            depth -= 1
        elif token.word == word and depth == 0:
            return at
    return None


def executed_names(words: Sequence[str]) -> frozenset[str]:
    """What each EXECUTE of a body executes: the words outside of parentheses, and the pattern of a format()."""
    names: set[str] = set()
    inside, depth, before = False, 0, ""
    for word in words:
        if word == "EXECUTE":
            inside, depth = True, 0
        elif word in (";", "INTO", "USING"):
            inside = False
        depth += {"(": 1, ")": -1}.get(word, 0)
        if inside and (depth == 0 or before == "("):
            names.add(word)
        before = word
    return frozenset(names)


def executed_expression(segment: list[Token], executed: frozenset[str]) -> list[Token] | None:
    """The string that a segment executes, or assigns in a body that executes strings."""
    if segment[0].word == "EXECUTE":
        end = next(
            (at for word in ("USING", "INTO") if (at := _outside(segment, word)) is not None), len(segment)
        )
        return segment[1:end]
    assigned = next((at for at, token in enumerate(segment[:8]) if token.word in (":=", "=")), None)
    if not executed or assigned is None:
        return None
    expression = segment[assigned + 1 :]
    # What a function such as a log gets is no string to execute, unless its result is.
    logs = len(expression) > 1 and expression[1].word in ("(", ".") and expression[0].word != "FORMAT"
    return None if logs and not executed & {token.word for token in segment[:assigned]} else expression


def _execute(
    body: Built, expression: list[Token], placeholders: Placeholders, common: Common
) -> Iterator[Step]:
    written = body.sql[expression[0].start : expression[-1].end] if expression else ""
    of_index = INDEX_WORK.search(written)
    if not of_index and not _TABLE_WORK.search(written):
        return
    built = resolve(body, expression)
    if built is not None:
        yield from _sql(built, placeholders, common)
    elif of_index:
        span = body.part(expression[0].start, expression[-1].end)
        yield _unresolved(Built.of_statement(span), "this string", common["where"])
