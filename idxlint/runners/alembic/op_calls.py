"""The operations of Alembic as the SQL that they mean on PostgreSQL (alembic/operations/toimpl.py)."""

import ast
from collections.abc import Callable, Iterator

from idxlint.runners.alembic.arguments import Given, UnknownCall, expression, idents, key
from idxlint.runners.alembic.columns import (
    ColumnDefinition,
    actions,
    column,
    constraint,
    deferral,
    exclusion,
    named,
    sqltype,
)
from idxlint.runners.python.host import Names, called, resolved, word
from idxlint.runners.shared.identifiers import dotted, ident

_TABLE = "table_name"
_PARAMETERS: dict[str, tuple[str, ...]] = {
    "create_index": ("index_name", _TABLE, "columns"),
    "drop_index": ("index_name", _TABLE),
    "create_unique_constraint": ("constraint_name", _TABLE, "columns"),
    "create_primary_key": ("constraint_name", _TABLE, "columns"),
    "create_exclude_constraint": ("constraint_name", _TABLE),
    "create_check_constraint": ("constraint_name", _TABLE, "condition"),
    "create_foreign_key": ("constraint_name", _TABLE, "referent_table", "local_cols", "remote_cols"),
    "drop_constraint": ("constraint_name", _TABLE, "type_"),
    "add_column": (_TABLE, "column"),
    "drop_column": (_TABLE, "column_name"),
    "alter_column": (_TABLE, "column_name"),
    "create_table": (_TABLE,),
    "drop_table": (_TABLE,),
    "rename_table": ("old_table_name", "new_table_name"),
}
_OLD_NAMES = {"name": "constraint_name", "source": _TABLE, "source_table": _TABLE, "tablename": _TABLE}


def known(name: str) -> bool:
    """Whether an operation of this name is one of Alembic's that this module can read."""
    return name in _PARAMETERS


def statements(call: ast.Call, names: Names, batch: Given | None = None) -> list[str]:
    """What an operation sends, a statement each. batch: the arguments of the batch_alter_table around it."""
    name = called(call)
    parameters = _PARAMETERS[name]
    if batch:
        parameters = tuple(parameter for parameter in parameters if parameter != _TABLE)
    given = Given(call, names, parameters)
    if given.starred or (given.open and name in ("create_index", "drop_index")):
        raise UnknownCall(name)
    for old, new in _OLD_NAMES.items():
        if name not in ("create_index", "drop_index", "create_table"):
            given.alias(old, new)
    if batch:
        given.borrow(batch, _TABLE, "schema")
    return _OPERATIONS[name](given)


def _create_index(given: Given) -> list[str]:
    columns = given.listed("columns")
    name = given.word("index_name")
    table, schema = given.must(_TABLE), given.word("schema")
    if name is None:
        name = implicit(schema, table, word(columns[0], given.names) if columns else "")
    return [index(given, name, dotted(schema, table), columns)]


def index(given: Given, name: str, table: str, columns: list[ast.expr]) -> str:
    """CREATE INDEX out of the arguments of op.create_index or sa.Index."""
    words = ["CREATE"]
    words += ["UNIQUE"] if given.flag("unique") else []
    words += ["INDEX"]
    words += ["CONCURRENTLY"] if given.flag("postgresql_concurrently") else []
    words += ["IF NOT EXISTS"] if given.flag("if_not_exists") else []
    words += [ident(name), "ON", table]
    if method := given.word("postgresql_using"):
        words += ["USING", method.lower()]
    words.append(f"({_keys(given, columns)})")
    if include := given.listed("postgresql_include"):
        words.append(f"INCLUDE ({idents(include, given.names)})")
    if given.get("postgresql_nulls_not_distinct") and given.flag("postgresql_nulls_not_distinct"):
        words.append("NULLS NOT DISTINCT")
    if space := given.word("postgresql_tablespace"):
        words += ["TABLESPACE", ident(space)]
    if (where := given.get("postgresql_where")) is not None:
        words += ["WHERE", expression(where, given.names)]
    return " ".join(words)


