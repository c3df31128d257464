"""The models of a Django app as its migrations build them up: what a later migration has to know of earlier ones."""

import ast
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from types import MappingProxyType

from idxlint.model import record
from idxlint.runners.django.migration_class import MigrationCode, NotConstant, arguments
from idxlint.runners.python.host import called

_LONGEST = 63
_TYPES = {
    "AutoField": "integer", "BigAutoField": "bigint", "SmallAutoField": "smallint", "BooleanField": "boolean",
    "NullBooleanField": "boolean", "DateField": "date", "DateTimeField": "timestamp with time zone",
    "DecimalField": "numeric", "DurationField": "interval", "FloatField": "double precision",
    "IntegerField": "integer", "BigIntegerField": "bigint", "SmallIntegerField": "smallint", "TimeField": "time",
    "PositiveIntegerField": "integer", "PositiveBigIntegerField": "bigint", "JSONField": "jsonb",
    "PositiveSmallIntegerField": "smallint", "GenericIPAddressField": "inet", "UUIDField": "uuid",
    "TextField": "text", "BinaryField": "bytea", "ForeignKey": "bigint", "OneToOneField": "bigint",
}  # fmt: skip
_VARCHAR = ("CharField", "SlugField", "EmailField", "URLField", "FileField", "ImageField", "FilePathField")
_FOREIGN = ("ForeignKey", "ParentalKey")
_NO_COLUMN = ("Manager", "GenericRelation", "GenericForeignKey")
POSITIONS: Mapping[str, tuple[str, ...]] = {
    "CreateModel": ("name", "fields", "options", "bases", "managers"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelTable": ("name", "table"),
    "AddField": ("model_name", "name", "field"),
    "AlterField": ("model_name", "name", "field"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AddIndex": ("model_name", "index"),
    "AddIndexConcurrently": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name"),
    "RemoveIndexConcurrently": ("model_name", "name"),
    "RenameIndex": ("model_name", "new_name", "old_name", "old_fields"),
    "AddConstraint": ("model_name", "constraint"),
    "AddConstraintNotValid": ("model_name", "constraint"),
    "ValidateConstraint": ("model_name", "name"),
    "RemoveConstraint": ("model_name", "name"),
    "AlterUniqueTogether": ("name", "unique_together"),
    "AlterIndexTogether": ("name", "index_together"),
    "SeparateDatabaseAndState": ("database_operations", "state_operations"),
    "RunSQL": ("sql", "reverse_sql", "state_operations", "hints", "elidable"),
}
_HEIRS = ("RunSQL", "AddIndexConcurrently", "RemoveIndexConcurrently")


@record
class Field:
    """A field; many: it is a table of its own, or (through) one that somebody else makes.

    index: the name that its plain index got when it was made
    """

    name: str
    kind: str
    column: str
    type: str
    indexed: bool = False
    unique: bool = False
    primary: bool = False
    null: bool = False
    many: bool = False
    through: bool = False
    table: str | None = None
    to: str = ""
    index: str = ""

    @property
    def plain_index(self) -> bool:
        """Whether it has the index of db_index; what is unique has that of its constraint instead."""
        return self.indexed and not self.unique

    @property
    def pattern(self) -> str:
        """The operator class of the second index that a column of text gets."""
        if not self.indexed and not self.unique:
            return ""
        return next((f"{word}_pattern_ops" for word in ("varchar", "text") if self.type.startswith(word)), "")


@record
class Model:
    """A model; bare: PostgreSQL has no table for it, or not by this migration (proxy, managed = False).

    constraints: by name, whether it is a mere index; unique, together: columns of the old options
    """

    name: str
    table: str
    bare: bool = False
    renamed: bool = False
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))
    constraints: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    unique: frozenset[tuple[str, ...]] = frozenset()
    together: frozenset[tuple[str, ...]] = frozenset()

    def column(self, name: str) -> str:
        """The column of a field."""
        known = self.fields.get(name)
        return known.column if known else name

    def with_field(self, added: Field) -> "Model":
        """The model with one more field, or another one of that name."""
        old = self.fields.get(added.name)
        made = old.index if old and old.indexed else index_name(self.table, (added.column,))
        return replace(self, fields={**self.fields, added.name: replace(added, index=made)})


class State:
    """The models of one app before an operation."""

    def __init__(self, app: str, models: Mapping[str, Model] | None = None) -> None:
        self.app = app
        self.models = dict(models or {})

    def copy(self) -> "State":
        """A state of its own."""
        return State(self.app, self.models)

    def model(self, name: str) -> Model:
        """The model, with the name that Django would give its table where nothing is known of it."""
        return self.models.get(name.lower()) or Model(name, self.table(name))

    def table(self, name: str) -> str:
        """The default name of a model's table."""
        return _shortened(f"{self.app}_{name.lower()}")


def operation(call: ast.expr) -> str:
    """The operation of Django that a call is, by its name; heirs of some are taken for those."""
    name = called(call)
    if name in POSITIONS:
        return name
    return next((known for known in _HEIRS if name.endswith(known)), "")


def parts(call: ast.expr) -> dict[str, ast.expr]:
    """The arguments of an operation."""
    return arguments(call, POSITIONS[operation(call)]) if isinstance(call, ast.Call) else {}


