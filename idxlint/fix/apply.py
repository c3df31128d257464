"""Write fixes, and distrust them: what comes out is parsed and linted again, else the file is given back."""

import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from idxlint.fix.batch import edits_of, new_places, together
from idxlint.model import Edit, Finding, Fix, Safety, Source, Span, value
from idxlint.model.regular_file import read_bytes
from idxlint.sql.rewrite.rewriting import applied

PASSES = 500
"""More than fixes that get into each other's way could need; two that undo each other would take no end."""

_TRIES, _READ = 24, 600_000
"""So many failed attempts, or so many that they read this many characters; then the rest is not written either."""


class FixError(Exception):
    """A file could not be written, as one line."""


@value
class Linted:
    """What linting a text says: the findings, and how much of it nobody could judge."""

    findings: Sequence[Finding]
    gaps: int


@value
class Fixed:
    """A file after its fixes.

    text: the new text; count: how many findings the fixes took away
    passes: the edits that have made it, those of each pass over the text in order
    refused: findings whose fix was not taken, because it did not end well
    """

    text: str
    count: int
    refused: tuple[Finding, ...] = ()
    passes: tuple[tuple[Edit, ...], ...] = ()


Lint = Callable[[str], Linted]


def improve(text: str, lint: Lint, level: Safety) -> Fixed:
    """Apply fixes until none is left; one that leaves its finding or brings one that it may not is taken back."""
    given_up: dict[str, Finding] = {}
    linted, count, progress = lint(text), 0, False
    tries = max(_TRIES, _READ // (len(text) + 1))
    passes: list[tuple[Edit, ...]] = []
    for _ in range(PASSES):
        batch = together([finding for finding in linted.findings if _wanted(finding, level, given_up)])
        if not batch:
            if not (given_up and progress):
                break
            given_up, progress = {}, False  # what failed may work now that others are out of the way
            continue
        outcome = _attempt(text, linted, batch, lint)
        guilty = list(outcome.guilty)
        tries -= not outcome.good
        while not outcome.good and not guilty and len(batch) > 1 and tries > 0:
            batch = batch[: len(batch) // 2]
            outcome = _attempt(text, linted, batch, lint)
            guilty = list(outcome.guilty)
            tries -= not outcome.good
        if len(guilty) == len(batch) > 1:  # together they fail; whether each does, the first one shows
            batch = batch[:1]
            alone = _attempt(text, linted, batch, lint)
            outcome, guilty = (alone, []) if alone.good else (outcome, guilty)
        if outcome.good:
            gone = _subjects(linted.findings) - _subjects(outcome.linted.findings)
            count, progress = count + gone.total(), True
            text, linted = outcome.text, outcome.linted
            passes.append(tuple(edits_of(batch)))
        else:
            given_up |= {finding.fingerprint: finding for finding in guilty or batch}
            progress = progress and tries > 0
    return Fixed(text, count, tuple(given_up.values()), tuple(passes))


def _wanted(finding: Finding, level: Safety, given_up: Container[str]) -> bool:
    return _allowed(finding.hit.fix, level) and finding.fingerprint not in given_up


def _allowed(fix: Fix | None, level: Safety) -> bool:
    return fix is not None and (fix.safety is Safety.SAFE or level is Safety.UNSAFE)


@value
class _Outcome:
    """A text after some fixes, and what is said of it then.

    good: they end well; guilty: those that certainly do not, because what they bring stands in what they write
    """

    text: str
    linted: Linted
    good: bool
    guilty: Sequence[Finding] = ()


def _attempt(text: str, linted: Linted, batch: Sequence[Finding], lint: Lint) -> _Outcome:
    """What comes of some fixes together."""
    edits = edits_of(batch)
    new = applied(text, edits)
    after = lint(new)
    allowed = _subjects(linted.findings)
    allowed.subtract(_subjects(batch))
    beyond = any(finding.hit.fix and finding.hit.fix.beyond_file for finding in batch)
    told = [finding for finding in after.findings if not (beyond and finding.rule.beyond_file)]
    brought = _subjects(told) - allowed
    if after.gaps <= linted.gaps and not brought:
        return _Outcome(new, after, good=True)
    places = sorted(finding.hit.at.start for finding in told if _subject(finding) in brought)
    written = new_places(edits)
    guilty = [finding for finding in batch if _meets(places, written, finding)]
    return _Outcome(new, after, good=False, guilty=guilty)


def _meets(places: Sequence[int], written: Mapping[Edit, Span], finding: Finding) -> bool:
    """Whether one of some places of the new text is in what the fix of a finding has written for itself."""
    spans = [written[edit] for edit in finding.hit.fix.edits if edit in written] if finding.hit.fix else []
    if not spans:
        return False
    at = bisect_left(places, min(spans).start)
    return at < len(places) and places[at] <= max(span.end for span in spans)


def _subject(finding: Finding) -> tuple[str, str]:
    return finding.rule.id, finding.hit.subject


def _subjects(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter(map(_subject, findings))


def write(path: Path, source: Source, text: str) -> None:
    """Replace the file at once and whole, if it is still the one that was read."""
    target = Path(os.path.realpath(path))
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if read_bytes(target) != source.encoded(source.text):
            raise FixError(f"{source.path}: changed since it was read; nothing written")
        fresh.write_bytes(source.encoded(text))
        fresh.chmod(target.stat().st_mode & 0o7777)
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise FixError(
            f"{source.path}: cannot be written: {(error.strerror or str(error)).lower()}"
        ) from None
    except UnicodeEncodeError:
        raise FixError(
            f"{source.path}: the fix cannot be written in its encoding, {source.encoding}"
        ) from None


def with_text(source: Source, text: str) -> Source:
    """The same file with another text."""
    return replace(source, text=text)
