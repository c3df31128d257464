"""The reader of Django's migrations; `django_profile` has the profile and says what it does."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from idxlint.model import Direction, Misread, Piece, Send, Source, Span, Unit, UnreadError, Wrap
from idxlint.model.regular_file import read_text
from idxlint.runners.django.django_models import State, operation
from idxlint.runners.django.django_operations import Writer
from idxlint.runners.django.django_opt_out import LEAVE
from idxlint.runners.django.migration_class import MigrationCode, NotConstant
from idxlint.runners.django.project_state import forward
from idxlint.runners.django.run_python import NumberedPiece
from idxlint.runners.django.run_sql import reverse
from idxlint.runners.python.host import called
from idxlint.runners.shared.natural_order import natural
from idxlint.runners.shared.profile import Place

_LEAVE_OWN = "move it out of `transaction.atomic()`, or remove `atomic=True` from RunPython"
_NEAR = frozenset(
    ("atomic", "is_atomic", "atomicity", "atomic_migration", "non_atomic", "disable_ddl_transaction")
)


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The operations of the class Migration, and what takes them back; a file without it is no migration."""
    code = _code(source)
    if code is None or code.migration is None:
        return ()
    operations = code.names.get("operations")
    state = _before(place.path)
    out = _opted_out(code)
    try:
        sent = Writer(code, state).run(operations) or [(0, Piece(Span(0, 0), ""))]
        back = reverse(code, operations, wrapped=out is None)
    except RecursionError:
        raise UnreadError(source.path, "is nested too deeply") from None
    first, *others = _units(code, Direction.UP, sent, out)
    first = replace(first, misread=() if out else tuple(_misread(code)))
    return (first, *others, *_units(code, Direction.DOWN, back, out))


def _units(
    code: MigrationCode, direction: Direction, sent: list[NumberedPiece], out: Span | None
) -> Iterator[Unit]:
    """One, but where functions of a migration without a transaction open some of their own."""
    rows = [
        (number, tuple(piece for _, piece in group))
        for number, group in groupby(sent, key=lambda numbered: numbered[0] if out else 0)
    ]
    squashed = (
        direction is Direction.UP and "replaces" in code.names
    )  # its parts have run where there is data
    for at, (number, pieces) in enumerate(rows):
        yield Unit(
            Span(0, len(code.text)),
            direction,
            Wrap.UNIT if number or not out else Wrap.NONE,
            Send.SIMPLE,
            leave=_LEAVE_OWN if number else LEAVE,
            opted_out=out if len(rows) == 1 and not number else None,
            pieces=pieces,
            on_empty=squashed,
            continues=at > 0,
        )


def _code(source: Source) -> MigrationCode | None:
    """The parsed file, if it may be a migration at all."""
    return MigrationCode(source) if re.search(r"^class\s+Migration\b", source.text, re.MULTILINE) else None


def _opted_out(code: MigrationCode) -> Span | None:
    """The assignment that makes Migration.atomic false (django/db/migrations/executor.py)."""
    for node in code.migration.body if code.migration else ():
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="atomic")], value=value)
                | ast.AnnAssign(target=ast.Name(id="atomic"), value=ast.expr() as value)
            ):
                try:
                    if not code.constant(value):
                        return code.span(node)
                except NotConstant:
                    return code.span(node)  # a setting decides; it is there to be false somewhere
    return None


def _misread(code: MigrationCode) -> Iterator[Misread]:
    """What was meant to switch the transaction off, and does not."""
    for node in code.tree.body:
        if isinstance(node, ast.Assign) and _names(node) == ["atomic"]:
            yield Misread(code.span(node), f"it is outside the class; {LEAVE}")
    for node in code.migration.body if code.migration else ():
        if (
            isinstance(node, ast.Assign)
            and any(name.lower() in _NEAR for name in _names(node))
            and _meant(node)
        ):
            why = "a string is true" if _names(node) == ["atomic"] else "the name is `atomic`"
            yield Misread(code.span(node), f"{why}; {LEAVE}")
    for call in ast.walk(code.tree):
        if isinstance(call, ast.Call) and (operation(call) or called(call) == "RunPython"):
            yield from _of_operation(code, call)


def _of_operation(code: MigrationCode, call: ast.Call) -> Iterator[Misread]:
    """atomic=False for one operation; RunPython takes it, which leaves the migration's transaction as it is."""
    for word in call.keywords if operation(call) or "CONCURRENTLY" in code.text.upper() else ():
        if word.arg == "atomic" and isinstance(word.value, ast.Constant) and word.value.value is False:
            span = Span(code.span(word.value).start - len("atomic="), code.span(word.value).end)
            yield Misread(span, f"it applies to the operation, not to the migration; {LEAVE}")


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _meant(node: ast.Assign) -> bool:
    """Whether a class attribute is a misspelled atomic = False: another name, or a string that is true."""
    match node.value:
        case ast.Constant(value=str() as text):
            return text.strip().lower() in ("false", "no", "off", "0", "none")
        case ast.Constant(value=value):
            return _names(node) != ["atomic"] and (
                not value or "non" in _names(node)[0] or "dis" in _names(node)[0]
            )
    return False


def _before(path: Path) -> State:
    """The models of the app before a migration."""
    known = _history(path.parent)
    return known.get(path.name, known[""]).copy()


@lru_cache(maxsize=4)
def _history(folder: Path) -> dict[str, State]:
    """The models of an app before each of its migrations, and after all of them."""
    state = State(_label(folder))
    states: dict[str, State] = {}
    for path in arrange(sorted(folder.glob("*.py"))):
        states[path.name] = state.copy()
        try:
            code = _code(Source(path.name, read_text(path, "utf-8-sig")))
            for call in code.elements(code.names.get("operations")) if code and code.migration else ():
                forward(code, state, code.behind(call)) if code else None
        except (OSError, UnreadError, RecursionError):  # told of when that file is read itself
            continue
    states[""] = state
    return states


def _label(folder: Path) -> str:
    """The label of the app: its folder's name, unless apps.py gives it another."""
    app = folder.resolve().parent
    try:
        text = read_text(app / "apps.py", "utf-8-sig")
    except OSError:
        return app.name
    said = re.search(r"^\s+label\s*(?::\s*str\s*)?=\s*[\"'](\w+)[\"']", text, re.MULTILINE)
    return said[1] if said else app.name


def arrange(paths: Sequence[Path]) -> Sequence[Path]:
    """By name, but for what the migrations themselves say that they come after."""
    waiting = sorted(paths, key=lambda path: natural(path.stem.lower()))
    stems = {path.stem for path in waiting}
    needs = {path: _needs(path, stems) for path in waiting}
    done: set[str] = set()
    ordered: list[Path] = []
    while waiting:
        following = next((path for path in waiting if needs[path] <= done), waiting[0])
        waiting.remove(following)
        done.add(following.stem)
        ordered.append(following)
    return ordered


def _needs(path: Path, stems: set[str]) -> set[str]:
    """The migrations of the same folder that a migration names as what it depends on."""
    try:
        text = read_text(path, "utf-8-sig")
    except OSError:
        return set()
    said = re.search(r"\bdependencies\s*(?::[^=\n]*)?=\s*\[(.*?)^\s*\]", text, re.DOTALL | re.MULTILINE)
    app = _label(path.parent)
    pairs = re.findall(r"\(\s*[\"'](\w+)[\"']\s*,\s*[\"'](\w+)[\"']\s*,?\s*\)", said[1] if said else "")
    return {name for label, name in pairs if label == app and name in stems and name != path.stem}
