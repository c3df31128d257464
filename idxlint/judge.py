"""One file: from its text to findings, against the schema that the files before it have built."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import product
from typing import Any

from idxlint.checks import CHECKS, Check, Context, Form, form
from idxlint.model import (
    Direction,
    FileGap,
    Finding,
    Gap,
    Hit,
    Kind,
    Migration,
    Reason,
    Rule,
    Severity,
    Span,
    Unit,
    Wrap,
    fingerprint,
    value,
)
from idxlint.settings import Config
from idxlint.sql.matter import INDEX_WORK, matters
from idxlint.sql.operations import CreateTable, Operation, Transaction, Unresolved, Where
from idxlint.sql.parse import parse
from idxlint.sql.reading import read
from idxlint.sql.replay import apply
from idxlint.sql.schema import Schema
from idxlint.sql.session import Session, Setting
from idxlint.sql.splitter import ParseError
from idxlint.sql.statement import Statement
from idxlint.sql.step import Step

Visit = Callable[[Operation, Statement, Context], None]


@value
class Part:
    """A unit with its statements."""

    unit: Unit
    steps: tuple[Step, ...]


@value
class Prepared:
    """A file after parsing; statements counts all of them, those that nobody could judge included."""

    migration: Migration
    parts: tuple[Part, ...]
    gaps: tuple[Gap, ...]
    statements: int
    judged: int


@value
class Selection:
    """The selected checks by what they are called for, their rules, and what the project wants."""

    rules: Mapping[str, Rule]
    config: Config
    fresh: frozenset[str] | None = None
    by_form: Mapping[Form, tuple[tuple[Check, Rule], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Sequence[Rule], config: Config, fresh: frozenset[str] | None = None) -> "Selection":
        """The checks whose rules the configuration runs. fresh: the files of one change, where there is one."""
        named = {rule.name: rule for rule in rules}
        found: dict[Form, list[tuple[Check, Rule]]] = {}
        for check in CHECKS:
            rule = named[check.name]
            if config.runs(rule):
                for kind, concurrent in product(check.on, (False, True)):
                    if check.concurrent in (None, concurrent):
                        found.setdefault((kind, concurrent), []).append((check, rule))
        return cls(named, config, fresh, {kind: tuple(checks) for kind, checks in found.items()})


def prepare(migration: Migration) -> Prepared:
    """Parse a file and describe what its statements do."""
    parts: list[Part] = []
    gaps = list(migration.gaps)
    statements = unjudged = 0
    whole = Span(0, len(migration.source.text))
    if any(gap.span == whole for gap in gaps):  # not a text at all
        return Prepared(migration, (), tuple(gaps), len(gaps), 0)
    for unit in migration.units:
        parsed = parse(migration.source.text, unit.span, matters)
        steps = [_step(statement, parsed.placeholders) for statement in parsed.statements]
        steps += [_generated(migration, span) for span in parsed.generated if _mentions(migration, span)]
        steps.sort(key=lambda step: step.statement.start)
        parts.append(Part(unit, tuple(steps)))
        gaps += parsed.gaps
        refused = sum(gap.reason is not Reason.PSQL for gap in parsed.gaps)
        statements += parsed.count + refused
        unjudged += refused + sum(_unresolved(step) for step in steps)
    gaps = sorted(set(gaps), key=lambda gap: gap.span)  # decoding and parsing both tell of NUL
    return Prepared(migration, tuple(parts), tuple(gaps), statements, statements - unjudged)


def _step(statement: Statement, placeholders: Mapping[str, str]) -> Step:
    try:
        return read(statement, placeholders)
    except (ParseError, RecursionError):  # nested deeper than the tree can be made
        deep = INDEX_WORK.search(statement.sql) is not None
        return Step(statement, (Unresolved(what="a statement nested this deeply"),) if deep else ())


def _mentions(migration: Migration, span: Span) -> bool:
    return INDEX_WORK.search(migration.source.text, span.start, span.end) is not None


def _generated(migration: Migration, span: Span) -> Step:
    r"""A query whose result psql executes (\gexec)."""
    sql = migration.source.text[span.start : span.end]
    what = Unresolved(what=r"what this query returns to \gexec", length=len(sql))
    return Step(Statement(span.start, span.end, sql), (what,))


def _unresolved(step: Step) -> bool:
    return any(isinstance(op, Unresolved) for part in (step, *step.body) for op in part.operations)


def replay(prepared: Prepared, schema: Schema, selection: Selection, visit: Visit | None = None) -> None:
    """Run a file's operations over the schema; visit is called before each, with what it may know."""
    options = selection.config.options
    for part in prepared.parts:
        if part.unit.direction is Direction.DOWN and selection.config.down == "off":
            continue
        session = Session(schema, _started(options))
        if part.unit.wrap is not Wrap.NONE:
            session.begin(None)
        if part.unit.direction is Direction.DOWN:
            with schema.aside():
                _part(prepared, part, session, selection, visit)
        else:
            _part(prepared, part, session, selection, visit)
        session.close()


