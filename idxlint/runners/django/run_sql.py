"""SQL that a Django migration says itself, and what takes its operations back."""

import ast
import re
from collections.abc import Iterator

from idxlint.model import Piece
from idxlint.runners.django import schema_editor as sql
from idxlint.runners.django.django_models import named, operation, parts
from idxlint.runners.django.migration_class import MigrationCode
from idxlint.runners.django.run_python import NumberedPiece, run_python
from idxlint.runners.python.host import called


def reverse(code: MigrationCode, operations: ast.expr | None, *, wrapped: bool) -> list[NumberedPiece]:
    """What takes the operations back, as far as they say it themselves, the last first.

    wrapped: in a transaction AddIndexConcurrently never gets as far as to be taken back
    """
    sent: list[NumberedPiece] = []
    for call in map(code.behind, reversed(list(code.elements(operations)))):
        name = operation(call)
        said = parts(call) if name else {}
        if name == "SeparateDatabaseAndState":
            sent += reverse(code, said.get("database_operations"), wrapped=wrapped)
        elif name == "RunSQL":
            sent += ((0, piece) for piece in run_sql(code, said.get("reverse_sql")))
        elif called(call) == "RunPython":
            sent += run_python(code, call, "reverse_code")
        elif name == "AddIndexConcurrently" and "index" in said and not wrapped:
            index = named(code, said["index"]) or "unknown"
            sent.append((0, Piece(code.span(call), sql.drop_index(index, concurrently=True))))
    return sent


def run_sql(code: MigrationCode, node: ast.expr | None) -> Iterator[Piece]:
    """A string is one message, and each element of a list (RunSQL._run_sql)."""
    if node is None or code.written(node).endswith(".noop"):
        return
    given = code.behind(node)
    if not isinstance(given, ast.List | ast.Tuple):
        yield from _text(code, given)
        return
    for element in map(code.behind, code.elements(given)):
        if isinstance(element, ast.List | ast.Tuple):  # with its parameters
            yield from _text(code, element.elts[0]) if element.elts else ()
        else:
            yield from _text(code, element)


def _text(code: MigrationCode, node: ast.expr) -> Iterator[Piece]:
    if isinstance(node, ast.Constant) and node.value is None:
        return
    piece = code.piece(node, code.names)
    if piece and not re.fullmatch(r"\s*\{\w*\}\s*;?\s*", piece.sql):
        yield piece
    elif "index" in code.written(node).lower():
        yield Piece(code.span(node), "", unresolved="this SQL")
