"""Conditions of a Python program that ask for an index by its name alone."""

import ast
import re
from collections.abc import Mapping

from idxlint.model import NameGuard
from idxlint.runners.python.host import Host, called, string
from idxlint.sql.meaning.name_guard import asks, asks_for_name, is_of_missing

_INSPECTS = re.compile(r"\b(?:get_indexes|has_index|get_multi_indexes|get_constraints)\b")
_NOTHING = (None, 0, False, "")
_MOST = 8
"""How many answers and functions are looked into behind one test."""

Functions = Mapping[str, ast.FunctionDef | ast.AsyncFunctionDef]


class NameGuards:
    """What a function has asked about indexes so far, by the names that hold the answers."""

    def __init__(self, host: Host, functions: Functions) -> None:
        self._host, self._functions = host, functions
        self._answers: dict[str, ast.expr] = {}
        self._any = _INSPECTS.search(host.text) is not None or asks(host.text)

    def remember(self, name: str, value: ast.expr, names: Mapping[str, ast.expr]) -> None:
        """A name is bound to an expression, or a cursor has executed one."""
        if self._asks(value, names):
            self._answers[name] = value
        elif name in self._answers:
            del self._answers[name]

    def executed(self, owner: ast.expr, query: ast.expr, names: Mapping[str, ast.expr]) -> None:
        """A cursor has the answer to the last query that it executed."""
        if isinstance(owner, ast.Name):
            self.remember(owner.id, query, names)

    def holds(self, test: ast.expr, names: Mapping[str, ast.expr]) -> bool | None:
        """Whether a test holds where the index is there (True) or missing (False); None for another test."""
        if not self._asks(test, names):
            return None
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return _inverted(self.holds(inner, names))
            case ast.BoolOp(values=values):
                answers = (self.holds(value, names) for value in values)
                return next((answer for answer in answers if answer is not None), None)
            case ast.Compare(ops=[ast.NotIn()]):
                return False
            case ast.Compare(ops=[ast.In()]):
                return True
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                nothing = isinstance(right, ast.Constant) and right.value in _NOTHING
                equal = isinstance(operator, ast.Is | ast.Eq | ast.LtE)
                less = isinstance(operator, ast.Lt)
                holds = self.holds(left, names)
                return _inverted(holds) if less or (equal and nothing) else holds
            case ast.Name(id=name) if name in self._answers:
                return self.holds(self._answers[name], names)
            case ast.NamedExpr(value=value):
                return self.holds(value, names)
        return not is_of_missing(self._said(test, names))

    def guard(self, test: ast.expr, names: Mapping[str, ast.expr]) -> NameGuard:
        """The test as what decides whether SQL is sent."""
        return NameGuard(self._host.span(test), "the test", self._said(test, names))

    def _asks(self, node: ast.expr, names: Mapping[str, ast.expr]) -> bool:
        if not self._any:
            return False
        said = self._said(node, names)
        return (_INSPECTS.search(said) is not None or asks_for_name(said)) and "indisvalid" not in said

    def _said(self, node: ast.AST, names: Mapping[str, ast.expr]) -> str:
        """The text of an expression, with what its names hold and its functions say."""
        parts: list[str] = []
        waiting: list[ast.AST] = [node]
        for said in waiting:  # which grows
            parts.append(ast.unparse(said))
            for inner in ast.walk(said):
                more: ast.AST | None = None
                if isinstance(inner, ast.Name):
                    more = self._answers.get(inner.id)
                    parts.append("" if more else string(inner, names) or "")
                elif isinstance(inner, ast.Call):
                    more = self._functions.get(called(inner))
                if more is not None and more not in waiting and len(waiting) < _MOST:
                    waiting.append(more)
        return "\n".join(parts)


def _inverted(holds: bool | None) -> bool | None:
    return None if holds is None else not holds
