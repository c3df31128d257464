"""What the rule book says about a rule."""

from enum import IntEnum, StrEnum

from idxlint.model.value import record

LOCK_MODES = (
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
"""PostgreSQL's table-level lock modes, the weakest first (Explicit Locking)."""


class Severity(IntEnum):
    """How bad it is; ordered, so that a threshold is one comparison."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The name as it is written in every output and in the configuration."""
        return self.name.lower()


class Kind(StrEnum):
    """What a rule is about; down migrations keep the severity of a refusal only."""

    BLOCKS = "blocks"
    REFUSED = "refused"
    LEFTOVER = "leftover"
    WASTE = "waste"
    SELF = "self"


class Safety(StrEnum):
    """Whether a fix is written by --fix (safe) or only by --unsafe-fixes."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class StoppedBy(StrEnum):
    """What stops the statement that a rule about leftovers speaks of, in the words of live mode's reports."""

    CANCEL = "a cancel"
    DUPLICATES = "duplicate rows"
    OWN_TIMEOUT = "a timeout of the file"


@record
class LockClaim:
    """What a page says its bad statement locks; mode is PostgreSQL's own name, as SHARE UPDATE EXCLUSIVE."""

    on: str
    mode: str
    during: str


@record
class Example:
    """One fenced block of a page.

    kind: bad, fixed or good
    line: of the block's first line of SQL, in the page's file
    before: what is already deployed when the block is read; replayed, not linted
    """

    kind: str
    sql: str
    line: int
    before: str = ""


@record
class Rule:
    """One page of the rule book: its facts and its text.

    fix: the best that --fix can do, None where only advice is given
    postgres: the first and the last major release that the rule speaks about
    runner: the migration tool whose files the examples are
    whole_file: a finding is about its file, any statement of which may be the one that PostgreSQL refuses
    unjudged: a finding says that a text could not be judged, so that `--strict` fails
    beyond_file: no text of the file settles a finding, so that a fix may bring one
    fix_repairs: running the fixed file again repairs what a failed run has left; else it stops there with an error
    stopped_by: how live mode makes the statement fail
    no_proof: why no server can show what the rule says; "" where live mode proves it
    aliases: names that the rule had before
    page: the whole file, front matter included, so that its lines are the file's
    """

    name: str
    id: str
    summary: str
    severity: Severity
    kind: Kind
    default: bool
    page: str
    fix: Safety | None = None
    since: str = ""
    postgres: tuple[int, int] = (12, 18)
    runner: str = "psql"
    whole_file: bool = False
    unjudged: bool = False
    beyond_file: bool = False
    fix_repairs: bool = True
    stopped_by: StoppedBy = StoppedBy.CANCEL
    no_proof: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The page as people read it: without its front matter."""
        _, closed, body = self.page.removeprefix("---\n").partition("\n---\n")
        return body if closed else self.page
