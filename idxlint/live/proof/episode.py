"""What is to be proved: a migration, its fixed form, and what idxlint says about it."""

import re

from idxlint.live.play.script import Act, Script
from idxlint.model import Finding, LockClaim, value
from idxlint.sql.meaning.operations import BuildIndex, DropIndex, Reindex
from idxlint.sql.text.names import Name

_ROUTINE = re.compile(r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)


@value
class Case:
    """A finding.

    locks: what its page claims
    wrote: the statements that its fix writes; fixed: whether the fixed file has them
    """

    finding: Finding
    locks: tuple[LockClaim, ...] = ()
    wrote: tuple[str, ...] = ()
    fixed: bool = False


@value
class Episode:
    """One file of a history, in one direction.

    fixed: what `--unsafe-fixes` makes of it, None where that is the same
    quiet: where statements begin about which a comment, the baseline or the configuration silences a finding
    unjudged: where statements begin of which idxlint says that it cannot judge them
    asked: it is to be proved, and not only to be run
    """

    history: str
    script: Script
    fixed: Script | None = None
    cases: tuple[Case, ...] = ()
    quiet: frozenset[int] = frozenset()
    unjudged: frozenset[int] = frozenset()
    down: bool = False
    asked: bool = True

    @property
    def watched(self) -> bool:
        """Whether there is something to prove."""
        return self.asked and (bool(self.cases) or any(act.index_work for act in self.script.acts))


def routine(act: Act) -> bool:
    """Whether a statement only stores what another one runs."""
    return bool(_ROUTINE.match(act.sql))


def meant(one: Episode, case: Case) -> Act | None:
    """The statement that a finding is about, the one with index work where a place means several."""
    start, end = case.finding.statement
    acts = [act for act in one.script.acts if start <= act.step.statement.start < max(end, start + 1)]
    return next((act for act in acts if act.index_work), acts[0] if acts else None)


def mended(one: Episode, case: Case) -> tuple[Act, ...]:
    """The statements that stand in the fixed file for it: by their text, or by the index that they are about."""
    if one.fixed is None or not case.fixed:
        return ()
    act = meant(one, case)
    names = indexes(act) if act else frozenset()
    known = {other.sql for other in one.script.acts if other is not act}
    return tuple(
        other
        for other in one.fixed.acts
        if other.index_work
        and (other.sql in case.wrote or (names & indexes(other) and other.sql not in known))
    )


def indexes(act: Act) -> frozenset[str]:
    """The bare names of the indexes that a statement builds, drops or rebuilds by name."""
    named: set[str] = set()
    for one in act.index_work:
        match one:
            case BuildIndex(index=str() as name):
                named.add(name)
            case DropIndex(indexes=names):
                named.update(name.name for name in names)
            case Reindex(kind="INDEX", target=Name() as target):
                named.add(target.name)
    return frozenset(named)
