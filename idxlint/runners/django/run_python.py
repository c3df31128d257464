"""SQL that the functions send which a Django migration hands to RunPython, in their own order."""

import ast
from collections.abc import Iterator
from itertools import chain

from idxlint.model import Piece
from idxlint.runners.django.migration_class import MigrationCode, NotConstant, arguments
from idxlint.runners.python.host import called
from idxlint.runners.python.walk import Function, Passage, Walk

NumberedPiece = tuple[int, Piece]
"""What is sent, and the number of the transaction of its own that it runs in; 0 for the migration's."""


class _Called(Walk):
    """A function; what stands in transaction.atomic() is a part of its own."""

    def _call(self, node: ast.Call) -> bool:
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("add_index", "remove_index"):
            self._emit(self._unknown(node, f"what {node.func.attr} is called for"))
            return True
        return super()._call(node)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        atomic = any(called(item.context_expr) == "atomic" for item in node.items)
        if atomic:
            self._parts.append(Passage(directive=self._host.span(node.items[0].context_expr)))
        super()._with(node)
        if atomic:
            self._parts.append(Passage())


def run_python(code: MigrationCode, call: ast.expr, word: str = "code") -> Iterator[NumberedPiece]:
    """What the function of a RunPython sends; it is in a file of the project, or nothing is known of it.

    word: `code`, or `reverse_code` for the way back. Only `atomic=True` opens a transaction where the migration
    has none (django/db/migrations/migration.py).
    """
    if not isinstance(call, ast.Call):
        return
    said = arguments(call, ("code", "reverse_code", "atomic"))
    function = _function(code, said.get(word))
    if function is None:
        return
    own = code.span(call).start + 1 if _atomic(code, said.get("atomic"), function) else 0
    for part in _Called(code).run(function):
        number = own or (part.directive.start + 1 if part.directive else 0)
        yield from ((number, piece) for piece in part.pieces)


def _function(code: MigrationCode, node: ast.expr | None) -> Function | ast.Lambda | None:
    match node:
        case ast.Lambda():
            return node
        case ast.Call(args=[inner, *_]) if called(node) == "partial":
            return _function(code, inner)
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="Migration"), attr=name):
            body = chain(code.tree.body, code.migration.body if code.migration else ())
            return next(
                (function for function in body if isinstance(function, Function) and function.name == name),
                None,
            )
    return None


def _atomic(code: MigrationCode, node: ast.expr | None, function: Function | ast.Lambda) -> bool:
    """Whether a transaction is opened for it: by RunPython, or by a decorator."""
    decorators = [] if isinstance(function, ast.Lambda) else function.decorator_list
    if any(code.written(decorator).split("(")[0].endswith("atomic") for decorator in decorators):
        return True
    try:
        return bool(code.constant(node))
    except NotConstant:
        return False
