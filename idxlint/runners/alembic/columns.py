"""Columns and constraints of SQLAlchemy as SQL."""

import ast

from idxlint.model import record
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
_TIMES = frozenset(("DateTime", "TIMESTAMP", "Time", "TIME"))
_ENUMS = frozenset(("Enum", "ENUM"))
_NOT_TYPES = frozenset(
    ("ForeignKey", "CheckConstraint", "Computed", "Identity", "Sequence", "FetchedValue", "DefaultClause")
)


@record
class ColumnDefinition:
    """A column: its definition, and what SQLAlchemy makes beside it."""

    name: str
    definition: str
    primary: bool = False
    unique: bool = False
    index: bool = False
    foreign: tuple[str, ...] = ()


def column(node: ast.expr, names: Names) -> ColumnDefinition | None:
    """A Column(…); None for another object."""
    node = resolved(node, names)
    if not isinstance(node, ast.Call) or called(node) not in ("Column", "column"):
        return None
    given = Given(node, names, ("name",))
    name = given.must("name")
    primary = given.flag("primary_key")
    rest = [resolved(argument, names) for argument in given.rest]
    typed = given.get("type_") or next(
        (argument for argument in rest if called(argument) not in _NOT_TYPES), None
    )
    parts = [ident(name), sqltype(typed, names)]
    if (default := given.get("server_default")) is not None and called(default) not in _NOT_TYPES:
        parts.append(f"DEFAULT {_default(default, names)}")
    nullable = given.get("nullable")
    required = isinstance(nullable, ast.Constant) and not nullable.value
    if required or (primary and nullable is None):
        parts.append("NOT NULL")
    foreign = tuple(
        _reference(name, argument, names)
        for argument in rest
        if isinstance(argument, ast.Call) and called(argument) == "ForeignKey"
    )
    return ColumnDefinition(
        name, " ".join(parts), primary, given.flag("unique"), given.flag("index"), foreign
    )


def _default(node: ast.expr, names: Names) -> str:
    """A server default: a plain string is a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "'" + node.value.replace("'", "''") + "'"
    default = key(node, names) if called(node) else expression(node, names)
    return "CURRENT_TIMESTAMP" if default == "current_timestamp()" else default


def sqltype(node: ast.expr | None, names: Names) -> str:
    """The name of a type; one of its own keeps its name."""
    if node is None:
        return "VARCHAR"
    node = resolved(node, names)
    call = node if isinstance(node, ast.Call) else None
    target = call.func if call else node
    name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "text")
    given = Given(call, names) if call else None
    if name in _TIMES:
        return _time(name, given)
    if given and name == "ARRAY" and given.rest:
        return sqltype(given.rest[0], names) + "[]"
    if given and name in _ENUMS:
        return dotted(given.word("schema"), given.word("name") or "text")
    known = _TYPES.get(name) or ident(name)
    return known + _size(given) if given and known in _SIZED else known


def _time(name: str, given: Given | None) -> str:
    """A type with or without a time zone, which is its first argument."""
    zoned = given is not None and _true(given.get("timezone") or next(iter(given.rest), None))
    return f"{name.upper().replace('DATETIME', 'TIMESTAMP')} WITH{'' if zoned else 'OUT'} TIME ZONE"


def _size(given: Given) -> str:
    """The length, or precision and scale, in parentheses; nothing where they are not constants."""
    size = given.get("length") or given.get("precision")
    sizes = given.rest or ([size] if size else [])
    if not sizes or not all(isinstance(resolved(node, given.names), ast.Constant) for node in sizes):
        return ""
    return f"({', '.join(word(node, given.names) for node in sizes)})"


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
    pairs = [elements(argument, given.names) or [argument] for argument in given.rest]
    keys = [
        f"{key(pair[0], given.names)} WITH {word(pair[1], given.names)}" for pair in pairs if len(pair) == 2
    ]
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
            targets = [word(target, names).rsplit(".", 2) for target in given.listed("refcolumns")]
            if not targets or len(targets[0]) < 2:
                return None
            relation = dotted(targets[0][0] if len(targets[0]) > 2 else None, targets[0][-2])
            columns = ", ".join(ident(target[-1]) for target in targets)
            own = idents(given.listed("columns"), names)
            return named(given) + f"FOREIGN KEY ({own}) REFERENCES {relation} ({columns})" + actions(given)
    return None
