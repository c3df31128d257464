"""A command that PostgreSQL refuses beside others is sent together with them."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Hit, Send, Severity
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.meaning.refusing import REFUSING, refusing
from idxlint.sql.text import Statement, place


@check("concurrently-not-alone", *REFUSING)
def concurrently_not_alone(op: Operation, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """One simple query with several statements is a transaction; COMMIT in it does not help."""
    command = refusing(op)
    if command is None or in_body(op) or ctx.session.block is not None:
        return
    if ctx.unit.send is Send.STATEMENT and not ctx.unit.messages:
        return
    before, after = ctx.company(stmt)
    if not before and not after:
        return
    subject = f"{command.words} {command.subject}".strip()
    at = place(stmt, command.underline, op.near)
    if ctx.unit.send is Send.PIPELINE and not before:
        message = (
            f"{ctx.runner} sends later statements in the same pipeline as {command.words}:"
            " if one of them fails, the finished index is left INVALID"
        )
        yield Hit(message, at=at, subject=subject, severity=Severity.WARNING, help=(_ADVICE,))
        return
    how = "a pipeline" if ctx.unit.send is Send.PIPELINE else "one message"
    message = (
        f"{ctx.runner} sends {command.words} in {how} with other statements, which is a transaction block:"
        " it cannot run there, not even after COMMIT"
    )
    yield Hit(message, at=at, subject=subject, help=(_ADVICE,))


_ADVICE = "put the statement into a migration of its own"
