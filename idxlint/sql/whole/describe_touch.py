"""Statements that only lock, or work, and change nothing that a check asks for."""

import json

from pglast import parser

from idxlint.model import LOCK_MODES
from idxlint.sql.meaning.column_operations import Touch
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.meaning.tree import Node, Tree, kind, text, truth
from idxlint.sql.text import Name
from idxlint.sql.whole.describe_rows import changes

_RELATIONS = {
    "OBJECT_TABLE": "TABLE",
    "OBJECT_VIEW": "VIEW",
    "OBJECT_MATVIEW": "MATERIALIZED VIEW",
    "OBJECT_FOREIGN_TABLE": "FOREIGN TABLE",
    "OBJECT_SEQUENCE": "SEQUENCE",
}
_ON_TABLE = {"OBJECT_TRIGGER": "TRIGGER", "OBJECT_RULE": "RULE", "OBJECT_POLICY": "POLICY"}
_UNKNOWN_DROPS = frozenset(
    "OBJECT_TYPE OBJECT_DOMAIN OBJECT_FUNCTION OBJECT_PROCEDURE OBJECT_ROUTINE OBJECT_EXTENSION OBJECT_AGGREGATE"
    " OBJECT_ACCESS_METHOD OBJECT_OPERATOR OBJECT_COLLATION OBJECT_FDW OBJECT_FOREIGN_SERVER OBJECT_LANGUAGE".split()
)
"""What others may hang on: with CASCADE they go too, and nobody knows which."""


def _each(tree: Tree, form: str, nodes: list[Node]) -> list[Operation]:
    """A Touch for each RangeVar of a list."""
    relations = [node["RangeVar"] for node in nodes]
    return [
        Touch(form=form, relations=(tree.name(one),), only=not one.get("inh", False), **tree.at())
        for one in relations
    ]


def _one(tree: Tree, form: str, relation: Node) -> list[Operation]:
    return [Touch(form=form, relations=(tree.name(relation),), **tree.at())]


def _lock(tree: Tree, node: Node) -> list[Operation]:
    return _each(tree, f"LOCK TABLE IN {LOCK_MODES[node['mode'] - 1]} MODE", node["relations"])


def _truncate(tree: Tree, node: Node) -> list[Operation]:
    touches = _each(tree, "TRUNCATE", node["relations"])
    if node["behavior"] == "DROP_CASCADE":
        touches += _each(tree, "TRUNCATE CASCADE", node["relations"])
    if node.get("restart_seqs"):
        touches += _each(tree, "TRUNCATE RESTART IDENTITY", node["relations"])
    return touches


def _vacuum(tree: Tree, node: Node) -> list[Operation]:
    on = {option["DefElem"]["defname"] for option in node.get("options", ()) if truth(option["DefElem"])}
    form = "ANALYZE"
    if node.get("is_vacuumcmd"):
        form = "VACUUM FULL" if "full" in on else "VACUUM"
    relations = [row["VacuumRelation"]["relation"] for row in node.get("rels", ())]
    if not relations:
        return [Touch(form=f"{form} of everything", **tree.at())]
    return [operation for relation in relations for operation in _one(tree, form, relation)]


def _cluster(tree: Tree, node: Node) -> list[Operation]:
    if "relation" not in node:
        return [Touch(form="CLUSTER of everything", **tree.at())]
    return _one(tree, "CLUSTER", node["relation"])


def _refresh(tree: Tree, node: Node) -> list[Operation]:
    concurrently = " CONCURRENTLY" if node.get("concurrent") else ""
    return _one(tree, f"REFRESH MATERIALIZED VIEW{concurrently}", node["relation"])


def _comment(tree: Tree, node: Node) -> list[Operation]:
    of = node["objtype"]
    parts = node["object"].get("List", {}).get("items", [])
    if of in _RELATIONS:
        return [Touch(form="COMMENT ON", relations=(tree.path(parts),), **tree.at())]
    if of == "OBJECT_COLUMN":
        return [Touch(form="COMMENT ON", relations=(tree.path(parts[:-1]),), **tree.at())]
    if of == "OBJECT_INDEX":
        return [Touch(form="COMMENT ON INDEX", index=tree.path(parts), **tree.at())]
    return []


