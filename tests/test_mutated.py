"""Whatever is in a file, idxlint answers: broken migrations of every tool, read, judged, reported and fixed.

`python -m tests.test_mutated COUNT [SEED]` runs a campaign and prints what it found.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from idxlint.config.configuration import Config
from idxlint.engine.request import Change, Request
from idxlint.engine.run import check
from idxlint.fix.project import fixes_of
from idxlint.model import Edit, Report, Safety, Source, Span
from idxlint.reporters import FORMATS, REPORTERS
from idxlint.runners import Plan, load
from idxlint.sql.text import parse
from tests.conftest import BOOK, times
from tests.helpers.mutants import Mutant, mutants, seeds
from tests.sql.test_parse_property import lost

PLANS = seeds()
_LINE_END = re.compile(r"\r\n|\r|\n")
SECONDS = 2
"""What a file of up to 100 kB may cost, in seconds of the processor."""


def request_for(plan: Plan, data: bytes) -> Request:
    """The request that reads this instead of the file."""
    change = Change(frozenset((plan.shown,)), contents={plan.shown: data})
    return Request((plan,), BOOK, Config(), change=change)


def faults(mutant: Mutant, number: int) -> Iterator[str]:
    """What is wrong with the answer, in words; nothing where all is well."""
    plan, data = mutant
    began = time.process_time()
    report = check(request_for(plan, data))
    yield from _misplaced(report)
    if report.unread:
        return
    json.loads("".join(REPORTERS["json"](report, False)))
    "".join(REPORTERS[FORMATS[number % len(FORMATS)]](report, False))
    migration = load(plan, data)
    yield from _unaccounted(migration.source, [unit.span for unit in migration.units if not unit.pieces])
    if data != migration.source.encoded(migration.source.text):
        yield "the text does not turn back into its bytes"
    yield from _unstable(plan, data)
    spent = time.process_time() - began
    if spent > SECONDS * max(1, len(data) / 100_000):
        yield f"took {spent:.1f} s for {len(data)} bytes"


def _misplaced(report: Report) -> Iterator[str]:
    for finding in (*report.findings, *(entry.finding for entry in report.suppressed)):
        edits = finding.hit.fix.edits if finding.hit.fix else ()
        for span in (finding.hit.at, finding.statement, *(Span(edit.start, edit.end) for edit in edits)):
            if not 0 <= span.start <= span.end <= len(finding.source.text):
                yield f"{finding.rule.id} is outside of the file"
        if _touching(edits):
            yield f"the edits of {finding.rule.id} overlap"
    for entry in report.gaps:
        if not 0 <= entry.gap.span.start <= entry.gap.span.end <= len(entry.source.text):
            yield "a gap is outside of the file"


def _touching(edits: Sequence[Edit]) -> bool:
    ordered = sorted(edits)
    return any(edit.end > following.start for edit, following in pairwise(ordered))


def _unaccounted(source: Source, spans: Sequence[Span]) -> Iterator[str]:
    for span in spans:
        if rest := lost(source.text[slice(*span)], parse(source.text[slice(*span)])):
            yield f"{rest[:20]!r} is in no statement and no gap"


def _unstable(plan: Plan, data: bytes) -> Iterator[str]:
    """What the fixes write is written once, and keeps the lines that no finding is about."""
    for file in fixes_of(request_for(plan, data), Safety.UNSAFE):
        source, text = file.migration.source, file.fixed.text
        if text == source.text:
            continue
        touched = [finding.statement for finding in file.findings]
        fixes = [finding.hit.fix for finding in file.findings if finding.hit.fix]
        touched += [Span(edit.start, edit.end + 1) for fix in fixes for edit in fix.edits]
        if missing := _missing(source, touched, text):
            yield f"{missing[:40]!r} is gone after the fixes"
        try:
            again = source.encoded(text)
        except UnicodeEncodeError:
            continue
        for second in fixes_of(request_for(plan, again), Safety.UNSAFE):
            if second.fixed.text != second.migration.source.text:
                yield "a second run of the fixes changes the file again"


def _missing(source: Source, touched: Sequence[Span], text: str) -> str:
    """The first line that is gone, of those that no finding and no edit of its fix is about.

    A block whose last statement has left it goes as well.
    """
    left = Counter(_LINE_END.split(text))
    at = 0
    for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", source.text):
        line = match[0]
        span, at = Span(at, at + len(line)), at + len(line)
        block = re.match(r"\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|END)\b", line, re.IGNORECASE)
        if block or any(span.start < statement.end and statement.start < span.end for statement in touched):
            continue
        left[line.rstrip("\r\n")] -= 1
        if left[line.rstrip("\r\n")] < 0:
            return line
    return ""


def test_mutated_files() -> None:
    """No file ends in a traceback, a lost character, a wrong place or a fix that does not settle."""
    assert [] == [
        (mutant.plan.shown, mutant.data, fault)
        for number, mutant in enumerate(mutants(PLANS, times(300), seed=1))
        for fault in faults(mutant, number)
    ]


def test_every_tool_is_mutated() -> None:
    """The seeds have files of every language that idxlint reads."""
    suffixes = {plan.path.suffix for plan in PLANS}

    assert {".sql", ".xml", ".yaml", ".json", ".py"} <= suffixes
    assert len({plan.profile.name for plan in PLANS}) > 25


def campaign(count: int, seed: int) -> int:
    """Print what a campaign found, each kind of fault with its first file."""
    found: Counter[str] = Counter()
    began = time.monotonic()
    for number, mutant in enumerate(mutants(PLANS, count, seed)):
        try:
            kinds = [*faults(mutant, number)]
        except Exception as error:
            kinds = [f"{type(error).__name__}: {error}"]
        for fault in kinds:
            if not found[fault]:
                print(
                    f"{mutant.plan.profile.name} {mutant.plan.shown} ({number}): {fault}\n  {mutant.data!r}"
                )
            found[fault] += 1
    print(f"{count} files, seed {seed}, {time.monotonic() - began:.0f} s: {found.total()} faults")
    return found.total()


if __name__ == "__main__":
    sys.exit(bool(campaign(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)))
