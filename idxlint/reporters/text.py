"""The report for people: what is wrong, where, and the statement that is safe."""

from collections import Counter
from collections.abc import Iterable, Iterator

from idxlint.model import Finding, Report, Severity, Source, Span, printable
from idxlint.reporters.parts.snippet import fixed, underlined

_CODES = {
    Severity.ERROR.word: "31;1",
    Severity.WARNING.word: "33;1",
    Severity.NOTE.word: "36;1",
    "bold": "1",
    "dim": "2",
}


class _Paint:
    """Puts colours around words, or leaves them as they are."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour else text


def render(report: Report, colour: bool = False) -> Iterator[str]:
    """Findings, gaps that no finding speaks of, and a summary."""
    paint = _Paint(colour)
    for finding in report.findings:
        yield from _finding(finding, paint)
    for entry in report.silent_gaps():
        place = _place(entry.source, entry.gap.span, paint)
        yield f"{place} gap: {printable(entry.gap.message)} [{entry.gap.reason}]\n"
    for unread in report.unread:
        yield f"not read: {printable(str(unread))}\n"
    yield from _pages(report)
    yield summary(report) + "\n"


def summary(report: Report) -> str:
    """One line: what was found in how much."""
    if report.scope and not (report.files or report.unread or report.left_out):
        return f"no migration has changed {printable(report.scope)}"
    files = counted(report.files, "changed file" if report.scope else "file")
    replayed = f" ({report.replayed} replayed)" if report.scope else ""
    counts = [(report.count(level), level.word) for level in reversed(Severity)]
    kinds = ", ".join(counted(count, word) for count, word in counts if count)
    parts = [
        counted(len(report.findings), "finding") + (f" ({kinds})" if kinds else ""),
        f"{len(report.suppressed)} suppressed",
        f"{counted(len(report.gaps), 'gap')} in {files}{replayed}",
        counted(report.statements, "statement") + _unjudged(report.statements - report.judged),
    ]
    if report.left_out:
        parts.append(left_out(report))
    if report.stale:
        parts.append(f"{counted(report.stale, 'baseline entry', 'baseline entries')} matched nothing")
    return ", ".join(parts)


def left_out(report: Report) -> str:
    """How many files are for other databases, which their tools never run on PostgreSQL."""
    return f"{counted(report.left_out, 'file')} for other databases left out"


def _unjudged(count: int) -> str:
    return f" ({count} not judged)" if count else ""


def statistics(report: Report) -> Iterator[str]:
    """A table of how often each rule spoke, the loudest first."""
    counts = Counter((finding.rule.id, finding.rule.name) for finding in report.findings)
    width = len(str(max(counts.values(), default=0)))
    for (rule_id, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:>{width}}  {rule_id}  {name}\n"


def _finding(finding: Finding, paint: _Paint) -> Iterator[str]:
    hit, word = finding.hit, finding.severity.word
    head = f"{finding.rule.id} {paint(word, word)}: {printable(hit.message)} "
    yield f"{_place(finding.source, hit.at, paint)} {head}{paint('dim', f'[{finding.rule.name}]')}\n"

    number = str(finding.source.position(hit.at.start).line)
    shown = underlined(finding.source, hit.at)
    margin = " " * len(number)
    yield f"  {number} | {shown.text}\n"
    yield f"  {margin} | {' ' * shown.start}{paint(word, '^' * shown.width)}\n"

    for line in hit.help:
        yield f"  {paint('bold', 'help')}: {printable(line)}\n"
    if hit.fix is not None:
        yield f"  {paint('bold', 'fix')}: {printable(hit.fix.title)} ({hit.fix.safety})\n"
        for line in fixed(finding.source, hit.fix.edits):
            yield f"  {margin} | {line}\n"
    yield "\n"


def _place(source: Source, span: Span, paint: _Paint) -> str:
    line, column = source.position(span.start)
    return f"{paint('bold', printable(source.path))}:{line}:{column}"


def _pages(report: Report) -> Iterable[str]:
    names = {finding.rule.name for finding in report.findings}
    if len(names) == 1:
        yield f"idxlint rule {names.pop()} explains it\n"
    elif names:
        yield "idxlint rule NAME explains a rule\n"


def counted(count: int, singular: str, plural: str = "") -> str:
    """A number and its noun, such as 2 files."""
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
