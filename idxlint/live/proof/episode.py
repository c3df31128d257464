"""What is to be proved: a migration, its fixed form, and what idxlint says about it."""

import re

from idxlint.live.play.script import Script, ScriptStatement
from idxlint.model import Finding, LockClaim, value
from idxlint.sql.meaning.operations import BuildIndex, DropIndex, Reindex
from idxlint.sql.text import Name

_ROUTINE = re.compile(r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)


@value
class FindingCase:
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
    cases: tuple[FindingCase, ...] = ()
    quiet: frozenset[int] = frozenset()
    unjudged: frozenset[int] = frozenset()
    down: bool = False
    asked: bool = True

    @property
    def watched(self) -> bool:
        """Whether there is something to prove."""
        return self.asked and (
            bool(self.cases) or any(statement.index_work for statement in self.script.statements)
        )


def defines_routine(statement: ScriptStatement) -> bool:
    """Whether a statement only stores what another one runs."""
    return bool(_ROUTINE.match(statement.sql))


def statement_of(episode: Episode, case: FindingCase) -> ScriptStatement | None:
    """The statement that a finding is about, the one with index work where a place means several."""
    start, end = case.finding.statement
    statements = [
        statement
        for statement in episode.script.statements
        if start <= statement.offset < max(end, start + 1)
    ]
    return next(
        (statement for statement in statements if statement.index_work), statements[0] if statements else None
    )


def fixed_statements(episode: Episode, case: FindingCase) -> tuple[ScriptStatement, ...]:
    """The statements that stand in the fixed file for it: by their text, or by the index that they are about."""
    if episode.fixed is None or not case.fixed:
        return ()
    statement = statement_of(episode, case)
    names = index_names(statement) if statement else frozenset()
    known = {other.sql for other in episode.script.statements if other is not statement}
    return tuple(
        other
        for other in episode.fixed.statements
        if other.index_work
        and (other.sql in case.wrote or (names & index_names(other) and other.sql not in known))
    )


def index_names(statement: ScriptStatement) -> frozenset[str]:
    """The bare names of the indexes that a statement builds, drops or rebuilds by name."""
    named: set[str] = set()
    for episode in statement.index_work:
        match episode:
            case BuildIndex(index=str() as name):
                named.add(name)
            case DropIndex(indexes=names):
                named.update(name.name for name in names)
            case Reindex(kind="INDEX", target=Name() as target):
                named.add(target.name)
    return frozenset(named)
