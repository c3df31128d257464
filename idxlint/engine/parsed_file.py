"""One file: from its text to what its statements do."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace

from idxlint.model import Gap, Migration, Reason, Span, Unit, value
from idxlint.sql.meaning import hosted
from idxlint.sql.meaning.matter import INDEX_WORK, matters
from idxlint.sql.meaning.operations import Unresolved
from idxlint.sql.meaning.read import read
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Parsed, ParseError, Statement, everything, parse

_TABLE = re.compile(r"CREATE\s+(?:(?:TEMP|TEMPORARY|UNLOGGED)\s+)?TABLE\b", re.IGNORECASE)


@value
class ParsedUnit:
    r"""A unit with its statements; joined: where psql's `\;` is, which sends the statements around it as one."""

    unit: Unit
    steps: tuple[Step, ...]
    joined: tuple[int, ...] = ()


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
        parsed = (
            hosted.statements(unit, keep) if unit.pieces else parse(migration.source.text, unit.span, keep)
        )
        foreign = not unit.pieces and _foreign(migration.source.text, parsed)
        taken = () if foreign else parsed.statements
        steps = [_step(statement, parsed.placeholders, every) for statement in taken]
        steps = _conditional(steps, migration.source.text) if parsed.gaps else steps
        for span in parsed.generated:
            if every or _mentions(migration, span):
                steps += _generated(migration, span, parsed.placeholders)
        steps += [hosted.unread(piece) for piece in unit.pieces if piece.unresolved]
        if not unit.pieces:  # a call may mean several statements at one place, in their own order
            steps.sort(key=lambda step: step.statement.start)
        parts.append(ParsedUnit(unit, tuple(steps), parsed.joined))
        gaps += parsed.gaps
        refused = sum(gap.reason is not Reason.PSQL for gap in parsed.gaps)
        statements += parsed.count + refused
        unjudged += refused + (parsed.count if foreign else sum(_unresolved(step) for step in steps))
    gaps = sorted(set(gaps), key=lambda gap: gap.span)  # decoding and parsing both tell of NUL
    return ParsedFile(migration, tuple(parts), tuple(gaps), statements, statements - unjudged)


def _foreign(text: str, parsed: Parsed) -> bool:
    """Whether most of a text's tables are made in another dialect; then what PostgreSQL takes is not for it either."""
    refused = sum(
        gap.reason is Reason.DIALECT and _TABLE.match(text, gap.span.start) is not None for gap in parsed.gaps
    )
    return refused > 0 and refused > sum(
        _TABLE.match(statement.sql) is not None for statement in parsed.statements
    )


def _step(statement: Statement, placeholders: Mapping[str, str], every: bool) -> Step:
    try:
        return _whole(statement, placeholders) if every else read(statement, placeholders)
    except (ParseError, RecursionError):  # nested deeper than the tree can be made
        deep = every or INDEX_WORK.search(statement.sql) is not None
        return Step(statement, (Unresolved(what="a statement nested this deeply"),) if deep else ())


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
