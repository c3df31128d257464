"""From PostgreSQL's parse tree to operations."""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pglast import parser

from idxlint.sql.meaning import describe_table as table
from idxlint.sql.meaning import normal_form
from idxlint.sql.meaning.chosen_names import column_label
from idxlint.sql.meaning.operations import (
    BuildIndex,
    DropIndex,
    DropSchema,
    DropTable,
    IndexColumn,
    Operation,
    Reindex,
    SetParameter,
    Transaction,
    Vacuum,
)
from idxlint.sql.meaning.tree import Node, Tree, constant, kind, text, truth
from idxlint.sql.text import tokens

_CREATE = re.compile("create", re.IGNORECASE)


def describe(
    sql: str, placeholders: Mapping[str, str] | None = None, common: Mapping[str, Any] | None = None
) -> tuple[Operation, ...]:
    """The operations of one statement that PostgreSQL's grammar takes, in the order in which they happen."""
    tree = Tree(sql, placeholders or {}, common or {})
    operations: list[Operation] = []
    for statement in json.loads(parser.parse_sql_json(sql))["stmts"]:
        name, node = kind(statement["stmt"])
        if reader := READERS.get(name):
            operations.extend(reader(tree, node))
    return tuple(operations)


def _index(tree: Tree, node: Node) -> list[Operation]:
    name = node.get("idxname")
    columns = [element["IndexElem"] for element in node.get("indexParams", ())]
    return [
        BuildIndex(
            index=tree.word(name) if name else None,
            table=tree.name(node["relation"]),
            columns=tuple(_column(tree, column) for column in columns),
            unique=node.get("unique", False),
            concurrently=node.get("concurrent", False),
            if_not_exists=node.get("if_not_exists", False),
            only=not node["relation"].get("inh", False),
            method=node.get("accessMethod", "btree"),
            partial="whereClause" in node,
            include=tuple(
                tree.word(element["IndexElem"].get("name", ""))
                for element in node.get("indexIncludingParams", ())
            ),
            predicate=_predicate(tree, node) if "whereClause" in node else "",
            nulls_not_distinct=node.get("nulls_not_distinct", False),
            **tree.at(),
        )
    ]


_ORDERS = {
    ("SORTBY_DESC", "SORTBY_NULLS_LAST"): "DESC NULLS LAST",
    ("SORTBY_DESC", "SORTBY_NULLS_FIRST"): "DESC",
    ("SORTBY_DESC", "SORTBY_NULLS_DEFAULT"): "DESC",
    ("SORTBY_ASC", "SORTBY_NULLS_FIRST"): "NULLS FIRST",
    ("SORTBY_DEFAULT", "SORTBY_NULLS_FIRST"): "NULLS FIRST",
}
DEFAULT_CLASS = re.compile(
    r"(?:int[248]|oid|text|bpchar|uuid|bool|date|time|timetz|timestamp|timestamptz|interval|numeric|float[48]"
    r"|bytea|inet|macaddr|enum|array|range|jsonb|tsvector)_ops\Z"
)
"""The operator classes that a column of their type has anyhow."""


def _column(tree: Tree, column: Node) -> IndexColumn:
    name, expression = column.get("name"), column.get("expr", {})
    order = _ORDERS.get((column["ordering"], column["nulls_ordering"]), "")
    opclass = ".".join(tree.word(text(part)) for part in column.get("opclass", ()))
    collation = ".".join(tree.word(text(part)) for part in column.get("collation", ()))
    return IndexColumn(
        tree.word(name) if name else None,
        tree.word(name or column_label(expression)),
        plain=name is not None and not (order or opclass or collation),
        order=order,
        opclass="" if DEFAULT_CLASS.match(opclass) else opclass,
        collation="" if collation in ("default", "pg_catalog.default") else collation,
        expression=tree.word(normal_form.of_tree(expression)) if expression else "",
    )


def _predicate(tree: Tree, node: Node) -> str:
    """The text behind WHERE; in a CREATE SCHEMA, up to its next element."""
    depth, start = 0, -1
    near = tree.place(node["relation"]["location"])
    for token in tokens(tree.sql):
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if depth or token.start < near:
            continue
        if start < 0 and token.word == "WHERE":
            start = token.end
        elif start >= 0 and token.word in ("CREATE", "GRANT"):
            return tree.word(tree.sql[start : token.start].strip())
    return tree.word(tree.sql[start:].strip()) if start >= 0 else ""


def _drop(tree: Tree, node: Node) -> list[Operation]:
    objects = node["objects"]
    match node["removeType"]:
        case "OBJECT_INDEX":
            return [
                DropIndex(
                    indexes=tuple(tree.path(item["List"]["items"]) for item in objects),
                    concurrently=node.get("concurrent", False),
                    if_exists=node.get("missing_ok", False),
                    cascade=node["behavior"] == "DROP_CASCADE",
                    **tree.at(),
                )
            ]
        case "OBJECT_TABLE" | "OBJECT_MATVIEW" | "OBJECT_VIEW" | "OBJECT_FOREIGN_TABLE":
            names = tuple(tree.path(item["List"]["items"]) for item in objects)
            return [DropTable(tables=names, **tree.at())]
        case "OBJECT_SCHEMA":
            return [DropSchema(schemas=tuple(tree.word(text(item)) for item in objects), **tree.at())]
    return []