def _keys(given: Given, columns: list[ast.expr]) -> str:
    """The key columns with their operator classes."""
    classes = given.get("postgresql_ops")
    chosen: dict[str, str] = {}
    if isinstance(classes, ast.Dict):
        pairs = zip(classes.keys, classes.values, strict=True)
        chosen = {word(name, given.names): word(value, given.names) for name, value in pairs if name}
    keys = []
    for node in columns:
        if isinstance(node, ast.Starred):
            raise UnknownCall("columns")
        text = key(node, given.names)
        operator = chosen.get(word(node, given.names))
        keys.append(f"{text} {operator}" if operator else text)
    return ", ".join(keys) or "{columns}"


def implicit(schema: str | None, table: str, column_name: str) -> str:
    """The name that SQLAlchemy gives an index without one."""
    return "_".join(part for part in ("ix", schema and schema.replace(".", "_"), table, column_name) if part)


def _drop_index(given: Given) -> list[str]:
    words = ["DROP INDEX"]
    words += ["CONCURRENTLY"] if given.flag("postgresql_concurrently") else []
    words += ["IF EXISTS"] if given.flag("if_exists") else []
    return [" ".join((*words, given.relation("index_name")))]


def _add(given: Given, body: str) -> list[str]:
    return [f"ALTER TABLE {given.relation(_TABLE)} ADD {named(given, 'constraint_name')}{body}"]


def _create_unique(given: Given) -> list[str]:
    columns = idents(given.listed("columns"), given.names)
    distinct = "NULLS NOT DISTINCT " if given.flag("postgresql_nulls_not_distinct") else ""
    return _add(given, f"UNIQUE {distinct}({columns}){deferral(given)}")


def _create_primary(given: Given) -> list[str]:
    return _add(given, f"PRIMARY KEY ({idents(given.listed('columns'), given.names)}){deferral(given)}")


def _create_exclude(given: Given) -> list[str]:
    return _add(given, exclusion(given))


def _create_check(given: Given) -> list[str]:
    condition = given.get("condition")
    body = expression(condition, given.names) if condition else "{condition}"
    return _add(given, f"CHECK ({body}){_later(given)}")


def _create_foreign(given: Given) -> list[str]:
    schema = given.word("source_schema", "schema")
    table = dotted(schema, given.must(_TABLE))
    referent = dotted(given.word("referent_schema"), given.must("referent_table", "referent"))
    own, other = (idents(given.listed(parameter), given.names) for parameter in ("local_cols", "remote_cols"))
    name = named(given, "constraint_name")
    text = f"ALTER TABLE {table} ADD {name}FOREIGN KEY ({own}) REFERENCES {referent} ({other})"
    return [text + actions(given) + _later(given)]


def _later(given: Given) -> str:
    return " NOT VALID" if given.flag("postgresql_not_valid") else ""


def _drop_constraint(given: Given) -> list[str]:
    exists = "IF EXISTS " if given.flag("if_exists") else ""
    return [
        f"ALTER TABLE {given.relation(_TABLE)} DROP CONSTRAINT {exists}{ident(given.must('constraint_name'))}"
    ]


def _add_column(given: Given) -> list[str]:
    node = given.get("column")
    added = column(node, given.names) if node else None
    if added is None:
        return []
    table = given.relation(_TABLE)
    exists = "IF NOT EXISTS " if given.flag("if_not_exists") else ""
    primary = " PRIMARY KEY" if added.primary and given.flag("inline_primary_key") else ""
    made = [f"ALTER TABLE {table} ADD COLUMN {exists}{added.definition}{primary}"]
    made += [f"ALTER TABLE {table} ADD {foreign}" for foreign in added.foreign]
    if added.unique and not added.index:
        made.append(f"ALTER TABLE {table} ADD UNIQUE ({ident(added.name)})")
    return made + _indexes(given, [added])


