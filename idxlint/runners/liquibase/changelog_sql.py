"""Liquibase's changes as the SQL that it sends to PostgreSQL (liquibase/sqlgenerator/core/*.java)."""

import re
from collections.abc import Callable, Iterator

from idxlint.runners.liquibase.changelog import Node
from idxlint.runners.shared.identifiers import ident

_TYPE = r"[\w.]+(?:\s*\(\s*\d+\s*(?:,\s*\d+\s*)?\))?(?:\s*\[\d*\])*"
_LONG_TYPE = (
    r"double precision|character varying(?:\s*\(\d+\))?|time(?:stamp)?(?:\s*\(\d\))? with(?:out)? time zone"
)
_BARE = r"((?:tiny|small|medium|big)?int(?:eger)?|boolean|double|date|text|blob|clob)\s*\(.*"


def sql(change: Node) -> tuple[str, ...]:
    """The statements of a change; none where it has nothing to do with tables and their indexes."""
    make = _CHANGES.get(change.name)
    return tuple(make(change)) if make else ()


def _name(name: str) -> str:
    """A name, quoted where Liquibase quotes it: capitals alone are not."""
    return ident(name.lower() if name.isupper() else name)


def _dotted(change: Node, name: str, schema: str = "schemaName") -> str:
    said = change.get(schema)
    return f"{_name(said)}.{_name(change.get(name))}" if said else _name(change.get(name))


def _alter(change: Node, name: str = "tableName", schema: str = "schemaName") -> str:
    return f"ALTER TABLE {_dotted(change, name, schema)}"


def _list(names: str) -> str:
    return ", ".join(_name(name.strip()) for name in names.split(",") if name.strip())


def _add(name: str) -> str:
    return f"ADD CONSTRAINT {_name(name)}" if name else "ADD"


def _named(name: str) -> str:
    return f"CONSTRAINT {_name(name)} " if name else ""


def _type(said: str) -> str:
    """A type as PostgreSQL can read it; MySQL's widths of numbers are dropped, as Liquibase does."""
    said = said.strip()
    if "${" in said:
        return said
    if bare := re.fullmatch(_BARE, said, re.IGNORECASE):
        return bare[1]
    return said if re.fullmatch(f"{_LONG_TYPE}|{_TYPE}", said, re.IGNORECASE) else "text"


def _key(column: Node) -> str:
    """A column of an index, which may be an expression or have its direction in its name."""
    name = column.get("name")
    down = " DESC" if column.says("descending", default=False) else ""
    raw = column.says("computed", default=False) or "(" in name
    if raw or re.fullmatch(r"\S+\s+(?:asc|desc)", name, re.IGNORECASE):
        return name + down
    return _name(name) + down


def _create_index(change: Node) -> Iterator[str]:
    unique = "UNIQUE " if change.says("unique", default=False) else ""
    name = f"{_name(change.get('indexName'))} " if change.get("indexName") else ""
    keys = ", ".join(_key(column) for column in change.all("column"))
    yield f"CREATE {unique}INDEX {name}ON {_dotted(change, 'tableName')} ({keys})"


def _drop_index(change: Node) -> Iterator[str]:
    yield f"DROP INDEX {_dotted(change, 'indexName')}"


def _add_key(change: Node, kind: str) -> Iterator[str]:
    index = change.get("forIndexName")
    over = f"USING INDEX {_name(index)}" if index else f"({_list(change.get('columnNames'))})"
    later = " DEFERRABLE" if change.says("deferrable", default=False) else ""
    later += " INITIALLY DEFERRED" if change.says("initiallyDeferred", default=False) else ""
    yield f"{_alter(change)} {_add(change.get('constraintName'))} {kind} {over}{later}"


def _add_unique(change: Node) -> Iterator[str]:
    return _add_key(change, "UNIQUE")


def _add_primary(change: Node) -> Iterator[str]:
    return _add_key(change, "PRIMARY KEY")


def _drop_constraint(change: Node) -> Iterator[str]:
    name = change.get("constraintName") or f"{change.get('tableName')}_pkey"
    yield f"{_alter(change)} DROP CONSTRAINT {_name(name)}"


