"""The result of a run: what is shown, what was silenced and why, and what nobody judged."""

from collections.abc import Iterator
from enum import StrEnum

from idxlint.model.finding import Finding
from idxlint.model.gap import FileGap, Reason, Unread
from idxlint.model.rule import Severity
from idxlint.model.value import record


class By(StrEnum):
    """What silenced a finding."""

    COMMENT = "comment"
    BASELINE = "baseline"
    START_AFTER = "start-after"
    CONFIG = "config"


@record
class Suppressed:
    """A finding that is not shown."""

    finding: Finding
    by: By
    reason: str


@record
class Report:
    """Everything that a run found, in the order of the files.

    unread: inputs that could not be read
    paths: the files that were read, in their order
    left_out: files for other databases, which their tools never run on PostgreSQL
    stale: entries of the baseline that nothing matched any more
    scope: "since main" and the like, where only what changed is reported on; replayed: the other files
    threshold: the least severity that fails the run; None where none does
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    gaps: tuple[FileGap, ...] = ()
    unread: tuple[Unread, ...] = ()
    files: int = 0
    statements: int = 0
    judged: int = 0
    stale: int = 0
    scope: str = ""
    replayed: int = 0
    paths: tuple[str, ...] = ()
    left_out: int = 0
    threshold: Severity | None = Severity.WARNING

    def failing(self, finding: Finding) -> bool:
        """Whether a finding is at or above the threshold."""
        return self.threshold is not None and finding.severity >= self.threshold

    def count(self, severity: Severity) -> int:
        """How many shown findings have just this severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def silent_gaps(self) -> Iterator[FileGap]:
        """Gaps that no finding speaks of; psql's own commands are counted, which is enough."""
        spoken = {
            (finding.source.path, finding.hit.at)
            for finding in (*self.findings, *(entry.finding for entry in self.suppressed))
        }
        for entry in self.gaps:
            if entry.gap.reason is not Reason.PSQL and (entry.source.path, entry.gap.span) not in spoken:
                yield entry
