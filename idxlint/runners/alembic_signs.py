"""Signs in a revision that it leaves the transaction, or is for another database."""

import ast
import re

from idxlint.model import Piece
from idxlint.runners.python_host import elements

_DATABASES = frozenset(
    ("sqlite", "mysql", "mariadb", "mssql", "oracle", "cockroachdb", "snowflake", "duckdb")
)
_POSTGRES = frozenset(("postgresql", "postgres"))


def unescaped(piece: Piece) -> Piece:
    """A colon behind a backslash is a plain one to sqlalchemy.text."""
    return Piece(piece.span, piece.sql.replace("\\:", ":"))


def ends_transaction(sql: str) -> bool:
    """Whether the last statement of a text ends a transaction."""
    pattern = r"(?:^|;)\s*(?:commit|end|rollback|abort)(?:\s+(?:work|transaction))?\s*;?\s*\Z"
    return re.search(pattern, sql, re.IGNORECASE) is not None


def autocommits(node: ast.expr) -> bool:
    """Whether an expression makes a connection that opens no transactions."""
    return any(isinstance(one, ast.Constant) and one.value == "AUTOCOMMIT" for one in ast.walk(node))


def is_autocommit(node: ast.expr) -> bool:
    """Whether an isolation level means that no transactions are opened."""
    match node:
        case ast.Constant(value=0 | "AUTOCOMMIT"):
            return True
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.endswith("AUTOCOMMIT")
    return False


def on_postgres(test: ast.expr) -> bool | None:
    """Whether a test for the database holds on PostgreSQL; None for another test."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            found = on_postgres(inner)
            return None if found is None else not found
        case ast.Compare(ops=[operator], comparators=[right]):
            one = elements(right, {}) or [right]
            values = {value.value for value in one if isinstance(value, ast.Constant)}
            if not values or not values <= _DATABASES | _POSTGRES:
                return None
            holds = bool(values & _POSTGRES)
            return holds if isinstance(operator, ast.Eq | ast.In) else not holds
    return None
