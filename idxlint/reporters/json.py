"""The report for machines, shape 1: keys may be added, but never change their meaning."""

from collections.abc import Iterator
from typing import Any

from idxlint import __version__
from idxlint.model import FileGap, Finding, Fix, Report, Severity, Source, Span, Suppressed
from idxlint.reporters.parts.dumped import dumped

VERSION = 1


def render(report: Report) -> Iterator[str]:
    """The whole report as one line of JSON."""
    data = {
        "version": VERSION,
        "tool": {"name": "idxlint", "version": __version__},
        "findings": [_finding(finding) for finding in report.findings],
        "suppressed": [_suppressed(entry) for entry in report.suppressed],
        "gaps": [_gap(entry) for entry in report.gaps],
        "summary": _summary(report),
        "unread": [str(unread) for unread in report.unread],
    }
    yield dumped(data)
    yield "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    source = finding.source
    return {
        "rule": finding.rule.name,
        "id": finding.rule.id,
        "severity": finding.severity.word,
        "message": finding.hit.message,
        "path": source.path,
        **_place(source, finding.hit.at),
        "statement": source.text[finding.statement.start : finding.statement.end],
        "subject": finding.hit.subject,
        "direction": finding.direction,
        "runner": finding.runner,
        "fix": None if finding.hit.fix is None else _fix(source.path, finding.hit.fix),
        "fingerprint": finding.fingerprint,
        "help": list(finding.hit.help),
        "runner_assumed": finding.assumed,
    }


def _fix(path: str, fix: Fix) -> dict[str, Any]:
    edits = [
        {"path": path, "start": edit.start, "end": edit.end, "text": edit.text} for edit in sorted(fix.edits)
    ]
    return {"title": fix.title, "safety": fix.safety, "edits": edits}


def _suppressed(entry: Suppressed) -> dict[str, Any]:
    return {**_finding(entry.finding), "by": entry.by, "reason": entry.reason}


def _gap(entry: FileGap) -> dict[str, Any]:
    return {
        "path": entry.source.path,
        **_place(entry.source, entry.gap.span),
        "reason": entry.gap.reason,
        "message": entry.gap.message,
    }


def _place(source: Source, span: Span) -> dict[str, int]:
    start = source.position(span.start)
    end = source.position(span.end)
    return {"line": start.line, "column": start.column, "end_line": end.line, "end_column": end.column}


def _summary(report: Report) -> dict[str, Any]:
    return {
        "files": report.files,
        "statements": report.statements,
        "judged": report.judged,
        "error": report.count(Severity.ERROR),
        "warning": report.count(Severity.WARNING),
        "note": report.count(Severity.NOTE),
        "suppressed": len(report.suppressed),
        "gaps": len(report.gaps),
        "left_out": report.left_out,
        "replayed": report.replayed,
        "scope": report.scope or None,
    }