def _drop(tree: Tree, node: Node) -> list[Operation]:
    of, operations = node["removeType"], list[Operation]()
    cascade = node["behavior"] == "DROP_CASCADE"
    items = [item.get("List", {}).get("items", []) for item in node["objects"]]
    if of in _ON_TABLE:
        for parts in items:
            form = f"DROP {_ON_TABLE[of]}"
            operations.append(Touch(form=form, relations=(tree.path(parts[:-1]),), **tree.at()))
    elif of == "OBJECT_SEQUENCE":
        form = "DROP SEQUENCE CASCADE" if cascade else "DROP SEQUENCE"
        for parts in items:
            operations.append(Touch(form=form, relations=(tree.path(parts),), **tree.at()))
    elif of == "OBJECT_STATISTIC_EXT":
        operations += [
            Touch(form="DROP STATISTICS", relations=(tree.path(parts),), **tree.at()) for parts in items
        ]
    elif of == "OBJECT_TYPE" and not cascade:
        types = [tree.path(item["TypeName"]["names"]) for item in node["objects"]]
        operations += [Touch(form="DROP TYPE", relations=(name,), **tree.at()) for name in types]
    elif cascade and of in _RELATIONS:
        operations += [
            Touch(form="DROP CASCADE", relations=(tree.path(parts),), **tree.at()) for parts in items
        ]
    elif cascade and of in _UNKNOWN_DROPS:
        operations.append(Touch(form="DROP CASCADE of what others use", **tree.at()))
    return operations


def _rename(tree: Tree, node: Node) -> list[Operation]:
    of = node["renameType"]
    if of in _ON_TABLE:
        form = f"ALTER {_ON_TABLE[of]}" + ("" if of == "OBJECT_POLICY" else " RENAME")
        return _one(tree, form, node["relation"])
    if of == "OBJECT_SEQUENCE":
        return _one(tree, "ALTER TABLE RENAME", node["relation"])
    if of == "OBJECT_ATTRIBUTE":
        return _one(tree, "ALTER TYPE with columns", node["relation"])
    if of == "OBJECT_COLUMN":
        return _one(tree, "RENAME COLUMN", node["relation"])
    return []


def _depends(tree: Tree, node: Node) -> list[Operation]:
    if node["objectType"] == "OBJECT_INDEX":
        return [
            Touch(form="ALTER INDEX DEPENDS ON EXTENSION", index=tree.name(node["relation"]), **tree.at())
        ]
    return []


def _trigger(tree: Tree, node: Node) -> list[Operation]:
    form = "CREATE TRIGGER FOR EACH ROW" if node.get("row") else "CREATE TRIGGER"
    return _one(tree, form, node["relation"])


def _rule(tree: Tree, node: Node) -> list[Operation]:
    actions = [operation for action in node.get("actions", ()) for operation in changes(tree, *kind(action))]
    return [*_one(tree, "CREATE RULE", node["relation"]), *_analysed(actions)]


def _create_foreign(tree: Tree, node: Node) -> list[Operation]:
    base = node["base"]
    form = "CREATE TABLE PARTITION OF" if "partbound" in base else "CREATE TABLE INHERITS"
    return [op for parent in base.get("inhRelations", ()) for op in _one(tree, form, parent["RangeVar"])]


def _prepare(tree: Tree, node: Node) -> list[Operation]:
    """PREPARE analyses its statement, and locks the table that the statement would change."""
    return _analysed(changes(tree, *kind(node["query"])))


def _function(tree: Tree, node: Node) -> list[Operation]:
    """CREATE FUNCTION analyses a body in SQL like PREPARE (check_function_bodies)."""
    options = {option["DefElem"]["defname"]: option["DefElem"] for option in node.get("options", ())}
    if text(options.get("language", {}).get("arg", {})).lower() != "sql" or "as" not in options:
        return []
    body = options["as"].get("arg", {}).get("List", {}).get("items", [{}])
    try:
        statements = json.loads(parser.parse_sql_json(text(body[0])))["stmts"]
    except parser.ParseError:
        return []
    inner = Tree(tree.sql, tree.placeholders)
    return _analysed([op for one in statements for op in changes(inner, *kind(one["stmt"]))])


