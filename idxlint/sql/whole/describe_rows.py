"""What statements on rows lock: INSERT, UPDATE, DELETE, MERGE, COPY and SELECT FOR UPDATE, also inside WITH."""

from collections.abc import Iterator
from typing import Any

from idxlint.sql.meaning.column_operations import Touch
from idxlint.sql.meaning.describe_column import STEADY, VOLATILE
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.meaning.tree import Node, Tree, constant, nodes, text
from idxlint.sql.text import Name

_CHANGES = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}


def _inside(node: Any) -> Iterator[tuple[str, Node]]:
    """Every statement on rows inside a tree, from the outside in."""
    for part in nodes(node):
        for key, value in part.items():
            if key in _CHANGES or key == "SelectStmt":
                yield key, value


def changes(tree: Tree, name: str, node: Node) -> list[Operation]:
    """The tables whose rows a statement changes or locks."""
    found = [*_inside({name: node})]
    return [
        *(touch for key, inner in found if key in _CHANGES for touch in _change(tree, key, inner)),
        *(touch for key, inner in found if key == "SelectStmt" for touch in _locking(tree, inner)),
        *(touch for call in _calls(node) for touch in _called(tree, name, node, call)),
    ]


def _calls(node: Any) -> Iterator[Node]:
    """The functions that a statement calls, DO and routines left out."""
    return (part["FuncCall"] for part in nodes(node) if "FuncCall" in part)


def _called(tree: Tree, name: str, node: Node, call: Node) -> list[Operation]:
    """Nextval and setval lock the sequence; a SELECT of nothing but a function is there for what it does."""
    *schema, function = [text(part) for part in call["funcname"]]
    if schema not in ([], ["pg_catalog"]):
        function = f"{schema[-1]}.{function}"
    arguments = call.get("args", [])
    sequence = constant(arguments[0]) if arguments else None
    if function in ("nextval", "setval") and sequence:
        parts = tuple(part.strip('"') for part in sequence.split("."))
        relation = Name(parts[-2] if len(parts) > 1 else None, parts[-1])
        return [Touch(form="nextval or setval", relations=(relation,), **tree.at())]
    harmless = function in _HARMLESS or function.startswith("pg_")
    if name == "SelectStmt" and "fromClause" not in node and not harmless:
        return [Touch(form="SELECT of a function", **tree.at())]
    return []


_HARMLESS = STEADY | VOLATILE | frozenset(("set_config", "count", "coalesce", "version", "array_agg"))


def _change(tree: Tree, name: str, node: Node) -> list[Operation]:
    """A change of rows; MERGE also counts as each of the changes that it makes."""
    relation = node["relation"]
    clauses = [clause["MergeWhenClause"]["commandType"] for clause in node.get("mergeWhenClauses", ())]
    first = "INSERT ON CONFLICT" if "onConflictClause" in node else _CHANGES[name]
    forms = [first, *(kind.removeprefix("CMD_") for kind in dict.fromkeys(clauses))]
    return [
        Touch(
            form=form,
            relations=(tree.name(relation),),
            columns=tuple(_columns(tree, name, node)),
            only=not relation.get("inh", False),
            unbounded=_unbounded(name, node),
            **tree.at(),
        )
        for form in forms
        if form != "NOTHING"
    ]


def _columns(tree: Tree, name: str, node: Node) -> Iterator[str]:
    """The columns that an UPDATE sets, that of a MERGE included."""
    rows = (
        [node]
        if name == "UpdateStmt"
        else [clause["MergeWhenClause"] for clause in node.get("mergeWhenClauses", ())]
    )
    for row in rows:
        for target in row.get("targetList", ()):
            yield tree.word(target["ResTarget"].get("name", ""))


def _unbounded(name: str, node: Node) -> bool:
    match name:
        case "InsertStmt":
            select = node.get("selectStmt", {}).get("SelectStmt", {})
            return "fromClause" in select and "limitCount" not in select
        case "UpdateStmt" | "DeleteStmt":
            return "whereClause" not in node
    return True


def _locking(tree: Tree, node: Node) -> list[Operation]:
    clauses = [clause["LockingClause"] for clause in node.get("lockingClause", ())]
    if not clauses:
        return []
    named = dict(_from(node.get("fromClause", ())))
    touches: list[Operation] = []
    for clause in clauses:
        wanted = [one["RangeVar"]["relname"] for one in clause.get("lockedRels", ())] or [*named]
        for alias in wanted:
            if relation := named.get(alias):
                name, only = tree.name(relation), not relation.get("inh", False)
                unbounded = "whereClause" not in node and "limitCount" not in node
                touches.append(
                    Touch(
                        form="SELECT FOR UPDATE",
                        relations=(name,),
                        only=only,
                        unbounded=unbounded,
                        **tree.at(),
                    )
                )
    return touches


def _from(items: Any) -> Iterator[tuple[str, Node]]:
    """The tables of a FROM clause by their aliases, those of joins included."""
    waiting = [*items]
    while waiting:
        item = waiting.pop(0)
        if relation := item.get("RangeVar"):
            yield relation.get("alias", {}).get("aliasname", relation["relname"]), relation
        elif join := item.get("JoinExpr"):
            waiting += [join["larg"], join["rarg"]]


def _reader(name: str) -> Any:
    return lambda tree, node: changes(tree, name, node)


def _copy(tree: Tree, node: Node) -> list[Operation]:
    if "relation" not in node:
        return changes(tree, "CopyStmt", node.get("query", {}))
    if not node.get("is_from"):
        return []
    return [Touch(form="COPY FROM", relations=(tree.name(node["relation"]),), unbounded=True, **tree.at())]


def _explain(tree: Tree, node: Node) -> list[Operation]:
    return [
        Touch(form=touch.form, relations=touch.relations, only=touch.only, **tree.at())
        for touch in changes(tree, "ExplainStmt", node)
        if isinstance(touch, Touch)
    ]


READERS = {
    **{name: _reader(name) for name in (*_CHANGES, "SelectStmt", "DeclareCursorStmt", "CreateTableAsStmt")},
    "CopyStmt": _copy,
    "ExplainStmt": _explain,
}
