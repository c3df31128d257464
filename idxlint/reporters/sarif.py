"""SARIF 2.1.0, for code scanning on GitHub and whatever else reads the standard.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub makes of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
GitHub takes 25,000 results of a run and shows the 5,000 worst, and a file of at most 10 MB when compressed.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from idxlint import __version__
from idxlint.model import By, FileGap, Finding, Fix, Report, Source, Span, Suppressed, printable
from idxlint.reporters.parts.dumped import dumped
from idxlint.reporters.parts.sarif_rules import described
from idxlint.reporters.text import left_out

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_LONG = 2_000
"""Code points of a statement that are worth carrying along as context."""

_LINK = re.compile(r"[\\\[\]]")
_DRIVE = re.compile(r"[A-Za-z]:/")


class _Indexes(NamedTuple):
    """Where rules and files stand in the run's lists."""

    rules: Mapping[str, int]
    files: Mapping[str, int]


def render(report: Report) -> Iterator[str]:
    """One line of JSON: one run with its rules, results, files and what was not read."""
    findings = (*report.findings, *(entry.finding for entry in report.suppressed))
    rules = sorted({finding.rule.id: finding.rule for finding in findings}.values(), key=lambda rule: rule.id)
    paths = dict.fromkeys((*report.paths, *(finding.source.path for finding in findings)))
    indexes = _Indexes(
        {rule.id: at for at, rule in enumerate(rules)}, {path: at for at, path in enumerate(paths)}
    )
    run = {
        "tool": {
            "driver": {
                "name": "idxlint",
                "semanticVersion": __version__,
                "rules": [described(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": "idxlint/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the working folder of idxlint"}}},
        "invocations": [_invocation(report, indexes)],
        "artifacts": [{"location": _artifact(path), "roles": ["analysisTarget"]} for path in paths],
        "results": [*_results(report, indexes)],
    }
    yield dumped({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})
    yield "\n"


def _invocation(report: Report, indexes: _Indexes) -> dict[str, Any]:
    unread: list[dict[str, Any]] = [
        {"level": "error", "message": _message(f"not read: {printable(str(unread))}")}
        for unread in report.unread
    ]
    notes = [_gap(entry, indexes) for entry in report.silent_gaps()]
    if report.left_out:
        notes.append({"level": "note", "message": _message(left_out(report))})
    return {"executionSuccessful": not unread, "toolExecutionNotifications": [*unread, *notes]}


def _gap(entry: FileGap, indexes: _Indexes) -> dict[str, Any]:
    text = f"not judged ({entry.gap.reason}): {printable(entry.gap.message)}"
    location = _location(entry.source, entry.gap.span, indexes)
    return {"level": "note", "message": _message(text), "locations": [location]}


def _results(report: Report, indexes: _Indexes) -> Iterator[dict[str, Any]]:
    for finding in report.findings:
        yield _result(finding, indexes)
    for entry in report.suppressed:
        yield _result(entry.finding, indexes) | {"suppressions": [_suppression(entry)]}


def _suppression(entry: Suppressed) -> dict[str, Any]:
    kind = "inSource" if entry.by is By.COMMENT else "external"
    return {"kind": kind, "justification": printable(f"{entry.by}: {entry.reason}")}


def _result(finding: Finding, indexes: _Indexes) -> dict[str, Any]:
    hit, source = finding.hit, finding.source
    place = _location(source, hit.at, indexes)
    context = finding.statement
    if context.start <= hit.at.start and hit.at.end <= context.end <= context.start + _LONG:
        place["physicalLocation"]["contextRegion"] = _region(source, context, snippet=True)
    result = {
        "ruleId": finding.rule.id,
        "ruleIndex": indexes.rules[finding.rule.id],
        "level": finding.severity.word,
        "message": _message("\n".join(map(printable, (hit.message, *hit.help)))),
        "locations": [place],
        "partialFingerprints": {"idxlint/v1": finding.fingerprint},
        "properties": {"direction": finding.direction, "runner": finding.runner},
    }
    return result | ({} if hit.fix is None else {"fixes": [_fix(source, hit.fix, indexes)]})


def _fix(source: Source, fix: Fix, indexes: _Indexes) -> dict[str, Any]:
    replacements = [
        {
            "deletedRegion": _region(source, Span(edit.start, edit.end)),
            "insertedContent": {"text": edit.text},
        }
        for edit in sorted(fix.edits)
    ]
    change = {"artifactLocation": _artifact(source.path, indexes), "replacements": replacements}
    title = f"{printable(fix.title)} ({fix.safety})"
    return {"description": _message(title), "artifactChanges": [change]}


def _message(text: str) -> dict[str, str]:
    r"""A message that holds no link: [text](target) is one unless its brackets are escaped (3.11.6)."""
    return {"text": _LINK.sub(r"\\\g<0>", text) if "](" in text else text}


def _location(source: Source, span: Span, indexes: _Indexes) -> dict[str, Any]:
    region = _region(source, span, snippet=span.end - span.start <= _LONG)
    return {"physicalLocation": {"artifactLocation": _artifact(source.path, indexes), "region": region}}


def _artifact(path: str, indexes: _Indexes | None = None) -> dict[str, Any]:
    """A file as a URI, in the bytes that name it on disk; relative to where idxlint was started, if it can be."""
    uri = quote(path.encode("utf-8", "surrogateescape"))
    if _DRIVE.match(path):
        place: dict[str, Any] = {"uri": f"file:///{path[:2]}{quote(path[2:].encode())}"}
    elif path.startswith("/"):
        place = {"uri": f"file://{uri}"}
    else:
        place = {"uri": uri, "uriBaseId": _ROOT}
    if indexes is not None and path in indexes.files:
        place["index"] = indexes.files[path]
    return place


def _region(source: Source, span: Span, *, snippet: bool = False) -> dict[str, Any]:
    start, end = source.position(span.start), source.position(span.end)
    region: dict[str, Any] = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    return region | ({"snippet": {"text": source.text[span.start : span.end]}} if snippet else {})
