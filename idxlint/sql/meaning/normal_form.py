"""Expressions and predicates in a form that is equal where they are: their parse tree without its places."""

import json
from functools import lru_cache
from typing import Any

from pglast import parser

from idxlint.sql.meaning.tree import Node

_PLACES = frozenset(("location", "rexpr_list_start", "rexpr_list_end", "list_start", "list_end"))


def of_tree(node: Node) -> str:
    """The normal form of an expression that is parsed already; a column's table is left out."""
    return json.dumps(_bare(node), separators=(",", ":"), sort_keys=True)


@lru_cache(maxsize=256)
def of_text(expression: str) -> str:
    """The normal form of an expression as it is written; its words where the grammar refuses it."""
    try:
        tree = json.loads(parser.parse_sql_json(f"SELECT 1 WHERE {expression}"))
        return of_tree(tree["stmts"][0]["stmt"]["SelectStmt"]["whereClause"])
    except (parser.ParseError, RecursionError, KeyError):
        return " ".join(expression.split())


def _bare(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_bare(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    if "ColumnRef" in tree:
        return {"ColumnRef": _bare(tree["ColumnRef"]["fields"][-1])}
    return {key: _bare(part) for key, part in tree.items() if key not in _PLACES}
