"""A migration as it is sent: its statements in the messages of its runner."""

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from idxlint.model import Direction, Gap, Migration, Send, Span, Unit, Wrap, value
from idxlint.model.evidence import Unplayed
from idxlint.sql.meaning.hosted import placed
from idxlint.sql.meaning.operations import (
    INDEXED,
    AddConstraint,
    AttachIndex,
    AttachPartition,
    BuildIndex,
    DropConstraint,
    DropIndex,
    Operation,
    Reindex,
)
from idxlint.sql.meaning.read import read
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import COPY_ROWS, Parsed, ParseError, Statement, parse

_COPY = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
INDEX_WORK = (BuildIndex, DropIndex, Reindex, DropConstraint, AttachIndex, AttachPartition)
"""The operations that build, rebuild, move or drop an index, or may do so."""


@value
class ScriptStatement:
    """One statement to be sent. rows: what COPY … FROM stdin reads; told: a finding is about it."""

    step: Step
    line: int
    rows: str | None = None
    told: bool = False

    @property
    def sql(self) -> str:
        """Its text."""
        return self.step.statement.sql

    @property
    def offset(self) -> int:
        """Where it begins in its file, in code points."""
        return self.step.statement.start

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What it does, in a DO block's body too."""
        return (
            *self.step.operations,
            *(operation for inner in self.step.body for operation in inner.operations),
        )

    @property
    def index_work(self) -> tuple[Operation, ...]:
        """What it does to indexes; all that it does where a finding is about it."""
        return tuple(op for op in self.operations if self.told or _is_index_work(op))


def _is_index_work(operation: Operation) -> bool:
    """Whether it is about an index; of constraints only those that have one are."""
    if isinstance(operation, AddConstraint):
        return operation.constraint.kind in INDEXED
    return isinstance(operation, INDEX_WORK)


@value
class ScriptUnit:
    """A unit: what the runner puts around it, and its messages, each sent as one."""

    wrapped: bool
    send: Send
    continues: bool
    messages: tuple[tuple[ScriptStatement, ...], ...]


@value
class Script:
    """A migration in one direction. lost: text that is no statement, so that nobody can send it."""

    path: str
    runner: str
    units: tuple[ScriptUnit, ...]
    unsent: tuple[Unplayed, ...] = ()

    @property
    def statements(self) -> tuple[ScriptStatement, ...]:
        """All statements in their order."""
        return tuple(statement for unit in self.units for message in unit.messages for statement in message)


def script_of(migration: Migration, direction: Direction = Direction.UP, told: Container[int] = ()) -> Script:
    """What a runner sends when it runs a migration in a direction; told: where the statements of findings begin."""
    units: list[ScriptUnit] = []
    unsent: list[Unplayed] = []
    for unit in migration.units:
        if unit.direction is direction:
            messages = tuple(
                tuple(replace(one, told=True) if one.offset in told else one for one in message)
                for message in _messages(migration, unit, unsent)
            )
            units.append(ScriptUnit(unit.wrap is not Wrap.NONE, unit.send, unit.continues, messages))
    return Script(migration.source.path, migration.runner, tuple(units), tuple(unsent))


def _messages(
    migration: Migration, unit: Unit, unsent: list[Unplayed]
) -> Iterator[tuple[ScriptStatement, ...]]:
    if not unit.pieces:
        parsed = parse(migration.source.text, unit.span)
        statements = [*_statements(migration, parsed, unsent)]
        yield from _grouped(statements, unit, parsed.joined)
        return
    for piece in unit.pieces:
        if piece.unresolved:
            unsent.append(_unplayed(migration, piece.span, f"{piece.unresolved} is made while it runs"))
            continue
        parsed = parse(piece.sql)
        statements = [
            _statement(migration, placed(piece, statement), parsed) for statement in parsed.statements
        ]
        if unit.send is Send.STATEMENT:
            yield from ((statement,) for statement in statements)
        elif statements:
            yield tuple(statements)


def _statements(migration: Migration, parsed: Parsed, unsent: list[Unplayed]) -> Iterator[ScriptStatement]:
    """The statements of a text; the rows that a COPY reads stand behind it as a gap."""
    gaps = list(parsed.gaps)
    for statement in parsed.statements:
        rows = None
        if _COPY.match(statement.sql):
            data = next(
                (gap for gap in gaps if gap.span.start >= statement.end and gap.message == COPY_ROWS), None
            )
            if data is not None:
                gaps.remove(data)
                rows = _rows(migration.source.text, data)
        yield _statement(migration, statement, parsed, rows)
    unsent += (_unplayed(migration, gap.span, gap.message) for gap in gaps)
    unsent += (_unplayed(migration, span, r"\gexec is psql's own") for span in parsed.generated)


def _statement(
    migration: Migration, statement: Statement, parsed: Parsed, rows: str | None = None
) -> ScriptStatement:
    try:
        step = read(statement, parsed.placeholders)
    except (ParseError, RecursionError):  # nested deeper than the tree can be made; the server may take it
        step = Step(statement, ())
    return ScriptStatement(step, migration.source.position(statement.start).line, rows)


def _grouped(
    statements: Sequence[ScriptStatement], unit: Unit, joined: Sequence[int]
) -> Iterator[tuple[ScriptStatement, ...]]:
    r"""Statements by the message that they go in; psql's `\;` puts two into one."""
    group: list[ScriptStatement] = []
    last: Span | None = None
    for statement in statements:
        start = statement.offset
        alone = unit.send is Send.STATEMENT and not unit.messages
        message = Span(start, start) if alone else unit.message(start)
        together = message == last or any(
            group and group[-1].step.statement.end <= at <= start for at in joined
        )
        if group and not together:
            yield tuple(group)
            group = []
        group.append(statement)
        last = message
    if group:
        yield tuple(group)


def _rows(text: str, gap: Gap) -> str:
    lines = text[gap.span.start : gap.span.end].lstrip("\r\n").splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() != r"\.")


def _unplayed(migration: Migration, span: Span, reason: str) -> Unplayed:
    source = migration.source
    text = " ".join(source.text[span.start : span.end].split())
    return Unplayed(source.path, source.position(span.start).line, text, reason)
