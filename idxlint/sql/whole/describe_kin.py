"""What a statement hangs on what: foreign keys, inheritance children, owned sequences, views and the like."""

from collections.abc import Iterator
from typing import Any

from idxlint.sql.meaning.column_operations import Hang, Kin
from idxlint.sql.meaning.tree import Node, Tree, kind, text
from idxlint.sql.text import Name, chosen
from idxlint.sql.whole.describe_bounds import key_column, terms

_SERIAL = frozenset(("smallserial", "serial2", "serial", "serial4", "bigserial", "serial8"))


def hangs(tree: Tree, name: str, node: Node) -> list[Hang]:
    """The links that a statement makes, by what it is."""
    match name:
        case "CreateStmt":
            return [*_create(tree, node)]
        case "CreateForeignTableStmt":
            return [*_foreign(tree, node["base"])]
        case "CreateSchemaStmt":
            return [link for element in node.get("schemaElts", ()) for link in hangs(tree, *kind(element))]
        case "CompositeTypeStmt":
            made = tree.name(node["typevar"])
            return [_link(Kin.COMPOSITE, made, made)]
        case "AlterTableStmt":
            table = tree.name(node["relation"])
            return [
                link for command in node["cmds"] for link in _command(tree, table, command["AlterTableCmd"])
            ]
        case "ViewStmt":
            return [*_reads(tree, tree.name(node["view"]), node["query"])]
        case "CreateTableAsStmt" if node.get("objtype") == "OBJECT_MATVIEW":
            return [*_reads(tree, tree.name(node["into"]["rel"]), node["query"])]
        case "CreateSeqStmt" | "AlterSeqStmt":
            return [*_owned_by(tree, node)]
        case "CreateStatsStmt" if node.get("defnames"):
            statistics = tree.path(node["defnames"])
            return [
                _link(Kin.STATISTICS, statistics, tree.name(row["RangeVar"]))
                for row in node["relations"]
                if "RangeVar" in row
            ]
        case "CreatePublicationStmt" | "AlterPublicationStmt":
            return [*_published(tree, node)]
        case "CreateTrigStmt":
            events = tuple(event for event, bit in _EVENTS if node.get("events", 0) & bit)
            return [_fires(tree, node["relation"], node["trigname"], events)]
        case "RuleStmt":
            return [_fires(tree, node["relation"], node["rulename"], (node["event"].removeprefix("CMD_"),))]
    return []


def _link(kin: Kin, one: Name, other: Name, label: str = "", columns: tuple[str, ...] = ()) -> Hang:
    return Hang(kin=kin, one=one, other=other, label=label, columns=columns)


def _foreign(tree: Tree, node: Node) -> Iterator[Hang]:
    """A foreign table can be a partition too."""
    for parent in node.get("inhRelations", ()):
        yield _link(Kin.INHERITS, tree.name(node["relation"]), tree.name(parent["RangeVar"]))


def _create(tree: Tree, node: Node) -> Iterator[Hang]:
    table = tree.name(node["relation"])
    if node["relation"].get("relpersistence") == "t":
        table = Name("pg_temp", table.name)
    if key := key_column(node):
        yield _link(Kin.KEYED, table, table, tree.word(key))
    for parent in node.get("inhRelations", ()):
        if "partbound" not in node:
            yield _link(Kin.INHERITS, table, tree.name(parent["RangeVar"]))
        elif node["partbound"].get("is_default"):
            yield _link(Kin.DEFAULT, table, tree.name(parent["RangeVar"]))
    if written := node.get("ofTypename"):
        yield _link(Kin.TYPED, table, tree.path(written["names"]))
    for element in node.get("tableElts", ()):
        if "Constraint" in element:
            yield from _constraint(tree, table, element["Constraint"])
        elif "ColumnDef" in element:
            yield from _column(tree, table, element["ColumnDef"])


def _command(tree: Tree, table: Name, command: Node) -> Iterator[Hang]:
    definition = command.get("def", {})
    match command["subtype"]:
        case "AT_AddColumn":
            yield from _column(tree, table, definition["ColumnDef"])
        case "AT_AddConstraint":
            yield from _constraint(tree, table, definition["Constraint"])
        case "AT_AddIdentity":
            yield _sequence(table, tree.word(command["name"]), "identity")
        case "AT_AddInherit":
            yield _link(Kin.INHERITS, table, tree.name(definition["RangeVar"]))
        case "AT_DropInherit":
            yield Hang(kin=Kin.INHERITS, one=table, other=tree.name(definition["RangeVar"]), ends=True)
        case "AT_AttachPartition" if definition["PartitionCmd"].get("bound", {}).get("is_default"):
            yield _link(Kin.DEFAULT, tree.name(definition["PartitionCmd"]["name"]), table)


