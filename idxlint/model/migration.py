"""A migration as its runner sees it: files, directions, and what one transaction or message covers."""

from dataclasses import dataclass
from enum import StrEnum

from idxlint.model.report import Gap
from idxlint.model.source import Source, Span


class Direction(StrEnum):
    """Whether the runner applies a unit, or keeps it to take an earlier one back."""

    UP = "up"
    DOWN = "down"


class Wrap(StrEnum):
    """What the runner puts a transaction around."""

    NONE = "none"
    UNIT = "unit"
    RUN = "run"


class Send(StrEnum):
    """How the statements of a unit reach the server.

    STATEMENT: one message each, as psql -f does
    SIMPLE: all in one simple query, which is one implicit transaction
    PIPELINE: one pipeline with a single Sync
    """

    STATEMENT = "statement"
    SIMPLE = "simple"
    PIPELINE = "pipeline"


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a file that the runner treats as one."""

    span: Span
    direction: Direction = Direction.UP
    wrap: Wrap = Wrap.NONE
    send: Send = Send.STATEMENT


@dataclass(frozen=True, slots=True)
class Migration:
    """A file and its units.

    history: migrations with the same history build one schema, in the order in which they are given
    runner: the tool that will run the file
    assumed: nothing said so; it is the fallback
    gaps: what could not be decoded
    """

    source: Source
    units: tuple[Unit, ...]
    history: str
    runner: str = "psql"
    assumed: bool = True
    gaps: tuple[Gap, ...] = ()
