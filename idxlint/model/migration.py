"""A migration as its runner sees it: files, directions, and what one transaction or message covers."""

import re
from bisect import bisect_right
from enum import StrEnum

from idxlint.model.gap import Gap
from idxlint.model.source import Edit, Source, Span
from idxlint.model.value import record


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


@record
class Misread:
    """A directive that the runner will not read as it was meant.

    message: why, and what it would read
    read: the runner does read it, but it does less than was meant; then the message says it all
    """

    span: Span
    message: str
    read: bool = False


@record
class Lock:
    """How the runner's own lock gets into the way of a concurrent build.

    message: what happens, and the setting that prevents it
    hangs: it does so every time, not only beside a second runner
    """

    message: str
    hangs: bool = False


@record
class NameGuard:
    """A condition that decides whether SQL is sent, and that asks for an index by its name alone.

    words: what it is, as messages name it
    asked: its text, in which the name of the index stands; "" where it asks for columns
    """

    span: Span
    words: str
    asked: str = ""

    def is_about(self, index: str) -> bool:
        """Whether it asks for an index of that name, or for the columns of one."""
        named = rf"(?<![\w$]){re.escape(index)}(?![\w$])"
        return not self.asked or re.search(named, self.asked, re.IGNORECASE) is not None


@record
class Piece:
    """SQL that stands inside another language, or that a call there means.

    span: where the file says it; sql: what reaches the server
    verbatim: it stands there letter by letter, so that places in it are places in the file
    unresolved: what it is, where it becomes SQL only when it runs and speaks of an index
    guard: what has to hold for it to be sent
    """

    span: Span
    sql: str
    verbatim: bool = False
    unresolved: str = ""
    guard: NameGuard | None = None


@record
class Unit:
    """A part of a file that the runner treats as one.

    wrap, send: with the opt-outs in the file already counted in
    messages: the parts that are sent as one simple query each, in order; none means that `send` says it all
    held: those of the messages that stay one, whatever is written into them
    whole_on_drop: a DROP INDEX CONCURRENTLY makes the runner send all of it as one simple query
    leave: what a file has to do to leave the runner's transaction, in the runner's own words; "" where it cannot
    directive: the edit that does just that, where it is one
    commits: what a COMMIT in it leads to, where that is not just that what follows runs without a transaction
    opted_out: the directive that took the unit out of the runner's transaction
    misread: directives that the runner passes over
    lock: the runner's own, where it gets into the way of a concurrent build
    refuses_mixed: the runner refuses a unit in which a command without transaction stands beside others
    pieces: the SQL, one message each, where the file is not SQL itself
    on_empty: it only ever runs on an empty database, where there is nobody to block
    continues: it goes on in the session of the unit before it, whose settings are in force
    guard: what has to hold for all of it to be sent
    """

    span: Span
    direction: Direction = Direction.UP
    wrap: Wrap = Wrap.NONE
    send: Send = Send.STATEMENT
    messages: tuple[Span, ...] = ()
    held: tuple[Span, ...] = ()
    whole_on_drop: bool = False
    leave: str = ""
    directive: Edit | None = None
    commits: str = ""
    opted_out: Span | None = None
    misread: tuple[Misread, ...] = ()
    lock: Lock | None = None
    refuses_mixed: bool = False
    pieces: tuple[Piece, ...] = ()
    on_empty: bool = False
    continues: bool = False
    guard: NameGuard | None = None

    def message(self, start: int) -> Span:
        """What is sent together with the statement at a place, where several are sent as one."""
        at = bisect_right(self.messages, start, key=lambda span: span.start) - 1
        return self.messages[at] if at >= 0 and start < self.messages[at].end else self.span


@record
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
