"""Workflow commands that GitHub turns into annotations on the lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator
from typing import NamedTuple

from idxlint.model import Finding, Report, Severity, Source, Span, printable
from idxlint.model.printable import visible
from idxlint.reporters.text import counted, summary

MOST = 10
"""Annotations of one level that GitHub keeps of a step; 50 of a job are more than all levels have together."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
# As the runner takes them back (actions/runner, ActionCommand.cs).
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


class _Annotation(NamedTuple):
    """One command, and the same for people who read the log."""

    level: Severity
    command: str
    line: str


def render(report: Report) -> Iterator[str]:
    """The worst annotations that GitHub shows; then, as plain lines of the log, all others, and the counts."""
    entries = [*_annotations(report)]
    levels = [[entry for entry in entries if entry.level is level] for level in _LEVELS]
    full = any(len(level) > MOST for level in levels)
    # The line that says what is missing is a notice itself, and must not be the eleventh.
    room = [MOST, MOST, MOST - full]
    for level, most in zip(levels, room, strict=True):
        yield from (f"{entry.command}\n" for entry in level[:most])
    if full:
        rest = [entry for level, most in zip(levels, room, strict=True) for entry in level[most:]]
        yield f"::notice title=idxlint::{_data(_more(rest))}\n"
        yield from (f"{entry.line}\n" for entry in rest)
    yield summary(report) + "\n"


def _more(rest: list[_Annotation]) -> str:
    kinds = [(sum(entry.level is level for entry in rest), level.word) for level in _LEVELS]
    told = ", ".join(counted(count, word) for count, word in kinds if count)
    why = f"GitHub shows {MOST} annotations of a level"
    return f"{told} more: {why}; the log of this step lists the rest, and so does its summary if it has one"


def _annotations(report: Report) -> Iterator[_Annotation]:
    for unread in map(str, report.unread):
        command = _command(Severity.ERROR, "not read", unread)
        yield _Annotation(Severity.ERROR, command, f"not read: {printable(unread)}")
    for finding in report.findings:
        yield _finding(finding)
    for entry in report.silent_gaps():
        message, span = entry.gap.message, entry.gap.span
        title = f"not judged ({entry.gap.reason})"
        command = _command(Severity.NOTE, title, message, _place(entry.source, span))
        yield _Annotation(Severity.NOTE, command, f"{_head(entry.source, span)} gap: {printable(message)}")


def _finding(finding: Finding) -> _Annotation:
    hit, rule = finding.hit, finding.rule
    fix = () if hit.fix is None else (f"fix: {hit.fix.title} ({hit.fix.safety})",)
    message = "\n".join(map(printable, (hit.message, *hit.help, *fix)))
    title = f"{rule.id} {rule.name}"
    command = _command(finding.severity, title, message, _place(finding.source, hit.at))
    line = f"{_head(finding.source, hit.at)} {rule.id} {finding.severity.word}: {printable(hit.message)}"
    return _Annotation(finding.severity, command, line)


def _head(source: Source, span: Span) -> str:
    line, column = source.position(span.start)
    return f"{printable(source.path)}:{line}:{column}"


def _place(source: Source, span: Span) -> str:
    start, end = source.position(span.start), source.position(span.end)
    file = "" if source.path == "-" else f"file={_property(source.path)},"
    # The runner takes columns only where they are columns of one line.
    columns = f",col={start.column},endColumn={end.column}" if start.line == end.line else ""
    return f"{file}line={start.line},endLine={end.line}{columns},"


def _command(level: Severity, title: str, message: str, place: str = "") -> str:
    return f"::{_LEVELS[level]} {place}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text, keep="\r\n").translate(_DATA)


def _property(text: str) -> str:
    return visible(text, keep="\r\n").translate(_PROPERTY)
