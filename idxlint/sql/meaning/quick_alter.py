"""The commonest ALTER TABLE without a parse tree: one action, of plain words (`quick`)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from idxlint.sql.meaning.column_operations import (
    AddColumn,
    AlterColumn,
    Column,
    ColumnChange,
    ColumnType,
    Filled,
    ValidateConstraint,
)
from idxlint.sql.meaning.operations import AddConstraint, Constraint, DropConstraint, Operation, Rename
from idxlint.sql.text import FULL, MAX_BYTES, WORD, Name, folded

_FLAGS = re.IGNORECASE | re.DOTALL
_TYPES = {
    "bigint": "int8", "boolean": "bool", "bytea": "bytea", "char": "bpchar", "character": "bpchar",
    "character varying": "varchar", "date": "date",
    "decimal": "numeric", "double precision": "float8", "int": "int4", "int4": "int4", "int8": "int8",
    "integer": "int4", "json": "json", "jsonb": "jsonb", "numeric": "numeric", "real": "float4",
    "smallint": "int2", "text": "text", "timestamp": "timestamp", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp", "timestamptz": "timestamptz", "uuid": "uuid", "varchar": "varchar",
}  # fmt: skip
"""Types by how they are mostly written, and what the parse tree calls them."""

_MODIFIED = ("bpchar", "varchar", "numeric")
_TABLE = re.compile(
    rf"alter\s+table\s+(if\s+exists\s+)?(only\s+)?(?!(?:if|only)\b){FULL}\s+(?=[a-z])", re.IGNORECASE
)
LITERAL = r"-?[0-9.]+|'[^'\\]*'|true|false|null|now\(\)|current_timestamp"
TYPE = (
    r"(double\s+precision|character\s+varying|timestamp\s+with(?:out)?\s+time\s+zone|[a-z]+[0-9]*)"
    r"\s*(?:\(([0-9, ]+)\))?\s*(\[\])?"
)
ACTIONS = r"(?:\s*on\s+(?:delete|update)\s+(?:cascade|restrict|no\s+action|set\s+null|set\s+default))*"
"""What a foreign key does."""

_ADD_COLUMN = re.compile(
    rf"add\s+column\s+(if\s+not\s+exists\s+)?(?!if\b){WORD}\s+{TYPE}(\s+not\s+null)?"
    rf"(?:\s+default\s+({LITERAL}))?(\s+not\s+null)?\Z",
    re.IGNORECASE,
)
_ALTER = re.compile(
    rf"alter\s+column\s+{WORD}\s+(?:(set|drop)\s+not\s+null|(?:set\s+data\s+)?type\s+{TYPE}(\s+using\b.*)?)\Z",
    _FLAGS,
)
_DROP = re.compile(
    rf"drop\s+(column|constraint)\s+(?:if\s+exists\s+)?(?!if\b){WORD}(?:\s+(?:cascade|restrict))?\Z",
    re.IGNORECASE,
)
_VALIDATE = re.compile(rf"validate\s+constraint\s+{WORD}\Z", re.IGNORECASE)
_CONSTRAINT = re.compile(
    rf"(add\s+)constraint\s+{WORD}\s+(?:check\s*\(\s*{WORD}\s+is\s+not\s+null\s*\)"
    rf"|foreign\s+key\s*\(\s*{WORD}\s*\)\s*references\s+{FULL}\s*(?:\(\s*{WORD}\s*\))?"
    rf"{ACTIONS}|unique\s*\(\s*{WORD}\s*\))(\s*not\s+valid)?\Z",
    re.IGNORECASE,
)
_RENAME_INDEX = re.compile(
    rf"alter\s+index\s+(?:if\s+exists\s+)?(?!if\b){FULL}\s+rename\s+to\s+{WORD}\Z", re.IGNORECASE
)
_COMMA = re.compile(r"\([^()]*\)|,\s*")
"""Parentheses, or a comma in none; what is cut in the wrong place is no plain action."""


def _actions(text: str) -> Iterator[str]:
    start = 0
    for match in _COMMA.finditer(text):
        if match[0][0] == ",":
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def glance_alter(sql: str) -> tuple[Operation, ...] | None:
    """The operations of an ALTER TABLE of plain actions; None where they cannot be read off."""
    match = _TABLE.match(sql)
    if match is None:
        return _rename_index(sql)
    exists, only, schema, name = match.groups()
    if len(schema or "") > MAX_BYTES or len(name) > MAX_BYTES:
        return None
    if not sql.isascii() or "--" in sql or "/*" in sql:
        return None
    table = Name(folded(schema) if schema else None, folded(name))
    at, operations = match.end(), list[Operation]()
    for action in _actions(sql[at:]) if "," in sql else (sql[at:],):
        at = sql.index(action, at)
        made = _action(action, at, at if operations else 0, table, only is not None)
        if made is None:
            return None
        if exists and isinstance(made, AddConstraint):
            made = replace(made, if_exists=True)
        operations.append(made)
    return tuple(operations)


def _rename_index(sql: str) -> tuple[Operation, ...] | None:
    match = _RENAME_INDEX.match(sql)
    if match is None or not sql.isascii() or any(len(part or "") > MAX_BYTES for part in match.groups()):
        return None
    schema, old, new = match.groups()
    return (Rename(kind="index", old=Name(folded(schema) if schema else None, folded(old)), new=folded(new)),)


def _action(sql: str, at: int, near: int, table: Name, only: bool) -> Operation | None:
    """One action, which is the sql. at: where it begins; near: where it is looked for, as with a parse tree."""
    match sql[:7].lower():
        case "add col":
            return _add_column(sql, near, table, only)
        case "add con":
            return _constraint(sql, at, table, only)
        case "alter c":
            return _alter(sql, near, table, only)
        case "drop co" if (dropped := _DROP.match(sql)) and len(dropped[2]) <= MAX_BYTES:
            word = folded(dropped[2])
            if dropped[1].lower() == "constraint":
                return DropConstraint(table=table, name=word, only=only)
            return AlterColumn(table=table, column=word, change=ColumnChange.DROP, only=only, near=near)
        case "validat" if (validated := _VALIDATE.match(sql)) and len(validated[1]) <= MAX_BYTES:
            return ValidateConstraint(table=table, name=folded(validated[1]), only=only, near=near)
    return None


def _add_column(sql: str, near: int, table: Name, only: bool) -> Operation | None:
    match = _ADD_COLUMN.match(sql)
    if match is None:
        return None
    again, word, written, modifiers, array, not_null, default, late = match.groups()
    kind = type_of(written, modifiers, array)
    if kind is None or len(word) > MAX_BYTES:
        return None
    column = Column(folded(word), kind, (not_null or late) is not None, filled_by(default))
    return AddColumn(table=table, column=column, if_not_exists=again is not None, only=only, near=near)


def filled_by(default: str | None) -> Filled:
    """What a default that is a plain constant, or none, gives the rows that are there."""
    return Filled.NULL if default is None or default.lower() == "null" else Filled.CONSTANT


def type_of(written: str, modifiers: str | None, array: str | None) -> ColumnType | None:
    """A type that is written in the usual way; None for others."""
    name = _TYPES.get(written.lower()) or _TYPES.get(" ".join(written.lower().split()))
    if name is None or (modifiers and name not in _MODIFIED) or (name == "bpchar" and not modifiers):
        return None
    if not modifiers:
        return ColumnType(name, (), array is not None)
    numbers = tuple(number.strip() for number in modifiers.split(","))
    plain = all(number.isdecimal() and number == str(int(number)) for number in numbers)
    return ColumnType(name, numbers, array is not None) if plain else None


def _alter(sql: str, near: int, table: Name, only: bool) -> Operation | None:
    match = _ALTER.match(sql)
    if match is None or len(match[1]) > MAX_BYTES:
        return None
    word, verb, written, modifiers, array, using = match.groups()
    if written is None:
        change = ColumnChange.SET_NOT_NULL if verb.lower() == "set" else ColumnChange.DROP_NOT_NULL
        return AlterColumn(table=table, column=folded(word), change=change, only=only, near=near)
    if (kind := type_of(written, modifiers, array)) is None:
        return None
    return AlterColumn(
        table=table,
        column=folded(word),
        change=ColumnChange.TYPE,
        type=kind,
        using=using is not None,
        only=only,
        near=near,
    )


def _constraint(sql: str, near: int, table: Name, only: bool) -> Operation | None:
    match = _CONSTRAINT.match(sql)
    if match is None or any(len(part or "") > MAX_BYTES for part in match.groups()):
        return None
    add, name, checked, key, schema, target, _, unique, late = match.groups()
    columns = (folded(checked or key or unique),)
    constraint = Constraint(
        "CHECK" if checked else "FOREIGN KEY" if key else "UNIQUE",
        folded(name),
        columns,
        not_valid=late is not None,
        references=Name(folded(schema) if schema else None, folded(target)) if key else None,
        not_nulls=columns if checked else (),
    )
    return AddConstraint(table=table, constraint=constraint, only=only, near=near + len(add))
