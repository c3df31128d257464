"""One file: read, judged, and silenced where its comments or the configuration say so."""

from idxlint.engine.judge import Judge, Selection, replay
from idxlint.engine.parsed_file import ParsedFile
from idxlint.engine.request import Request
from idxlint.model import By, Direction, FileGap, Finding, Migration, Span, Suppressed, Unread, value
from idxlint.runners import Plan, load
from idxlint.sql.state.schema import Schema


@value
class JudgedFile:
    """What one file gave; ending: what its history has built, where it is the last one of it."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    gaps: tuple[FileGap, ...] = ()
    unread: Unread | None = None
    statements: int = 0
    judged: int = 0
    replayed: bool = False
    ending: Schema | None = None


def read_migration(request: Request, plan: Plan) -> Migration:
    """Load a planned file, or what came on standard input, or what the change has in its place."""
    if request.change and plan.shown in request.change.contents:
        return load(plan, request.change.contents[plan.shown])
    return load(plan, request.stdin if plan.shown == "-" else None)


def judge_file(parsed: ParsedFile, schema: Schema, selection: Selection, request: Request) -> JudgedFile:
    """Judge one file and silence what its comments and the configuration silence; or only replay it."""
    if not request.reports(parsed.migration.source.path):
        replay(parsed, schema, selection)
        return JudgedFile(replayed=True)
    judge = Judge(parsed, selection)
    replay(parsed, schema, selection, judge.visit)
    judge.gaps()
    quiet = _comments(judge, parsed, request)
    kept: list[Finding] = []
    for finding in judge.findings:
        reason = _configured(finding, request)
        if reason is None:
            kept.append(finding)
        else:
            quiet.append(Suppressed(finding, *reason))
    gaps = judge.file_gaps()
    return JudgedFile(tuple(kept), tuple(quiet), gaps, None, parsed.statements, parsed.judged)


def _comments(judge: Judge, parsed: ParsedFile, request: Request) -> list[Suppressed]:
    """Take out what comments silence; what is wrong with the comments becomes findings."""
    if "idxlint" not in parsed.migration.source.text:
        return []
    from idxlint.engine import suppress

    text = suppress.visible(parsed.migration.source.text, parsed.gaps)
    spans = [Span(step.statement.start, step.statement.end) for part in parsed.parts for step in part.steps]
    spans += [finding.statement for finding in judge.findings]
    book = request.book
    selected = {rule.name for rule in book.rules if request.config.runs(rule)}
    outcomes: list[suppress.Outcome] = []
    if parsed.migration.source.path.endswith(".py"):
        from idxlint.engine import literal_ignores, python_comments

        pieces = [piece for unit in parsed.migration.units for piece in unit.pieces]
        outcomes.append(literal_ignores.apply(pieces, judge.findings, spans, book, selected))
        judge.findings = list(outcomes[0].kept)
        text, spans = python_comments.translated(parsed.migration.source, spans)
    if ignores := suppress.read(text):
        outcomes.append(suppress.apply(text, judge.findings, ignores, sorted(set(spans)), book, selected))
        judge.findings = list(outcomes[-1].kept)
    direction = next((unit.direction for unit in parsed.migration.units), Direction.UP)
    for fault in (fault for outcome in outcomes for fault in outcome.faults if fault.rule in selected):
        judge.add(judge.selection.rules[fault.rule], fault.hit, fault.hit.at, direction)
    return [entry for outcome in outcomes for entry in outcome.suppressed]


def _configured(finding: Finding, request: Request) -> tuple[By, str] | None:
    path = finding.source.path
    if path in request.past:
        return By.START_AFTER, f"not after {request.config.start_after}"
    pattern = request.config.silenced(finding.rule, path)
    return (By.CONFIG, f"per_path: {pattern}") if pattern else None