def _add_foreign(change: Node) -> Iterator[str]:
    base = _alter(change, "baseTableName", "baseTableSchemaName")
    other = _dotted(change, "referencedTableName", "referencedTableSchemaName")
    columns = _list(change.get("referencedColumnNames"))
    valid = "" if change.says("validate", default=True) else " NOT VALID"
    yield (
        f"{base} {_add(change.get('constraintName'))} FOREIGN KEY ({_list(change.get('baseColumnNames'))})"
        f" REFERENCES {other} ({columns}){valid}"
    )


def _drop_foreign(change: Node) -> Iterator[str]:
    base = _alter(change, "baseTableName", "baseTableSchemaName")
    yield f"{base} DROP CONSTRAINT {_name(change.get('constraintName'))}"


def _not_null(change: Node) -> Iterator[str]:
    yield f"{_alter(change)} ALTER COLUMN {_name(change.get('columnName'))} SET NOT NULL"


def _nullable(change: Node) -> Iterator[str]:
    yield f"{_alter(change)} ALTER COLUMN {_name(change.get('columnName'))} DROP NOT NULL"


def _constraints(column: Node) -> Node:
    return next(column.all("constraints"), Node("constraints", column.span, column.end))


def _column(column: Node) -> str:
    null = "" if _constraints(column).says("nullable", default=True) else " NOT NULL"
    return f"{_name(column.get('name'))} {_type(column.get('type'))}{null}"


def _add_column(change: Node) -> Iterator[str]:
    """A primary key stands at its column; what is unique becomes so in a statement of its own."""
    for column in change.all("column"):
        key = " PRIMARY KEY" if _constraints(column).says("primaryKey", default=False) else ""
        yield f"{_alter(change)} ADD COLUMN {_column(column)}{key}"
    for column in change.all("column"):
        said = _constraints(column)
        if said.says("unique", default=False):
            name = _add(said.get("uniqueConstraintName"))
            yield f"{_alter(change)} {name} UNIQUE ({_name(column.get('name'))})"


def _create_table(change: Node) -> Iterator[str]:
    parts, keys, name = [], [], ""
    for column in change.all("column"):
        said = _constraints(column)
        parts.append(_column(column))
        if said.says("primaryKey", default=False):
            keys.append(_name(column.get("name")))
            name = name or said.get("primaryKeyName")
    if keys:
        parts.append(f"{_named(name)}PRIMARY KEY ({', '.join(keys)})")
    for column in change.all("column"):
        said = _constraints(column)
        if said.says("unique", default=False):
            parts.append(f"{_named(said.get('uniqueConstraintName'))}UNIQUE ({_name(column.get('name'))})")
    yield f"CREATE TABLE {_dotted(change, 'tableName')} ({', '.join(parts)})"


def _drop_table(change: Node) -> Iterator[str]:
    cascade = " CASCADE" if change.says("cascadeConstraints", default=False) else ""
    yield f"DROP TABLE {_dotted(change, 'tableName')}{cascade}"


def _rename_table(change: Node) -> Iterator[str]:
    yield f"{_alter(change, 'oldTableName')} RENAME TO {_name(change.get('newTableName'))}"


def _rename_column(change: Node) -> Iterator[str]:
    old, new = _name(change.get("oldColumnName")), _name(change.get("newColumnName"))
    yield f"{_alter(change)} RENAME COLUMN {old} TO {new}"


def _drop_column(change: Node) -> Iterator[str]:
    names = [change.get("columnName"), *(column.get("name") for column in change.all("column"))]
    for name in filter(None, names):
        yield f"{_alter(change)} DROP COLUMN {_name(name)}"


def _modify_type(change: Node) -> Iterator[str]:
    column = _name(change.get("columnName"))
    yield f"{_alter(change)} ALTER COLUMN {column} TYPE {_type(change.get('newDataType'))}"


_CHANGES: dict[str, Callable[[Node], Iterator[str]]] = {
    "createIndex": _create_index,
    "dropIndex": _drop_index,
    "addUniqueConstraint": _add_unique,
    "addPrimaryKey": _add_primary,
    "dropUniqueConstraint": _drop_constraint,
    "dropPrimaryKey": _drop_constraint,
    "addForeignKeyConstraint": _add_foreign,
    "dropForeignKeyConstraint": _drop_foreign,
    "addNotNullConstraint": _not_null,
    "dropNotNullConstraint": _nullable,
    "addColumn": _add_column,
    "createTable": _create_table,
    "dropTable": _drop_table,
    "renameTable": _rename_table,
    "renameColumn": _rename_column,
    "dropColumn": _drop_column,
    "modifyDataType": _modify_type,
}
