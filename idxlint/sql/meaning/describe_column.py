"""Columns, their types, what fills them, and constraints, from the parse tree."""

from collections.abc import Iterator
from typing import Any

from idxlint.sql.meaning.column_operations import Column, ColumnType, Filled
from idxlint.sql.meaning.operations import Constraint
from idxlint.sql.meaning.tree import Node, Tree, conjuncts, constant, kind, nodes, text

VOLATILE = frozenset(
    "clock_timestamp currval gen_random_bytes gen_random_uuid gen_salt lastval nextval random random_normal"
    " timeofday uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7".split()
)
"""Volatile functions that serve as defaults (pg_proc.provolatile of 12 to 18, of uuid-ossp and of pgcrypto)."""

STEADY = frozenset(
    "abs age array_fill btrim ceil chr concat concat_ws convert_to current_database current_schema current_setting"
    " date date_part date_trunc daterange decode encode floor format inet_client_addr"
    " int4range int8range interval json_build_array json_build_object jsonb_build_array jsonb_build_object left"
    " length lower lpad ltrim make_date make_interval make_time make_timestamp make_timestamptz md5 mod now"
    " numrange point power replace right round rpad rtrim sha256 statement_timestamp string_to_array substr"
    " substring text timestamp timestamptz timezone to_char to_date to_json to_jsonb to_number to_timestamp"
    " to_tsvector transaction_timestamp trim trunc tsrange tstzrange txid_current upper uuid_generate_v3"
    " uuid_generate_v5 uuid_nil".split()
)
"""Stable and immutable functions that serve as defaults, from the same source."""

_KINDS = {
    "CONSTR_PRIMARY": "PRIMARY KEY",
    "CONSTR_UNIQUE": "UNIQUE",
    "CONSTR_EXCLUSION": "EXCLUDE",
    "CONSTR_FOREIGN": "FOREIGN KEY",
    "CONSTR_CHECK": "CHECK",
    "CONSTR_NOTNULL": "NOT NULL",
}

_SERIAL = {
    "smallserial": "int2", "serial2": "int2", "serial": "int4", "serial4": "int4", "bigserial": "int8",
    "serial8": "int8",
}  # fmt: skip


def column(tree: Tree, node: Node) -> Column:
    """A ColumnDef, with what its own constraints say."""
    written = column_type(tree, node["typeName"]) if "typeName" in node else None
    not_null, filled = False, Filled.NULL
    if written and (of_serial := _SERIAL.get(written.name)):
        written, not_null, filled = ColumnType(of_serial), True, Filled.IDENTITY
    for element in node.get("constraints", ()):
        constraint = element["Constraint"]
        match constraint["contype"]:
            case "CONSTR_NOTNULL" | "CONSTR_PRIMARY":
                not_null = True
            case "CONSTR_IDENTITY":
                not_null, filled = True, Filled.IDENTITY
            case "CONSTR_GENERATED":
                virtual = constraint.get("generated_kind") == "v"
                filled = Filled.VIRTUAL if virtual else Filled.STORED
            case "CONSTR_DEFAULT":
                filled = default(constraint["raw_expr"])
    return Column(tree.word(node["colname"]), written, not_null, filled)


def column_type(tree: Tree, node: Node) -> ColumnType:
    """A TypeName: PostgreSQL's own types by their internal name, others with the schema that is written."""
    names = [tree.word(text(name)) for name in node["names"]]
    modifiers = tuple(_modifier(modifier) for modifier in node.get("typmods", ()))
    return ColumnType(".".join(names).removeprefix("pg_catalog."), modifiers, "arrayBounds" in node)


def _modifier(node: Node) -> str:
    """A number, or a word as in geometry(Point, 4326)."""
    value = constant(node)
    return value if value is not None else text(node.get("ColumnRef", {}).get("fields", [{}])[-1])


