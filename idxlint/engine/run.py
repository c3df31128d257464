"""The whole program on one screen: read, parse, replay, judge, silence, report."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from idxlint.config.configuration import Config
from idxlint.engine import baseline as baselines
from idxlint.engine.judge import Judge, Selection, replay
from idxlint.engine.parsed_file import Prepared, prepare
from idxlint.model import By, Direction, FileGap, Finding, Migration, Report, Span, Suppressed, value
from idxlint.rulebook import Book
from idxlint.runners import Plan, Unread, load
from idxlint.runners.plan import natural
from idxlint.sql.state.schema import Schema

MANY = 500
"""From this many files on a second process pays (measured: starting it costs what 200 files cost)."""


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
    """

    plans: Sequence[Plan]
    book: Book
    config: Config
    stdin: bytes | None = None
    baseline: baselines.Baseline | None = None
    jobs: int = 0
    change: Change | None = None

    def selection(self) -> Selection:
        """The checks to run. A table is new in the file that makes it, and in all files if that one is new."""
        return Selection.of(self.book.rules, self.config, self.change.added if self.change else frozenset())

    def reports(self, path: str) -> bool:
        """Whether a file is reported on, by its printed path."""
        return self.change is None or path in self.change.paths


@value
class Judged:
    """What one file gave."""

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    gaps: tuple[FileGap, ...] = ()
    unread: str = ""
    statements: int = 0
    judged: int = 0
    replayed: bool = False


def check(request: Request) -> Report:
    """Judge all files and put the results together in their order."""
    from idxlint.engine.parallel import chunks, spread

    parts = chunks(request.plans, request.jobs, MANY)
    results = [*spread(request, parts)] if len(parts) > 1 else [*judged(request, request.plans)]
    findings = sorted((one for result in results for one in result.findings), key=lambda finding: finding.key)
    quiet = [one for result in results for one in result.suppressed]
    stale = 0
    if request.baseline is not None:
        paths = {plan.shown for plan in request.plans if request.reports(plan.shown)}
        known = baselines.apply(request.baseline, findings, paths)
        findings, stale = list(known.kept), known.stale
        quiet += known.suppressed
    return Report(
        findings=tuple(findings),
        suppressed=tuple(sorted(quiet, key=lambda entry: entry.finding.key)),
        gaps=tuple(gap for result in results for gap in result.gaps),
        unread=tuple(result.unread for result in results if result.unread),
        files=sum(not result.unread and not result.replayed for result in results),
        statements=sum(result.statements for result in results),
        judged=sum(result.judged for result in results),
        stale=stale,
        scope=request.change.scope if request.change else "",
        replayed=sum(result.replayed for result in results),
        paths=tuple(
            plan.shown
            for plan, result in zip(request.plans, results, strict=True)
            if not (result.unread or result.replayed)
        ),
        threshold=request.config.fail_on,
    )


def judged(request: Request, plans: Iterable[Plan]) -> Iterator[Judged]:
    """Judge files one after another, the schema growing with each history."""
    selection = request.selection()
    schema, history = Schema(), None
    for plan in plans:
        if plan.history != history:
            schema, history = Schema(), plan.history
        try:
            prepared = prepare(read(request, plan))
        except Unread as error:
            yield Judged(unread=str(error))
            continue
        yield one(prepared, schema, selection, request)


def read(request: Request, plan: Plan) -> Migration:
    """Load a planned file, or what came on standard input, or what the change has in its place."""
    if request.change and plan.shown in request.change.contents:
        return load(plan, request.change.contents[plan.shown])
    return load(plan, request.stdin if plan.shown == "-" else None)


def one(prepared: Prepared, schema: Schema, selection: Selection, request: Request) -> Judged:
    """Judge one file and silence what its comments and the configuration silence; or only replay it."""
    if not request.reports(prepared.migration.source.path):
        replay(prepared, schema, selection)
        return Judged(replayed=True)
    judge = Judge(prepared, selection)
    replay(prepared, schema, selection, judge.visit)
    judge.gaps()
    quiet = _comments(judge, prepared, request)
    kept: list[Finding] = []
    for finding in judge.findings:
        reason = _configured(finding, request.config)
        if reason is None:
            kept.append(finding)
        else:
            quiet.append(Suppressed(finding, *reason))
    gaps = judge.file_gaps()
    return Judged(tuple(kept), tuple(quiet), gaps, "", prepared.statements, prepared.judged)


def _comments(judge: Judge, prepared: Prepared, request: Request) -> list[Suppressed]:
    """Take out what comments silence; what is wrong with the comments becomes findings."""
    if "idxlint" not in prepared.migration.source.text:
        return []
    from idxlint.engine import suppress

    text = suppress.visible(prepared.migration.source.text, prepared.gaps)
    spans = [Span(step.statement.start, step.statement.end) for part in prepared.parts for step in part.steps]
    spans += [finding.statement for finding in judge.findings]
    book = request.book
    selected = {rule.name for rule in book.rules if request.config.runs(rule)}
    outcomes: list[suppress.Outcome] = []
    if prepared.migration.source.path.endswith(".py"):
        from idxlint.engine import literal_ignores, python_comments

        pieces = [piece for unit in prepared.migration.units for piece in unit.pieces]
        outcomes.append(literal_ignores.apply(pieces, judge.findings, spans, book, selected))
        judge.findings = list(outcomes[0].kept)
        text, spans = python_comments.translated(prepared.migration.source, spans)
    if ignores := suppress.read(text):
        outcomes.append(suppress.apply(text, judge.findings, ignores, sorted(set(spans)), book, selected))
        judge.findings = list(outcomes[-1].kept)
    direction = next((unit.direction for unit in prepared.migration.units), Direction.UP)
    for fault in (fault for outcome in outcomes for fault in outcome.faults if fault.rule in selected):
        judge.add(judge.selection.rules[fault.rule], fault.hit, fault.hit.at, direction)
    return [one for outcome in outcomes for one in outcome.suppressed]


def _configured(finding: Finding, config: Config) -> tuple[By, str] | None:
    path = finding.source.path
    if config.start_after and is_past(path, config.start_after):
        return By.START_AFTER, f"not after {config.start_after}"
    pattern = config.silenced(finding.rule, path)
    return (By.CONFIG, f"per_path: {pattern}") if pattern else None


def is_past(path: str, start_after: str) -> bool:
    """Whether a file comes before start_after or is it: by its name, or the folder's where each has its own."""
    folder, _, name = path.rpartition("/")
    own = folder.rpartition("/")[2] if name.lower() in ("up.sql", "down.sql", "migration.sql") else name
    count = len(natural(start_after))
    return natural(own)[:count] <= natural(start_after)
