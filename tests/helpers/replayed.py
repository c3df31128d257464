"""A schema as a text leaves it."""

from collections.abc import Callable

from idxlint.sql.meaning.read import read
from idxlint.sql.state.replay import apply
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import parse


def replayed(sql: str, each: Callable[[Schema], object] | None = None) -> Schema:
    """The schema after a text's statements; each: called after every operation."""
    session = Session(Schema())
    parsed = parse(sql)
    for statement in parsed.statements:
        for operation in read(statement, parsed.placeholders).operations:
            apply(session, operation, statement, "db/1.sql")
            if each:
                each(session.schema)
    return session.schema
