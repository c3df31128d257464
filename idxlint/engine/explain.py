"""A static EXPLAIN: what each statement of some migrations locks, until when, and what it does meanwhile."""

from idxlint.engine.explained_file import Explainer
from idxlint.engine.histories import histories
from idxlint.engine.judge import replay
from idxlint.engine.request import Request
from idxlint.model import FileGap, Unread
from idxlint.model.explained import Explanation


def explain(request: Request) -> Explanation:
    """Explain the statements of the files that are asked for; the others are only replayed."""
    selection = request.selection()
    explainer = Explainer(selection)
    gaps: list[FileGap] = []
    unread: list[Unread] = []
    paths: list[str] = []
    replayed = 0
    for plan, schema, parsed in histories(request, request.plans, every=True):
        if isinstance(parsed, Unread):
            unread.append(parsed)
        elif request.reports(plan.shown):
            explainer.file(parsed, schema)
            gaps += (FileGap(parsed.migration.source, gap) for gap in parsed.gaps)
            paths.append(parsed.migration.source.path)
        else:
            replay(parsed, schema, selection)
            replayed += 1
    return Explanation(
        statements=tuple(explainer.statements),
        transactions=tuple(explainer.transactions),
        gaps=tuple(gaps),
        unread=tuple(unread),
        paths=tuple(paths),
        replayed=replayed,
        left_out=request.left_out,
        scope=request.change.scope if request.change else "",
    )
