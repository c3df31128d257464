"""A static EXPLAIN: what each statement of some migrations locks, until when, and what it does meanwhile."""

from idxlint.engine.explained_file import Explainer
from idxlint.engine.judge import replay
from idxlint.engine.judged_file import read_migration
from idxlint.engine.parsed_file import parse_file
from idxlint.engine.request import Request
from idxlint.model import FileGap, Unread, UnreadError
from idxlint.model.explained import Explanation
from idxlint.sql.state.schema import Schema


def explain(request: Request) -> Explanation:
    """Explain the statements of the files that are asked for; the others are only replayed."""
    selection = request.selection()
    explainer = Explainer(selection)
    schema, history = Schema(), None
    gaps: list[FileGap] = []
    unread: list[Unread] = []
    paths: list[str] = []
    replayed = 0
    for plan in request.plans:
        if plan.history != history:
            schema, history = Schema(), plan.history
        asked = request.reports(plan.shown)
        try:
            parsed = parse_file(read_migration(request, plan), every=asked)
        except UnreadError as error:
            schema.ended.doubt()
            unread.append(error.unread)
            continue
        if asked:
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
