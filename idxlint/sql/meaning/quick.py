"""The commonest statements without a parse tree: what their few words say can be read off.

The texts have been through PostgreSQL's grammar already, so that only plain forms need to be told from the
rest, for which the answer is None. A test holds the answers against `describe`.
"""

import re
from itertools import count

from idxlint.sql.meaning.describe import DEFAULT_CLASS
from idxlint.sql.meaning.operations import (
    BuildIndex,
    Constraint,
    CreateTable,
    DropIndex,
    IndexColumn,
    Operation,
    Transaction,
)
from idxlint.sql.text import FULL, MAX_BYTES, WORD, Name, folded

_DROP_INDEX = re.compile(
    rf"drop\s+index\s+(concurrently\s+)?(if\s+exists\s+)?(?!(?:if|concurrently)\b){FULL}\Z", re.IGNORECASE
)
_CREATE_TABLE = re.compile(rf"create\s+table\s+(if\s+not\s+exists\s+)?(?!if\b){FULL}\s*\(", re.IGNORECASE)
_CREATE_INDEX = re.compile(
    r"create\s+(unique\s+)?index\s+(concurrently\s+)?(if\s+not\s+exists\s+)?(?!(?:on|concurrently|if)\b)"
    rf"{WORD}\s+on\s+(?!only\b){FULL}\s*(?:using\s+([a-z]+)\s*)?\(([^()]*)\)\s*"
    r"(?:include\s*\(([^()]*)\)\s*)?(?:\Z|where\b(.*))",
    re.IGNORECASE | re.DOTALL,
)
_COLUMN = re.compile(
    rf"\s*{WORD}(\s+[a-z0-9_]+_ops)?(\s+asc|\s+desc)?(\s+nulls\s+first|\s+nulls\s+last)?\s*\Z", re.IGNORECASE
)
_ONE = re.compile(rf"\s*{WORD}\s*\Z", re.IGNORECASE)
_KEY = re.compile(r"primary\s+key\b(?:\s*\(([^()]*)\))?", re.IGNORECASE)
_FOREIGN = re.compile(r"\bforeign\s+key\s*\(([^()]*)\)\s*\Z", re.IGNORECASE)
_REFERENCES = re.compile(rf"references\s+{FULL}", re.IGNORECASE)
_NAMED = re.compile(rf"\s*{WORD}\s+(?!\()", re.IGNORECASE)
_COMMAS = 3
_LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\r\n]*")
_UNIQUE = re.compile(r"(?<![\w$])unique\s*(?:\(([^()]*)\)\s*)?(?=[,)]|not\s+null\b)", re.IGNORECASE)
_IN_QUOTES = re.compile(r'"[^"]*\bunique\b[^"]*"')
_MORE = ("exclude", "constraint", "include", "like", "partition", "inherits", "$", "\\", "/*")
_QUERY = re.compile(r"\bas\b(?!\s+identity\b|\s*\((?!\s*(?:select|with|values|table)\b))")
_CONTROL = {"begin": "BEGIN", "begin transaction": "BEGIN", "start transaction": "BEGIN", "commit": "COMMIT"}

_ALTERS, _OTHERS, _FEW = count(), count(), 50
"""How many ALTER and others a process has met; for a few, making the patterns costs more than the trees."""


def glance(sql: str) -> tuple[Operation, ...] | None:
    """The operations of a statement of a common kind that is plain; else None."""
    match sql[:1]:
        case "c" | "C" if len(sql) > 10:
            return _create_index(sql) or _create_table(sql) or _other(sql)
        case "a" | "A" if next(_ALTERS) > _FEW:
            from idxlint.sql.meaning.quick_alter import glance_alter

            return glance_alter(sql)
        case "d" | "D":
            return _drop_index(sql)
        case "b" | "B" | "s" | "S" | "c" | "C" if len(sql) < 20 and sql.lower() in _CONTROL:
            return (Transaction(verb=_CONTROL[sql.lower()]),)
        case "s" | "S" | "r" | "R":
            return _other(sql)
    return None


def _other(sql: str) -> tuple[Operation, ...] | None:
    if next(_OTHERS) < _FEW:
        return None
    from idxlint.sql.meaning.quick_others import glance_other

    return glance_other(sql)


def _create_index(sql: str) -> tuple[Operation, ...] | None:
    match = _CREATE_INDEX.match(sql)
    if match is None:
        return None
    unique, concurrently, exists, name, schema, table, method, keys, more, where = match.groups()
    columns = [_COLUMN.match(key) for key in keys.split(",")]
    read = tuple([_column(column) for column in columns if column])
    include = _columns(more) if more else ()
    if len(read) < len(columns) or include is None:
        return None
    if len(name) > MAX_BYTES or len(table) > MAX_BYTES or len(schema or "") > MAX_BYTES:
        return None
    build = BuildIndex(
        index=folded(name),
        table=_name(schema, table),
        columns=read,
        unique=unique is not None,
        concurrently=concurrently is not None,
        if_not_exists=exists is not None,
        method=(method or "btree").lower(),
        partial=where is not None,
        include=include,
        predicate=where.strip() if where else "",
    )
    return (build,)


