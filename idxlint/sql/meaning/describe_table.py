"""Operations on tables, their constraints and partitions, from the parse tree."""

from dataclasses import replace
from typing import Any

from idxlint.sql.meaning.column_operations import (
    AddColumn,
    AlterColumn,
    ColumnChange,
    ReplicaIdentity,
    Touch,
    ValidateConstraint,
)
from idxlint.sql.meaning.describe_column import column, column_type, constraint, constraints
from idxlint.sql.meaning.operations import (
    AddConstraint,
    AttachIndex,
    AttachPartition,
    Constraint,
    CreateTable,
    DetachPartition,
    DropConstraint,
    Made,
    Operation,
    Refresh,
    Rename,
    SetSchema,
)
from idxlint.sql.meaning.tree import Node, Tree
from idxlint.sql.text import Name, parts


def create(tree: Tree, node: Node) -> list[Operation]:
    """CREATE TABLE, also PARTITION OF."""
    parents = [tree.name(parent["RangeVar"]) for parent in node.get("inhRelations", ())]
    return [
        CreateTable(
            table=tree.name(node["relation"]),
            if_not_exists=node.get("if_not_exists", False),
            temporary=_temporary(node["relation"]),
            partitioned="partspec" in node,
            partition_key=_partition_key(tree, node.get("partspec", {})),
            parent=parents[0] if parents and "partbound" in node else None,
            constraints=constraints(tree, node),
            text=tree.sql,
            placeholders=tree.placeholders or None,
            **tree.at(),
        )
    ]


def _partition_key(tree: Tree, node: Node) -> tuple[str | None, ...]:
    names = [element["PartitionElem"].get("name") for element in node.get("partParams", ())]
    return tuple(tree.word(name) if name else None for name in names)


def create_foreign(tree: Tree, node: Node) -> list[Operation]:
    """CREATE FOREIGN TABLE: it takes no index."""
    base = node["base"]
    name = tree.name(base["relation"])
    exists = base.get("if_not_exists", False)
    return [CreateTable(table=name, made=Made.OTHER, if_not_exists=exists, **tree.at())]


def create_view(tree: Tree, node: Node) -> list[Operation]:
    """CREATE VIEW: the name is taken."""
    replace = node.get("replace", False)
    return [
        CreateTable(
            table=tree.name(node["view"]),
            made=Made.OTHER,
            if_not_exists=replace,
            temporary=_temporary(node["view"]),
            **tree.at(),
        )
    ]


def create_as(tree: Tree, node: Node) -> list[Operation]:
    """CREATE TABLE AS and CREATE MATERIALIZED VIEW."""
    relation = node["into"]["rel"]
    return [
        CreateTable(
            table=tree.name(relation),
            made=Made.MATVIEW if node.get("objtype") == "OBJECT_MATVIEW" else Made.TABLE,
            if_not_exists=node.get("if_not_exists", False),
            temporary=_temporary(relation),
            with_data=not node["into"].get("skipData", False),
            **tree.at(),
        )
    ]


def move_all(tree: Tree, node: Node) -> list[Operation]:
    """ALTER TABLE, INDEX or MATERIALIZED VIEW ALL IN TABLESPACE."""
    what = node["objtype"].removeprefix("OBJECT_").replace("MATVIEW", "MATERIALIZED VIEW")
    return [Touch(form=f"ALTER {what} ALL IN TABLESPACE", **tree.at())]


def refresh(tree: Tree, node: Node) -> list[Operation]:
    """REFRESH MATERIALIZED VIEW."""
    concurrently, empty = node.get("concurrent", False), node.get("skipData", False)
    view = tree.name(node["relation"])
    return [Refresh(view=view, concurrently=concurrently, with_data=not empty, **tree.at())]


def into(tree: Tree, clause: Node) -> list[Operation]:
    """SELECT INTO."""
    relation = clause["rel"]
    return [CreateTable(table=tree.name(relation), temporary=_temporary(relation), **tree.at())]


def alter(tree: Tree, node: Node) -> list[Operation]:
    """ALTER TABLE and ALTER INDEX, one operation or more for each subcommand that matters."""
    operations: list[Operation] = []
    name = tree.name(node["relation"])
    commands = [command["AlterTableCmd"] for command in node["cmds"]]
    places = parts(tree.sql, len(commands))
    for command, start in zip(commands, places, strict=True):
        match node.get("objtype"):
            case "OBJECT_INDEX":
                operations += _index_command(tree, name, command)
            case _ if made := _command(tree, name, command):
                operations += made
            case "OBJECT_TABLE":
                operations += _column_command(tree, name, command, {**tree.common, "near": start})
    only = node.get("objtype") == "OBJECT_TABLE" and not node["relation"].get("inh", False)
    if only or node.get("missing_ok"):
        return [_marked(made, only=only, if_exists=node.get("missing_ok", False)) for made in operations]
    return operations


def _marked(operation: Operation, *, only: bool, if_exists: bool) -> Operation:
    """The operation with ONLY, and IF EXISTS of its table, where these make a difference."""
    if isinstance(operation, AddConstraint):
        return replace(operation, only=only, if_exists=if_exists)
    if only and isinstance(operation, AddColumn | AlterColumn | ValidateConstraint | DropConstraint):
        return replace(operation, only=True)
    return operation


