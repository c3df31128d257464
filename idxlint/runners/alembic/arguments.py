"""What is written between the parentheses of a call, in the words of SQL as SQLAlchemy would say it."""

import ast
from collections.abc import Sequence

from idxlint.runners.python.host import Names, called, elements, placeholder, resolved, string, word
from idxlint.runners.shared.identifiers import dotted, ident

_RAW = ("text", "literal_column", "DDL")
_ORDERS = {
    "desc": "DESC", "asc": "ASC", "nullsfirst": "NULLS FIRST", "nulls_first": "NULLS FIRST",
    "nullslast": "NULLS LAST", "nulls_last": "NULLS LAST",
}  # fmt: skip


class UnknownCall(Exception):
    """A call whose meaning is only known when it runs."""


class Given:
    """The arguments of a call by the names of its parameters; the rest are those behind the last."""

    def __init__(self, call: ast.Call, names: Names, parameters: Sequence[str] = ()) -> None:
        self.names = names
        self.rest = call.args[len(parameters) :]
        self.open = any(keyword.arg is None for keyword in call.keywords)
        first = call.args[: len(parameters)]
        self.starred = any(isinstance(argument, ast.Starred) for argument in first)
        self._values = dict(zip(parameters, first, strict=False))
        for keyword in call.keywords:
            if keyword.arg:
                self._values[keyword.arg] = keyword.value

    def get(self, *keys: str) -> ast.expr | None:
        """The value of a parameter under one of its names; None also where it says None."""
        for key in keys:
            node = self._values.get(key)
            if node is not None:
                node = resolved(node, self.names)
                return None if isinstance(node, ast.Constant) and node.value is None else node
        return None

    def alias(self, old: str, new: str) -> None:
        """Take a parameter under its older name."""
        if old in self._values:
            self._values.setdefault(new, self._values[old])

    def borrow(self, other: "Given", *keys: str) -> None:
        """Take parameters from the call around this one."""
        for key_ in keys:
            if (node := other.get(key_)) is not None:
                self._values.setdefault(key_, node)

    def flag(self, key: str) -> bool:
        """The value of a switch, which has to be a constant."""
        node = self.get(key)
        if node is None:
            return False
        if not isinstance(node, ast.Constant):
            raise UnknownCall(key)
        return bool(node.value)

    def word(self, *keys: str) -> str | None:
        """A name or another text as it is; None where it is not given."""
        node = self.get(*keys)
        return None if node is None else word(node, self.names)

    def must(self, *keys: str) -> str:
        """A name that has to be there."""
        text = self.word(*keys)
        if text is None:
            raise UnknownCall(keys[0])
        return text

    def listed(self, *keys: str) -> list[ast.expr]:
        """The elements of a list; one that is only known when it runs is one element."""
        node = self.get(*keys)
        if node is None:
            return []
        nodes = elements(node, self.names)
        return [node] if nodes is None else nodes

    def relation(self, *keys: str, schema: str = "schema") -> str:
        """A table's name with its schema."""
        return dotted(self.word(schema), self.must(*keys))


def idents(nodes: Sequence[ast.expr], names: Names) -> str:
    """Names between commas."""
    return ", ".join(ident(word(node, names)) for node in nodes)


def expression(node: ast.expr, names: Names) -> str:
    """A condition or a default as SQL; a placeholder where it is built of objects."""
    text = string(node, names)
    return placeholder(node) if text is None else text


def key(node: ast.expr, names: Names) -> str:
    """One column or expression of an index."""
    node = resolved(node, names)
    name = called(node)
    if isinstance(node, ast.Call):
        if name in _RAW:
            return expression(node, names)
        if name in ("column", "Column") and node.args:
            return ident(word(node.args[0], names))
        if name in _ORDERS:
            inner = node.args[0] if node.args else getattr(node.func, "value", None)
            return f"{key(inner, names)} {_ORDERS[name]}" if inner else placeholder(node)
        match node.func:
            case ast.Attribute(value=ast.Name(id="func") | ast.Attribute(attr="func")):
                return f"{name}({', '.join(_argument(argument, names) for argument in node.args)})"
    match node:
        case ast.Attribute(value=ast.Attribute(attr="c"), attr=column):
            return ident(column)
    text = string(node, names)
    return placeholder(node) if text is None else ident(text)


def _argument(node: ast.expr, names: Names) -> str:
    """An argument of an SQL function: a plain string is a literal there."""
    node = resolved(node, names)
    if isinstance(node, ast.Constant):
        return "'" + node.value.replace("'", "''") + "'" if isinstance(node.value, str) else str(node.value)
    return key(node, names)
