"""One file: from its text to what its statements do."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from idxlint.model import Gap, Migration, Reason, Send, Span, Unit, Wrap, value
from idxlint.sql.meaning import hosted
from idxlint.sql.meaning.column_operations import Touch, ValidateConstraint
from idxlint.sql.meaning.matter import INDEX_WORK, locks, matters
from idxlint.sql.meaning.operations import (
    AddConstraint,
    DropConstraint,
    Operation,
    Refresh,
    Transaction,
    Unresolved,
    Where,
)
from idxlint.sql.meaning.quick import glance
from idxlint.sql.meaning.read import by_tree
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Keep, Parsed, ParseError, Statement, everything, parse

_TABLE = re.compile(r"CREATE\s+(?:(?:TEMP|TEMPORARY|UNLOGGED)\s+)?TABLE\b", re.IGNORECASE)

_TOUCHING = re.compile(
    r"(?:alter|update|delete|insert|merge|with|truncate|lock|cluster|refresh|vacuum|call|drop)\b"
    r"|create\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:trigger|rule|policy)\b"
    r"|create\s+(?:unlogged\s+)?table\s[^(;]*\bpartition\s+of\b",
    re.IGNORECASE,
)
"""What the reading for checks on indexes does not know all of."""


@value
class ParsedUnit:
    r"""A unit with its statements.

    joined: where psql's `\;` is, which sends the statements around it as one
    works_under_locks: a statement may work while others of its transaction hold locks
    """

    unit: Unit
    steps: tuple[Step, ...]
    joined: tuple[int, ...] = ()
    works_under_locks: bool = False


@value
class ParsedFile:
    """A file after parsing; statements counts all of them, those that nobody could judge included."""

    migration: Migration
    parts: tuple[ParsedUnit, ...]
    gaps: tuple[Gap, ...]
    statements: int
    judged: int


def parse_file(migration: Migration, *, every: bool = False) -> ParsedFile:
    """Parse a file and describe what its statements do; every: also those that no rule can be about."""
    keep = everything if every else matters
    parts: list[ParsedUnit] = []
    gaps = list(migration.gaps)
    statements = unjudged = 0
    whole = Span(0, len(migration.source.text))
    if any(gap.span == whole for gap in gaps):  # not a text at all
        return ParsedFile(migration, (), tuple(gaps), len(gaps), 0)
    for unit in migration.units:
        parsed = _read(migration, unit, keep)
        foreign = not unit.pieces and _foreign(migration.source.text, parsed)
        taken = () if foreign else parsed.statements
        steps = [_step(statement, parsed.placeholders, every=every) for statement in taken]
        works_under_locks = parsed.count > 1 and _works_under_locks(unit, steps)
        if works_under_locks and not every:
            parsed = _read(migration, unit, locks)
            steps = [*_with_more(steps, parsed)]
        steps = _conditional(steps, migration.source.text) if parsed.gaps else steps
        for span in parsed.generated:
            if every or _mentions(migration, span):
                steps += _generated(migration, span, parsed.placeholders)
        steps += [hosted.unread(piece) for piece in unit.pieces if piece.unresolved]
        if not unit.pieces:  # a call may mean several statements at one place, in their own order
            steps.sort(key=lambda step: step.statement.start)
        parts.append(ParsedUnit(unit, tuple(steps), parsed.joined, works_under_locks))
        gaps += parsed.gaps
        refused = sum(gap.reason is not Reason.PSQL for gap in parsed.gaps)
        statements += parsed.count + refused
        unjudged += refused + (parsed.count if foreign else sum(_unresolved(step) for step in steps))
    gaps = sorted(set(gaps), key=lambda gap: gap.span)  # decoding and parsing both tell of NUL
    return ParsedFile(migration, tuple(parts), tuple(gaps), statements, statements - unjudged)


def _with_more(steps: Sequence[Step], parsed: Parsed) -> Iterator[Step]:
    """The steps again, with those of statements that were left out; what has been described stays as it is."""
    done = iter(steps)
    step = next(done, None)
    for statement in parsed.statements:
        if step is not None and _is_same(step.statement, statement):
            yield step
            step = next(done, None)
        else:
            yield _step(statement, parsed.placeholders, every=False)


def _is_same(first: Statement, second: Statement) -> bool:
    return (first.start, first.end, first.sql) == (second.start, second.end, second.sql)


def _read(migration: Migration, unit: Unit, keep: Keep) -> Parsed:
    return hosted.statements(unit, keep) if unit.pieces else parse(migration.source.text, unit.span, keep)


def _works_under_locks(unit: Unit, steps: Sequence[Step]) -> bool:
    """Whether a statement may work while others of its transaction hold locks, so that all that locks matters."""
    transaction = unit.wrap is not Wrap.NONE or unit.send is not Send.STATEMENT or bool(unit.messages)
    works = False
    for step in steps:
        works = works or step.where is Where.DO
        for operation in step.operations:
            transaction = transaction or isinstance(operation, Transaction)
            works = works or _is_lasting(operation)
    return works and transaction


def _is_lasting(operation: Operation) -> bool:
    """Whether it may work for long, or leaves a strong lock behind although it is quick."""
    match operation:
        case Touch(unbounded=unbounded):
            return unbounded
        case AddConstraint(constraint=constraint):
            return constraint.using_index is not None
    return isinstance(operation, Refresh | ValidateConstraint | DropConstraint)


def _foreign(text: str, parsed: Parsed) -> bool:
    """Whether most of a text's tables are made in another dialect; then what PostgreSQL takes is not for it either."""
    refused = sum(
        gap.reason is Reason.DIALECT and _TABLE.match(text, gap.span.start) is not None for gap in parsed.gaps
    )
    return refused > 0 and refused > sum(
        _TABLE.match(statement.sql) is not None for statement in parsed.statements
    )


