"""What a project wants of idxlint: the configuration after it was read and found right."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from idxlint.model import Rule, Severity, matches, record

ALL = "all"
DEFAULT = "default"


@record
class Options:
    """What the runner's session starts with, as PostgreSQL writes it; "0" is no limit."""

    lock_timeout: str = "0"
    statement_timeout: str = "0"
    transaction_timeout: str = "0"


@record
class PerPath:
    """What is different for the files that a pattern means. A severity of None is off."""

    pattern: str
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Severity | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """What the project wants. Patterns are relative to root; rules are meant by their names.

    file: where it was read, None where nothing was found
    root: the folder of the file, else the working folder
    start: the working folder, which the paths of findings are relative to
    runner: pairs of pattern and runner, the first that matches counts; empty: to be detected
    fail_on: the least severity that fails a run, None for never
    select: names of rules, "default" for those that are on by themselves; None is {"default"}
    severity: what a rule's severity is here; None is off
    """

    file: Path | None = None
    root: Path = field(default_factory=Path.cwd)
    start: Path = field(default_factory=Path.cwd)
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    runner: tuple[tuple[str, str], ...] = ()
    postgres: int = 15
    fail_on: Severity | None = Severity.WARNING
    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Severity | None] = field(default_factory=dict)
    per_path: tuple[PerPath, ...] = ()
    down: str = "note"
    start_after: str | None = None
    baseline: Path | None = None
    options: Options = field(default_factory=Options)
    _found: dict[str, tuple[PerPath, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def runs(self, rule: Rule) -> bool:
        """Whether a rule is selected, not ignored and not off."""
        if rule.name in self.ignore or self.severity.get(rule.name, rule.severity) is None:
            return False
        if self.select is None or DEFAULT in self.select:
            return rule.default or (self.select is not None and rule.name in self.select)
        return rule.name in self.select

    def level(self, rule: Rule, path: str, severity: Severity) -> Severity:
        """The severity of a finding in a file, given the one that the rule or its hit has."""
        level = self.severity.get(rule.name) or severity
        for entry in self._entries(path):
            level = entry.severity.get(rule.name) or level
        return level

    def silenced(self, rule: Rule, path: str) -> str | None:
        """The pattern of per_path that switches a rule off for a file, as printed; None: it speaks."""
        for entry in self._entries(path):
            if rule.name in entry.ignore or entry.severity.get(rule.name, rule.severity) is None:
                return entry.pattern
        return None

    def excluded(self, path: str) -> bool:
        """Whether `exclude` means a file, given by its printed path."""
        place = self.place(path) if self.exclude else ""
        return any(matches(pattern, place) for pattern in self.exclude)

    def runner_of(self, path: str) -> str | None:
        """The runner that is configured for a file; None: to be detected."""
        place = self.place(path) if self.runner else ""
        return next((name for pattern, name in self.runner if matches(pattern, place)), None)

    def place(self, path: str) -> str:
        """A printed path, relative to root and with forward slashes, as the patterns see it."""
        if self.start == self.root and not path.startswith((".", "/")):
            return path
        try:
            return os.path.relpath(self.start / path, self.root).replace(os.sep, "/")
        except ValueError:  # another drive
            return path

    def _entries(self, path: str) -> Sequence[PerPath]:
        """The entries of per_path that mean a file; each file is asked for once for each of its findings."""
        if not self.per_path:
            return ()
        if path not in self._found:
            self._found.clear()  # files come one after another
            place = self.place(path)
            self._found[path] = tuple(entry for entry in self.per_path if matches(entry.pattern, place))
        return self._found[path]