def _column(match: re.Match[str]) -> IndexColumn:
    name, opclass, direction, nulls = match.groups()
    word = folded(name)
    if opclass is direction is nulls is None:  # nearly always
        return IndexColumn(word, word)
    order = _ORDERS[direction is not None and direction.strip().lower() == "desc", (nulls or "")[-5:].lower()]
    written = opclass.strip().lower() if opclass else ""
    return IndexColumn(
        word, word, not (order or written), order, "" if DEFAULT_CLASS.match(written) else written
    )


_ORDERS = {
    (False, ""): "",
    (False, " last"): "",
    (False, "first"): "NULLS FIRST",
    (True, ""): "DESC",
    (True, "first"): "DESC",
    (True, " last"): "DESC NULLS LAST",
}


def _drop_index(sql: str) -> tuple[Operation, ...] | None:
    match = _DROP_INDEX.match(sql)
    if match is None:
        return None
    concurrently, exists, schema, name = match.groups()
    if len(name) > MAX_BYTES or len(schema or "") > MAX_BYTES:
        return None
    return (
        DropIndex(
            indexes=(_name(schema, name),),
            concurrently=concurrently is not None,
            if_exists=exists is not None,
        ),
    )


def _create_table(sql: str) -> tuple[Operation, ...] | None:
    match = _CREATE_TABLE.match(sql)
    if match is None:
        return None
    exists, schema, name = match.groups()
    written = sql[match.end() :]
    if "'" in written or "--" in written:
        written = _LITERAL.sub("", written)
    body = written.lower()
    if any(word in body for word in _MORE) or (" as" in body and _QUERY.search(body)):
        return None
    if len(name) > MAX_BYTES or (schema and schema.lower().startswith("pg_temp")):
        return None
    constraints = _constraints(written, body)
    if constraints is None:
        return None
    table = _name(schema, name)
    return (CreateTable(table=table, if_not_exists=exists is not None, constraints=constraints, text=sql),)


def _constraints(written: str, body: str) -> tuple[Constraint, ...] | None:
    """The keys and the foreign keys of a table, body in lower case; None where one of them is not plain."""
    found: list[tuple[int, Constraint]] = []
    if "unique" in body:
        if (uniques := _uniques(written, body)) is None:
            return None
        found += uniques
    if (at := body.find("primary")) >= 0:
        key = _KEY.match(written, at)
        if key is None or body.find("primary", at + 1) >= 0 or len(body) != len(written):
            return None
        columns = _columns(key[1]) if key[1] else _column_before(written, at)
        if columns is None:
            return None
        found.append((at, Constraint("PRIMARY KEY", None, columns)))
    to = body.find("references")
    while to >= 0:
        match = _REFERENCES.match(written, to)
        foreign = _FOREIGN.search(written, max(0, to - 200), to) if "foreign" in body else None
        columns = _columns(foreign[1]) if foreign else _column_before(written, to)
        if match is None or columns is None or len(match[2]) > MAX_BYTES or len(body) != len(written):
            return None
        foreign_key = Constraint("FOREIGN KEY", None, columns, references=_name(*match.groups()))
        found.append((to, foreign_key))
        to = body.find("references", to + 1)
    return tuple(constraint for _, constraint in sorted(found, key=lambda one: one[0]))


def _uniques(written: str, body: str) -> list[tuple[int, Constraint]] | None:
    """The UNIQUE constraints of a table and their places."""
    found: list[tuple[int, Constraint]] = []
    for match in _UNIQUE.finditer(written):
        columns = _columns(match[1]) if match[1] else _column_before(written, match.start())
        if columns is None:
            return None
        found.append((match.start(), Constraint("UNIQUE", None, columns)))
    plain = len(found) == body.count("unique") and len(body) == len(written)
    return found if plain and not ('"' in body and _IN_QUOTES.search(body)) else None


def _columns(listed: str) -> tuple[str, ...] | None:
    names = [_ONE.match(part) for part in listed.split(",")]
    columns = tuple(folded(name[1]) for name in names if name)
    return columns if len(columns) == len(names) and all(len(name) <= MAX_BYTES for name in columns) else None


def _column_before(body: str, at: int) -> tuple[str] | None:
    """The column in whose definition a place is: the first word behind a comma outside of parentheses."""
    start = at
    for _ in range(_COMMAS):
        start = body.rfind(",", 0, start)
        definition = body[start + 1 : at]
        if definition.count("(") == definition.count(")"):
            name = _NAMED.match(definition)
            return (folded(name[1]),) if name and len(name[1]) <= MAX_BYTES else None
        if start < 0:
            break
    return None


def _name(schema: str | None, name: str) -> Name:
    return Name(folded(schema) if schema else None, folded(name))
