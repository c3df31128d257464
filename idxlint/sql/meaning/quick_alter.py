"""The commonest ALTER TABLE without a parse tree: one action, of plain words (`quick`)."""

import re

from idxlint.sql.meaning.column_operations import (
    AddColumn,
    AlterColumn,
    Column,
    ColumnChange,
    ColumnType,
    Filled,
    ValidateConstraint,
)
from idxlint.sql.meaning.operations import AddConstraint, Constraint, DropConstraint, Operation
from idxlint.sql.text import MAX_BYTES, Name

_WORD = r'([a-z_][a-z0-9_]*|"[^"]+")'
_FULL = rf"(?:{_WORD}\s*\.\s*)?{_WORD}"
_TYPES = {
    "bigint": "int8", "boolean": "bool", "bytea": "bytea", "character varying": "varchar", "date": "date",
    "decimal": "numeric", "double precision": "float8", "int": "int4", "int4": "int4", "int8": "int8",
    "integer": "int4", "json": "json", "jsonb": "jsonb", "numeric": "numeric", "real": "float4",
    "smallint": "int2", "text": "text", "timestamp": "timestamp", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp", "timestamptz": "timestamptz", "uuid": "uuid", "varchar": "varchar",
}  # fmt: skip
"""Types by how they are mostly written, and what the parse tree calls them."""

_MODIFIED = ("varchar", "numeric")
_TABLE = re.compile(
    rf"alter\s+table\s+(if\s+exists\s+)?(?:only\s+)?(?!(?:if|only)\b){_FULL}\s+(?=[a-z])", re.IGNORECASE
)
_ADD_COLUMN = re.compile(
    rf"add\s+column\s+(if\s+not\s+exists\s+)?(?!if\b){_WORD}\s+([a-z][a-z0-9 ]*?)\s*(?:\(([0-9, ]+)\))?\s*(\[\])?"
    r"(\s+not\s+null)?(?:\s+default\s+(-?[0-9.]+|'[^'\\]*'|true|false|null|now\(\)|current_timestamp))?(\s+not\s+null)?\Z",
    re.IGNORECASE,
)
_COLUMN = re.compile(rf"alter\s+column\s+{_WORD}\s+(set|drop)\s+not\s+null\Z", re.IGNORECASE)
_DROP = re.compile(
    rf"drop\s+(column|constraint)\s+(?:if\s+exists\s+)?(?!if\b){_WORD}(?:\s+(?:cascade|restrict))?\Z",
    re.IGNORECASE,
)
_VALIDATE = re.compile(rf"validate\s+constraint\s+{_WORD}\Z", re.IGNORECASE)
_CONSTRAINT = re.compile(
    rf"(add\s+)constraint\s+{_WORD}\s+(?:check\s*\(\s*{_WORD}\s+is\s+not\s+null\s*\)"
    rf"|foreign\s+key\s*\(\s*{_WORD}\s*\)\s*references\s+{_FULL}\s*(?:\(\s*{_WORD}\s*\))?"
    r"(?:\s*on\s+(?:delete|update)\s+(?:cascade|restrict|no\s+action|set\s+null|set\s+default))*)(\s*not\s+valid)?\Z",
    re.IGNORECASE,
)


def glance_alter(sql: str) -> tuple[Operation, ...] | None:
    """The operations of an ALTER TABLE with one plain action; None where they cannot be read off."""
    match = _TABLE.match(sql)
    if match is None:
        return None
    exists, schema, name = match.groups()
    at = match.end()
    if not sql.isascii() or len(schema or "") > MAX_BYTES or len(name) > MAX_BYTES:
        return None
    table = Name(folded(schema) if schema else None, folded(name))
    match sql[at].lower():
        case "a":
            return (
                _add_column(sql, at, table) or _alter(sql, at, table) or _constraint(sql, at, table, exists)
            )
        case "d" if dropped := _DROP.match(sql, at):
            what, word = dropped.groups()
            if len(word) > MAX_BYTES:
                return None
            if what.lower() == "column":
                return (AlterColumn(table=table, column=folded(word), change=ColumnChange.DROP),)
            return (DropConstraint(table=table, name=folded(word)),)
        case "v" if validated := _VALIDATE.match(sql, at):
            word = validated[1]
            return (ValidateConstraint(table=table, name=folded(word)),) if len(word) <= MAX_BYTES else None
    return None


def _add_column(sql: str, at: int, table: Name) -> tuple[Operation, ...] | None:
    match = _ADD_COLUMN.match(sql, at)
    if match is None:
        return None
    again, word, written, modifiers, array, not_null, default, late = match.groups()
    name = _TYPES.get(" ".join(written.lower().split()))
    if name is None or len(word) > MAX_BYTES or (modifiers and name not in _MODIFIED):
        return None
    filled = Filled.NULL if default is None or default.lower() == "null" else Filled.CONSTANT
    numbers = tuple(number.strip() for number in modifiers.split(",")) if modifiers else ()
    if not all(number.isdecimal() and number == str(int(number)) for number in numbers):
        return None
    kind = ColumnType(name, numbers, array is not None)
    column = Column(folded(word), kind, (not_null or late) is not None, filled)
    return (AddColumn(table=table, column=column, if_not_exists=again is not None),)


def _alter(sql: str, at: int, table: Name) -> tuple[Operation, ...] | None:
    match = _COLUMN.match(sql, at)
    if match is None or len(match[1]) > MAX_BYTES:
        return None
    change = ColumnChange.SET_NOT_NULL if match[2].lower() == "set" else ColumnChange.DROP_NOT_NULL
    return (AlterColumn(table=table, column=folded(match[1]), change=change),)


def _constraint(sql: str, at: int, table: Name, exists: str | None) -> tuple[Operation, ...] | None:
    match = _CONSTRAINT.match(sql, at)
    if match is None or any(len(part or "") > MAX_BYTES for part in match.groups()):
        return None
    add, name, checked, key, schema, target, _, late = match.groups()
    columns = (folded(checked or key),)
    constraint = Constraint(
        "CHECK" if checked else "FOREIGN KEY",
        folded(name),
        columns,
        not_valid=late is not None,
        references=None if checked else Name(folded(schema) if schema else None, folded(target)),
        not_nulls=columns if checked else (),
    )
    near, if_exists = at + len(add), exists is not None
    return (AddConstraint(table=table, constraint=constraint, if_exists=if_exists, near=near),)


def folded(word: str) -> str:
    """A plain or quoted word of ASCII as PostgreSQL reads it."""
    return word[1:-1] if word[0] == '"' else word.lower()
