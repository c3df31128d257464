"""ALTER TABLE and its kin, completely: what no other operation says becomes a Touch, one for each subcommand."""

from dataclasses import replace

from idxlint.sql.meaning import describe_table
from idxlint.sql.meaning.column_operations import AddColumn, AlterColumn, Touch, ValidateConstraint
from idxlint.sql.meaning.operations import AddConstraint, AttachPartition, DropConstraint, Operation
from idxlint.sql.meaning.tree import Node, Tree, kind
from idxlint.sql.text import Name, parts
from idxlint.sql.whole.describe_bounds import bound_terms

_FORMS = {
    "AT_AddColumn": "ADD COLUMN",
    "AT_AlterColumnType": "SET DATA TYPE",
    "AT_SetNotNull": "SET NOT NULL",
    "AT_DropNotNull": "DROP NOT NULL",
    "AT_DropColumn": "DROP COLUMN",
    "AT_ValidateConstraint": "VALIDATE CONSTRAINT",
    "AT_ColumnDefault": "ALTER COLUMN SET DEFAULT",
    "AT_SetStatistics": "ALTER COLUMN SET STATISTICS",
    "AT_SetOptions": "ALTER COLUMN SET (n_distinct)",
    "AT_ResetOptions": "ALTER COLUMN SET (n_distinct)",
    "AT_SetStorage": "ALTER COLUMN SET STORAGE",
    "AT_SetCompression": "ALTER COLUMN SET COMPRESSION",
    "AT_SetExpression": "ALTER COLUMN SET EXPRESSION",
    "AT_DropExpression": "ALTER COLUMN DROP EXPRESSION",
    "AT_AddIdentity": "ALTER COLUMN ADD GENERATED AS IDENTITY",
    "AT_SetIdentity": "ALTER COLUMN SET GENERATED",
    "AT_ReplicaIdentity": "REPLICA IDENTITY",
    "AT_DropIdentity": "ALTER COLUMN DROP IDENTITY",
    "AT_AlterColumnGenericOptions": "OPTIONS",
    "AT_GenericOptions": "OPTIONS",
    "AT_AlterConstraint": "ALTER CONSTRAINT",
    "AT_ChangeOwner": "OWNER TO",
    "AT_ClusterOn": "CLUSTER ON",
    "AT_DropCluster": "SET WITHOUT CLUSTER",
    "AT_SetLogged": "SET LOGGED",
    "AT_SetUnLogged": "SET LOGGED",
    "AT_SetTableSpace": "SET TABLESPACE",
    "AT_SetAccessMethod": "SET ACCESS METHOD",
    "AT_EnableRule": "ENABLE RULE",
    "AT_EnableAlwaysRule": "ENABLE RULE",
    "AT_EnableReplicaRule": "ENABLE RULE",
    "AT_DisableRule": "ENABLE RULE",
    "AT_AddInherit": "INHERIT",
    "AT_DropInherit": "NO INHERIT",
    "AT_AddOf": "OF",
    "AT_DropOf": "NOT OF",
    "AT_EnableRowSecurity": "ROW LEVEL SECURITY",
    "AT_DisableRowSecurity": "ROW LEVEL SECURITY",
    "AT_ForceRowSecurity": "ROW LEVEL SECURITY",
    "AT_NoForceRowSecurity": "ROW LEVEL SECURITY",
    "AT_DetachPartitionFinalize": "DETACH PARTITION FINALIZE",
}
_INDEX_FORMS = {
    "AT_SetRelOptions": "ALTER INDEX SET",
    "AT_ResetRelOptions": "ALTER INDEX SET",
    "AT_SetTableSpace": "ALTER INDEX SET TABLESPACE",
    "AT_SetStatistics": "ALTER INDEX SET STATISTICS",
}
_ONLY = (AddColumn, AlterColumn, ValidateConstraint, AddConstraint, DropConstraint, Touch)
_HARD_OPTIONS = frozenset(("user_catalog_table", "security_barrier", "security_invoker", "check_option"))
_HARD_INDEX_OPTIONS = frozenset(
    ("fastupdate", "gin_pending_list_limit", "buffering", "pages_per_range", "autosummarize")
)
"""Storage parameters whose change takes ACCESS EXCLUSIVE (access/common/reloptions.c)."""


