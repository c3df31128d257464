"""What live mode saw on a real server: evidence, and what it says about the claims of the rule book.

Times are milliseconds from the start of the replay that they belong to.
"""

from enum import StrEnum

from idxlint.model.value import record


class Status(StrEnum):
    """What the evidence says of a claim; nothing that was not observed is ever confirmed."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    INCONCLUSIVE = "inconclusive"
    SKIPPED = "skipped"
    ERROR = "error"


WORST = (Status.ERROR, Status.CONTRADICTED, Status.INCONCLUSIVE, Status.CONFIRMED, Status.SKIPPED)
"""The order in which one status speaks for many."""

DML = ("SELECT", "INSERT", "UPDATE", "DELETE")
"""The probes: what an application does to a table, always from other sessions."""


def overall(statuses: "tuple[Status, ...]") -> Status:
    """The status that speaks for several; none at all is skipped."""
    return next((status for status in WORST if status in statuses), Status.SKIPPED)


@record
class TableLock:
    """A lock that was granted, out of pg_locks. mode: as the manual writes it, SHARE UPDATE EXCLUSIVE."""

    relation: str
    mode: str


@record
class Probe:
    """One statement of the application, from sending to answer.

    kind: one of DML
    waited: it was seen waiting for a lock of the migration
    sqlstate: "" where it went through
    """

    kind: str
    start: float
    end: float
    waited: bool = False
    sqlstate: str = ""


@record
class Stop:
    """A moment at which the migration was made to stand still and was looked at.

    name: why it stands: "holds its locks", or what it waits for
    phase: of pg_stat_progress_create_index, "" where there is none
    locks: what it holds on relations that stood before its transaction
    passed, waited: the probes that went through meanwhile, and those that waited for the migration
    """

    name: str
    at: float
    phase: str = ""
    locks: tuple[TableLock, ...] = ()
    passed: tuple[str, ...] = ()
    waited: tuple[str, ...] = ()


@record
class Notice:
    """A NOTICE or WARNING of the server."""

    severity: str
    message: str


@record
class ObservedStatement:
    """One statement, as it went.

    offset: where it begins in its file, in code points; line: the same for people
    runs: autocommit, transaction, or message (sent whole with others)
    table: the one that was probed, "" where none was
    builds: indexes and tables that it gave new storage to: a build, or a rewrite
    rewrites: tables that a statement rewrote about which idxlint knows nothing; its builds are indexes alone
    sqlstate, error: why it failed; "" where it did not; an error without a code: why it was not sent
    """

    offset: int
    line: int
    sql: str
    start: float
    end: float
    runs: str = "autocommit"
    table: str = ""
    stops: tuple[Stop, ...] = ()
    probes: tuple[Probe, ...] = ()
    builds: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    sqlstate: str = ""
    error: str = ""
    rewrites: tuple[str, ...] = ()

    @property
    def waited(self) -> tuple[str, ...]:
        """The kinds of probe that waited at some stop, in the order of DML."""
        seen = {kind for stop in self.stops for kind in stop.waited}
        return tuple(kind for kind in DML if kind in seen)

    @property
    def passed(self) -> tuple[str, ...]:
        """The kinds of probe that went through at every stop at which they were looked at."""
        seen = {kind for stop in self.stops for kind in stop.passed}
        return tuple(kind for kind in DML if kind in seen and kind not in self.waited)

    @property
    def locks(self) -> tuple[TableLock, ...]:
        """All locks seen at any stop, each once."""
        return tuple(dict.fromkeys(lock for stop in self.stops for lock in stop.locks))


@record
class IndexState:
    """An index as the catalogue has it. valid, ready, live: indisvalid, indisready, indislive (pg_index)."""

    name: str
    table: str
    definition: str
    valid: bool
    ready: bool
    live: bool = True


@record
class FileRun:
    """A migration file that was run. indexes: all that there are afterwards."""

    path: str
    statements: tuple[ObservedStatement, ...]
    indexes: tuple[IndexState, ...]
    milliseconds: float

    @property
    def invalid(self) -> tuple[str, ...]:
        """The indexes that no query can use."""
        return tuple(index.name for index in self.indexes if not index.valid)

    @property
    def failed(self) -> ObservedStatement | None:
        """The first statement that the server refused."""
        return next((statement for statement in self.statements if statement.sqlstate), None)


@record
class Claim:
    """Something that can be true or false, and what was seen of it. reason: why it is not confirmed."""

    text: str
    status: Status
    reason: str = ""


@record
class Crash:
    """A migration that was stopped half way and run again.

    script: "original" or "fixed"
    sql: the statement that was stopped; stop: where; kill: how
    first: the SQLSTATE that stopped it, "" where it could not be stopped
    left: invalid indexes in between
    second: what the second run said: SQLSTATEs and notices, "" for a clean one
    end: invalid indexes after the second run; missing: indexes that an undisturbed run leaves, and this did not
    again: the SQLSTATE of the interrupted statement in the second run, "" where it succeeded, and those of later
        failures; none where the second run did not come to it
    """

    script: str
    sql: str
    stop: str
    kill: str
    first: str
    left: tuple[str, ...]
    second: str
    end: tuple[str, ...]
    missing: tuple[str, ...] = ()
    again: tuple[str, ...] = ()

    @property
    def repaired(self) -> bool:
        """Whether the second run brought the wanted state about."""
        return not self.end and not self.missing


@record
class Proof:
    """What live mode has to say about one finding, or about index work that no rule speaks about.

    rule, id, message: of the finding; "" where idxlint is silent
    original: the statement as it stands in the file
    fixed: the statements that the fix puts in its place, as they ran in the whole fixed file
    original_indexes, fixed_indexes: those of the tables concerned, as either file leaves them
    """

    path: str
    line: int
    sql: str
    claims: tuple[Claim, ...]
    rule: str = ""
    id: str = ""
    message: str = ""
    original: ObservedStatement | None = None
    fixed: tuple[ObservedStatement, ...] = ()
    crashes: tuple[Crash, ...] = ()
    original_indexes: tuple[IndexState, ...] = ()
    fixed_indexes: tuple[IndexState, ...] = ()

    @property
    def status(self) -> Status:
        """What all claims say together."""
        return overall(tuple(claim.status for claim in self.claims))


@record
class Unplayed:
    """A statement of the history that could not be run, or text that is none; the rest went on."""

    path: str
    line: int
    sql: str
    reason: str


@record
class Unseeded:
    """A table that got no rows."""

    table: str
    reason: str


@record
class LiveRun:
    """All that one server said. origin: where its programs came from; tables, rows: what was seeded."""

    version: str
    origin: str
    proofs: tuple[Proof, ...] = ()
    unplayed: tuple[Unplayed, ...] = ()
    unseeded: tuple[Unseeded, ...] = ()
    files: int = 0
    tables: int = 0
    rows: int = 0
    seconds: float = 0.0

    def count(self, status: Status) -> int:
        """How many proofs have this status."""
        return sum(proof.status is status for proof in self.proofs)


@record
class LiveReport:
    """The runs of live mode, one a server. unread: inputs that could not be read, a line each."""

    runs: tuple[LiveRun, ...] = ()
    unread: tuple[str, ...] = ()
