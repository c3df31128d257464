"""Columns and constraints of SQLAlchemy as SQL."""

import ast
from dataclasses import dataclass

from idxlint.runners.alembic.arguments import Given, expression, idents, key
from idxlint.runners.python.host import Names, called, elements, resolved, word
from idxlint.runners.shared.identifiers import dotted, ident

_TYPES = {
    "Integer": "INTEGER", "INTEGER": "INTEGER", "INT": "INTEGER", "BigInteger": "BIGINT", "BIGINT": "BIGINT",
    "SmallInteger": "SMALLINT", "SMALLINT": "SMALLINT", "String": "VARCHAR", "Unicode": "VARCHAR",
    "VARCHAR": "VARCHAR", "CHAR": "CHAR", "Text": "TEXT", "UnicodeText": "TEXT", "TEXT": "TEXT",
    "Boolean": "BOOLEAN", "BOOLEAN": "BOOLEAN", "Date": "DATE", "DATE": "DATE", "Numeric": "NUMERIC",
    "NUMERIC": "NUMERIC", "DECIMAL": "DECIMAL", "Float": "FLOAT", "FLOAT": "FLOAT", "Double": "DOUBLE PRECISION",
    "LargeBinary": "BYTEA", "BYTEA": "BYTEA", "JSON": "JSON", "JSONB": "JSONB", "UUID": "UUID", "Uuid": "UUID",
    "Interval": "INTERVAL", "INTERVAL": "INTERVAL", "INET": "INET", "CIDR": "CIDR", "TSVECTOR": "TSVECTOR",
    "HSTORE": "HSTORE", "CITEXT": "CITEXT", "REAL": "REAL", "TSRANGE": "TSRANGE", "TSTZRANGE": "TSTZRANGE",
    "DATERANGE": "DATERANGE", "INT4RANGE": "INT4RANGE", "INT8RANGE": "INT8RANGE",
}  # fmt: skip
_SIZED = frozenset(("VARCHAR", "CHAR", "NUMERIC", "DECIMAL"))
_NOT_TYPES = frozenset(
    ("ForeignKey", "CheckConstraint", "Computed", "Identity", "Sequence", "FetchedValue", "DefaultClause")
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its definition, and what SQLAlchemy makes beside it."""

    name: str
    definition: str
    primary: bool = False
    unique: bool = False
    index: bool = False
    foreign: tuple[str, ...] = ()


def column(node: ast.expr, names: Names) -> Column | None:
    """A Column(…); None for another object."""
    node = resolved(node, names)
    if not isinstance(node, ast.Call) or called(node) not in ("Column", "column"):
        return None
    given = Given(node, names, ("name",))
    name = given.must("name")
    primary = given.flag("primary_key")
    rest = [resolved(one, names) for one in given.rest]
    typed = given.get("type_") or next((one for one in rest if called(one) not in _NOT_TYPES), None)
    parts = [ident(name), sqltype(typed, names)]
    if (default := given.get("server_default")) is not None and called(default) not in _NOT_TYPES:
        parts.append(f"DEFAULT {_default(default, names)}")
    nullable = given.get("nullable")
    required = isinstance(nullable, ast.Constant) and not nullable.value
    if required or (primary and nullable is None):
        parts.append("NOT NULL")
    foreign = tuple(
        _reference(name, one, names)
        for one in rest
        if isinstance(one, ast.Call) and called(one) == "ForeignKey"
    )
    return Column(name, " ".join(parts), primary, given.flag("unique"), given.flag("index"), foreign)


def _default(node: ast.expr, names: Names) -> str:
    """A server default: a plain string is a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "'" + node.value.replace("'", "''") + "'"
    found = key(node, names) if called(node) else expression(node, names)
    return "CURRENT_TIMESTAMP" if found == "current_timestamp()" else found


def sqltype(node: ast.expr | None, names: Names) -> str:
    """The name of a type; one of its own keeps its name."""
    if node is None:
        return "VARCHAR"
    node = resolved(node, names)
    call = node if isinstance(node, ast.Call) else None
    target = call.func if call else node
    name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "text")
    given = Given(call, names) if call else None
    sizes = given.rest if given else []
    if name == "ARRAY" and sizes:
        return sqltype(sizes[0], names) + "[]"
    if name in ("Enum", "ENUM") and given:
        return dotted(given.word("schema"), given.word("name") or "text")
    if name in ("DateTime", "TIMESTAMP", "Time", "TIME"):
        zoned = given is not None and _true(given.get("timezone") or next(iter(sizes), None))
        return f"{name.upper().replace('DATETIME', 'TIMESTAMP')} WITH{'' if zoned else 'OUT'} TIME ZONE"
    known = _TYPES.get(name) or ident(name)
    size = given.get("length") or given.get("precision") if given else None
    row = sizes or ([size] if size else [])
    if known in _SIZED and row and all(isinstance(resolved(one, names), ast.Constant) for one in row):
        return f"{known}({', '.join(word(one, names) for one in row)})"
    return known


