"""A command that PostgreSQL refuses in a function stands in a body."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Hit
from idxlint.sql.meaning.operations import (
    Operation,
    Where,
)
from idxlint.sql.meaning.refusing import REFUSING, refusing
from idxlint.sql.text import Statement, place


@check("concurrently-in-function", *REFUSING)
def concurrently_in_function(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """PostgreSQL answers 25001: the command cannot be executed from a function, even after COMMIT."""
    command = refusing(op)
    if command is None or not in_body(op) or op.where is Where.DBLINK:
        return
    where = "a DO block" if op.where is Where.DO else "a function or procedure"
    yield Hit(
        f"{command.words} cannot be executed from {where}, not even after COMMIT",
        at=place(stmt, command.underline, op.near),
        subject=f"{command.words} {command.subject}".strip(),
        help=("write it as a separate statement at the top level of the file",),
    )
