"""Which way a Python program goes on PostgreSQL, and what it leaves out."""

import ast
from typing import TypeGuard

from idxlint.runners.python.host import elements

_DATABASES = frozenset(
    ("sqlite", "mysql", "mariadb", "mssql", "oracle", "cockroachdb", "snowflake", "duckdb")
)
_POSTGRES = frozenset(("postgresql", "postgres"))


def passes_over(node: ast.stmt) -> TypeGuard[ast.If]:
    """Whether a condition leaves out what follows."""
    return isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return | ast.Continue)


def leaves(node: ast.stmt) -> bool:
    """Whether what follows is never reached on PostgreSQL."""
    match node:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(test=test, body=body, orelse=orelse):
            wanted = on_postgres(test)
            taken = [] if wanted is None else body if wanted else orelse
            return any(leaves(inner) for inner in taken)
    return False


def on_postgres(test: ast.expr) -> bool | None:
    """Whether a test for the database holds on PostgreSQL; None for another test."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            holds = on_postgres(inner)
            return None if holds is None else not holds
        case ast.Compare(ops=[operator], comparators=[right]):
            operands = elements(right, {}) or [right]
            values = {value.value for value in operands if isinstance(value, ast.Constant)}
            if not values or not values <= _DATABASES | _POSTGRES:
                return None
            holds = bool(values & _POSTGRES)
            return holds if isinstance(operator, ast.Eq | ast.In) else not holds
    return None
