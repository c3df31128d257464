"""What a run is asked for: the files, the rule book, the configuration, and what of it is reported on."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from idxlint.config.configuration import Config
from idxlint.engine.baseline import Baseline
from idxlint.engine.judge import Selection
from idxlint.model import value
from idxlint.rulebook import Book
from idxlint.runners import Plan


@value
class Change:
    """The files that are reported on, where it is not all; the others are only replayed.

    paths: as they are printed; added: those of them that were not there before
    scope: how they were found, as in "since main"
    contents: what is read instead of the file
    """

    paths: frozenset[str]
    added: frozenset[str] = frozenset()
    scope: str = ""
    contents: Mapping[str, bytes] = field(default_factory=dict)


@value
class Request:
    """What to judge: the files, the rule book, the configuration.

    stdin: the bytes of the plan named "-"
    baseline: what is accepted already; jobs: processes to use, 0 for as many as pay
    change: what is reported on; None for everything
    past: the printed paths of what is not after `start_after`
    asked: the paths that the files were found under
    left_out: files for other databases, which their tools never run on PostgreSQL
    """

    plans: Sequence[Plan]
    book: Book
    config: Config
    stdin: bytes | None = None
    baseline: Baseline | None = None
    jobs: int = 0
    change: Change | None = None
    past: frozenset[str] = frozenset()
    asked: Sequence[str] = ()
    left_out: int = 0

    def selection(self) -> Selection:
        """The checks to run. A table is new in the file that makes it, and in all files if that one is new.

        CREATE TABLE IF NOT EXISTS makes none in a file that was only edited.
        """
        added, changed = (self.change.added, self.change.paths) if self.change else (frozenset(), frozenset())
        return Selection.of(self.book.rules, self.config, added, changed - added)

    def reports(self, path: str) -> bool:
        """Whether a file is reported on, by its printed path."""
        return self.change is None or path in self.change.paths
