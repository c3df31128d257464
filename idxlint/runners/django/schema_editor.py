"""SQL as Django's PostgreSQL schema editor writes it (django/db/backends/postgresql/schema.py)."""

import ast
from collections.abc import Iterator, Sequence

from idxlint.runners.django.django_models import Field, Model, index_name, named
from idxlint.runners.django.migration_class import MigrationCode, arguments
from idxlint.runners.python.host import called

_METHODS = {
    "GinIndex": "gin",
    "GistIndex": "gist",
    "BrinIndex": "brin",
    "HashIndex": "hash",
    "BloomIndex": "bloom",
    "SpGistIndex": "spgist",
}


def quoted(name: str) -> str:
    """A name in quotes, unless it has them already."""
    return name if name.startswith('"') and name.endswith('"') else f'"{name}"'


def columns(model: Model, names: Sequence[str]) -> tuple[str, ...]:
    """The columns of some fields."""
    return tuple(model.column(name.removeprefix("-")) for name in names)


def definition(field: Field) -> str:
    """A column as CREATE TABLE and ADD COLUMN say it."""
    key = " PRIMARY KEY" if field.primary else " UNIQUE" if field.unique else ""
    return f"{quoted(field.column)} {field.type}{' NULL' if field.null else ' NOT NULL'}{key}"


def table(model: Model) -> str:
    """CREATE TABLE, with the key that Django adds where no field is one."""
    own = [field for field in model.fields.values() if not field.many]
    key = [] if any(field.primary for field in own) else ['"id" bigint NOT NULL PRIMARY KEY']
    return f"CREATE TABLE {quoted(model.table)} ({', '.join([*key, *map(definition, own)])})"


def linking(model: Model, field: Field) -> Iterator[str]:
    """The table of a ManyToManyField with its indexes."""
    name = field.table or f"{model.table.strip(chr(34))}_{field.name}"
    source = model.name.lower()
    here, there = f"{source}_id", f"{field.to}_id"
    if field.to in (source, "self"):
        here, there = f"from_{source}_id", f"to_{source}_id"
    yield (
        f'CREATE TABLE {quoted(name)} ("id" bigint NOT NULL PRIMARY KEY, {quoted(here)} bigint NOT NULL,'
        f" {quoted(there)} bigint NOT NULL)"
    )
    yield add_unique(name, (here, there))
    for column in (here, there):
        yield f"CREATE INDEX {quoted(index_name(name, (column,)))} ON {quoted(name)} ({quoted(column)})"


def of_field(model: Model, field: Field) -> Iterator[str]:
    """The indexes that db_index and unique bring, beside the one of the constraint."""
    if field.plain_index:
        yield plain(model, field)
    if field.pattern:
        yield like(model, field)


def plain(model: Model, field: Field) -> str:
    """The index of db_index=True, which a ForeignKey has without being asked."""
    name = quoted(index_name(model.table, (field.column,)))
    return f"CREATE INDEX {name} ON {quoted(model.table)} ({quoted(field.column)})"


def like(model: Model, field: Field) -> str:
    """The second index of a column of text."""
    name = quoted(index_name(model.table, (field.column,), "_like"))
    return f"CREATE INDEX {name} ON {quoted(model.table)} ({quoted(field.column)} {field.pattern})"


def together(model: Model, names: Sequence[str]) -> str:
    """The index of index_together."""
    keys = columns(model, names)
    name = quoted(index_name(model.table, keys, "_idx"))
    return f"CREATE INDEX {name} ON {quoted(model.table)} ({', '.join(map(quoted, keys))})"


def add_unique(name: str, keys: tuple[str, ...], constraint: str = "") -> str:
    """A unique constraint."""
    constraint = quoted(constraint or index_name(name, keys, "_uniq"))
    return f"ALTER TABLE {quoted(name)} ADD CONSTRAINT {constraint} UNIQUE ({', '.join(map(quoted, keys))})"


def drop_constraint(name: str, constraint: str) -> str:
    """A constraint goes."""
    return f"ALTER TABLE {quoted(name)} DROP CONSTRAINT {quoted(constraint)}"


def drop_index(name: str, *, concurrently: bool = False) -> str:
    """An index goes."""
    return f"DROP INDEX {'CONCURRENTLY ' if concurrently else ''}IF EXISTS {quoted(name)}"


