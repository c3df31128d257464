"""Write fixes, and distrust them: what comes out is parsed and linted again, else the file is given back."""

import os
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from idxlint.fix.batch import edits_of, together
from idxlint.model import Edit, Finding, Fix, Safety, Source, value
from idxlint.model.regular_file import read_bytes
from idxlint.sql.rewrite.rewriting import applied

PASSES = 500
"""More than fixes that get into each other's way could need; two that undo each other would take no end."""


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
    passes: list[tuple[Edit, ...]] = []
    for _ in range(PASSES):
        batch = together([finding for finding in linted.findings if _wanted(finding, level, given_up)])
        if not batch:
            if not (given_up and progress):
                break
            given_up, progress = {}, False  # what failed may work now that others are out of the way
            continue
        result = _attempt(text, linted, batch, lint)
        while result is None and len(batch) > 1:
            batch = batch[: len(batch) // 2]
            result = _attempt(text, linted, batch, lint)
        if result is None:
            given_up[batch[0].fingerprint] = batch[0]
        else:
            gone = _subjects(linted.findings) - _subjects(result[1].findings)
            count, progress = count + gone.total(), True
            text, linted = result
            passes.append(tuple(edits_of(batch)))
    return Fixed(text, count, tuple(given_up.values()), tuple(passes))


def _wanted(finding: Finding, level: Safety, given_up: Container[str]) -> bool:
    return _allowed(finding.hit.fix, level) and finding.fingerprint not in given_up


def _allowed(fix: Fix | None, level: Safety) -> bool:
    return fix is not None and (fix.safety is Safety.SAFE or level is Safety.UNSAFE)


def _attempt(text: str, linted: Linted, batch: Sequence[Finding], lint: Lint) -> tuple[str, Linted] | None:
    """The text after some fixes and what is said of it then; None where they do not end well."""
    new = applied(text, edits_of(batch))
    after = lint(new)
    allowed = _subjects(linted.findings)
    allowed.subtract(_subjects(batch))
    beyond = any(finding.hit.fix and finding.hit.fix.beyond_file for finding in batch)
    told = (finding for finding in after.findings if not (beyond and finding.rule.beyond_file))
    brought = _subjects(told) - allowed
    if after.gaps > linted.gaps or brought:
        return None
    return new, after


def _subjects(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((finding.rule.id, finding.hit.subject) for finding in findings)


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
