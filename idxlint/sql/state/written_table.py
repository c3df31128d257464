"""What a CREATE TABLE says of its columns and constraints, read when somebody asks for them."""

import json
from collections.abc import Iterator, Mapping
from itertools import count

from pglast import parser

from idxlint.model import value
from idxlint.sql.meaning.column_operations import Column
from idxlint.sql.meaning.describe_column import column, constraints
from idxlint.sql.meaning.operations import Constraint
from idxlint.sql.meaning.tree import Node, Tree, kind

_ASKED, _FEW = count(), 50
"""How many tables a process has asked for; for a few, making the patterns costs more than the trees."""


@value
class WrittenTable:
    """The columns and constraints of a CREATE TABLE; whole: the table has no columns but these."""

    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    whole: bool = False


def written_table(sql: str, placeholders: Mapping[str, str] | None, table: str) -> WrittenTable:
    """What the statement says of a table, also as an element of CREATE SCHEMA; nothing where it makes no such table."""
    if not placeholders and (seen := _glance(sql, table)) is not None:
        return seen
    tree = Tree(sql, placeholders or {})
    try:
        statements = json.loads(parser.parse_sql_json(sql))["stmts"]
    except (parser.ParseError, RecursionError):  # nested deeper than the tree can be made
        return WrittenTable()
    for node in _creates(statement["stmt"] for statement in statements):
        if tree.word(node["relation"]["relname"]) == table:
            elements = node.get("tableElts", ())
            return WrittenTable(
                tuple(column(tree, element["ColumnDef"]) for element in elements if "ColumnDef" in element),
                constraints(tree, node),
                "inhRelations" not in node
                and "ofTypename" not in node
                and not any("TableLikeClause" in element for element in elements),
            )
    return WrittenTable()


def _glance(sql: str, table: str) -> WrittenTable | None:
    """What a plain CREATE TABLE says, without its tree."""
    if next(_ASKED) < _FEW:
        return None
    from idxlint.sql.meaning.quick_table import glance_table

    seen = glance_table(sql, table)
    return seen and WrittenTable(tuple(seen[0]), tuple(seen[1]), whole=True)


def _creates(statements: Iterator[Node]) -> Iterator[Node]:
    for statement in statements:
        name, node = kind(statement)
        if name == "CreateStmt":
            yield node
        elif name == "CreateSchemaStmt":
            yield from _creates(iter(node.get("schemaElts", ())))
