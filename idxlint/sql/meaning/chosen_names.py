"""The names that PostgreSQL chooses where a statement gives none."""

from idxlint.sql.meaning.operations import BuildIndex, Constraint
from idxlint.sql.meaning.tree import Node, kind, text
from idxlint.sql.text import Name, chosen

_SUFFIX = {
    "PRIMARY KEY": "pkey", "UNIQUE": "key", "EXCLUDE": "excl", "FOREIGN KEY": "fkey", "CHECK": "check",
    "NOT NULL": "not_null",
}  # fmt: skip


def index_name(build: BuildIndex) -> Name:
    """The name an index has or gets, as far as the statement tells (a taken name gets a number)."""
    if build.index:
        return Name(build.table.schema, build.index)
    labels: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for column in build.columns:
        label, number = column.label, numbers.get(column.label, 0)
        while label in labels:
            number += 1
            label = f"{column.label}{number}"
        labels[label], numbers[column.label] = None, number
    return Name(build.table.schema, chosen(build.table.name, (*labels, *build.include), "idx"))


def constraint_name(table: Name, constraint: Constraint) -> str:
    """The name a constraint has or gets; an index of its own has the same.

    A CHECK of several columns is named after none (AddRelationNewConstraints in src/backend/catalog/heap.c).
    """
    if constraint.name:
        return constraint.name
    columns = (*constraint.columns, *constraint.include)
    if constraint.kind == "PRIMARY KEY" or (constraint.kind == "CHECK" and len(columns) > 1):
        columns = ()
    return chosen(table.name, columns, _SUFFIX[constraint.kind])


def column_label(expression: Node) -> str:
    """The label of an expression column (FigureIndexColname in src/backend/parser/parse_target.c)."""
    return _figure(expression) or "expr"


def _figure(expression: Node) -> str | None:
    name, node = kind(expression)
    match name:
        case "ColumnRef":
            fields = [text(field) for field in node["fields"] if "String" in field]
            return fields[-1] if fields else None
        case "FuncCall":
            return text(node["funcname"][-1])
        case "TypeCast":
            return _figure(node["arg"]) or text(node["typeName"]["names"][-1])
        case "CollateClause" | "A_Indirection":
            return _figure(node["arg"])
        case "CaseExpr":
            return (_figure(node["defresult"]) if "defresult" in node else None) or "case"
        case "CoalesceExpr":
            return "coalesce"
        case "MinMaxExpr":
            return "greatest" if node.get("op") == "IS_GREATEST" else "least"
        case "A_ArrayExpr":
            return "array"
    return None
