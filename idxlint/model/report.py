"""The result of a run: what is shown, what was silenced and why, and what nobody judged."""

from dataclasses import dataclass
from enum import StrEnum

from idxlint.model.finding import Finding
from idxlint.model.rule import Severity
from idxlint.model.source import Source, Span


class Reason(StrEnum):
    """Why nobody judged a piece of a file."""

    SYNTAX = "syntax"
    TEMPLATE = "template"
    DIALECT = "dialect"
    ENCODING = "encoding"
    PSQL = "psql"


@dataclass(frozen=True, slots=True)
class Gap:
    """Text that is no statement, comment, white space or separator. message: what stands there instead."""

    span: Span
    reason: Reason
    message: str


class By(StrEnum):
    """What silenced a finding."""

    COMMENT = "comment"
    BASELINE = "baseline"
    START_AFTER = "start-after"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that is not shown."""

    finding: Finding
    by: By
    reason: str


@dataclass(frozen=True, slots=True)
class FileGap:
    """A gap and the file that it is in."""

    source: Source
    gap: Gap


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a run found, in the order of the files.

    unread: inputs that could not be read, each as one line: its path, a colon, and why
    paths: the files that were read, in their order
    stale: entries of the baseline that nothing matched any more
    scope: "since main" and the like, where only what changed is reported on; replayed: the other files
    threshold: the least severity that fails the run; None where none does
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    gaps: tuple[FileGap, ...] = ()
    unread: tuple[str, ...] = ()
    files: int = 0
    statements: int = 0
    judged: int = 0
    stale: int = 0
    scope: str = ""
    replayed: int = 0
    paths: tuple[str, ...] = ()
    threshold: Severity | None = Severity.WARNING

    def failing(self, finding: Finding) -> bool:
        """Whether a finding is at or above the threshold."""
        return self.threshold is not None and finding.severity >= self.threshold

    def count(self, severity: Severity) -> int:
        """How many shown findings have just this severity."""
        return sum(finding.severity == severity for finding in self.findings)
