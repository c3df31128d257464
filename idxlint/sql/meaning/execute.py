"""Strings that a body executes: literals, format() and concatenations, as far as they are constant.

What is not constant becomes a name of its own, so that `format('CREATE INDEX ON %I (a)', part)` is still
known to be an index build on some table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field

from idxlint.model import value
from idxlint.sql.text import Statement, Token

_DOLLAR = re.compile(r"\$[^$]*\$")
_QUOTED = re.compile(r"(?:[eE]|[uU]&)?'")
_SPEC = re.compile(r"%(?:(\d+)\$)?-?\d*([sIL%])")


@value
class Built:
    """SQL found inside a statement.

    start, end: where it stands in the file; verbatim: its places are places in the file
    placeholders: names that stand for what is not constant, and what was written there
    """

    sql: str
    start: int
    end: int
    verbatim: bool = True
    placeholders: Mapping[str, str] = field(default_factory=dict)

    def part(self, start: int, end: int) -> Statement:
        """A piece of it as a statement of the file."""
        if self.verbatim:
            return Statement(self.start + start, self.start + end, self.sql[start:end])
        return Statement(self.start, self.end, self.sql[start:end], verbatim=False)

    @classmethod
    def of_statement(cls, statement: Statement) -> "Built":
        """A whole statement."""
        return cls(statement.sql, statement.start, statement.end, statement.verbatim)

    @classmethod
    def of_literal(cls, statement: Statement, token: Token) -> "Built":
        """The text that a string literal of the statement stands for."""
        raw = statement.sql[token.start : token.end]
        value, inset, exact = _unquote(raw)
        if statement.verbatim and exact:
            start = statement.start + token.start + inset
            return cls(value, start, start + len(value))
        if statement.verbatim:
            return cls(value, statement.start + token.start, statement.start + token.end, verbatim=False)
        return cls(value, statement.start, statement.end, verbatim=False)


def _unquote(raw: str) -> tuple[str, int, bool]:
    """A literal's value, how far inside it begins, and whether it stands there letter by letter."""
    if tag := _DOLLAR.match(raw):
        return raw[tag.end() : -len(tag[0])], tag.end(), True
    opening = _QUOTED.match(raw)
    inset = opening.end() if opening else 1
    inner = raw[inset:-1]
    if "''" not in inner and (inset == 1 or "\\" not in inner):
        return inner, inset, True
    value = inner.replace("''", "'")
    return (value.replace("\\'", "'").replace("\\n", "\n") if inset > 1 else value), inset, False


def resolve(body: Built, expression: Sequence[Token]) -> Built | None:
    """The SQL that an expression makes, with names for what is not constant; None where that cannot be said."""
    expression = _unwrapped(expression)
    whole = body.part(0, len(body.sql))
    if len(expression) == 1 and expression[0].kind == "SCONST":
        return Built.of_literal(whole, expression[0])
    stand_ins: dict[str, str] = {}
    parts = [_operand(whole, operand, stand_ins) for operand in _operands(expression)]
    literal = next((token for token in expression if token.kind == "SCONST"), None)
    if literal is None or any(part is None for part in parts):
        return None
    at = Built.of_literal(whole, literal)
    sql = "".join(part for part in parts if part is not None)
    return Built(sql, at.start, at.end, verbatim=False, placeholders=stand_ins)


def _unwrapped(expression: Sequence[Token]) -> Sequence[Token]:
    while len(expression) > 2 and expression[0].word == "(" and expression[-1].word == ")":
        depth = 0
        for at, token in enumerate(expression):
            depth += {"(": 1, ")": -1}.get(token.word, 0)
            if depth == 0 and at < len(expression) - 1:
                return expression
        expression = expression[1:-1]
    return expression


def _operands(expression: Sequence[Token]) -> list[list[Token]]:
    """What stands between the || of a concatenation."""
    return _split(expression, "||")


def _split(row: Sequence[Token], separator: str) -> list[list[Token]]:
    depth, parts = 0, [list[Token]()]
    for token in row:
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if token.word == separator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _operand(whole: Statement, operand: list[Token], stand_ins: dict[str, str]) -> str | None:
    if not operand:
        return None
    if len(operand) == 1 and operand[0].kind == "SCONST":
        return Built.of_literal(whole, operand[0]).sql
    if operand[0].word == "FORMAT" and len(operand) > 3 and operand[2].kind == "SCONST":
        return _format(whole, operand, stand_ins)
    if any(token.kind == "SCONST" for token in operand):
        return None  # replace(), concat(), a query: a piece of the text goes through something we do not know
    return _stand_in(_written(whole, operand), stand_ins)


def _format(whole: Statement, operand: list[Token], stand_ins: dict[str, str]) -> str | None:
    """What format() makes of a constant pattern (String Functions, "format")."""
    pattern, *arguments = _split(operand[2:-1], ",")
    if len(pattern) != 1:
        return None
    count = 0

    def substitute(spec: re.Match[str]) -> str:
        nonlocal count
        if spec[2] == "%":
            return "%"
        count = int(spec[1]) if spec[1] else count + 1
        written = (
            _written(whole, arguments[count - 1]) if 0 < count <= len(arguments) else f"argument {count}"
        )
        name = _stand_in(written, stand_ins)
        return f"'{name}'" if spec[2] == "L" else name

    return _SPEC.sub(substitute, Built.of_literal(whole, pattern[0]).sql)


def _written(whole: Statement, row: list[Token]) -> str:
    return whole.sql[row[0].start : row[-1].end] if row else "nothing"


def _stand_in(written: str, stand_ins: dict[str, str]) -> str:
    """A name for a piece that is only known when the body runs; the same piece gets the same name."""
    name = "_" + re.sub(r"\W", "_", written.lower())[:40] + "_"
    stand_ins[name] = "{" + written + "}"
    return name