def _analysed(operations: list[Operation]) -> list[Operation]:
    return [
        Touch(form="analysis of a change of rows", relations=operation.relations)
        for operation in operations
        if isinstance(operation, Touch)
        and operation.form in ("INSERT", "INSERT ON CONFLICT", "UPDATE", "DELETE", "MERGE")
        and operation.relations[0].name not in ("old", "new")
    ]


def _create(tree: Tree, node: Node) -> list[Operation]:
    if "partbound" in node:
        return []
    parents = node.get("inhRelations", ())
    return [op for parent in parents for op in _one(tree, "CREATE TABLE INHERITS", parent["RangeVar"])]


def _policy(tree: Tree, node: Node) -> list[Operation]:
    return _one(tree, "CREATE POLICY", node["table"])


def _alter_policy(tree: Tree, node: Node) -> list[Operation]:
    return _one(tree, "ALTER POLICY", node["table"])


def _publication(tree: Tree, node: Node) -> list[Operation]:
    form = "CREATE PUBLICATION" if "action" not in node else "ALTER PUBLICATION"
    objects = [row["PublicationObjSpec"] for row in node.get("pubobjects", ())]
    if node.get("action") == "AP_SetObjects":
        publication = Name(None, tree.word(node["pubname"]))
        tables = [tree.name(row["pubtable"]["relation"]) for row in objects if "pubtable" in row]
        form = "ALTER PUBLICATION SET"
        return [Touch(form=form, relations=(publication, table), **tree.at()) for table in tables]
    return [
        operation
        for row in objects
        if "pubtable" in row
        for operation in _each(tree, form, [{"RangeVar": row["pubtable"]["relation"]}])
    ]


def _statistics(tree: Tree, node: Node) -> list[Operation]:
    return [
        Touch(form="CREATE STATISTICS", relations=(tree.name(row["RangeVar"]),), **tree.at())
        for row in node["relations"]
        if "RangeVar" in row
    ]


def _sequence(tree: Tree, node: Node) -> list[Operation]:
    return _one(tree, "ALTER SEQUENCE", node["sequence"])


def _view(tree: Tree, node: Node) -> list[Operation]:
    if not node.get("replace"):
        return []
    view = node["view"]
    name = (
        Name("pg_temp", tree.word(view["relname"])) if view.get("relpersistence") == "t" else tree.name(view)
    )
    return [Touch(form="CREATE OR REPLACE VIEW", relations=(name,), **tree.at())]


def _domain(tree: Tree, node: Node) -> list[Operation]:
    subtype = node.get("subtype", "")
    checks = subtype in ("AD_AddConstraint", "AD_SetNotNull", "AD_ValidateConstraint", "C", "O", "V")
    unchecked = node.get("def", {}).get("Constraint", {}).get("skip_validation", False)
    if not checks or unchecked:
        return []
    return [Touch(form="ALTER DOMAIN that checks", relations=(tree.path(node["typeName"]),), **tree.at())]


def _contents(tree: Tree, node: Node) -> list[Operation]:
    if node["objtype"] not in _RELATIONS:
        return []
    parts = node["object"]["List"]["items"]
    return [Touch(form="ALTER EXTENSION ADD", relations=(tree.path(parts),), **tree.at())]


READERS = {
    "CreateStmt": _create,
    "CreateForeignTableStmt": _create_foreign,
    "CreateFunctionStmt": _function,
    "PrepareStmt": _prepare,
    "LockStmt": _lock,
    "TruncateStmt": _truncate,
    "VacuumStmt": _vacuum,
    "ClusterStmt": _cluster,
    "RefreshMatViewStmt": _refresh,
    "CommentStmt": _comment,
    "DropStmt": _drop,
    "RenameStmt": _rename,
    "AlterObjectDependsStmt": _depends,
    "CreateTrigStmt": _trigger,
    "RuleStmt": _rule,
    "CreatePolicyStmt": _policy,
    "AlterPolicyStmt": _alter_policy,
    "CreatePublicationStmt": _publication,
    "AlterPublicationStmt": _publication,
    "CreateStatsStmt": _statistics,
    "AlterSeqStmt": _sequence,
    "ViewStmt": _view,
    "AlterDomainStmt": _domain,
    "AlterExtensionContentsStmt": _contents,
}
