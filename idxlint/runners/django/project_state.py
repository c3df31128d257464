"""What the operations of Django's migrations make of an app's models."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

from idxlint.runners.django.django_models import (
    Model,
    State,
    by_index,
    named,
    new_model,
    operation,
    parts,
    read_field,
    together,
)
from idxlint.runners.django.migration_class import MigrationCode

Said = Mapping[str, ast.expr]
Apply = Callable[[MigrationCode, State, Said], None]


def forward(code: MigrationCode, state: State, call: ast.expr) -> None:
    """Let an operation change the models."""
    name = operation(call)
    if name == "SeparateDatabaseAndState" or name == "RunSQL":
        for inner in code.elements(parts(call).get("state_operations")):
            forward(code, state, inner)
    elif name in _APPLY:
        _APPLY[name](code, state, parts(call))


def _model(code: MigrationCode, state: State, said: Said, word: str = "model_name") -> Model | None:
    name = code.string(said.get(word))
    return state.models.get(name.lower()) if name else None


def _put(state: State, model: Model) -> None:
    state.models[model.name.lower()] = model


def _create(code: MigrationCode, state: State, said: Said) -> None:
    if model := new_model(code, state, said):
        _put(state, model)


def _delete(code: MigrationCode, state: State, said: Said) -> None:
    state.models.pop((code.string(said.get("name")) or "").lower(), None)


def _rename(code: MigrationCode, state: State, said: Said) -> None:
    old, new = code.string(said.get("old_name")), code.string(said.get("new_name"))
    if old and new:
        model = state.models.pop(old.lower(), None) or Model(old, state.table(old))
        table = model.table if model.renamed else state.table(new)
        _put(state, replace(model, name=new, table=table))


def _table(code: MigrationCode, state: State, said: Said) -> None:
    if name := code.string(said.get("name")):
        table = code.string(said.get("table"))
        model = replace(state.model(name), table=table or state.table(name), renamed=table is not None)
        _put(state, model)


def _field(code: MigrationCode, state: State, said: Said) -> None:
    model, name = _model(code, state, said), code.string(said.get("name"))
    if model and name and "field" in said and (made := read_field(code, name, said["field"])):
        _put(state, model.with_field(made))


def _remove_field(code: MigrationCode, state: State, said: Said) -> None:
    name = code.string(said.get("name"))
    if model := _model(code, state, said):
        _put(state, replace(model, fields={key: kept for key, kept in model.fields.items() if key != name}))


def _rename_field(code: MigrationCode, state: State, said: Said) -> None:
    model, old, new = (
        _model(code, state, said),
        code.string(said.get("old_name")),
        code.string(said.get("new_name")),
    )
    if model and old and new and (field := model.fields.get(old)):
        column = renamed_column(field.name, field.column, new)
        fields = {key: kept for key, kept in model.fields.items() if key != old}
        groups = [
            frozenset(tuple(new if part == old else part for part in group) for group in option)
            for option in (model.unique, model.together)
        ]
        fields[new] = replace(field, name=new, column=column)
        _put(state, replace(model, fields=fields, unique=groups[0], together=groups[1]))


def renamed_column(old: str, column: str, new: str) -> str:
    """The column of a field with another name, unless db_column has set it."""
    return {old: new, f"{old}_id": f"{new}_id"}.get(column, column)


def _add_constraint(code: MigrationCode, state: State, said: Said) -> None:
    model = _model(code, state, said)
    name = named(code, said["constraint"]) if "constraint" in said else None
    if model and name:
        known = {**model.constraints, name: by_index(code, said["constraint"])}
        _put(state, replace(model, constraints=known))


def _unique_together(code: MigrationCode, state: State, said: Said) -> None:
    if model := _model(code, state, said, "name"):
        _put(state, replace(model, unique=frozenset(together(code, said.get("unique_together")))))


def _index_together(code: MigrationCode, state: State, said: Said) -> None:
    if model := _model(code, state, said, "name"):
        _put(state, replace(model, together=frozenset(together(code, said.get("index_together")))))


_APPLY: Mapping[str, Apply] = {
    "CreateModel": _create,
    "DeleteModel": _delete,
    "RenameModel": _rename,
    "AlterModelTable": _table,
    "AddField": _field,
    "AlterField": _field,
    "RemoveField": _remove_field,
    "RenameField": _rename_field,
    "AddConstraint": _add_constraint,
    "AlterUniqueTogether": _unique_together,
    "AlterIndexTogether": _index_together,
}
