"""The commonest statements without a parse tree: what their few words say can be read off.

The texts have been through PostgreSQL's grammar already, so that only plain forms need to be told from the
rest, for which the answer is None. A test holds the answers against `describe`.
"""

import re

from idxlint.sql.meaning.operations import (
    BuildIndex,
    Constraint,
    CreateTable,
    DropIndex,
    IndexColumn,
    Operation,
    Transaction,
)
from idxlint.sql.text import MAX_BYTES, Name

_WORD = r'([a-z_][a-z0-9_]*|"[^"]+")'
_FULL = rf"(?:{_WORD}\s*\.\s*)?{_WORD}"
_DROP_INDEX = re.compile(
    rf"drop\s+index\s+(if\s+exists\s+)?(?!(?:if|concurrently)\b){_FULL}\Z", re.IGNORECASE
)
_CREATE_TABLE = re.compile(rf"create\s+table\s+(if\s+not\s+exists\s+)?(?!if\b){_FULL}\s*\(", re.IGNORECASE)
_CREATE_INDEX = re.compile(
    r"create\s+(unique\s+)?index\s+(concurrently\s+)?(if\s+not\s+exists\s+)?(?!(?:on|concurrently|if)\b)"
    rf"{_WORD}\s+on\s+(?!only\b){_FULL}\s*(?:using\s+([a-z]+)\s*)?\(([^()]*)\)\s*(\Z|where\b)",
    re.IGNORECASE,
)
_COLUMN = re.compile(rf"\s*{_WORD}(\s+asc|\s+desc)?(\s+nulls\s+first|\s+nulls\s+last)?\s*\Z", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\r\n]*")
_MORE = ("unique", "exclude", "constraint", "like", "partition", "inherits", "$", "\\", "/*")
_QUERY = re.compile(r"\bas\b(?!\s+identity\b|\s*\((?!\s*(?:select|with|values|table)\b))")
_CONTROL = {"begin": "BEGIN", "begin transaction": "BEGIN", "start transaction": "BEGIN", "commit": "COMMIT"}


def glance(sql: str) -> tuple[Operation, ...] | None:
    """The operations of a plain CREATE INDEX, DROP INDEX, CREATE TABLE, BEGIN or COMMIT; None for all else."""
    match sql[:1]:
        case "c" | "C" if len(sql) > 10:
            return _create_index(sql) or _create_table(sql)
        case "d" | "D":
            return _drop_index(sql)
        case "b" | "B" | "s" | "S" | "c" | "C" if len(sql) < 20 and sql.lower() in _CONTROL:
            return (Transaction(verb=_CONTROL[sql.lower()]),)
    return None


def _create_index(sql: str) -> tuple[Operation, ...] | None:
    match = _CREATE_INDEX.match(sql)
    if match is None:
        return None
    unique, concurrently, exists, name, schema, table, method, keys, where = match.groups()
    columns = [_COLUMN.match(key) for key in keys.split(",")]
    read = tuple(_column(column) for column in columns if column)
    if len(read) < len(columns) or any(len(part or "") > MAX_BYTES for part in (name, schema, table)):
        return None
    build = BuildIndex(
        index=_folded(name),
        table=_name(schema, table),
        columns=read,
        unique=unique is not None,
        concurrently=concurrently is not None,
        if_not_exists=exists is not None,
        method=(method or "btree").lower(),
        partial=bool(where),
    )
    return (build,)


def _column(match: re.Match[str]) -> IndexColumn:
    name, direction, nulls = match.groups()
    plain = not (direction and direction.strip().lower() == "desc") and not (
        nulls and nulls.lower().endswith("first")
    )
    folded = _folded(name)
    return IndexColumn(folded, folded, plain)


def _drop_index(sql: str) -> tuple[Operation, ...] | None:
    match = _DROP_INDEX.match(sql)
    if match is None or len(sql) > MAX_BYTES:
        return None
    exists, schema, name = match.groups()
    return (DropIndex(indexes=(_name(schema, name),), if_exists=exists is not None),)


def _create_table(sql: str) -> tuple[Operation, ...] | None:
    match = _CREATE_TABLE.match(sql)
    if match is None:
        return None
    exists, schema, name = match.groups()
    body = sql[match.end() :].lower()
    if "'" in body or "--" in body:
        body = _LITERAL.sub("", body)
    if any(word in body for word in _MORE) or (" as" in body and _QUERY.search(body)):
        return None
    keys = body.count("primary key")
    if keys > 1 or keys < body.count("primary") or len(name) > MAX_BYTES:
        return None
    if schema and schema.lower().startswith("pg_temp"):
        return None
    # The columns of a key are left out: its index is named after the table alone.
    constraints = (Constraint("PRIMARY KEY", None),) * keys
    return (
        CreateTable(table=_name(schema, name), if_not_exists=exists is not None, constraints=constraints),
    )


def _name(schema: str | None, name: str) -> Name:
    return Name(_folded(schema) if schema else None, _folded(name))


def _folded(word: str) -> str:
    return word[1:-1] if word[0] == '"' else word.lower()
