"""A Django migration as a syntax tree: its class, and what stands in it as constants."""

import ast
from collections.abc import Iterator, Sequence

from idxlint.model import Source
from idxlint.runners.python.host import Host, called, resolved, string

Constant = str | int | float | bool | None | tuple["Constant", ...]
_LISTS = frozenset(("set", "frozenset", "tuple", "list"))


class NotConstant(Exception):
    """A value that is only known when the code runs."""


class MigrationCode(Host):
    """A migration file. Raises UnreadError for what is not Python."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        classes = (node for node in self.tree.body if isinstance(node, ast.ClassDef))
        self.migration = next(
            (definition for definition in classes if definition.name == "Migration" and definition.bases),
            None,
        )
        inner = self.migration.body if self.migration else []
        self.names = _constants([*self.tree.body, *inner])

    def behind(self, node: ast.expr) -> ast.expr:
        """What a name stands for, where the file says it once and plainly."""
        return resolved(node, self.names)

    def constant(self, node: ast.expr | None) -> Constant:
        """The value of a constant expression, lists and sets as tuples."""
        if node is None:
            return None
        node = self.behind(node)
        match node:
            case ast.Constant(value=str() | int() | float() | None as value):
                return value
            case ast.List() | ast.Tuple() | ast.Set():
                return tuple(self.constant(element) for element in node.elts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.constant(operand)
        text = string(node, self.names)
        if text is None:
            raise NotConstant
        return text

    def string(self, node: ast.expr | None) -> str | None:
        """A constant string, or none."""
        return string(node, self.names) if node is not None else None

    def strings(self, node: ast.expr | None) -> tuple[str, ...]:
        """The constant strings of a list; what is unknown in it is left out."""
        return tuple(value for part in self.elements(node) if (value := self.string(part)) is not None)

    def elements(self, node: ast.expr | None) -> Iterator[ast.expr]:
        """The elements of a list expression; a part that is no list is given as it is."""
        node = self.behind(node) if node is not None else None
        match node:
            case None | ast.Constant(value=None):
                return
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                for part in parts:
                    if isinstance(part, ast.Starred):
                        yield from self.elements(part.value)
                    else:
                        yield part
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self.elements(left)
                yield from self.elements(right)
            case ast.Call(args=parts) if called(node) in _LISTS:
                for part in parts[:1]:
                    yield from self.elements(part)
            case _:
                yield node


def _constants(body: Sequence[ast.stmt]) -> dict[str, ast.expr]:
    """The names that are assigned once, from what stands before them, so that none leads back to itself."""
    assigned: dict[str, ast.expr] = {}
    twice: set[str] = set()
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.AugAssign(target=ast.Name(id=name)):
                twice.add(name)
                continue
            case _:
                continue
        if name in assigned:
            twice.add(name)
        assigned.setdefault(name, value)
    order = {name: at for at, name in enumerate(assigned)}
    return {
        name: value
        for name, value in assigned.items()
        if name not in twice
        and all(
            order.get(reference.id, -1) < order[name]
            for reference in ast.walk(value)
            if isinstance(reference, ast.Name)
        )
    }


def arguments(call: ast.Call, positions: tuple[str, ...] = ()) -> dict[str, ast.expr]:
    """The arguments of a call by name."""
    named = dict(zip(positions, call.args, strict=False))
    return {**named, **{word.arg: word.value for word in call.keywords if word.arg}}
