"""Findings that a project has accepted: written down once, so that only new ones fail.

One finding a line and sorted by fingerprint, so that two branches merge without a conflict most of the time.
"""

import json
import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from idxlint.model import By, Failure, Finding, Suppressed, brief, printable, record
from idxlint.model.regular_file import read_bytes

VERSION = 1
_REASON = "in the baseline"


class BaselineError(Failure):
    """A baseline cannot be read or written; one line."""


@record
class Baseline:
    """Fingerprints, and for whoever reads the file: rule id, path and subject."""

    findings: Mapping[str, str]


@record
class Sorted:
    """Findings that are new, those that a baseline knows, and how many of its entries match nothing."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    stale: int


def read(path: Path) -> Baseline:
    """The baseline in a file; BaselineError where there is none."""
    name = printable(str(path))
    try:
        data = json.loads(read_bytes(path).decode("utf-8-sig"))
    except FileNotFoundError:
        raise BaselineError(f"{name}: no such file; `idxlint baseline` writes it") from None
    except IsADirectoryError:
        raise BaselineError(f"{name}: is a folder, not a file") from None
    except OSError as error:
        raise BaselineError(f"{name}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        raise BaselineError(f"{name}: is not UTF-8: byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise BaselineError(f"{name}: line {error.lineno}: not JSON: {error.msg.lower()}") from None
    except RecursionError:
        raise BaselineError(f"{name}: not a baseline: nested too deeply") from None
    return Baseline(_findings(name, data))


def rendered(findings: Iterable[Finding]) -> str:
    """The text of a baseline of all these findings."""
    return _text(_entries(findings))


def write(path: Path, findings: Iterable[Finding]) -> Baseline:
    """Write a baseline of all these findings, whole or not at all."""
    entries = _entries(findings)
    text = _text(entries)
    target = Path(os.path.realpath(path))
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fresh.write_bytes(text.encode("utf-8"))
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        reason = (error.strerror or str(error)).lower()
        raise BaselineError(f"{printable(str(path))}: cannot be written: {reason}") from None
    return Baseline(entries)


def apply(baseline: Baseline, findings: Iterable[Finding], paths: Collection[str] | None = None) -> Sorted:
    """Take out the findings that a baseline knows.

    paths: the files that were read; entries about others are not stale, for nobody looked
    """
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    seen: set[str] = set()
    for finding in findings:
        if finding.fingerprint in baseline.findings:
            seen.add(finding.fingerprint)
            suppressed.append(Suppressed(finding, By.BASELINE, _REASON))
        else:
            kept.append(finding)
    looked = None if paths is None else _Paths(printable(path) for path in paths)
    stale = sum(
        looked is None or entry in looked for mark, entry in baseline.findings.items() if mark not in seen
    )
    return Sorted(tuple(kept), tuple(suppressed), stale)


def _entries(findings: Iterable[Finding]) -> dict[str, str]:
    return {finding.fingerprint: _entry(finding) for finding in findings}


def _text(entries: Mapping[str, str]) -> str:
    data = {"version": VERSION, "findings": dict(sorted(entries.items()))}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _entry(finding: Finding) -> str:
    return printable(f"{finding.rule.id} {finding.source.path} {finding.hit.subject}")


class _Paths:
    """Printed paths, as an entry may begin with one behind the rule; it may hold spaces, and so may a subject."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._longest = max(map(len, self._paths), default=0)

    def __contains__(self, entry: str) -> bool:
        rest = entry.partition(" ")[2][: self._longest + 1]
        ends = (place for place, character in enumerate(f"{rest} ") if character == " ")
        return any(rest[:end] in self._paths for end in ends)


def _findings(name: str, data: object) -> dict[str, str]:
    if not isinstance(data, dict) or not isinstance(data.get("findings"), dict):
        raise BaselineError(f"{name}: not a baseline: the keys version and findings are required")
    if data.get("version") != VERSION:
        version = data.get("version")
        held = brief(repr(version) if isinstance(version, str) else version)
        raise BaselineError(f"{name}: version: {held} is not supported; only {VERSION} is")
    for mark, entry in data["findings"].items():
        if not isinstance(entry, str):
            raise BaselineError(f"{name}: findings: {printable(mark)} is not text")
    return dict(data["findings"])