def read_field(code: MigrationCode, name: str, node: ast.expr) -> Field | None:
    """A field as its call says; None for what has no column."""
    call = code.behind(node)
    kind = called(call)
    if not isinstance(call, ast.Call) or kind.endswith(_NO_COLUMN):
        return None
    said = arguments(call, ("to",) if kind.endswith((*_FOREIGN, "OneToOneField", "ManyToManyField")) else ())

    def flag(word: str, *, default: bool = False) -> bool:
        try:
            return bool(code.constant(said[word])) if word in said else default
        except NotConstant:
            return default

    one_to_one, foreign = kind.endswith("OneToOneField"), kind.endswith(_FOREIGN)
    column = code.string(said.get("db_column")) or (f"{name}_id" if one_to_one or foreign else name)
    primary = flag("primary_key")
    return Field(
        name,
        kind,
        column,
        _type(kind),
        indexed=flag("db_index", default=one_to_one or foreign or kind.endswith("SlugField")),
        unique=flag("unique", default=one_to_one) or primary,
        primary=primary,
        null=flag("null", default=kind == "NullBooleanField"),
        many=kind.endswith("ManyToManyField"),
        through="through" in said,
        table=code.string(said.get("db_table")),
        to=(code.string(said.get("to")) or "").rpartition(".")[2].lower(),
    )


def _type(kind: str) -> str:
    if kind in _TYPES:
        return _TYPES[kind]
    if kind.startswith("CI"):
        return "citext"
    if kind.endswith(_VARCHAR):
        return "varchar(255)"
    return next((sql for word, sql in _TYPES.items() if kind.endswith(word)), "jsonb")


def pairs(code: MigrationCode, node: ast.expr | None) -> Iterator[tuple[str, ast.expr]]:
    """The fields of a model: their names and calls."""
    for element in code.elements(node):
        match code.behind(element):
            case ast.Tuple(elts=[name, call]) | ast.List(elts=[name, call]):
                if (word := code.string(name)) is not None:
                    yield word, call


def options(code: MigrationCode, node: ast.expr | None) -> dict[str, ast.expr]:
    """The options of a model."""
    literal = code.behind(node) if node is not None else None
    if not isinstance(literal, ast.Dict):
        return {}
    return {
        word: value
        for key, value in zip(literal.keys, literal.values, strict=True)
        if key is not None and (word := code.string(key)) is not None
    }


def together(code: MigrationCode, node: ast.expr | None) -> tuple[tuple[str, ...], ...]:
    """The groups of unique_together, which may be one group without a list around it."""
    groups: list[tuple[str, ...]] = []
    single = code.strings(node)
    if single:
        return (single,)
    for element in code.elements(node):
        if (group := code.strings(element)) and group not in groups:
            groups.append(group)
    return tuple(groups)


def new_model(code: MigrationCode, state: State, said: Mapping[str, ast.expr]) -> Model | None:
    """The model that a CreateModel makes."""
    name = code.string(said.get("name"))
    if name is None:
        return None
    set_to = options(code, said.get("options"))
    table = code.string(set_to.get("db_table"))
    fields = [read_field(code, word, call) for word, call in pairs(code, said.get("fields"))]
    bare = is_true(code, set_to.get("proxy")) or (
        "managed" in set_to and not is_true(code, set_to["managed"])
    )
    known = {
        word: by_index(code, constraint)
        for constraint in code.elements(set_to.get("constraints"))
        if (word := named(code, constraint)) is not None
    }
    model = Model(
        name,
        table or state.table(name),
        bare,
        table is not None,
        constraints=known,
        unique=frozenset(together(code, set_to.get("unique_together"))),
        together=frozenset(together(code, set_to.get("index_together"))),
    )
    for added in fields:
        model = model.with_field(added) if added else model
    return model


def is_true(code: MigrationCode, node: ast.expr | None) -> bool:
    """Whether an expression is known to be true."""
    try:
        return bool(code.constant(node))
    except NotConstant:
        return False


def named(code: MigrationCode, node: ast.expr) -> str | None:
    """The name that an index or a constraint is given."""
    call = code.behind(node)
    return code.string(arguments(call).get("name")) if isinstance(call, ast.Call) else None


def by_index(code: MigrationCode, node: ast.expr) -> bool:
    """Whether a UniqueConstraint is a mere index to PostgreSQL."""
    call = code.behind(node)
    if not isinstance(call, ast.Call) or not called(call).endswith("UniqueConstraint"):
        return False
    said = arguments(call)
    return bool(call.args) or any(word in said for word in ("condition", "include", "opclasses"))


@cache
def _digest(length: int, *names: str) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    for name in names:
        digest.update(name.encode())
    return digest.hexdigest()[:length]


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 4] + _digest(4, name)


def index_name(table: str, columns: tuple[str, ...], suffix: str = "") -> str:
    """The name that Django gives an index without one (_create_index_name in db/backends/base/schema.py)."""
    table = table.rpartition(".")[2].strip('"')
    tail, joined = _digest(8, table, *columns) + suffix, "_".join(columns)
    name = f"{table}_{joined}_{tail}"
    if len(name) <= _LONGEST:
        return name
    tail = tail[: _LONGEST // 3]
    room = (_LONGEST - len(tail)) // 2 - 1
    name = f"{table[:room]}_{joined[:room]}_{tail}"
    return f"D{name[:-1]}" if name[0] == "_" or name[0].isdigit() else name
