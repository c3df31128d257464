"""Where migrations come from: plans of what to read, in the order in which the runner would run it."""

import re
from pathlib import Path

from idxlint.model import Direction, Gap, Migration, Reason, Source, Span, Unit, UnreadError, value
from idxlint.model.regular_file import read_bytes
from idxlint.runners.other_databases import other_database
from idxlint.runners.shared.natural_order import natural
from idxlint.runners.shared.orders import Order
from idxlint.runners.shared.profile import Place, Profile
from idxlint.runners.tools.psql import PSQL
from idxlint.sql.text import decode

STDIN = "-"
_DOWN_NAME = re.compile(r"((?:^|[._-])(?:(down)|undo|rollback|revert))\.sql\Z", re.IGNORECASE)
_UP_NAME = re.compile(r"(?:^|[._-])(?:up|deploy)\.sql\Z", re.IGNORECASE)
_DOWN_FOLDERS = frozenset(("down", "downs", "revert", "undo", "rollback", "rollbacks"))
_ONE_A_FOLDER = frozenset(("up.sql", "down.sql", "migration.sql"))
_BLANK = re.compile(r"(?:\s|--[^\r\n]*)*\Z")


@value
class Plan:
    """A file to read.

    path: where it is; shown: how it is printed, relative to the working folder where it is under it
    history: plans with the same history build one schema, in their order
    evidence: what says which tool runs it
    order: that of the tool which runs its history
    rank: its place in the history, where the tool does not go by names
    left_out: the other database that it is for, where its tool never runs it on PostgreSQL; else ""
    """

    path: Path
    shown: str
    history: str
    direction: Direction = Direction.UP
    profile: Profile = PSQL
    assumed: bool = True
    evidence: str = ""
    order: Order = PSQL.order
    rank: int = 0
    left_out: str = ""

    @property
    def own(self) -> str:
        """Its own name: the file's, or the folder's where each migration has one; for a way back, the way up's."""
        folder, _, name = self.shown.rpartition("/")
        if name.lower() in _ONE_A_FOLDER:
            return folder.rpartition("/")[2]
        if down := _DOWN_NAME.search(name):
            return name[: down.start(2)] + "up.sql" if down[2] else name[: down.start()] + ".sql"
        return name


def plan(path: Path, shown: str) -> Plan:
    """A file that nothing is known about: psql -f is assumed to run it."""
    folder, _, name = shown.rpartition("/")
    history = folder.rpartition("/")[0] if name.lower() in _ONE_A_FOLDER else folder
    parts = {part.lower() for part in folder.split("/")}
    down = bool(_DOWN_NAME.search(name)) or (bool(parts & _DOWN_FOLDERS) and not _UP_NAME.search(name))
    return Plan(path, shown, history, Direction.DOWN if down else Direction.UP)


def order(entry: Plan) -> tuple[object, ...]:
    """A key that puts migrations into the order in which they run, a way back right behind its way up."""
    down = entry.direction is Direction.DOWN
    return natural(entry.history), entry.rank, entry.order.key(entry.own), down, entry.shown


def load(entry: Plan, data: bytes | None = None) -> Migration:
    """Read a planned file; UnreadError says why it cannot be."""
    if data is None:
        try:
            data = read_bytes(entry.path)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UnreadError(entry.shown, f"{reason}") from None
    source, gaps = decode(entry.shown, data)
    if (name := other_database(entry.shown)) and not _BLANK.match(source.text):
        message = f"its name is for {name}, not PostgreSQL"
        gap = Gap(Span(0, len(source.text)), Reason.DIALECT, message)
        return Migration(source, (), entry.history, entry.profile.name, entry.assumed, (gap,))
    return Migration(source, units(entry, source), entry.history, entry.profile.name, entry.assumed, gaps)


def units(entry: Plan, source: Source) -> tuple[Unit, ...]:
    """The units of a planned file, as its runner reads them; UnreadError says why it cannot."""
    try:
        return entry.profile.read(source, Place(entry.path, entry.direction))
    except RecursionError:
        raise UnreadError(source.path, "is nested too deeply") from None
