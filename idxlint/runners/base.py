"""Where migrations come from: plans of what to read, in the order in which the runner would run it."""

import re
from dataclasses import dataclass
from pathlib import Path

from idxlint.model import Direction, Migration, Span, Unit
from idxlint.sql.decode import decode

STDIN = "-"
_DOWN_NAME = re.compile(r"(?:^|[._-])(?:down|undo|rollback|revert)\.sql\Z", re.I)
_UP_NAME = re.compile(r"(?:^|[._-])(?:up|deploy)\.sql\Z", re.I)
_DOWN_FOLDERS = frozenset(("down", "downs", "revert", "undo", "rollback", "rollbacks"))
_ONE_A_FOLDER = frozenset(("up.sql", "down.sql", "migration.sql"))
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """A file to read.

    path: where it is; shown: how it is printed, relative to the working folder where it is under it
    history: plans with the same history build one schema, in their order
    """

    path: Path
    shown: str
    history: str
    direction: Direction = Direction.UP
    runner: str = "psql"
    assumed: bool = True


class Unread(Exception):
    """An input that cannot be read, as one line: its path, a colon, and why."""


def plan(path: Path, shown: str) -> Plan:
    """A file that nothing is known about: psql -f is assumed to run it."""
    folder, _, name = shown.rpartition("/")
    if name.lower() in _ONE_A_FOLDER:
        history = folder.rpartition("/")[0]
    else:
        history = folder
    parts = {part.lower() for part in folder.split("/")}
    down = bool(_DOWN_NAME.search(name)) or (bool(parts & _DOWN_FOLDERS) and not _UP_NAME.search(name))
    return Plan(path, shown, history, Direction.DOWN if down else Direction.UP)


def order(entry: Plan) -> tuple[object, ...]:
    """Migrations by name with numbers as numbers; a down migration right behind its up migration."""
    folder, _, name = entry.shown.rpartition("/")
    stem = _DOWN_NAME.sub("", _UP_NAME.sub("", name)) if name.lower() not in _ONE_A_FOLDER else ""
    stem = stem.lower().removesuffix(".sql")
    return (natural(entry.history), natural(f"{folder}/{stem}"), entry.direction is Direction.DOWN, entry.shown)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts 9_b before 10_a."""
    return [
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in _NUMBER.split(text)
        if part
    ]


def load(entry: Plan, data: bytes | None = None) -> Migration:
    """Read a planned file; Unread says why it cannot be."""
    if data is None:
        try:
            data = entry.path.read_bytes()
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise Unread(f"{entry.shown}: {reason}") from None
        except MemoryError:
            raise Unread(f"{entry.shown}: is too large for the memory that there is") from None
    source, gaps = decode(entry.shown, data)
    unit = Unit(Span(0, len(source.text)), entry.direction)
    return Migration(source, (unit,), entry.history, entry.runner, entry.assumed, gaps)
