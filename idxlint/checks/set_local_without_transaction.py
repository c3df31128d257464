"""SET LOCAL of a timeout outside of a transaction."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Edit, Fix, Hit, Safety
from idxlint.sql.meaning.operations import SetParameter, Transaction
from idxlint.sql.meaning.refusing import refusing
from idxlint.sql.meaning.step import Step
from idxlint.sql.rewrite.recipes import set_for_session
from idxlint.sql.rewrite.rewriting import Rewriting
from idxlint.sql.rewrite.surroundings import blank
from idxlint.sql.state.transaction import is_zero
from idxlint.sql.text import Statement, place


@check("set-local-without-transaction", SetParameter)
def set_local_without_transaction(op: SetParameter, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """SET LOCAL lasts until the transaction ends, which is at once where each statement is one by itself."""
    if not op.local or op.value is None or not op.name.endswith("_timeout") or in_body(op):
        return
    if ctx.session.block or ctx.sent_beside(stmt):
        return
    written = stmt.sql[:3].upper() == "SET"
    words = f"SET LOCAL {op.name}" if written else f"set_config('{op.name}', …, true)"
    end = next((step for step in ctx.steps[ctx.at + 1 :] if _ends(step, op)), None)
    covers = not blank(ctx.source.text, stmt.end, end.statement.start if end else ctx.unit.span.end)
    yield Hit(
        f"{words} has no effect: {ctx.runner} sends it outside of a transaction, where it ends with its own statement",
        at=place(stmt, "SET LOCAL" if written else "SET_CONFIG"),
        subject=words,
        fix=_fix(op, stmt, ctx, end) if covers and written else None,
        help=_advice(op, covers=covers),
    )


def _ends(step: Step, op: SetParameter) -> bool:
    """Whether a timeout that is set before a statement must not, or need not, be in force for it."""
    for operation in step.operations:
        if isinstance(operation, Transaction):
            return True
        if isinstance(operation, SetParameter) and operation.name in (op.name, "all"):
            return True
        command = refusing(operation)
        if command and command.underline == "CONCURRENTLY" and not is_zero(op.value or ""):
            return True
    return False


def _fix(op: SetParameter, stmt: Statement, ctx: Context, end: Step | None) -> Fix | None:
    """SET for the session, and RESET where the next part of the file begins."""
    if ctx.unit.pieces or not stmt.verbatim:
        return None
    text, reset = ctx.source.text, f"RESET {op.name}"
    if end is not None:
        again = any(isinstance(one, SetParameter) for one in end.operations)
        back = () if again else ctx.scene.edits(Rewriting(end.statement, before=(reset,)), leave=False)
    else:
        last = len(text[: ctx.unit.span.end].rstrip())
        if text[last - 1] != ";":
            return None
        line = "\r\n" if "\r\n" in text else "\n"
        back = (Edit(last, last, f"{line}{reset};"),)
    edits = (*set_for_session(text, stmt).edits, *back)
    return Fix("set it for the session, and reset it", Safety.UNSAFE, edits)


def _advice(op: SetParameter, *, covers: bool) -> tuple[str, ...]:
    if not covers:
        return (f"leave it out: no statement behind it runs under this {op.name}",)
    value = (op.value or "").replace("'", "''")
    return (
        "set it for the session, and reset it behind the statements that need it:",
        f"SET {op.name} = '{value}';",
        f"RESET {op.name};",
    )
