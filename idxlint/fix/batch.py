"""Which fixes can be applied to a text at once, and what they come to together."""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import replace

from idxlint.model import Edit, Finding, Span


def together(findings: Sequence[Finding]) -> list[Finding]:
    """As many findings as have fixes that do not get into each other's way, the last of the text first.

    Statements that leave a block all go to one place behind it, where they keep their order. The first of them
    waits for the next time: it may be alone in its block then, which can go with the rest.
    """
    taken = _Taken()
    batch = [finding for finding in reversed(findings) if taken.takes(finding)]
    waiting = {id(row[-1]) for row in taken.behind.values() if len(row) > 1}
    return [finding for finding in batch if id(finding) not in waiting]


def edits_of(batch: Sequence[Finding]) -> list[Edit]:
    """The edits of a batch in order, with one for each place to which several statements go."""
    edits: dict[tuple[int, int], Edit] = {}
    for finding in reversed(batch):
        for edit in finding.hit.fix.edits if finding.hit.fix else ():
            before = edits.get((edit.start, edit.end))
            # What ends the statement before it is needed once.
            text = before.text + edit.text.removeprefix(";") if before else edit.text
            edits[edit.start, edit.end] = replace(edit, text=text)
    return sorted(edits.values())


def new_places(edits: Sequence[Edit]) -> dict[Edit, Span]:
    """Where the texts of edits, which are in order and apart, stand in the new text."""
    places: dict[Edit, Span] = {}
    moved = 0
    for edit in edits:
        places[edit] = Span(edit.start + moved, edit.start + moved + len(edit.text))
        moved += len(edit.text) - (edit.end - edit.start)
    return places


class _Taken:
    """The edits of the fixes that are in a batch already; behind: those fixes that go to a place."""

    def __init__(self) -> None:
        self._edits: list[Edit] = []
        self.behind: dict[int, list[Finding]] = {}

    def takes(self, finding: Finding) -> bool:
        """Take a finding's fix in, unless it touches one that is there."""
        edits = finding.hit.fix.edits if finding.hit.fix else ()
        if not all(self._fits(edit, finding) for edit in edits):
            return False
        for edit in edits:
            if _is_behind(edit, finding):
                self.behind.setdefault(edit.start, []).append(finding)
                if len(self.behind[edit.start]) > 1:
                    continue
            insort(self._edits, edit)
        return True

    def _fits(self, edit: Edit, finding: Finding) -> bool:
        at = bisect_left(self._edits, edit.start, key=lambda other: other.start)
        while at > 0 and self._edits[at - 1].end >= edit.start:
            at -= 1
        while at < len(self._edits) and self._edits[at].start <= edit.end:
            if not self._beside(edit, self._edits[at], finding):
                return False
            at += 1
        return True

    def _beside(self, edit: Edit, other: Edit, finding: Finding) -> bool:
        """Whether two edits that touch can be made at once."""
        if (edit.start, edit.end) == (other.start, other.end):
            return _is_behind(edit, finding) and edit.start in self.behind
        empty = edit.start == edit.end or other.start == other.end
        return not empty and (edit.end <= other.start or other.end <= edit.start)


def _is_behind(edit: Edit, finding: Finding) -> bool:
    """Whether an edit puts something behind the statement that it is about."""
    return edit.start == edit.end >= finding.statement.end
