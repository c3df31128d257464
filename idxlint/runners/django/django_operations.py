"""The SQL that the operations of a Django migration send, each piece at the place that means it."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

from idxlint.model import Piece
from idxlint.runners.django import schema_editor as sql
from idxlint.runners.django.django_models import (
    Field,
    Model,
    State,
    index_name,
    new_model,
    operation,
    options,
    parts,
    read_field,
    together,
)
from idxlint.runners.django.migration_class import MigrationCode
from idxlint.runners.django.project_state import forward, renamed_column
from idxlint.runners.django.run_python import NumberedPiece, run_python
from idxlint.runners.django.run_sql import run_sql
from idxlint.runners.python.host import called
from idxlint.sql.meaning.matter import INDEX_WORK

Said = Mapping[str, ast.expr]
_SILENT = frozenset(("AlterConstraint", "AlterModelOptions", "AlterModelManagers"))
"""Operations that send no SQL, or none that we follow."""


class Writer:
    """Goes through the operations; pieces: what they send; later: what waits for the end of the migration."""

    def __init__(self, code: MigrationCode, state: State) -> None:
        self.code, self.state = code, state
        self.pieces: list[Piece] = []
        self.later: list[tuple[str, Piece]] = []
        self._own: dict[int, int] = {}

    def run(self, operations: ast.expr | None) -> list[NumberedPiece]:
        """What the operations send, in its order."""
        for call in self.code.elements(operations):
            self._operation(call)
        sent = [(self._own.get(at, 0), piece) for at, piece in enumerate(self.pieces)]
        return [*sent, *((0, piece) for _, piece in self.later)]

    def _operation(self, call: ast.expr) -> None:
        call = self.code.behind(call)
        name, said = operation(call), parts(call) if operation(call) else {}
        if name == "SeparateDatabaseAndState":
            before, self.state = self.state, self.state.copy()
            for inner in self.code.elements(said.get("database_operations")):
                self._operation(inner)
            self.state = before
        elif name == "RunSQL":
            self.pieces += run_sql(self.code, said.get("sql"))
        elif called(call) == "RunPython":
            for number, piece in run_python(self.code, call):
                self._own[len(self.pieces)] = number
                self.pieces.append(piece)
        elif name:
            _WRITE[name](self, call, said)
        elif called(call) not in _SILENT and INDEX_WORK.search(self.code.written(call)):
            self.pieces.append(Piece(self.code.span(call), "", unresolved="this operation"))
        forward(self.code, self.state, call)

    def send(self, node: ast.expr, *statements: str) -> None:
        """Send statements now."""
        self.pieces += [Piece(self.code.span(node), statement) for statement in statements]

    def defer(self, model: Model, node: ast.expr, *statements: str) -> None:
        """Send statements at the end of the migration (deferred_sql)."""
        self.later += [(model.table, Piece(self.code.span(node), statement)) for statement in statements]

    def model(self, said: Said, word: str = "model_name") -> Model | None:
        """The model that an operation is about; None where PostgreSQL has nothing to do with it."""
        name = self.code.string(said.get(word))
        model = self.state.model(name) if name else None
        return None if model is None or model.bare else model

    def field(self, said: Said) -> tuple[Model | None, Field | None]:
        """The model that gets or has a field, and the field as the operation wants it; None for what has no column."""
        model = self.model(said)
        if model is None or "field" not in said:
            return model, None
        return model, read_field(self.code, self.word(said, "name"), said["field"])

    def word(self, said: Said, name: str) -> str:
        """A constant argument."""
        return self.code.string(said.get(name)) or "unknown"


def _create_model(writer: Writer, call: ast.expr, said: Said) -> None:
    code = writer.code
    model = new_model(code, writer.state, said)
    if model is None or model.bare:
        return
    writer.send(call, sql.table(model))
    for field in model.fields.values():
        if field.many and not field.through:
            writer.send(call, *sql.linking(model, field))
        elif not field.many:
            writer.defer(model, call, *sql.of_field(model, field))
    given = options(code, said.get("options"))
    for group in sorted(model.unique):
        writer.defer(model, call, sql.add_unique(model.table, sql.columns(model, group)))
    for group in sorted(model.together):
        writer.defer(model, call, sql.together(model, group))
    for index in code.elements(given.get("indexes")):
        writer.defer(model, call, sql.index(code, model, index))
    for constraint in code.elements(given.get("constraints")):
        if statement := sql.constraint(code, model, constraint):
            writer.defer(model, call, statement)


def _delete_model(writer: Writer, call: ast.expr, said: Said) -> None:
    if model := writer.model(said, "name"):
        writer.later = [(table, piece) for table, piece in writer.later if table != model.table]
        writer.send(call, f"DROP TABLE {sql.quoted(model.table)} CASCADE")


def _rename_table(writer: Writer, call: ast.expr, old: str, new: str) -> None:
    if old != new:
        writer.send(call, f"ALTER TABLE {sql.quoted(old)} RENAME TO {sql.quoted(new)}")


def _rename_model(writer: Writer, call: ast.expr, said: Said) -> None:
    model = writer.model(said, "old_name")
    if model and not model.renamed:
        _rename_table(writer, call, model.table, writer.state.table(writer.word(said, "new_name")))


def _alter_table(writer: Writer, call: ast.expr, said: Said) -> None:
    if model := writer.model(said, "name"):
        new = writer.code.string(said.get("table")) or writer.state.table(model.name)
        _rename_table(writer, call, model.table, new)


def _add_field(writer: Writer, call: ast.expr, said: Said) -> None:
    model, field = writer.field(said)
    if model is None or field is None or field.through:
        return
    if field.many:
        writer.send(call, *sql.linking(model, field))
        return
    writer.send(said["field"], f"ALTER TABLE {sql.quoted(model.table)} ADD COLUMN {sql.definition(field)}")
    writer.defer(model, said["field"], *sql.of_field(model, field))


def _alter_field(writer: Writer, call: ast.expr, said: Said) -> None:
    """Indexes that come and go with db_index and unique (_alter_field); without the field's past, all come."""
    model, new = writer.field(said)
    if model is None or new is None or new.many:
        return
    old, node = model.fields.get(new.name) or replace(new, indexed=False, unique=False), said["field"]
    if old.plain_index and not new.plain_index:
        writer.send(call, sql.drop_index(old.index))
    if new.unique and not old.unique and not new.primary:
        writer.send(node, sql.add_unique(model.table, (new.column,)))
    if new.plain_index and not old.plain_index:
        writer.send(node, sql.plain(model, new))
    if new.pattern and (new.unique > old.unique or not (old.indexed or old.unique)):
        writer.send(node, sql.like(model, new))