def _column(tree: Tree, table: Name, node: Node) -> Iterator[Hang]:
    label = tree.word(node["colname"])
    constraints = [element["Constraint"] for element in node.get("constraints", ())]
    serial = text(node.get("typeName", {}).get("names", [{}])[-1]) in _SERIAL
    if serial or any(one["contype"] == "CONSTR_IDENTITY" for one in constraints):
        yield _sequence(table, label, "" if serial else "identity")
    for constraint in constraints:
        yield from _foreign_key(tree, table, constraint, label)


def _sequence(table: Name, column: str, label: str) -> Hang:
    sequence = Name(table.schema, chosen(table.name, (column,), "seq"))
    return _link(Kin.OWNED, sequence, table, label, (column,))


def _constraint(tree: Tree, table: Name, node: Node) -> Iterator[Hang]:
    if node["contype"] == "CONSTR_CHECK" and node.get("conname"):
        yield _link(Kin.CHECKS, table, table, tree.word(node["conname"]), tuple(terms(node["raw_expr"])))
    elif node["contype"] == "CONSTR_CHECK" and not node.get("skip_validation"):
        found = tuple(terms(node["raw_expr"]))
        yield _link(Kin.CHECKS, table, table, f"unnamed: {found}", found)
    yield from _foreign_key(tree, table, node, None)


def _foreign_key(tree: Tree, table: Name, node: Node, column: str | None) -> Iterator[Hang]:
    if node["contype"] != "CONSTR_FOREIGN":
        return
    written = [tree.word(text(key)) for key in node.get("fk_attrs", ())]
    columns = (column,) if column else tuple(written)
    label = tree.word(node.get("conname", "")) or chosen(table.name, columns, "fkey")
    acts = any(node.get(key, "a") in "cnd" for key in ("fk_upd_action", "fk_del_action"))
    referenced = tree.name(node["pktable"])
    yield Hang(kin=Kin.REFERENCES, one=table, other=referenced, label=label, columns=columns, acts=acts)


def _reads(tree: Tree, view: Name, query: Any) -> Iterator[Hang]:
    """The tables that a query mentions, except its own WITH names."""
    waiting, own = [query], set[str]()
    found: list[Name] = []
    while waiting:
        current = waiting.pop()
        if isinstance(current, list):
            waiting += current
        elif isinstance(current, dict):
            if relation := current.get("RangeVar"):
                found.append(tree.name(relation))
            if clause := current.get("CommonTableExpr"):
                own.add(clause["ctename"])
            waiting += current.values()
    yield from (_link(Kin.READS, view, name) for name in found if name.schema or name.name not in own)


def _owned_by(tree: Tree, node: Node) -> Iterator[Hang]:
    sequence = tree.name(node["sequence"])
    for option in (row["DefElem"] for row in node.get("options", ())):
        parts = option.get("arg", {}).get("List", {}).get("items", [])
        if option["defname"] == "owned_by" and len(parts) > 1:
            yield _link(Kin.OWNED, sequence, tree.path(parts[:-1]), "", (tree.word(text(parts[-1])),))


def _published(tree: Tree, node: Node) -> Iterator[Hang]:
    publication = Name(None, tree.word(node["pubname"]))
    ends = node.get("action") == "AP_DropObjects"
    for row in (row["PublicationObjSpec"] for row in node.get("pubobjects", ())):
        if "pubtable" in row:
            table = tree.name(row["pubtable"]["relation"])
            yield Hang(kin=Kin.PUBLISHES, one=publication, other=table, ends=ends)


_EVENTS = (("INSERT", 4), ("DELETE", 8), ("UPDATE", 16), ("TRUNCATE", 32))
"""The bits of a trigger's events (catalog/pg_trigger.h)."""


def _fires(tree: Tree, relation: Node, name: str, events: tuple[str, ...]) -> Hang:
    table = tree.name(relation)
    return _link(Kin.FIRES, Name(table.schema, f"{tree.word(name)} on {table.name}"), table, "", events)
