"""GitLab's code quality report: the widget of a merge request, and marks in its diff.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from idxlint.model import Report, Severity, printable
from idxlint.reporters.parts.dumped import dumped

# GitLab sorts by five words and stops nothing for any of them. An error blocks traffic or fails, hence
# critical; blocker is kept for what makes the whole answer void: an input that nobody read.
_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def render(report: Report) -> Iterator[str]:
    """One line of JSON: a list with an entry for each finding, each unread input and each gap."""
    yield dumped(_unique(_entries(report)))
    yield "\n"


def _entries(report: Report) -> Iterator[dict[str, Any]]:
    for unread in report.unread:
        yield _entry(f"not read: {unread}", "not-read", "blocker", unread.path, 1, f"not-read\0{unread}")
    for finding in report.findings:
        name, path, severity = finding.rule.name, finding.source.path, _SEVERITIES[finding.severity]
        line = finding.source.position(finding.hit.at.start).line
        entry = _entry(finding.hit.message, name, severity, path, line, "")
        yield entry | {"fingerprint": finding.fingerprint}
    for gap in report.silent_gaps():
        line = gap.source.position(gap.gap.span.start).line
        message = f"not judged: {gap.gap.message}"
        yield _entry(
            message, "not-judged", "info", gap.source.path, line, f"gap\0{gap.source.path}\0{message}"
        )


def _entry(message: str, name: str, severity: str, path: str, line: int, identity: str) -> dict[str, Any]:
    return {
        "description": printable(message),
        "check_name": name,
        "fingerprint": sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        "severity": severity,
        "location": {"path": path.removeprefix("./"), "lines": {"begin": line}},
    }


def _unique(entries: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries, each with a fingerprint of its own: of two with the same, GitLab shows one."""
    seen: dict[str, int] = {}
    unique: list[dict[str, Any]] = []
    for entry in entries:
        name = entry["fingerprint"]
        seen[name] = again = seen.get(name, -1) + 1
        unique.append(entry | {"fingerprint": f"{name}-{again}"} if again else entry)
    return unique
