"""The reader of Alembic's migrations; `alembic_profile` has the profile and says what it does."""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from idxlint.model import Direction, Misread, Send, Source, Span, Unit, Wrap
from idxlint.model.regular_file import read_text
from idxlint.runners.alembic.alembic_opt_out import LEAVE
from idxlint.runners.alembic.driver import Driver, driver
from idxlint.runners.alembic.revision_walk import Revision
from idxlint.runners.python.host import Host
from idxlint.runners.python.walk import Passage
from idxlint.runners.shared.natural_order import natural
from idxlint.runners.shared.profile import Place

_LOST = (
    "alembic commits here, but the whole run is one transaction: if a later revision fails, the index stays,"
    " the version row is rolled back, and the next run finds the index already there; set"
    " transaction_per_migration=True in env.py"
)
_ASSUMED = (
    "later statements run without one if the driver is psycopg2, as assumed here (psycopg 3 opens the next one by"
    " itself)"
)
_ENDS = r"\b(?:commit|end|rollback|abort)\b"
_ABOVE = 3


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """What both functions send; a file without a revision is no migration."""
    if "revision" not in source.text:
        return ()
    host = Host(source)
    if not _is_revision(host.tree):
        return ()
    per_migration = _per_migration(place.path)
    by = driver(place.path.parent) if re.search(_ENDS, source.text, re.IGNORECASE) else Driver()
    return (
        *_units(host, Direction.UP, "upgrade", per_migration, by),
        *_units(host, Direction.DOWN, "downgrade", per_migration, by),
    )


def _is_revision(tree: ast.Module) -> bool:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == "revision" for target in targets):
            return True
    return False


def _units(host: Host, direction: Direction, name: str, per_migration: bool | None, by: Driver) -> list[Unit]:
    walk = Revision(host, name, reopens=by.reopens)
    parts = walk.sent()
    misread = direction is Direction.UP and per_migration is False
    wrap = Wrap.UNIT if per_migration else Wrap.RUN
    units = [_unit(part, walk.span, direction, wrap, by, misread=misread) for part in parts if part.pieces]
    return [*units[:1], *(replace(unit, continues=True) for unit in units[1:])]


def _unit(part: Passage, span: Span, direction: Direction, wrap: Wrap, by: Driver, *, misread: bool) -> Unit:
    again = f"{by.name} ({by.where}) opens the next transaction by itself after a COMMIT"
    return Unit(
        span,
        direction,
        Wrap.NONE if part.outside else wrap,
        Send.SIMPLE,
        leave=f"{again}; {LEAVE}" if part.reopened else LEAVE,
        commits=again if by.reopens else "" if by.name else _ASSUMED,
        opted_out=part.directive,
        misread=(Misread(part.directive, _LOST, read=True),) if misread and part.directive else (),
        pieces=tuple(part.pieces),
    )


def _per_migration(path: Path) -> bool | None:
    """Whether env.py asks for a transaction of each migration's own; None where that cannot be told."""
    for folder in path.parents[1 : 1 + _ABOVE]:
        try:
            text = read_text(folder / "env.py", "utf-8-sig")
        except OSError:
            continue
        return _asked(text)
    return None


def _asked(text: str) -> bool | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    configures = [call for call in calls if getattr(call.func, "attr", "") == "configure"]
    if "transaction_per_migration" not in text:
        unknown = any(keyword.arg is None for call in configures for keyword in call.keywords)
        return None if unknown or not configures else False
    values = [keyword.value for call in calls for keyword in call.keywords]
    names = [keyword.arg for call in calls for keyword in call.keywords]
    for name, value in zip(names, values, strict=True):
        if name == "transaction_per_migration":
            return bool(value.value) if isinstance(value, ast.Constant) else None
    return None


def arrange(paths: Sequence[Path]) -> list[Path]:
    """The revisions in the order of their chain; a file without one comes last, by its name."""
    rows = sorted(paths, key=lambda path: natural(path.name))
    known: dict[str, Path] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for path in rows:
        name, before = _chain(path)
        if name is not None and name not in known:
            known[name], parents[name] = path, before
    children: dict[str, list[str]] = {}
    waiting = {name: {parent for parent in before if parent in known} for name, before in parents.items()}
    for name, missing in waiting.items():
        for parent in missing:
            children.setdefault(parent, []).append(name)
    ready = [name for name, missing in waiting.items() if not missing]
    done: list[Path] = []
    while ready:
        name = ready.pop(0)
        done.append(known[name])
        for child in children.get(name, ()):
            waiting[child].discard(name)
            if not waiting[child]:
                ready.append(child)
    placed = set(done)
    return [*done, *(path for path in rows if path not in placed)]


def _chain(path: Path) -> tuple[str | None, tuple[str, ...]]:
    """The revision of a file, and those that have to run before it."""
    try:
        text = read_text(path, "utf-8-sig")
    except OSError:
        return None, ()
    assigned: dict[str, tuple[str, ...]] = {}
    pattern = r"^(revision|down_revision|depends_on)\b[^=\n]*=\s*(\([^()]*\)|\[[^\[\]]*\]|[^\n#]+)"
    for said in re.finditer(pattern, text, re.MULTILINE):
        try:
            value = ast.literal_eval(said[2].strip())
        except (SyntaxError, ValueError, RecursionError):
            continue
        values = value if isinstance(value, tuple | list) else (value,)
        assigned.setdefault(said[1], tuple(name for name in values if isinstance(name, str)))
    own = assigned.get("revision") or (None,)
    return own[0], (*assigned.get("down_revision", ()), *assigned.get("depends_on", ()))
