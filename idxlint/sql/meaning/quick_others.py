"""SET, REINDEX and CREATE VIEW of plain words without a parse tree (`quick`)."""

import re

from idxlint.sql.meaning.operations import CreateTable, Made, Operation, Reindex, SetParameter
from idxlint.sql.text import FULL, MAX_BYTES, Name, folded

_SET = re.compile(
    r"set\s+(?:session\s+|(local)\s+)?([a-z_][a-z0-9_]*)\s*(?:=|\bto\b)\s*(?:'([^'\\]+)'|(0|[1-9][0-9]{0,8}))\Z",
    re.IGNORECASE,
)
_REINDEX = re.compile(rf"reindex\s+(index|table)\s+(concurrently\s+)?{FULL}\Z", re.IGNORECASE)
_VIEW = re.compile(rf"create\s+(or\s+replace\s+)?view\s+{FULL}\s*(?:\(|as\b)", re.IGNORECASE)


def glance_other(sql: str) -> tuple[Operation, ...] | None:
    """The operations of a SET of one constant, a REINDEX of one name, or a CREATE VIEW; else None."""
    match sql[:1]:
        case "s" | "S":
            return _set(sql)
        case "r" | "R":
            return _reindex(sql)
        case "c" | "C":
            return _create_view(sql)
    return None


def _set(sql: str) -> tuple[Operation, ...] | None:
    match = _SET.match(sql)
    if match is None or len(match[2]) > MAX_BYTES:
        return None
    local, name, text, number = match.groups()
    return (SetParameter(name=name.lower(), value=text or number, local=local is not None),)


def _reindex(sql: str) -> tuple[Operation, ...] | None:
    match = _REINDEX.match(sql)
    if match is None:
        return None
    kind, concurrently, schema, name = match.groups()
    full = _name(schema, name)
    return (Reindex(kind.upper(), full, concurrently is not None),) if full else None


def _create_view(sql: str) -> tuple[Operation, ...] | None:
    match = _VIEW.match(sql)
    if match is None:
        return None
    replaces, schema, name = match.groups()
    full = _name(schema, name)
    if full is None or (full.schema or "").startswith("pg_temp"):
        return None
    return (CreateTable(table=full, made=Made.OTHER, if_not_exists=replaces is not None),)


def _name(schema: str | None, name: str) -> Name | None:
    if len(name) > MAX_BYTES or len(schema or "") > MAX_BYTES:
        return None
    return Name(folded(schema) if schema else None, folded(name))