def _remove_field(writer: Writer, call: ast.expr, said: Said) -> None:
    model, name = writer.model(said), writer.word(said, "name")
    if model is None:
        return
    field = model.fields.get(name)
    if field is None or not field.many:
        column = sql.quoted(model.column(name))
        writer.send(call, f"ALTER TABLE {sql.quoted(model.table)} DROP COLUMN {column} CASCADE")
    elif not field.through:
        linking = field.table or f"{model.table}_{name}"
        writer.send(call, f"DROP TABLE {sql.quoted(linking)} CASCADE")


def _rename_field(writer: Writer, call: ast.expr, said: Said) -> None:
    model, old, new = writer.model(said), writer.word(said, "old_name"), writer.word(said, "new_name")
    if model is None or ((field := model.fields.get(old)) and field.many):
        return
    before = model.column(old)
    after = renamed_column(old, before, new)
    if before != after:
        start = f"ALTER TABLE {sql.quoted(model.table)} RENAME COLUMN"
        writer.send(call, f"{start} {sql.quoted(before)} TO {sql.quoted(after)}")


def _add_index(writer: Writer, call: ast.expr, said: Said) -> None:
    if (model := writer.model(said)) and "index" in said:
        concurrently = operation(call) == "AddIndexConcurrently"
        writer.send(call, sql.index(writer.code, model, said["index"], concurrently=concurrently))


def _remove_index(writer: Writer, call: ast.expr, said: Said) -> None:
    if writer.model(said):
        concurrently = operation(call) == "RemoveIndexConcurrently"
        writer.send(call, sql.drop_index(writer.word(said, "name"), concurrently=concurrently))


def _rename_index(writer: Writer, call: ast.expr, said: Said) -> None:
    if model := writer.model(said):
        old = writer.code.string(said.get("old_name"))
        fields = sql.columns(model, writer.code.strings(said.get("old_fields")))
        old = old or index_name(model.table, fields, "_idx")
        new = sql.quoted(writer.word(said, "new_name"))
        writer.send(call, f"ALTER INDEX {sql.quoted(old)} RENAME TO {new}")


def _add_constraint(writer: Writer, call: ast.expr, said: Said) -> None:
    model = writer.model(said)
    statement = (
        sql.constraint(writer.code, model, said["constraint"]) if model and "constraint" in said else None
    )
    if statement:
        writer.send(call, statement + (" NOT VALID" if operation(call) == "AddConstraintNotValid" else ""))


def _validate(writer: Writer, call: ast.expr, said: Said) -> None:
    if model := writer.model(said):
        name = sql.quoted(writer.word(said, "name"))
        writer.send(call, f"ALTER TABLE {sql.quoted(model.table)} VALIDATE CONSTRAINT {name}")


def _remove_constraint(writer: Writer, call: ast.expr, said: Said) -> None:
    if model := writer.model(said):
        name = writer.word(said, "name")
        is_index = model.constraints.get(name, False)
        writer.send(call, sql.drop_index(name) if is_index else sql.drop_constraint(model.table, name))


def _together(writer: Writer, call: ast.expr, said: Said) -> None:
    """The groups that are new or gone, of unique_together or index_together."""
    model = writer.model(said, "name")
    if model is None:
        return
    unique = operation(call) == "AlterUniqueTogether"
    before = model.unique if unique else model.together
    after = together(writer.code, said.get("unique_together" if unique else "index_together"))
    for group in sorted(before - frozenset(after)):
        name = index_name(model.table, sql.columns(model, group), "_uniq" if unique else "_idx")
        writer.send(call, sql.drop_constraint(model.table, name) if unique else sql.drop_index(name))
    for group in after:
        if group not in before:
            columns = sql.columns(model, group)
            writer.send(call, sql.add_unique(model.table, columns) if unique else sql.together(model, group))


_WRITE: Mapping[str, Callable[[Writer, ast.expr, Said], None]] = {
    "CreateModel": _create_model,
    "DeleteModel": _delete_model,
    "RenameModel": _rename_model,
    "AlterModelTable": _alter_table,
    "AddField": _add_field,
    "AlterField": _alter_field,
    "RemoveField": _remove_field,
    "RenameField": _rename_field,
    "AddIndex": _add_index,
    "AddIndexConcurrently": _add_index,
    "RemoveIndex": _remove_index,
    "RemoveIndexConcurrently": _remove_index,
    "RenameIndex": _rename_index,
    "AddConstraint": _add_constraint,
    "AddConstraintNotValid": _add_constraint,
    "ValidateConstraint": _validate,
    "RemoveConstraint": _remove_constraint,
    "AlterUniqueTogether": _together,
    "AlterIndexTogether": _together,
}