def index(code: MigrationCode, model: Model, node: ast.expr, *, concurrently: bool = False) -> str:
    """The CREATE INDEX of a models.Index(…)."""
    call = code.behind(node)
    said = arguments(call) if isinstance(call, ast.Call) else {}
    fields = code.strings(said.get("fields"))
    name = named(code, node) or index_name(model.table, columns(model, fields) or ("expression",), "_idx")
    method = _METHODS.get(called(call))
    using = f" USING {method}" if method else ""
    word = " CONCURRENTLY" if concurrently else ""
    return (
        f"CREATE INDEX{word} {quoted(name)} ON {quoted(model.table)}{using}"
        f" ({_keys(code, model, call)}){_tail(code, model, said)}"
    )


def constraint(code: MigrationCode, model: Model, node: ast.expr) -> str | None:
    """What adds a constraint."""
    call = code.behind(node)
    if not isinstance(call, ast.Call):
        return None
    said = arguments(call, ("check",) if called(call) == "CheckConstraint" else ())
    name = named(code, node) or "constraint"
    start = f"ALTER TABLE {quoted(model.table)} ADD CONSTRAINT {quoted(name)}"
    match called(call):
        case "CheckConstraint":
            return f"{start} CHECK ({_comment(code, said.get('condition') or said.get('check'))}true)"
        case "ExclusionConstraint":
            method = code.string(said.get("index_type")) or "gist"
            return f"{start} EXCLUDE USING {method} ({_excluded(code, model, said)})"
        case "UniqueConstraint":
            if call.args or said.keys() & {"condition", "include", "opclasses"}:
                keys, tail = _keys(code, model, call), _tail(code, model, said)
                return f"CREATE UNIQUE INDEX {quoted(name)} ON {quoted(model.table)} ({keys}){tail}"
            fields = columns(model, code.strings(said.get("fields"))) or ("unknown",)
            later = " DEFERRABLE INITIALLY DEFERRED" if "deferrable" in said else ""
            return add_unique(model.table, fields, name) + later
    return None


def _keys(code: MigrationCode, model: Model, call: ast.expr) -> str:
    said = arguments(call) if isinstance(call, ast.Call) else {}
    classes = code.strings(said.get("opclasses"))
    keys = []
    for at, name in enumerate(code.strings(said.get("fields"))):
        way = " DESC" if name.startswith("-") else ""
        kind = f" {classes[at]}" if at < len(classes) else ""
        keys.append(f"{quoted(model.column(name.removeprefix('-')))}{kind}{way}")
    if isinstance(call, ast.Call):
        keys += [_expression(code, model, expression) for expression in call.args]
    return ", ".join(keys) or "(NULL)"


def _tail(code: MigrationCode, model: Model, said: dict[str, ast.expr]) -> str:
    include = columns(model, code.strings(said.get("include")))
    with_columns = f" INCLUDE ({', '.join(map(quoted, include))})" if include else ""
    condition = said.get("condition")
    where = f" WHERE ({_comment(code, condition)}true)" if condition is not None else ""
    return with_columns + where


def _comment(code: MigrationCode, node: ast.expr | None) -> str:
    """A condition in the words of the file: which rows it takes is nothing that we judge."""
    said = " ".join(code.written(node).split()) if node is not None else ""
    return f"/* {said} */ " if said and "*/" not in said and "/*" not in said else ""


def _expression(code: MigrationCode, model: Model, node: ast.expr) -> str:
    """An indexed expression: functions by their names, columns in quotes."""
    node = code.behind(node)
    if (name := code.string(node)) is not None:
        return quoted(model.column(name.removeprefix("-"))) + (" DESC" if name.startswith("-") else "")
    if not isinstance(node, ast.Call):
        return "(NULL)"
    name = called(node)
    if name in ("desc", "asc") and isinstance(node.func, ast.Attribute):
        return f"{_expression(code, model, node.func.value)} {name.upper()}"
    if not node.args:
        return "(NULL)"
    if name in ("F", "OrderBy", "OpClass", "Collate", "Cast", "ExpressionWrapper"):
        return _expression(code, model, node.args[0])
    return (
        f"({quoted(name.lower())}({', '.join(_expression(code, model, argument) for argument in node.args)}))"
    )


def _excluded(code: MigrationCode, model: Model, said: dict[str, ast.expr]) -> str:
    elements = [
        f"{_expression(code, model, pair.elts[0])} WITH &&"
        for pair in code.elements(said.get("expressions"))
        if isinstance(pair, ast.Tuple | ast.List) and pair.elts
    ]
    return ", ".join(elements) or "(NULL) WITH &&"