def default(expression: Node) -> Filled:
    """What DEFAULT gives the rows that are there.

    PostgreSQL computes it once unless it has a volatile function (ATExecAddColumn in commands/tablecmds.c).
    """
    if "A_Const" in expression and expression["A_Const"].get("isnull"):
        return Filled.NULL
    filled = Filled.CONSTANT
    for called in _functions(expression):
        if called in VOLATILE:
            return Filled.VOLATILE
        if called not in STEADY:
            filled = Filled.UNKNOWN
    return filled


def _functions(tree: Any) -> Iterator[str]:
    """The functions that an expression calls; one of a schema that is not PostgreSQL's has it in front."""
    for call in (node["FuncCall"] for node in nodes(tree) if "FuncCall" in node):
        *schema, name = [text(part) for part in call["funcname"]]
        yield name if name in VOLATILE or schema in ([], ["pg_catalog"]) else f"{schema[-1]}.{name}"


def columns_in(tree: Any) -> Iterator[str]:
    """The columns that an expression mentions, in the order of its tree."""
    return (text(node["ColumnRef"]["fields"][-1]) for node in nodes(tree) if "ColumnRef" in node)


def never_null(expression: Node) -> Iterator[str]:
    """The columns for which IS NOT NULL is a term of a condition that is an AND, or all of it.

    That is what PostgreSQL takes for a proof (NotNullImpliedByRelConstraints in commands/tablecmds.c).
    """
    for name, node in map(kind, conjuncts(expression)):
        if name == "NullTest" and node["nulltesttype"] == "IS_NOT_NULL" and "ColumnRef" in node["arg"]:
            yield text(node["arg"]["ColumnRef"]["fields"][-1])


def constraints(tree: Tree, node: Node) -> tuple[Constraint, ...]:
    """The constraints in a CREATE TABLE, those of its columns as well."""
    found: list[Constraint] = []
    for element in node.get("tableElts", ()):
        if "Constraint" in element:
            found += constraint(tree, element["Constraint"])
        elif "ColumnDef" in element:
            found += _of_column(tree, element["ColumnDef"])
    return tuple(found)


def _of_column(tree: Tree, node: Node) -> list[Constraint]:
    label = tree.word(node["colname"])
    return [
        one
        for element in node.get("constraints", ())
        for one in constraint(tree, element["Constraint"], label)
    ]


def constraint(tree: Tree, node: Node, column: str | None = None) -> list[Constraint]:
    """A Constraint node of a kind that matters; column: the one in whose definition it stands."""
    kind = _KINDS.get(node["contype"])
    if kind is None:
        return []
    name, index, check = node.get("conname"), node.get("indexname"), node.get("raw_expr", {})
    target = node.get("pktable")
    keys = node.get("keys") or node.get("fk_attrs") or ()
    columns = [column] if column else [tree.word(text(key)) for key in keys]
    if check:  # whose columns are those that it mentions
        columns = list(dict.fromkeys(map(tree.word, columns_in(check))))
    enforced = kind not in ("CHECK", "FOREIGN KEY") or node.get("is_enforced", False)
    return [
        Constraint(
            kind=kind,
            name=tree.word(name) if name else None,
            columns=tuple(columns) or _excluded(tree, node),
            using_index=tree.word(index) if index else None,
            not_valid=node.get("skip_validation", False) or not enforced,
            temporal=node.get("without_overlaps", False),
            references=tree.name(target) if target else None,
            not_nulls=tuple(map(tree.word, never_null(check))) if check else (),
            include=tuple(tree.word(text(column)) for column in node.get("including", ())),
            nulls_not_distinct=node.get("nulls_not_distinct", False),
            deferrable=node.get("deferrable", False),
        )
    ]


def _excluded(tree: Tree, node: Node) -> tuple[str, ...]:
    """The columns of an exclusion constraint; an expression counts under the label PostgreSQL gives it."""
    elements = [pair["List"]["items"][0]["IndexElem"] for pair in node.get("exclusions", ())]
    return tuple(tree.word(element.get("name", "expr")) for element in elements)
