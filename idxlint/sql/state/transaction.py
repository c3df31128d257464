"""The database session that runs a migration: the transaction machine, settings, and the replayed schema."""

import re
from dataclasses import dataclass, field

from idxlint.model import value
from idxlint.sql.meaning.operations import SetParameter, Transaction
from idxlint.sql.state import search_path
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.search_path import PUBLIC
from idxlint.sql.text import Statement

TIMEOUTS = ("lock_timeout", "statement_timeout", "transaction_timeout")
"""What kills a statement that waits; transaction_timeout is new in PostgreSQL 17."""

_ZERO = re.compile(r"\s*0*\.?0*\s*(us|ms|s|min|h|d)?\s*\Z")


@value
class Setting:
    """A parameter's value; statement: the one that set it, None where the runner or the role did."""

    value: str
    statement: Statement | None = None


@dataclass(slots=True)
class Block:
    """An open transaction block; opened: the BEGIN that opened it, None where the runner did.

    savepoints: their names and marks; places: the numbers of those of one name
    """

    mark: int
    number: int
    opened: Statement | None
    savepoints: list[tuple[str, int]] = field(default_factory=list)
    places: dict[str, list[int]] = field(default_factory=dict)

    def save(self, name: str, mark: int) -> None:
        """Set a savepoint; one of an equal name is hidden behind it."""
        self.places.setdefault(name, []).append(len(self.savepoints))
        self.savepoints.append((name, mark))

    def forget(self, first: int) -> None:
        """Take the savepoints from a number on away."""
        while len(self.savepoints) > first:
            name, _ = self.savepoints.pop()
            self.places[name].pop()


class Session:
    """One session from connect to close, as psql, a runner or a pool sees it.

    Follows "SQL Commands": BEGIN in a block and COMMIT outside of one are warnings without effect; AND CHAIN
    opens the next block at once; PREPARE TRANSACTION ends the block; settings are rolled back with it.

    repeats: the file existed before the change, so that its tables may be there
    complete: every statement of the file could be read
    """

    def __init__(
        self,
        schema: Schema,
        settings: dict[str, Setting] | None = None,
        *,
        repeats: bool = False,
        complete: bool = True,
    ) -> None:
        self.schema = schema
        self.repeats, self.complete = repeats, complete
        self.block: Block | None = None
        self._started = dict(settings or {})
        self._settings: dict[str, Setting | None] = dict(self._started)
        self._local: dict[str, Setting | None] = {}
        self._path()

    @property
    def transaction(self) -> int:
        """The number of the open block; 0 outside of any."""
        return self.block.number if self.block else 0

    def setting(self, name: str) -> Setting | None:
        """The value in force, as far as this session's own statements and its start tell."""
        return self._local.get(name) or self._settings.get(name)

    def timeouts(self, *, lasting: bool = False) -> list[tuple[str, Setting]]:
        """The timeouts that are on; lasting: without those that end with the transaction."""
        timeouts = [(name, self._settings.get(name) if lasting else self.setting(name)) for name in TIMEOUTS]
        return [(name, setting) for name, setting in timeouts if setting and not is_zero(setting.value)]

    def begin(self, opened: Statement | None) -> None:
        """Open a block unless one is open."""
        if self.block is None:
            self.schema.transactions += 1
            self.block = Block(self.schema.mark(), self.schema.transactions, opened)

    def control(self, operation: Transaction, statement: Statement) -> None:
        """Carry out transaction control."""
        match operation.verb:
            case "BEGIN":
                self.begin(statement)
            case "COMMIT" | "ROLLBACK" | "PREPARE" if self.block:
                self._end(operation, statement)
            case "SAVEPOINT" if self.block:
                self.block.save(operation.savepoint, self.schema.mark())
            case "ROLLBACK TO" | "RELEASE" if self.block:
                self._savepoint(self.block, operation)
        self._path()

    def _end(self, operation: Transaction, statement: Statement) -> None:
        if operation.verb == "ROLLBACK" and self.block:
            self.schema.rollback(self.block.mark)
        self._forget()
        self.block = None
        if operation.chain:
            self.begin(statement)
        else:
            self.schema.settle()

    def _savepoint(self, block: Block, operation: Transaction) -> None:
        places = block.places.get(operation.savepoint)
        if not places:
            return
        at = places[-1]
        if operation.verb == "RELEASE":
            block.forget(at)
        else:
            self.schema.rollback(block.savepoints[at][1])
            block.forget(at + 1)

    def set(self, operation: SetParameter, statement: Statement) -> None:
        """Carry out SET, SET LOCAL (no effect outside a block) and RESET."""
        if operation.name == "all":
            for name in {*self._settings, *self._local}:
                self._put(name, self._started.get(name))
        elif not operation.local:
            value = Setting(operation.value, statement) if operation.value is not None else None
            self._put(operation.name, value or self._started.get(operation.name))
        elif self.block and operation.value is not None:
            self.schema.put(self._local, operation.name, Setting(operation.value, statement))
        self._path()

    def _put(self, name: str, setting: Setting | None) -> None:
        """Set a parameter for the session; what SET LOCAL said before is over (SET)."""
        self.schema.put(self._settings, name, setting)
        if self._local.get(name):
            self.schema.put(self._local, name, None)

    def _forget(self) -> None:
        """SET LOCAL is over with its transaction; whoever takes the transaction back gets it back."""
        for name in [name for name, setting in self._local.items() if setting]:
            self.schema.put(self._local, name, None)

    def _path(self) -> None:
        setting = self.setting("search_path")
        self.schema.search_path = search_path.read(setting.value) if setting else PUBLIC

    def resume(self) -> None:
        """Go on after a close that only ended a unit: what was set for the session is in force."""
        self._path()

    def close(self) -> None:
        """End the session; an open block is taken as committed, because a runner would have done so."""
        self.block = None
        self._forget()
        self.schema.settle()
        self.schema.search_path = PUBLIC


def is_zero(value: str) -> bool:
    """Whether a timeout's value switches it off."""
    return bool(_ZERO.match(value)) and any(char == "0" for char in value)
