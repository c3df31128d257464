"""JUnit XML, for the servers that show tests and nothing else.

Jenkins, GitLab and Azure show the first failure of a test case, so a file is one test case with at most one
failure, whose text lists all of its findings. The element names are those of Jenkins' junit-10.xsd.
"""

from collections import defaultdict
from collections.abc import Iterator
from posixpath import split

from junit_xml import TestCase, TestSuite, to_xml_report_string

from idxlint import __version__
from idxlint.model import Finding, Report, Unread, printable
from idxlint.reporters.text import counted, summary


def render(report: Report) -> Iterator[str]:
    """One suite; a test case for each file that was read and for each input that could not be."""
    findings, notes = _sorted(report)
    cases = [_unread(unread) for unread in report.unread]
    paths = dict.fromkeys((*report.paths, *findings, *notes))
    cases += [_case(path, findings[path], notes[path]) for path in paths]
    properties = {"version": __version__, "summary": summary(report)}
    yield to_xml_report_string([TestSuite("idxlint", cases, properties=properties)])


def _sorted(report: Report) -> tuple[defaultdict[str, list[Finding]], defaultdict[str, list[str]]]:
    """The findings that fail the run, and the lines that only inform, by path."""
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    notes: defaultdict[str, list[str]] = defaultdict(list)
    for finding in report.findings:
        if report.failing(finding):
            findings[finding.source.path].append(finding)
        else:
            notes[finding.source.path] += _lines(finding)
    for entry in report.silent_gaps():
        line, column = entry.source.position(entry.gap.span.start)
        notes[entry.source.path].append(f"{line}:{column} gap: {printable(entry.gap.message)}")
    return findings, notes


def _case(path: str, findings: list[Finding], notes: list[str]) -> TestCase:
    folder, name = split(printable(path))
    case = TestCase(name, folder or "(root)", stdout="\n".join(notes) or None)
    if findings:
        worst = max(findings, key=lambda finding: finding.severity)
        more = len(findings) - 1
        title = f"{worst.rule.id} {worst.severity.word}: {printable(worst.hit.message)}"
        case.add_failure_info(
            title + (f" (and {counted(more, 'more finding')})" if more else ""),
            "\n".join(line for finding in findings for line in _lines(finding)),
            worst.rule.name,
        )
    return case


def _lines(finding: Finding) -> Iterator[str]:
    """A finding as text; nothing that a file says comes first in a line."""
    line, column = finding.source.position(finding.hit.at.start)
    rule, hit = finding.rule, finding.hit
    yield f"{line}:{column} {rule.id} {finding.severity.word}: {printable(hit.message)} [{rule.name}]"
    for text in hit.help:
        yield f"  help: {printable(text)}"
    if hit.fix is not None:
        yield f"  fix: {printable(hit.fix.title)} ({hit.fix.safety})"


def _unread(unread: Unread) -> TestCase:
    case = TestCase(printable(unread.path), "not read")
    case.add_error_info(printable(str(unread)), None, "not-read")
    return case
