"""Signs in a revision that it leaves the transaction."""

import ast
import re

from idxlint.model import Piece


def unescaped(piece: Piece) -> Piece:
    """A colon behind a backslash is a plain one to sqlalchemy.text."""
    return Piece(piece.span, piece.sql.replace("\\:", ":"))


def ends_transaction(sql: str) -> bool:
    """Whether the last statement of a text ends a transaction."""
    pattern = r"(?:^|;)\s*(?:commit|end|rollback|abort)(?:\s+(?:work|transaction))?\s*;?\s*\Z"
    return re.search(pattern, sql, re.IGNORECASE) is not None


def autocommits(node: ast.expr) -> bool:
    """Whether an expression makes a connection that opens no transactions."""
    return any(isinstance(inner, ast.Constant) and inner.value == "AUTOCOMMIT" for inner in ast.walk(node))


def is_autocommit(node: ast.expr) -> bool:
    """Whether an isolation level means that no transactions are opened."""
    match node:
        case ast.Constant(value=0 | "AUTOCOMMIT"):
            return True
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.endswith("AUTOCOMMIT")
    return False
