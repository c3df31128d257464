"""The nouns: sources, rules, findings, reports, migrations. Standard library only."""

from idxlint.model.finding import Edit, Finding, Fix, Hit
from idxlint.model.fingerprint import fingerprint
from idxlint.model.glob import matches
from idxlint.model.migration import Direction, Lock, Migration, Misread, Piece, Send, Unit, Wrap
from idxlint.model.printable import printable
from idxlint.model.report import By, FileGap, Gap, Reason, Report, Suppressed
from idxlint.model.rule import LOCK_MODES, Example, Kind, LockClaim, Rule, Safety, Severity
from idxlint.model.source import Position, Source, Span
from idxlint.model.value import value

__all__ = [
    "LOCK_MODES",
    "By",
    "Direction",
    "Edit",
    "Example",
    "FileGap",
    "Finding",
    "Fix",
    "Gap",
    "Hit",
    "Kind",
    "Lock",
    "LockClaim",
    "Migration",
    "Misread",
    "Piece",
    "Position",
    "Reason",
    "Report",
    "Rule",
    "Safety",
    "Send",
    "Severity",
    "Source",
    "Span",
    "Suppressed",
    "Unit",
    "Wrap",
    "fingerprint",
    "matches",
    "printable",
    "value",
]
