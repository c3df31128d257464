"""SQL inside Python: constant strings and places, read off the syntax tree; nothing is imported or executed."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from itertools import count
from string import Formatter

from idxlint.model import Piece, Source, Span, UnreadError
from idxlint.runners.shared.lines import lines

Names = Mapping[str, ast.expr]
"""What is known of the names of a program: the expressions that they stand for."""

_WRAPPERS = frozenset(("text", "DDL", "literal_column", "dedent", "cleandoc", "SQL", "str", "f", "conv"))
_WRAPPERS_METHODS = frozenset(("bindparams", "execution_options", "columns"))
_STRIPS = frozenset(("strip", "lstrip", "rstrip"))


class Host:
    """A Python file: its tree, and where its nodes stand in code points."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
        self._lines = [line.start for line in lines(source.text)] or [0]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.tree = ast.parse(source.text)
        except SyntaxError as error:
            line = f"line {error.lineno}: " if error.lineno else ""
            raise UnreadError(source.path, f"{line}not Python: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise UnreadError(source.path, f"not Python: {str(error) or 'nested too deeply'}") from None

    def span(self, node: ast.expr | ast.stmt) -> Span:
        """The place of a node."""
        return Span(
            self._place(node.lineno, node.col_offset),
            self._place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset),
        )

    def _place(self, line: int, column: int) -> int:
        """The code point of a line and a column in UTF-8 bytes."""
        start = self._lines[line - 1]
        stop = self._lines[line] if line < len(self._lines) else len(self.text)
        said = self.text[start:stop]
        return start + (column if said.isascii() else len(said.encode()[:column].decode("utf-8", "ignore")))

    def written(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def piece(self, node: ast.expr, names: Names) -> Piece | None:
        """The SQL that an expression stands for, at the literal that says it letter by letter if there is one."""
        sql = string(node, names)
        if sql is None:
            return None
        literal = _literal(node, names)
        span = self.span(literal)
        quotes = re.match(r"[A-Za-z]*('''|\"\"\"|'|\")", self.text[span.start : span.end])
        if quotes and isinstance(literal, ast.Constant | ast.JoinedStr):
            inner = Span(span.start + quotes.end(), span.end - len(quotes[1]))
            if self.text[inner.start : inner.end] == sql:
                return Piece(inner, sql, verbatim=True)
        return Piece(self.span(node), sql)


def resolved(node: ast.expr, names: Names) -> ast.expr:
    """The expression that a name stands for."""
    while isinstance(node, ast.Name) and node.id in names:
        node = names[node.id]
    return node


def string(node: ast.expr, names: Names) -> str | None:
    """The text of an expression, `{name}` where a part is only known when it runs; None where all of it is."""
    node = resolved(node, names)
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_part(part, names) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            before, after = string(left, names), string(right, names)
            if before is None and after is None:
                return None
            return (before or placeholder(left)) + (after or placeholder(right))
        case ast.BinOp(left=left, op=ast.Mod(), right=right) if (pattern := string(left, names)) is not None:
            return _percent(pattern, right, names)
        case ast.Call():
            return _call(node, names)
    return None


def word(node: ast.expr, names: Names) -> str:
    """The text of an expression, a placeholder where it is not known."""
    expression = resolved(node, names)
    if isinstance(expression, ast.Constant) and not isinstance(expression.value, bytes | None):
        return str(expression.value)
    text = string(expression, names)
    return placeholder(node) if text is None else text


def placeholder(node: ast.expr) -> str:
    """What stands for an expression that is only known when it runs."""
    name = re.sub(r"\W+", "_", ast.unparse(node), flags=re.ASCII).strip("_")[:60]
    return f"{{{name}}}" if name[:1].isalpha() else f"{{_{name}}}"


def elements(node: ast.expr, names: Names) -> list[ast.expr] | None:
    """The elements of a list, a tuple or a set that is written out."""
    node = resolved(node, names)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return None if any(isinstance(element, ast.Starred) for element in node.elts) else node.elts
    return None


def called(node: ast.expr) -> str:
    """The last part of the name that is called: execute for op.execute(…)."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return name
    return ""


def _part(part: ast.expr, names: Names) -> str:
    if isinstance(part, ast.FormattedValue):
        return word(part.value, names)
    return string(part, names) or ""


def _call(node: ast.Call, names: Names) -> str | None:
    name = called(node)
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in _WRAPPERS and node.args:
        return string(node.args[0], names)
    if owner is None or (text := string(owner, names)) is None:
        return None
    if name in _WRAPPERS_METHODS:
        return text
    if name in _STRIPS and not node.args:
        return str(getattr(text, name)())
    if name == "join" and node.args and (parts := elements(node.args[0], names)) is not None:
        return text.join(word(part, names) for part in parts)
    if name == "format":
        return _format(text, node, names)
    return None


def _format(pattern: str, node: ast.Call, names: Names) -> str:
    given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    given.update((str(at), value) for at, value in enumerate(node.args))
    parts: list[str] = []
    unnamed = count()
    try:
        for literal, field, _, _ in Formatter().parse(pattern):
            parts.append(literal)
            if field is not None:
                key = field or str(next(unnamed))
                parts.append(word(given[key], names) if key in given else f"{{{field}}}")
    except ValueError:
        return pattern
    return "".join(parts)


def _percent(pattern: str, right: ast.expr, names: Names) -> str:
    """The text of `pattern % right`."""
    values = resolved(right, names)
    named: dict[str, ast.expr] = {}
    if isinstance(values, ast.Dict):
        pairs = zip(values.keys, values.values, strict=True)
        named = {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
    row: Iterator[ast.expr] = iter(elements(values, names) or ([] if named else [values]))

    def replacement(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        value = named.get(match[1]) if match[1] else next(row, None)
        return word(value, names) if value is not None else match[0]

    return re.sub(r"%(?:\((\w+)\))?[sdr]|%%", replacement, pattern)


def _literal(node: ast.expr, names: Names) -> ast.expr:
    """The literal inside calls and names that add nothing to it."""
    while True:
        node = resolved(node, names)
        match node:
            case ast.Call(args=[first, *_]) if called(node) in _WRAPPERS:
                node = first
            case ast.Call(func=ast.Attribute(value=owner)) if called(node) in _WRAPPERS_METHODS:
                node = owner
            case _:
                return node