def alter(tree: Tree, node: Node) -> list[Operation]:
    """ALTER TABLE, INDEX, VIEW, SEQUENCE, MATERIALIZED VIEW, FOREIGN TABLE and TYPE, one subcommand after another."""
    kept = node["cmds"]
    name = tree.name(node["relation"])
    only = node.get("objtype") == "OBJECT_TABLE" and not node["relation"].get("inh", False)
    operations: list[Operation] = []
    for command, start in zip(kept, parts(tree.sql, len(kept)), strict=True):
        made: list[Operation] = []
        if node.get("objtype") == "OBJECT_TYPE":
            made = [Touch(form="ALTER TYPE with columns", relations=(name,), **tree.at())]
        else:
            made = describe_table.alter(tree, {**node, "cmds": [command]})
            made = [_bounded(one, command["AlterTableCmd"]) for one in made]
            if not made or _is_partial(command["AlterTableCmd"], made):
                made = [*_touch(tree, name, node.get("objtype", ""), command["AlterTableCmd"]), *made]
        made = [one if one.near else replace(one, near=start) for one in made] if start else made
        operations += [_alone(one) for one in made] if only else made
    return operations


def _alone(operation: Operation) -> Operation:
    """The operation with ONLY, where that makes a difference."""
    return replace(operation, only=True) if isinstance(operation, _ONLY) else operation


def _bounded(operation: Operation, command: Node) -> Operation:
    """ATTACH PARTITION with the terms of its bound."""
    if not isinstance(operation, AttachPartition):
        return operation
    return replace(operation, bound=bound_terms(command["def"]["PartitionCmd"].get("bound", {})))


def _is_partial(command: Node, made: list[Operation]) -> bool:
    """Whether only the constraints of a new column were described, and not the column."""
    return command["subtype"] == "AT_AddColumn" and not any(type(one).__name__ == "AddColumn" for one in made)


def _touch(tree: Tree, name: Name, of: str, command: Node) -> list[Operation]:
    subtype = command["subtype"]
    if of == "OBJECT_INDEX":
        form = _INDEX_FORMS.get(subtype, f"ALTER INDEX {subtype}")
        if subtype in ("AT_SetRelOptions", "AT_ResetRelOptions") and _names(command) & _HARD_INDEX_OPTIONS:
            form = "ALTER INDEX SET (fastupdate)"
        return [Touch(form=form, index=name, **tree.at())]
    if of == "OBJECT_VIEW":
        return [Touch(form="ALTER VIEW", relations=(name,), **tree.at())]
    relations, index = [name], None
    match subtype:
        case "AT_SetRelOptions" | "AT_ResetRelOptions" | "AT_ReplaceRelOptions":
            form = _options(command)
        case "AT_ClusterOn":
            form, index = _FORMS[subtype], Name(name.schema, tree.word(command["name"]))
        case "AT_AddInherit" | "AT_DropInherit":
            form = _FORMS[subtype]
            relations.append(tree.name(command["def"]["RangeVar"]))
        case _ if subtype.endswith(("Trig", "TrigAll", "TrigUser")):
            form = "ENABLE TRIGGER"
        case _:
            form = _FORMS.get(subtype, f"ALTER TABLE {subtype}")
    if subtype == "AT_ReplicaIdentity" and "name" in (written := command["def"]["ReplicaIdentityStmt"]):
        form, index = "REPLICA IDENTITY USING INDEX", Name(name.schema, tree.word(written["name"]))
    if subtype == "AT_DetachPartitionFinalize":
        relations.append(tree.name(kind(command["def"])[1]["name"]))
    columns = (tree.word(command["name"]),) if "name" in command and "COLUMN" in form else ()
    return [Touch(form=form, relations=tuple(relations), index=index, columns=columns, **tree.at())]


def _options(command: Node) -> str:
    return "SET (user_catalog_table)" if _names(command) & _HARD_OPTIONS else "SET (storage parameters)"


def _names(command: Node) -> set[str]:
    return {option["DefElem"]["defname"] for option in command["def"]["List"]["items"]}
