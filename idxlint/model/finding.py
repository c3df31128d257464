"""What a check yields, and what the engine makes of it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from idxlint.model.migration import Direction
from idxlint.model.rule import Rule, Safety, Severity
from idxlint.model.source import Edit, Source, Span
from idxlint.model.value import record, value


@record
class Fix:
    """A rewriting as data.

    title: an imperative, without a full stop
    beyond_file: it stands even where it brings findings that no text of the file can settle (`Rule.beyond_file`)
    """

    title: str
    safety: Safety
    edits: tuple[Edit, ...]
    beyond_file: bool = False


class Rerun(StrEnum):
    """What running a file again does, after the statement of a hit was stopped half way."""

    REPAIRS = "drops what is left and builds it"
    FINISHES = "finishes the drop"
    FAILS = "fails because the index already exists"
    HIDES = "keeps the invalid index and reports success"
    FAILS_AT_CHECK = "keeps the invalid index and fails at the check of it"
    BUILDS_ANOTHER = "builds another index beside the invalid one"
    LEAVES_COPY = "rebuilds again and leaves the invalid copy"


@value
class Hit:
    """What a check yields.

    message: one line: the object, what happens to it, and until when
    at: the words to underline
    subject: the object's printable name; part of the fingerprint
    help: lines that go on where the message ends: the query to run first, the way back
    severity: only where it differs from the page's
    rerun: what a second run does, where that is what the hit is about
    once: it is told once for a history, at the first of its places
    lasts: asked of the schema at the end of the history, whether it is still so; it can be pickled
    """

    message: str
    at: Span
    subject: str
    fix: Fix | None = None
    help: tuple[str, ...] = ()
    severity: Severity | None = None
    rerun: Rerun | None = None
    once: bool = False
    lasts: Callable[[Any], bool] | None = None


@value
class Finding:
    """A hit in its place.

    statement: the span of the statement that it is about
    runner: the migration tool whose behaviour was assumed or detected
    fingerprint: the same for the same fault on the same object, whatever the line
    """

    rule: Rule
    hit: Hit
    severity: Severity
    source: Source
    statement: Span
    direction: Direction
    runner: str
    assumed: bool
    fingerprint: str

    @property
    def key(self) -> tuple[str, int, str]:
        """The order of findings in every output."""
        return (self.source.path, self.hit.at.start, self.rule.id)
