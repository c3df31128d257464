"""What is told once for a history: at the first of its places that is reported on, in the order in which they run."""

from dataclasses import replace

from idxlint.engine.judged_file import JudgedFile
from idxlint.model import By

_PAST = (By.START_AFTER, By.CONFIG)
"""Places that the configuration leaves out: what would be told there is told at the next place."""


class Once:
    """What has been told of each history. Files come in their order, whichever process has judged them."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()

    def keep(self, judged: JudgedFile, history: str) -> JudgedFile:
        """The file without what an earlier place has told already; a comment that silences one place silences all."""
        places = [finding for finding in judged.findings if finding.hit.once]
        places += [
            entry.finding for entry in judged.suppressed if entry.finding.hit.once and entry.by not in _PAST
        ]
        repeated: set[int] = set()
        for finding in sorted(places, key=lambda finding: finding.key):
            mark = (history, finding.rule.id)
            if mark in self._told:
                repeated.add(id(finding))
            self._told.add(mark)
        if not repeated:
            return judged
        return replace(judged, findings=tuple(f for f in judged.findings if id(f) not in repeated))
