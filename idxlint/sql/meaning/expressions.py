"""What an expression is made of, as PostgreSQL prints those of constraints and indexes."""

import json

from pglast import parser

from idxlint.model import record
from idxlint.sql.meaning.tree import constant, nodes, text


@record
class Parts:
    """columns: the last part of each name; constants: as text, in order; neither has anything twice."""

    columns: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()


def parts(expression: str) -> Parts:
    """The columns and constants of an expression; none of either where this parser cannot read it."""
    try:
        tree = json.loads(parser.parse_sql_json(f"SELECT ({expression})"))
    except parser.ParseError:
        return Parts()
    columns: dict[str, None] = {}
    constants: dict[str, None] = {}
    for node in nodes(tree["stmts"]):
        if "ColumnRef" in node and (name := text(node["ColumnRef"]["fields"][-1])):
            columns[name] = None
        elif "A_Const" in node and (value := constant(node)) is not None:
            constants[value] = None
    return Parts(tuple(columns), tuple(constants))