def _index_command(tree: Tree, name: Name, node: Node) -> list[Operation]:
    match node["subtype"]:
        case "AT_AttachPartition":
            child = tree.name(node["def"]["PartitionCmd"]["name"])
            return [AttachIndex(parent=name, index=child, **tree.at())]
        case "AT_SetTableSpace":
            return [Touch(form="ALTER INDEX SET TABLESPACE", index=name, **tree.at())]
    return []


def _command(tree: Tree, name: Name, node: Node) -> list[Operation]:
    definition = node.get("def", {})
    match node["subtype"]:
        case "AT_AddConstraint":
            raw = definition["Constraint"]
            return _added(tree, name, raw, constraint(tree, raw), None)
        case "AT_DropConstraint":
            return [DropConstraint(table=name, name=tree.word(node["name"]), **tree.at())]
        case "AT_AttachPartition":
            child = tree.name(definition["PartitionCmd"]["name"])
            return [AttachPartition(parent=name, partition=child, **tree.at())]
        case "AT_DetachPartition":
            command = definition["PartitionCmd"]
            concurrent = command.get("concurrent", False)
            child = tree.name(command["name"])
            return [DetachPartition(parent=name, partition=child, concurrently=concurrent, **tree.at())]
    return []


def _column_command(tree: Tree, name: Name, node: Node, at: dict[str, Any]) -> list[Operation]:
    """A subcommand on a column, a constraint that stands, or the replica identity of a table."""
    definition = node.get("def", {})
    match subtype := node["subtype"]:
        case "AT_AddColumn":
            return _added_column(
                tree, name, definition["ColumnDef"], at, exists=node.get("missing_ok", False)
            )
        case "AT_DropColumn" | "AT_SetNotNull" | "AT_DropNotNull":
            return [AlterColumn(table=name, column=tree.word(node["name"]), change=_CHANGES[subtype], **at)]
        case "AT_AlterColumnType":
            written = definition["ColumnDef"]
            new = column_type(tree, written["typeName"])
            using, label = "raw_default" in written, tree.word(node["name"])
            change = ColumnChange.TYPE
            return [AlterColumn(table=name, column=label, change=change, type=new, using=using, **at)]
        case "AT_ValidateConstraint":
            return [ValidateConstraint(table=name, name=tree.word(node["name"]), **at)]
        case "AT_ReplicaIdentity":
            index = definition["ReplicaIdentityStmt"].get("name")
            return [ReplicaIdentity(table=name, index=tree.word(index) if index else None, **at)]
    return []


_CHANGES = {
    "AT_DropColumn": ColumnChange.DROP,
    "AT_SetNotNull": ColumnChange.SET_NOT_NULL,
    "AT_DropNotNull": ColumnChange.DROP_NOT_NULL,
}


def _added_column(
    tree: Tree, table: Name, node: Node, at: dict[str, Any], *, exists: bool
) -> list[Operation]:
    """The column, then its constraints; NOT NULL and the default are the column's own."""
    new = column(tree, node)
    operations: list[Operation] = [AddColumn(table=table, column=new, if_not_exists=exists, **at)]
    for element in node.get("constraints", ()):
        raw = element["Constraint"]
        if raw["contype"] != "CONSTR_NOTNULL":
            operations += _added(tree, table, raw, constraint(tree, raw, new.name), new.name)
    return operations


def _added(
    tree: Tree, table: Name, raw: Node, constraints: list[Constraint], column: str | None
) -> list[Operation]:
    place = tree.at(raw.get("location", 0))
    return [
        AddConstraint(table=table, constraint=constraint, column=column, **place)
        for constraint in constraints
    ]


def rename(tree: Tree, node: Node) -> list[Operation]:
    """ALTER … RENAME TO, of what carries or is an index."""
    new = tree.word(node["newname"])
    match node["renameType"]:
        case "OBJECT_COLUMN" if node["relationType"] == "OBJECT_TABLE":
            table, old_name = tree.name(node["relation"]), tree.word(node["subname"])
            change = ColumnChange.RENAME
            return [AlterColumn(table=table, column=old_name, change=change, new=new, **tree.at())]
        case "OBJECT_TABLE" | "OBJECT_MATVIEW" | "OBJECT_VIEW" | "OBJECT_FOREIGN_TABLE":
            return [Rename(kind="table", old=tree.name(node["relation"]), new=new, **tree.at())]
        case "OBJECT_INDEX":
            return [Rename(kind="index", old=tree.name(node["relation"]), new=new, **tree.at())]
        case "OBJECT_TABCONSTRAINT":
            table = tree.name(node["relation"])
            old = Name(table.schema, tree.word(node["subname"]))
            return [Rename(kind="constraint", old=old, new=new, table=table, **tree.at())]
        case "OBJECT_SCHEMA":
            return [Rename(kind="schema", old=Name(None, tree.word(node["subname"])), new=new, **tree.at())]
    return []


def set_schema(tree: Tree, node: Node) -> list[Operation]:
    """ALTER TABLE … SET SCHEMA."""
    if "relation" not in node:
        return []
    return [SetSchema(table=tree.name(node["relation"]), schema=tree.word(node["newschema"]), **tree.at())]


def _temporary(relation: Node) -> bool:
    schema = relation.get("schemaname", "")
    return relation.get("relpersistence") == "t" or schema == "pg_temp" or schema.startswith("pg_temp_")
