"""One file: from what its statements do to findings, against the schema that the files before it have built."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from itertools import accumulate
from typing import Any

from idxlint.checks import CHECKS, Context, Form, Run, Surroundings, form
from idxlint.config.configuration import Config
from idxlint.engine.parsed_file import ParsedFile, ParsedUnit
from idxlint.model import (
    Direction,
    FileGap,
    Finding,
    Gap,
    Hit,
    Kind,
    Misread,
    Reason,
    Rule,
    Severity,
    Span,
    Unit,
    Wrap,
    fingerprint,
    value,
)
from idxlint.sql.locks.effects import Effects, effects, may_go_through_rows
from idxlint.sql.locks.ledger import Ledger
from idxlint.sql.meaning.operations import CreateTable, Operation, SetParameter, Transaction, Where
from idxlint.sql.meaning.step import Step
from idxlint.sql.state.replay import apply
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.transaction import Session, Setting
from idxlint.sql.text import Statement

_SETTING_UP = re.compile(r"\\(?:set|unset|echo|timing|pset|encoding|x|t|a|o|q|qecho|warn|prompt)\b")
_NUMBERED = re.compile(r"(?:.*/)?[A-Za-z]?\d[^/]*\Z")

Visit = Callable[[Operation | Effects, Statement, Context], None]
_EFFECTS: Form = (Effects, False)
_LEDGER: Form = (Ledger, False)
"""What a check asks for that needs every lock of a transaction, also where nothing works under them."""
_QUIET = (Transaction, SetParameter)
"""What locks no relation."""


@value
class Selection:
    """The selected checks by what they are called for, their rules, and what the project wants."""

    rules: Mapping[str, Rule]
    config: Config
    fresh: frozenset[str] = frozenset()
    edited: frozenset[str] = frozenset()
    by_form: Mapping[Form, tuple[tuple[Run, Rule], ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        rules: Sequence[Rule],
        config: Config,
        fresh: frozenset[str] = frozenset(),
        edited: frozenset[str] = frozenset(),
    ) -> "Selection":
        """The checks whose rules the configuration runs.

        fresh: files whose tables are new to all files; edited: files that existed before the change
        """
        named = {rule.name: rule for rule in rules}
        checks_of: dict[Form, list[tuple[Run, Rule]]] = {}
        for check in CHECKS:
            rule = named[check.name]
            if config.runs(rule):
                for each in check.forms:
                    checks_of.setdefault(each, []).append((check.run, rule))
        return cls(named, config, fresh, edited, {kind: tuple(checks) for kind, checks in checks_of.items()})


def replay(parsed: ParsedFile, schema: Schema, selection: Selection, visit: Visit | None = None) -> None:
    """Run a file's operations over the schema; visit is called before each, with what it may know."""
    for part, session in sessions(parsed, schema, selection):
        _part(parsed, part, session, selection, visit)


def sessions(
    parsed: ParsedFile, schema: Schema, selection: Selection
) -> Iterator[tuple[ParsedUnit, Session]]:
    """The parts of a file that are looked at, each with the session it runs in, which ends when the next is asked for.

    What runs in a down migration is taken back with it.
    """
    options, path = selection.config.options, parsed.migration.source.path
    complete = _is_complete(parsed)
    if not complete or (parsed.migration.assumed and not _NUMBERED.match(path)):
        schema.ended.doubt()  # what could not be read, or may run at another time, may have made tables
    session: Session | None = None
    for part in parsed.parts:
        if part.unit.direction is Direction.DOWN and selection.config.down == "off":
            continue
        if session is not None and part.unit.continues:
            session.resume()
        else:
            repeats = path in selection.edited
            session = Session(schema, _started(options), repeats=repeats, complete=complete)
        if part.unit.wrap is not Wrap.NONE:
            session.begin(None)
        if part.unit.direction is Direction.DOWN:
            with schema.aside():
                yield part, session
        else:
            yield part, session
        session.close()


def _is_complete(parsed: ParsedFile) -> bool:
    """Whether every statement of the file is known; what only sets up psql hides none."""
    text = parsed.migration.source.text
    harmless = all(
        gap.reason is Reason.PSQL and _SETTING_UP.match(text, gap.span.start) for gap in parsed.gaps
    )
    return harmless and parsed.judged == parsed.statements


def _started(options: Any) -> dict[str, Setting]:
    names = ("lock_timeout", "statement_timeout", "transaction_timeout")
    return {name: Setting(value) for name in names if (value := getattr(options, name)) != "0"}


def _part(
    parsed: ParsedFile, part: ParsedUnit, session: Session, selection: Selection, visit: Visit | None
) -> None:
    source = parsed.migration.source
    fresh = selection.fresh | {source.path}
    judged, postgres = selection.by_form, selection.config.postgres
    around, held = Surroundings(source.text, part.unit, part.steps), Ledger()
    asks = visit is not None and _EFFECTS in judged
    every_lock = part.works_under_locks or _LEDGER in judged
    for at, step in enumerate(part.steps):
        matters = asks and _may_lock(step, every_lock)
        context = None
        if visit:
            context = Context(
                source, part.unit, session, around, at, fresh, postgres, parsed.migration.runner, held
            )
        if visit and context and matters:
            held.move(session.transaction, partial(around.parcel, step.statement))
            _do(step, visit, context)
        for operation in step.operations:
            if visit and context:
                visit(operation, step.statement, context)
            apply(session, operation, step.statement, source.path)
        if step.body:
            _body(step, session, source.path, visit, context, asks=asks)