def _indexes(given: Given, columns: list[ColumnDefinition]) -> list[str]:
    """The indexes of columns that say index=True."""
    table, schema = given.must(_TABLE), given.word("schema")
    return [
        f"CREATE {'UNIQUE ' if indexed.unique else ''}INDEX {ident(implicit(schema, table, indexed.name))}"
        f" ON {dotted(schema, table)} ({ident(indexed.name)})"
        for indexed in columns
        if indexed.index
    ]


def _drop_column(given: Given) -> list[str]:
    exists = "IF EXISTS " if given.flag("if_exists") else ""
    return [f"ALTER TABLE {given.relation(_TABLE)} DROP COLUMN {exists}{ident(given.must('column_name'))}"]


def _alter_column(given: Given) -> list[str]:
    table, name = given.relation(_TABLE), ident(given.must("column_name"))
    made = []
    if (wanted := given.get("type_")) is not None:
        using = given.get("postgresql_using")
        end = f" USING {expression(using, given.names)}" if using else ""
        made.append(f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {sqltype(wanted, given.names)}{end}")
    nullable = given.get("nullable")
    if isinstance(nullable, ast.Constant):
        made.append(f"ALTER TABLE {table} ALTER COLUMN {name} {'DROP' if nullable.value else 'SET'} NOT NULL")
    if new := given.word("new_column_name"):
        made.append(f"ALTER TABLE {table} RENAME {name} TO {ident(new)}")
    return made


def _create_table(given: Given) -> list[str]:
    nodes = [
        resolved(argument, given.names) for argument in given.rest if not isinstance(argument, ast.Starred)
    ]
    columns = [made for node in nodes if (made := column(node, given.names))]
    exists = "IF NOT EXISTS " if given.flag("if_not_exists") else ""
    prefixes = "".join(f"{word(prefix, given.names)} " for prefix in given.listed("prefixes"))
    partition = given.word("postgresql_partition_by")
    end = f" PARTITION BY {partition}" if partition else ""
    table, body = given.relation(_TABLE), ", ".join(_table_body(nodes, columns, given.names))
    create = f"CREATE {prefixes}TABLE {exists}{table} ({body}){end}"
    return [create, *_indexes(given, columns), *_table_indexes(given, table, nodes)]


def _table_body(nodes: list[ast.expr], columns: list[ColumnDefinition], names: Names) -> Iterator[str]:
    """The columns of CREATE TABLE, and its constraints."""
    yield from (made.definition for made in columns)
    if keys := [ident(made.name) for made in columns if made.primary]:
        yield f"PRIMARY KEY ({', '.join(keys)})"
    yield from (said for node in nodes if (said := constraint(node, names)))
    for made in columns:
        yield from made.foreign
    yield from (f"UNIQUE ({ident(made.name)})" for made in columns if made.unique and not made.index)


def _table_indexes(given: Given, table: str, nodes: list[ast.expr]) -> Iterator[str]:
    """The indexes that stand among the arguments of op.create_table as sa.Index(…)."""
    for node in nodes:
        if isinstance(node, ast.Call) and called(node) == "Index" and node.args:
            inner = Given(node, given.names, ("name",))
            first = word(inner.rest[0], given.names) if inner.rest else ""
            name = inner.word("name") or implicit(given.word("schema"), given.must(_TABLE), first)
            yield index(inner, name, table, inner.rest)


def _drop_table(given: Given) -> list[str]:
    return [f"DROP TABLE {'IF EXISTS ' if given.flag('if_exists') else ''}{given.relation(_TABLE)}"]


def _rename_table(given: Given) -> list[str]:
    return [f"ALTER TABLE {given.relation('old_table_name')} RENAME TO {ident(given.must('new_table_name'))}"]


_OPERATIONS: dict[str, Callable[[Given], list[str]]] = {
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_unique_constraint": _create_unique,
    "create_primary_key": _create_primary,
    "create_exclude_constraint": _create_exclude,
    "create_check_constraint": _create_check,
    "create_foreign_key": _create_foreign,
    "drop_constraint": _drop_constraint,
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_table": _create_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
}