def _true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _reference(name: str, call: ast.Call, names: Names) -> str:
    given = Given(call, names, ("column",))
    *schema, table, target = given.must("column").rsplit(".", 2)[-3:] if given.get("column") else ("", "")
    relation = dotted(schema[0] if schema else None, table)
    return (
        named(given) + f"FOREIGN KEY ({ident(name)}) REFERENCES {relation} ({ident(target)})" + actions(given)
    )


def named(given: Given, *keys: str) -> str:
    """CONSTRAINT and its name, if there is one."""
    name = given.word(*(keys or ("name",)))
    return f"CONSTRAINT {ident(name)} " if name else ""


def actions(given: Given) -> str:
    """What a foreign key does, and when it is checked."""
    parts = [
        f" {words} {value}"
        for words, key_ in (("ON DELETE", "ondelete"), ("ON UPDATE", "onupdate"))
        if (value := given.word(key_))
    ]
    return "".join(parts) + deferral(given)


def deferral(given: Given) -> str:
    """When a constraint is checked."""
    parts = []
    if (wanted := given.get("deferrable")) is not None:
        parts.append(" DEFERRABLE" if _true(wanted) else " NOT DEFERRABLE")
    if when := given.word("initially"):
        parts.append(f" INITIALLY {when}")
    return "".join(parts)


def exclusion(given: Given) -> str:
    """The body of an exclusion constraint; its elements are what is left of the arguments."""
    pairs = [elements(one, given.names) or [one] for one in given.rest]
    keys = [f"{key(one[0], given.names)} WITH {word(one[1], given.names)}" for one in pairs if len(one) == 2]
    where = given.get("where")
    text = f"EXCLUDE USING {given.word('using') or 'gist'} ({', '.join(keys) or '{elements} WITH ='})"
    return text + (f" WHERE ({expression(where, given.names)})" if where else "") + deferral(given)


def constraint(node: ast.expr, names: Names) -> str | None:
    """A constraint in CREATE TABLE; None for another object."""
    node = resolved(node, names)
    if not isinstance(node, ast.Call):
        return None
    kind = called(node)
    given = Given(node, names, {"ForeignKeyConstraint": ("columns", "refcolumns")}.get(kind, ()))
    match kind:
        case "PrimaryKeyConstraint":
            return named(given) + f"PRIMARY KEY ({idents(given.rest, names)})" + deferral(given)
        case "UniqueConstraint":
            return named(given) + f"UNIQUE ({idents(given.rest, names)})" + deferral(given)
        case "ExcludeConstraint":
            return named(given) + exclusion(given)
        case "CheckConstraint":
            condition = given.rest[0] if given.rest else given.get("sqltext")
            return named(given) + f"CHECK ({expression(condition, names)})" if condition else None
        case "ForeignKeyConstraint":
            targets = [word(one, names).rsplit(".", 2) for one in given.listed("refcolumns")]
            if not targets or len(targets[0]) < 2:
                return None
            relation = dotted(targets[0][0] if len(targets[0]) > 2 else None, targets[0][-2])
            columns = ", ".join(ident(one[-1]) for one in targets)
            own = idents(given.listed("columns"), names)
            return named(given) + f"FOREIGN KEY ({own}) REFERENCES {relation} ({columns})" + actions(given)
    return None
