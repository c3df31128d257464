"""From a statement to a step."""

import re

from idxlint.sql.meaning.describe import describe
from idxlint.sql.meaning.quick import glance
from idxlint.sql.meaning.step import Placeholders, Step
from idxlint.sql.text import Statement

ROUTINE = re.compile(r"do\b|create\s+(?:or\s+replace\s+)?(?:function|procedure)\b", re.IGNORECASE)


def read(statement: Statement, placeholders: Placeholders) -> Step:
    """What a statement does, that in its body included. Raises pglast's ParseError for a refused text."""
    if not placeholders and (seen := glance(statement.sql)) is not None:
        return Step(statement, seen)
    return by_tree(statement, placeholders)


def by_tree(statement: Statement, placeholders: Placeholders) -> Step:
    """The same for a statement that is known not to be a plain one."""
    if ROUTINE.match(statement.sql):
        from idxlint.sql.meaning import bodies  # most files have none

        return bodies.read(statement, placeholders)
    return Step(statement, describe(statement.sql, placeholders))
