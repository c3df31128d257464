"""The Reviewdog Diagnostic Format, for review comments with suggestions.

https://github.com/reviewdog/reviewdog/tree/master/proto/rdf: columns count bytes of UTF-8, ends are exclusive.
"""

from collections.abc import Iterator
from typing import Any

from idxlint.model import Edit, Finding, Report, Severity, Source, Span, printable
from idxlint.reporters.parts.dumped import dumped

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}


def render(report: Report) -> Iterator[str]:
    """One line of JSON, a DiagnosticResult."""
    yield dumped({"source": {"name": "idxlint"}, "diagnostics": [*_diagnostics(report)]})
    yield "\n"


def _diagnostics(report: Report) -> Iterator[dict[str, Any]]:
    for unread in report.unread:
        yield _diagnostic(f"not read: {printable(str(unread))}", {"path": unread.path}, "ERROR", "not-read")
    yield from map(_finding, report.findings)
    for entry in report.silent_gaps():
        place = {"path": entry.source.path, "range": _range(entry.source, entry.gap.span)}
        yield _diagnostic(f"not judged: {printable(entry.gap.message)}", place, "INFO", str(entry.gap.reason))


def _diagnostic(message: str, location: dict[str, Any], severity: str, code: str) -> dict[str, Any]:
    return {
        "message": message,
        "location": location,
        "severity": severity,
        "code": {"value": code},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    source, hit = finding.source, finding.hit
    message = "\n".join(map(printable, (hit.message, *hit.help)))
    place = {"path": source.path, "range": _range(source, hit.at)}
    diagnostic = _diagnostic(message, place, _SEVERITIES[finding.severity], finding.rule.id)
    if hit.fix is not None and hit.fix.edits:
        diagnostic["suggestions"] = [_suggestion(source, hit.fix.edits)]
    return diagnostic


def _suggestion(source: Source, edits: tuple[Edit, ...]) -> dict[str, Any]:
    """All edits of a fix as one: reviewdog takes several suggestions for alternatives."""
    pieces: list[str] = []
    ordered = sorted(edits)
    first = at = ordered[0].start
    for edit in ordered:
        pieces += (source.text[at : edit.start], edit.text)
        at = max(at, edit.end)
    return {"range": _range(source, Span(first, at)), "text": "".join(pieces)}


def _range(source: Source, span: Span) -> dict[str, Any]:
    return {"start": _position(source, span.start), "end": _position(source, span.end)}


def _position(source: Source, offset: int) -> dict[str, int]:
    before = source.text[source.line_start(offset) : offset]
    line = source.position(offset).line
    # A byte order mark is not in the text, but it is in the file that reviewdog reads.
    mark = len("\ufeff".encode()) if source.bom and line == 1 else 0
    return {"line": line, "column": 1 + mark + len(before.encode("utf-8", "surrogatepass"))}