def _started(options: Any) -> dict[str, Setting]:
    names = ("lock_timeout", "statement_timeout", "transaction_timeout")
    return {name: Setting(value) for name in names if (value := getattr(options, name)) != "0"}


def _part(
    prepared: Prepared, part: Part, session: Session, selection: Selection, visit: Visit | None
) -> None:
    source = prepared.migration.source
    fresh = frozenset((source.path,)) if selection.fresh is None else selection.fresh
    judged, postgres = selection.by_form, selection.config.postgres
    for at, step in enumerate(part.steps):
        context = None
        if visit and (step.body or any(form(operation) in judged for operation in step.operations)):
            context = Context(source, part.unit, session, part.steps, at, fresh, postgres)
        for operation in step.operations:
            if visit and context:
                visit(operation, step.statement, context)
            apply(session, operation, step.statement, source.path)
        if step.body:
            _body(step, session, source.path, visit, context)


def _body(step: Step, session: Session, path: str, visit: Visit | None, context: Context | None) -> None:
    """A DO block happens; a function only would. Inside either, what it made first is new to what follows."""
    with session.schema.aside():
        for inner, operation in _inside(step):
            if visit and context:
                visit(operation, inner.statement, context)
            sure = isinstance(operation, CreateTable) and not operation.if_not_exists
            apply(session, _certain(operation) if sure else operation, inner.statement, path)
    if step.where is Where.DO:
        for inner, operation in _inside(step):
            apply(session, operation, inner.statement, path)


def _inside(step: Step) -> Iterator[tuple[Step, Operation]]:
    for inner in step.body:
        for operation in inner.operations:
            if not isinstance(operation, Transaction):
                yield inner, operation


def _certain(operation: Operation) -> Operation:
    from dataclasses import replace

    return operation if operation.sure else replace(operation, sure=True)


class Judge:
    """Collects what the checks say about one file."""

    def __init__(self, prepared: Prepared, selection: Selection) -> None:
        self.prepared, self.selection = prepared, selection
        self.findings: list[Finding] = []
        self._equal: Counter[tuple[str, str]] = Counter()
        self._outer: dict[str, Any] = {}

    def visit(self, operation: Operation, statement: Statement, context: Context) -> None:
        """Let the checks for an operation speak."""
        for check, rule in self.selection.by_form.get(form(operation), ()):
            for hit in check.run(operation, statement, context):
                self.add(rule, hit, _span(context.steps[context.at].statement), context.unit.direction)

    def gaps(self) -> None:
        """Let the checks for gaps speak; another database's SQL once for the file."""
        source = self.prepared.migration.source
        told = False
        for gap in self.prepared.gaps:
            if gap.reason is Reason.DIALECT and told:
                continue
            units = (part.unit for part in self.prepared.parts if part.unit.span.end >= gap.span.end)
            unit = next(units, Unit(gap.span))
            told = told or gap.reason is Reason.DIALECT
            context = Context(
                source, unit, Session(Schema()), (), 0, frozenset(), self.selection.config.postgres
            )
            statement = Statement(*gap.span, source.text[gap.span.start : gap.span.end])
            for check, rule in self.selection.by_form.get(form(gap), ()):
                for hit in check.run(gap, statement, context):
                    self.add(rule, hit, gap.span, unit.direction)

    def add(self, rule: Rule, hit: Hit, statement: Span, direction: Direction) -> None:
        """Make a finding of a hit."""
        migration, config = self.prepared.migration, self.selection.config
        path = migration.source.path
        severity = config.level(rule, path, hit.severity or rule.severity)
        if direction is Direction.DOWN and rule.kind in (Kind.BLOCKS, Kind.WASTE) and config.down == "note":
            severity = Severity.NOTE
        ordinal = self._equal[rule.id, hit.subject]
        self._equal[rule.id, hit.subject] += 1
        mark = fingerprint(rule.id, path, hit.subject, ordinal)
        self.findings.append(
            Finding(
                rule,
                hit,
                severity,
                migration.source,
                statement,
                direction.value,
                migration.runner,
                migration.assumed,
                mark,
            )
        )

    def file_gaps(self) -> tuple[FileGap, ...]:
        """The gaps with their file."""
        return tuple(FileGap(self.prepared.migration.source, gap) for gap in self.prepared.gaps)


def _span(statement: Statement) -> Span:
    return Span(statement.start, statement.end)
