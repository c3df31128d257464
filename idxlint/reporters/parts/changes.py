"""What a fix changes, line by line, as a diff that people read."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from idxlint.model import Fix, Source
from idxlint.reporters.parts.snippet import applied, cut, groups, shortened

MOST = 40
"""Lines of a fix that are worth showing."""


def changed(source: Source, fix: Fix) -> Iterator[str]:
    """The lines that a fix takes away, leaves and brings, with -, a blank or + before each."""
    lines: list[str] = []
    for number, group in enumerate(groups(source, fix.edits)):
        first = source.position(group[0].start).line
        last = max(source.position(edit.end).line for edit in group)
        if number:
            lines.append("@@")
        before = (shortened(source, *_line(source, at)) for at in range(first, last + 1))
        lines += _compared([*before], applied(source, group))
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield f"@@ {len(lines) - MOST} more lines"


def _line(source: Source, number: int) -> tuple[int, int]:
    end = source.line_end(number)
    return source.line_start(end), end


def _compared(before: list[str], after: list[str]) -> Iterator[str]:
    for _, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if before[first:last] == after[start:end]:
            yield from (f" {cut(line)}" for line in before[first:last])
        else:
            yield from (f"-{cut(line)}" for line in before[first:last])
            yield from (f"+{cut(line)}" for line in after[start:end])
