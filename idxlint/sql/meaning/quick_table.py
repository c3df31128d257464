"""The columns and constraints of a plain CREATE TABLE without a parse tree (`quick`)."""

import re

from idxlint.sql.meaning.column_operations import Column, Filled
from idxlint.sql.meaning.operations import Constraint
from idxlint.sql.meaning.quick_alter import ACTIONS, LITERAL, TYPE, filled_by, type_of
from idxlint.sql.text import FULL, MAX_BYTES, WORD, Name, folded

_TABLE = re.compile(
    rf"create\s+table\s+(?:if\s+not\s+exists\s+)?(?!if\b){FULL}\s*\((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL
)
_COLUMN = re.compile(
    rf"\s*(?!(?:like|constraint|check|exclude|primary|unique|foreign)\b){WORD}\s+{TYPE}(?!\w)", re.IGNORECASE
)
_REFERENCES = rf"references\s+{FULL}\s*(?:\(\s*(?:{WORD}\s*)\))?{ACTIONS}"
_CLAUSE = re.compile(
    rf"\s*(?:(not\s+null)|(primary\s+key)|(unique)|default\s+({LITERAL})"
    rf"|generated\s+(?:always|by\s+default)\s+as\s+(identity)|{_REFERENCES}|null)(?=\s*(?:,|\Z)|\s+[a-z])",
    re.IGNORECASE,
)
_KEY = re.compile(
    rf"\s*(?:(primary)\s+key|(unique)|foreign\s+key)\s*\(([^()]*)\)(?:\s*{_REFERENCES})?", re.IGNORECASE
)
_END = re.compile(r"\s*(?:,|(\Z))")
_ONE = re.compile(rf"\s*{WORD}\s*\Z", re.IGNORECASE)

Made = tuple[list[Column], list[Constraint]]


def glance_table(sql: str, table: str) -> Made | None:
    """What the tree would say of the table of that name; None where it cannot be read off."""
    match = _TABLE.match(sql)
    if match is None or folded(match[2]) != table or not sql.isascii() or "--" in sql or "/*" in sql:
        return None
    body, at = match[3], 0
    made: Made = ([], [])
    while True:
        after = _key(body, at, made) or _column(body, at, made)
        end = _END.match(body, after) if after else None
        if end is None:
            return None
        if end[1] is not None:
            return made
        at = end.end()


def _column(body: str, at: int, made: Made) -> int:
    """Read the column that begins at a place; where it ends, 0 where it is no plain one."""
    match = _COLUMN.match(body, at)
    kind = type_of(*match.groups()[1:]) if match else None
    if match is None or kind is None or len(match[1]) > MAX_BYTES:
        return 0
    label, at, not_null, filled = folded(match[1]), match.end(), False, Filled.NULL
    while clause := _CLAUSE.match(body, at):
        never, primary, unique, default, identity, schema, target, _ = clause.groups()
        at = clause.end()
        not_null = not_null or bool(never or primary or identity)
        if default or identity:
            filled = Filled.IDENTITY if identity else filled_by(default)
        if never or primary or unique:
            of = "NOT NULL" if never else "PRIMARY KEY" if primary else "UNIQUE"
            made[1].append(Constraint(of, None, (label,)))
        elif target:
            made[1].append(_foreign(schema, target, (label,)))
    made[0].append(Column(label, kind, not_null, filled))
    return at


def _key(body: str, at: int, made: Made) -> int:
    """Read the key that begins at a place; where it ends, 0 where it is no plain one."""
    match = _KEY.match(body, at)
    if match is None:
        return 0
    primary, unique, listed, schema, target, _ = match.groups()
    names = [_ONE.match(part) for part in listed.split(",")]
    columns = tuple(folded(name[1]) for name in names if name and len(name[1]) <= MAX_BYTES)
    if len(columns) < len(names) or (target is None) is not bool(primary or unique):
        return 0
    if target:
        made[1].append(_foreign(schema, target, columns))
    else:
        made[1].append(Constraint("PRIMARY KEY" if primary else "UNIQUE", None, columns))
    return match.end()


def _foreign(schema: str | None, target: str, columns: tuple[str, ...]) -> Constraint:
    other = Name(folded(schema)[:MAX_BYTES] if schema else None, folded(target)[:MAX_BYTES])
    return Constraint("FOREIGN KEY", None, columns, references=other)
