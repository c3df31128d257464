"""The values that all rooms share: sources, rules, findings, reports, migrations. Imports the standard library only."""

from idxlint.model.failure import ExitCode, Failure, UnreadError
from idxlint.model.finding import Finding, Fix, Hit, Rerun
from idxlint.model.fingerprint import fingerprint
from idxlint.model.gap import FileGap, Gap, Reason, Unread
from idxlint.model.glob import matches
from idxlint.model.merging import Merging
from idxlint.model.migration import Direction, Lock, Migration, Misread, NameGuard, Piece, Send, Unit, Wrap
from idxlint.model.printable import brief, printable
from idxlint.model.report import By, Report, Suppressed
from idxlint.model.rule import LOCK_MODES, Example, Kind, LockClaim, Rule, Safety, Severity, StoppedBy
from idxlint.model.source import Edit, Position, Source, Span
from idxlint.model.value import record, value

__all__ = [
    "LOCK_MODES",
    "By",
    "Direction",
    "Edit",
    "Example",
    "ExitCode",
    "Failure",
    "FileGap",
    "Finding",
    "Fix",
    "Gap",
    "Hit",
    "Kind",
    "Lock",
    "LockClaim",
    "Merging",
    "Migration",
    "Misread",
    "NameGuard",
    "Piece",
    "Position",
    "Reason",
    "Report",
    "Rerun",
    "Rule",
    "Safety",
    "Send",
    "Severity",
    "Source",
    "Span",
    "StoppedBy",
    "Suppressed",
    "Unit",
    "Unread",
    "UnreadError",
    "Wrap",
    "brief",
    "fingerprint",
    "matches",
    "printable",
    "record",
    "value",
]
