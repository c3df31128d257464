"""A comment on a pull request, in GitHub's Markdown (https://github.github.com/gfm/).

What comes out of a file stands in a fence that it cannot end, or has every sign of Markdown, HTML and of a
mention escaped.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from idxlint.model import Finding, Report, Severity, Source, Span
from idxlint.reporters.parts.changes import changed
from idxlint.reporters.parts.gfm import code, longest, prose
from idxlint.reporters.parts.snippet import underlined
from idxlint.reporters.text import counted

MARKER = "<!-- idxlint -->"
"""The first line, by which the comment is found again and updated."""

LIMIT = 65_536
"""Characters that GitHub takes in a comment; counted as UTF-16 units here, which is never too few."""

_ROOM = LIMIT - 1_000  # for what is said about what does not fit
_OPEN = 10  # findings that are shown in full
_LONG = 20  # lines of details that nobody wants to scroll past
_MESSAGE = 1_000


class _Block(NamedTuple):
    """A piece of the comment that is kept or dropped as a whole."""

    noun: str
    text: str


def render(report: Report) -> Iterator[str]:
    """The counts in a table, then what was not read, the findings, the worst first, and what was not judged."""
    head = [MARKER, _title(report), "", *_table(report), ""]
    text = "\n".join(head)
    blocks = [*_unread(report), *_findings(report), *_gaps(report)]
    room = _ROOM - _size(text)
    kept = 0
    while kept < len(blocks) and room >= _size(blocks[kept].text):
        room -= _size(blocks[kept].text)
        kept += 1
    yield text
    yield from (block.text for block in blocks[:kept])
    yield from _dropped([block.noun for block in blocks[kept:]])
    if report.findings:
        yield "\n<sub>`idxlint rule NAME` explains a rule and its fix.</sub>\n"


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _title(report: Report) -> str:
    kinds = [(report.count(level), level.word) for level in reversed(Severity)]
    counts = ", ".join(counted(count, word) for count, word in kinds if count)
    return f"### idxlint: {counts or 'nothing found'}"


def _table(report: Report) -> Iterator[str]:
    columns = {
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "notes": report.count(Severity.NOTE),
        "suppressed": len(report.suppressed),
        "gaps": len(report.gaps),
        "not read": len(report.unread),
        "files": report.files,
        "statements": report.statements,
        **({"left out": report.left_out} if report.left_out else {}),
    }
    yield f"| {' | '.join(columns)} |"
    yield "|---:" * len(columns) + "|"
    yield f"| {' | '.join(map(str, columns.values()))} |"


def _unread(report: Report) -> Iterator[_Block]:
    for unread in report.unread:
        yield _Block("input not read", f"\n**not read:** {_prose(str(unread))}\n")


def _findings(report: Report) -> Iterator[_Block]:
    worst = sorted(report.findings, key=lambda finding: -finding.severity)
    for number, finding in enumerate(worst):
        yield _Block("finding", _finding(finding, folded=number >= _OPEN))


def _finding(finding: Finding, *, folded: bool) -> str:
    rule, hit = finding.rule, finding.hit
    place = code(_place(finding.source, hit.at))
    head = f"\n**{finding.severity.word}** {rule.id} {rule.name} in {place}  \n{_prose(hit.message)}\n"
    details = _statement(finding)
    if hit.help:
        details += ["", *(f"- {_prose(line)}" for line in hit.help)]
    if hit.fix is not None:
        details += ["", f"Fix: {_prose(hit.fix.title)} ({hit.fix.safety})", ""]
        details += _fenced("diff", changed(finding.source, hit.fix))
    body = "\n".join(details)
    if folded or body.count("\n") > _LONG:
        return f"{head}\n<details><summary>statement and fix</summary>\n\n{body}\n\n</details>\n"
    return f"{head}\n{body}\n"


def _statement(finding: Finding) -> list[str]:
    number = str(finding.source.position(finding.hit.at.start).line)
    shown = underlined(finding.source, finding.hit.at)
    under = f"{' ' * len(number)} | {' ' * shown.start}{'^' * shown.width}"
    return _fenced("text", (f"{number} | {shown.text}", under))


def _gaps(report: Report) -> Iterator[_Block]:
    for entry in report.silent_gaps():
        place = code(_place(entry.source, entry.gap.span))
        yield _Block("gap", f"\n**not judged** in {place}: {_prose(entry.gap.message)}\n")


def _dropped(nouns: list[str]) -> Iterator[str]:
    if nouns:
        told = ", ".join(_several(nouns.count(noun), noun) for noun in dict.fromkeys(nouns))
        yield f"\n**{told} more:** the comment has no room for more; `idxlint check` lists all of them.\n"


def _several(count: int, noun: str) -> str:
    return counted(count, noun, "inputs not read" if noun == "input not read" else "")


def _place(source: Source, span: Span) -> str:
    line, column = source.position(span.start)
    return f"{source.path}:{line}:{column}"


def _fenced(language: str, lines: Iterable[str]) -> list[str]:
    """Lines in a fence that is longer than any inside."""
    content = [*lines]
    fence = "`" * max(3, *(longest(line) + 1 for line in content)) if content else "```"
    return [f"{fence}{language}", *content, fence]


def _prose(text: str) -> str:
    """Text as prose that shows just what it is, and not more of it than anybody reads."""
    return prose(text if len(text) <= _MESSAGE else text[:_MESSAGE] + "…")
