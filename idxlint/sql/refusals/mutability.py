"""What in an expression is not IMMUTABLE, so that PostgreSQL takes it neither as a key nor in a predicate of an index.

Functions are known by pg_proc.provolatile, casts by pg_cast and the input and output functions of the types, on
PostgreSQL 12 to 18. Where a type is not known, nothing is said.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from idxlint.model import value
from idxlint.sql.meaning import normal_form
from idxlint.sql.meaning.tree import Node, kind, text

TypeOf = Callable[[str], str | None]
"""The type of a column by its internal name, with [] behind it for an array; None where it is unknown."""


@value
class Mutable:
    """A part of an expression. what: in words; word: the one to underline; group: what may stand instead of it."""

    what: str
    word: str
    group: str


CLOCK = frozenset("clock_timestamp now statement_timestamp timeofday transaction_timestamp".split())
FUNCTIONS = CLOCK | frozenset(
    "array_to_json array_to_string concat concat_ws convert convert_from convert_to current_database current_query"
    " current_schema current_schemas current_setting currval format format_type gen_random_uuid json_build_array"
    " json_build_object jsonb_build_array jsonb_build_object lastval make_timestamptz nextval pg_backend_pid random"
    " row_to_json timeofday to_char to_date to_json to_jsonb to_number to_regclass txid_current version".split()
)
"""Functions of which no form is IMMUTABLE."""

OF_ONE = frozenset("age phraseto_tsquery plainto_tsquery to_tsquery to_tsvector websearch_to_tsquery".split())
"""Functions whose forms with one argument are STABLE: they ask for the time, or for a setting."""

_TIMES = frozenset("date time timetz timestamp timestamptz interval".split())
_TEXTS = frozenset("text varchar bpchar".split())
_PRINTED = frozenset("date timestamp timestamptz money".split())
_CASTS = {
    "timestamptz": frozenset("date time timetz timestamp".split()),
    "timestamp": frozenset(("timestamptz",)),
    "date": frozenset(("timestamptz",)),
    "time": frozenset(("timetz",)),
}
_TO_TEXT = frozenset(
    "btrim initcap left lower lpad ltrim md5 regexp_replace replace reverse right rpad rtrim substr substring"
    " translate upper".split()
)
_COMPARING = frozenset(("<", "<=", "=", "<>", ">=", ">"))
_DATED = frozenset(("date", "timestamp"))


def mutable(expression: str, type_of: TypeOf) -> Mutable | None:
    """The first part of an expression, in normal form, that is certainly not IMMUTABLE."""
    if not expression.startswith("{"):
        return None
    try:
        return next(_Reader(type_of).parts(json.loads(expression)), None)
    except RecursionError:
        return None


def in_predicate(predicate: str, type_of: TypeOf) -> Mutable | None:
    """The same for a predicate as it is written."""
    return mutable(normal_form.of_text(predicate), type_of)


class _Reader:
    """Reads one expression."""

    def __init__(self, type_of: TypeOf) -> None:
        self._type_of = type_of

    def parts(self, tree: Any) -> Iterator[Mutable]:
        """What is not IMMUTABLE, outer parts first."""
        for part in tree.values() if isinstance(tree, dict) else tree:
            if isinstance(part, dict | list):
                yield from self.parts(part)
        if isinstance(tree, dict):
            for name in ("SQLValueFunction", "FuncCall", "TypeCast", "A_Expr"):
                if name in tree:
                    yield from self._part(name, tree[name])

    def _part(self, name: str, node: Node) -> Iterator[Mutable]:
        match name:
            case "SQLValueFunction":
                word = node["op"].removeprefix("SVFOP_").removesuffix("_N")
                group = "clock" if "TIME" in word or "DATE" in word else "session"
                yield Mutable(word.lower(), word, group)
            case "FuncCall":
                yield from self._call(node)
            case "TypeCast":
                yield from self._cast(self._type(node["arg"]), _written(node["typeName"]))
            case "A_Expr" if node.get("kind") == "AEXPR_OP" and "lexpr" in node and "rexpr" in node:
                yield from self._operator(
                    text(node["name"][-1]), self._type(node["lexpr"]), self._type(node["rexpr"])
                )

    def _call(self, node: Node) -> Iterator[Mutable]:
        *schema, name = map(text, node["funcname"])
        arguments = node.get("args", [])
        if schema not in ([], ["pg_catalog"]):
            return
        if name in FUNCTIONS:
            group = "clock" if name in CLOCK else name
            yield Mutable(f"{name}()", name.upper(), group)
        elif name in OF_ONE and len(arguments) == 1:
            yield Mutable(
                f"{name}() with one argument", name.upper(), "configuration" if "ts" in name else "clock"
            )
        elif name == "to_timestamp" and len(arguments) == 2:
            yield Mutable("to_timestamp() of a text", name.upper(), "text")
        elif name in ("date_trunc", "date_part", "extract") and len(arguments) == 2:
            of = self._type(arguments[1])
            if of == "timestamptz" or (of == "date" and name == "date_trunc"):
                yield Mutable(f"{name}() of a {of}", name.upper(), "zone")
        elif name in ("date", "time", "timestamp", "timestamptz") and len(arguments) == 1:
            yield from self._cast(self._type(arguments[0]), name)

    def _cast(self, source: str | None, target: str) -> Iterator[Mutable]:
        if source is None or source == target:
            return
        array = source.endswith("[]") or target.endswith("[]")
        read = source in _TEXTS and (target in _TIMES or target == "money" or target.endswith("[]"))
        printed = target in _TEXTS and (source in _PRINTED or source.endswith("[]"))
        if read or printed or (not array and target in _CASTS.get(source, ())):
            group = "zone" if source == "timestamptz" and target not in _TEXTS else "text"
            yield Mutable(f"the cast from {source} to {target}", "", group)

    def _operator(self, name: str, left: str | None, right: str | None) -> Iterator[Mutable]:
        sides = {left, right}
        if name in ("+", "-") and sides == {"timestamptz", "interval"}:
            yield Mutable(f"{left} {name} {right}", "", "zone")
        elif name in _COMPARING and "timestamptz" in sides and sides & _DATED:
            yield Mutable(f"the comparison of {left} with {right}", "", "zone")

    def _type(self, node: Node) -> str | None:
        """The type of an expression, where its parts tell."""
        name, inner = kind(node)
        match name:
            case "ColumnRef":
                field = inner.get("String") if isinstance(inner, dict) else None
                return self._type_of(field.get("sval", "")) if field else None
            case "TypeCast":
                return _written(inner["typeName"])
            case "CollateClause":
                return self._type(inner["arg"])
            case "A_Expr" if text(inner["name"][-1]) in ("->>", "#>>"):
                return "text"
            case "FuncCall":
                return self._result(text(inner["funcname"][-1]), inner.get("args", []))
        return None

    def _result(self, name: str, arguments: list[Node]) -> str | None:
        if name == "timezone" and len(arguments) == 2:
            of = self._type(arguments[1])
            return {"timestamptz": "timestamp", "timestamp": "timestamptz"}.get(of or "")
        if name == "date_trunc" and len(arguments) == 2:
            of = self._type(arguments[1])
            return "timestamptz" if of == "date" else of
        return "text" if name in _TO_TEXT else None


def _written(node: Node) -> str:
    """The name of a type, with [] for an array; a type of another schema than pg_catalog has its schema."""
    name = ".".join(map(text, node["names"])).removeprefix("pg_catalog.")
    return f"{name}[]" if "arrayBounds" in node else name
