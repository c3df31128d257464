"""Bounds of partitions and the terms of CHECK constraints, in a form in which they can be compared.

PostgreSQL proves from a CHECK that a table fits its bound (ALTER TABLE, ATTACH PARTITION); here a term proves
one that is written alike, casts of constants left out.
"""

from collections.abc import Iterator
from typing import Any

from idxlint.sql.meaning.normal_form import of_tree
from idxlint.sql.meaning.operations import KEY
from idxlint.sql.meaning.tree import Node, conjuncts, constant, text


def key_column(node: Node) -> str | None:
    """The column of PARTITION BY, where it is one."""
    parameters = [row["PartitionElem"] for row in node.get("partspec", {}).get("partParams", ())]
    return parameters[0].get("name") if len(parameters) == 1 else None


def terms(check: Node) -> Iterator[str]:
    """The terms of a condition that is an AND, or all of it."""
    return (of_tree(_uncast(term)) for term in conjuncts(check))


def bound_terms(bound: Node) -> tuple[tuple[str, ...], ...]:
    """For each term of a bound the forms in which it may be written; nothing for a bound that no term proves."""
    if bound.get("is_default"):
        return ()
    if values := bound.get("listdatums"):
        row = [_uncast(value) for value in values]
        forms = [_compared("=", row[0])] if len(row) == 1 else []
        return ((*forms, _in(row)),)
    found = []
    for operator, side in ((">=", "lowerdatums"), ("<", "upperdatums")):
        datums = bound.get(side, ())
        if len(datums) != 1:
            return ()
        if not _is_open(datums[0]):
            found.append((_compared(operator, _uncast(datums[0])),))
    return tuple(found)


def _is_open(datum: Node) -> bool:
    """MINVALUE and MAXVALUE bound nothing."""
    field = datum.get("ColumnRef", {}).get("fields", [{}])[-1]
    return text(field).lower() in ("minvalue", "maxvalue")


def _column() -> Node:
    return {"ColumnRef": {"fields": [{"String": {"sval": KEY}}]}}


def _compared(operator: str, value: Any) -> str:
    name = [{"String": {"sval": operator}}]
    return of_tree({"A_Expr": {"kind": "AEXPR_OP", "name": name, "lexpr": _column(), "rexpr": value}})


def _in(values: list[Any]) -> str:
    name, row = [{"String": {"sval": "="}}], {"List": {"items": values}}
    return of_tree({"A_Expr": {"kind": "AEXPR_IN", "name": name, "lexpr": _column(), "rexpr": row}})


def _uncast(tree: Any) -> Any:
    """The tree without casts of constants."""
    if isinstance(tree, list):
        return [_uncast(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    if "TypeCast" in tree and constant(tree) is not None:
        return _uncast(tree["TypeCast"]["arg"])
    return {key: _uncast(part) for key, part in tree.items()}