def _step(statement: Statement, placeholders: Mapping[str, str], *, every: bool) -> Step:
    try:
        if every:
            return _whole(statement, placeholders)
        if not placeholders and (seen := glance(statement.sql)) is not None:
            return Step(statement, seen)
        if _TOUCHING.match(statement.sql):
            return _completely(statement, placeholders)
        return by_tree(statement, placeholders)
    except (ParseError, RecursionError):  # nested deeper than the tree can be made
        deep = every or INDEX_WORK.search(statement.sql) is not None
        return Step(statement, (Unresolved(what="a statement nested this deeply"),) if deep else ())


def _completely(statement: Statement, placeholders: Mapping[str, str]) -> Step:
    from idxlint.sql.whole.complete import describe_all

    return Step(statement, describe_all(statement.sql, placeholders))


def _whole(statement: Statement, placeholders: Mapping[str, str]) -> Step:
    from idxlint.sql.locks import whole_step

    return whole_step.read(statement, placeholders)


def _mentions(migration: Migration, span: Span) -> bool:
    return INDEX_WORK.search(migration.source.text, span.start, span.end) is not None


def _conditional(steps: list[Step], text: str) -> list[Step]:
    r"""The statements with the `\if` of psql that they stand in."""
    if "\\if" not in text or "\\gset" not in text:
        return steps
    from idxlint.sql.meaning.name_guard import in_psql

    parts = [(0, None), *in_psql(text)]
    guards = (
        parts[bisect_right(parts, step.statement.start, key=lambda part: part[0]) - 1][1] for step in steps
    )
    return [replace(step, guard=guard) if guard else step for step, guard in zip(steps, guards, strict=True)]


def _generated(migration: Migration, span: Span, placeholders: Mapping[str, str]) -> tuple[Step, ...]:
    r"""A query whose result psql executes (\gexec): what it returns, where that is a constant."""
    from idxlint.sql.meaning.bodies import generated

    sql = migration.source.text[span.start : span.end]
    query = Statement(span.start, span.end, sql)
    what = Unresolved(what=r"what this query returns to \gexec", length=len(sql))
    return generated(query, placeholders) or (Step(query, (what,)),)


def _unresolved(step: Step) -> bool:
    return any(isinstance(op, Unresolved) for part in (step, *step.body) for op in part.operations)