def _may_lock(step: Step, every_lock: bool) -> bool:
    """Whether what a statement locks has to be looked up.

    every_lock: a later statement may work while it is held; else only work under a lock of its own counts
    """
    if step.body:
        return True
    if every_lock:
        return any(not isinstance(operation, _QUIET) for operation in step.operations)
    return any(map(may_go_through_rows, step.operations))


def _do(step: Step, visit: Visit | None, context: Context) -> None:
    """Let the checks see what a statement does, and enter its locks for those behind it in the transaction."""
    if not step.operations or step.where is Where.DBLINK:
        return
    done = effects([*map(at_top, step.operations)], context.schema, context.postgres, wide=False)
    if not done.taken or (done.refuses_transaction and context.session.block):
        return
    if visit:
        visit(done, step.statement, context)
    context.held.enter(done, step.statement, step.operations, context.is_new, context.schema.put)


def at_top(operation: Operation) -> Operation:
    """The operation as it locks wherever it stands."""
    return operation if operation.where is Where.TOP else replace(operation, where=Where.TOP)


def _body(
    step: Step, session: Session, path: str, visit: Visit | None, context: Context | None, *, asks: bool
) -> None:
    """A DO block happens; a function only would. Inside either, what it made first is new to what follows."""
    with session.schema.aside():
        for inner in step.body:
            if (
                visit and context and asks and step.where is Where.DO
            ):  # nobody knows what calls a function, and when
                _do(inner, visit, context)
            for operation in _inside(inner):
                if visit and context:
                    visit(operation, inner.statement, context)
                made = isinstance(operation, CreateTable)
                apply(session, certain(operation) if made else operation, inner.statement, path)
    if step.where is Where.DO:
        for inner in step.body:
            if visit and context and asks:
                _do(inner, None, context)
            for operation in _inside(inner):
                apply(session, operation, inner.statement, path)


def _inside(step: Step) -> Iterator[Operation]:
    return (operation for operation in step.operations if not isinstance(operation, Transaction))


def certain(operation: Operation) -> Operation:
    """The operation as one that happens whenever its statement runs."""
    return operation if operation.sure else replace(operation, sure=True)


class Judge:
    """Collects what the checks say about one file."""

    def __init__(self, parsed: ParsedFile, selection: Selection) -> None:
        self.parsed, self.selection = parsed, selection
        self.findings: list[Finding] = []
        self._equal: Counter[tuple[str, str]] = Counter()
        self._outer: dict[str, Any] = {}

    def visit(self, operation: Operation | Effects, statement: Statement, context: Context) -> None:
        """Let the checks for an operation, or for what a statement does, speak."""
        for run, rule in self.selection.by_form.get(form(operation), ()):
            for hit in run(operation, statement, context):
                self.add(rule, hit, _span(context.steps[context.at].statement), context.unit.direction)

    def gaps(self) -> None:
        """Let the checks for gaps and directives speak; another database's SQL once for the file."""
        told = False
        units = [part.unit for part in self.parsed.parts]
        reached = [*accumulate((unit.span.end for unit in units), max)]
        for gap in self.parsed.gaps:
            if gap.reason is Reason.DIALECT and told:
                continue
            told = told or gap.reason is Reason.DIALECT
            at = bisect_left(reached, gap.span.end)  # the first unit that does not end before it
            self._text(gap, units[at] if at < len(units) else Unit(gap.span))
        for unit in self.parsed.migration.units:
            for misread in unit.misread:
                self._text(misread, unit)

    def _text(self, subject: Gap | Misread, unit: Unit) -> None:
        """Let the checks for a piece of text speak that is no statement."""
        migration, span = self.parsed.migration, subject.span
        postgres = self.selection.config.postgres
        around = Surroundings(migration.source.text, unit, ())
        context = Context(
            migration.source, unit, Session(Schema()), around, 0, frozenset(), postgres, migration.runner
        )
        statement = Statement(*span, migration.source.text[span.start : span.end])
        for run, rule in self.selection.by_form.get(form(subject), ()):
            for hit in run(subject, statement, context):
                self.add(rule, hit, span, unit.direction)

    def add(self, rule: Rule, hit: Hit, statement: Span, direction: Direction) -> None:
        """Make a finding of a hit."""
        migration, config = self.parsed.migration, self.selection.config
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
                direction,
                migration.runner,
                migration.assumed,
                mark,
            )
        )

    def file_gaps(self) -> tuple[FileGap, ...]:
        """The gaps with their file."""
        return tuple(FileGap(self.parsed.migration.source, gap) for gap in self.parsed.gaps)


def _span(statement: Statement) -> Span:
    return Span(statement.start, statement.end)