def _reindex(tree: Tree, node: Node) -> list[Operation]:
    options = [option["DefElem"] for option in node.get("params", ())]
    return [
        Reindex(
            kind=node["kind"].removeprefix("REINDEX_OBJECT_"),
            target=_reindexed(tree, node),
            concurrently=any(truth(option) for option in options if option["defname"] == "concurrently"),
            **tree.at(),
        )
    ]


def _reindexed(tree: Tree, node: Node) -> Any:
    if "relation" in node:
        return tree.name(node["relation"])
    return tree.path([{"String": {"sval": node["name"]}}]) if node.get("name") else None


_VERBS = {
    "BEGIN": "BEGIN",
    "START": "BEGIN",
    "COMMIT": "COMMIT",
    "ROLLBACK": "ROLLBACK",
    "PREPARE": "PREPARE",
    "SAVEPOINT": "SAVEPOINT",
    "RELEASE": "RELEASE",
    "ROLLBACK_TO": "ROLLBACK TO",
}


def _transaction(tree: Tree, node: Node) -> list[Operation]:
    verb = _VERBS.get(node["kind"].removeprefix("TRANS_STMT_"))
    if verb is None:  # COMMIT PREPARED and ROLLBACK PREPARED end another transaction, not this session's
        return []
    name = node.get("savepoint_name", "")
    return [Transaction(verb=verb, chain=node.get("chain", False), savepoint=name, **tree.at())]


def _set(tree: Tree, node: Node) -> list[Operation]:
    local = node.get("is_local", False)
    match node["kind"]:
        case "VAR_SET_VALUE":
            values = [constant(argument) for argument in node.get("args", ())]
            value = ", ".join(tree.word(value) for value in values if value is not None)
            return [SetParameter(name=node["name"].lower(), value=value, local=local, **tree.at())]
        case "VAR_SET_DEFAULT" | "VAR_RESET":
            return [SetParameter(name=node["name"].lower(), value=None, local=local, **tree.at())]
        case "VAR_RESET_ALL":
            return [SetParameter(name="all", value=None, **tree.at())]
    return []


def _discard(tree: Tree, node: Node) -> list[Operation]:
    if node["target"] != "DISCARD_ALL":
        return []
    return [SetParameter(name="all", value=None, **tree.at())]


def _vacuum(tree: Tree, node: Node) -> list[Operation]:
    return [Vacuum(**tree.at())] if node.get("is_vacuumcmd") else []


def _select(tree: Tree, node: Node) -> list[Operation]:
    operations: list[Operation] = []
    leftmost = node
    while "larg" in leftmost:
        leftmost = leftmost["larg"]
    if "intoClause" in leftmost:
        operations += table.into(tree, leftmost["intoClause"])
    for target in node.get("targetList", ()):
        call = target["ResTarget"].get("val", {}).get("FuncCall")
        if call and text(call["funcname"][-1]) == "set_config":
            operations += _set_config(tree, call)
    return operations


def _set_config(tree: Tree, call: Node) -> list[Operation]:
    arguments = [constant(argument) for argument in call.get("args", ())]
    if len(arguments) != 3:
        return []
    name, value, local = arguments
    if name is None:
        return []
    return [SetParameter(name=name.lower(), value=value, local=local in ("true", "t"), **tree.at())]


def _schema(tree: Tree, node: Node) -> list[Operation]:
    """CREATE SCHEMA with its elements; PostgreSQL makes the tables first, then the indexes."""
    creates = [word.end() for word in _CREATE.finditer(tree.sql)]
    schema = node.get("schemaname", "")
    operations: list[Operation] = []
    elements = [kind(element) for element in node.get("schemaElts", ())]
    made = {element["relation"]["relname"] for name, element in elements if name == "CreateStmt"}
    for wanted in ("CreateStmt", "IndexStmt"):
        for name, element in elements:
            if name == wanted and (relation := element["relation"])["relname"] in made:
                relation.setdefault("schemaname", schema)
            if name == wanted:
                for parent in element.get("inhRelations", ()):
                    if parent["RangeVar"]["relname"] in made:
                        parent["RangeVar"].setdefault("schemaname", schema)
            if name == wanted:
                before = bisect_right(creates, tree.place(element["relation"]["location"]))
                here = creates[before - 1] - len("CREATE") if before else -1
                operations += [replace(made, near=here) for made in READERS[name](tree, element)]
    return operations


Reader = Callable[[Tree, Node], list[Operation]]

READERS: dict[str, Reader] = {
    "IndexStmt": _index,
    "DropStmt": _drop,
    "ReindexStmt": _reindex,
    "TransactionStmt": _transaction,
    "VariableSetStmt": _set,
    "DiscardStmt": _discard,
    "VacuumStmt": _vacuum,
    "SelectStmt": _select,
    "CreateSchemaStmt": _schema,
    "CreateStmt": table.create,
    "CreateForeignTableStmt": table.create_foreign,
    "CreateTableAsStmt": table.create_as,
    "RefreshMatViewStmt": table.refresh,
    "ViewStmt": table.create_view,
    "AlterTableStmt": table.alter,
    "AlterTableMoveAllStmt": table.move_all,
    "RenameStmt": table.rename,
    "AlterObjectSchemaStmt": table.set_schema,
}
