"""Where a fix may stand: whether the runner sends what it writes so that PostgreSQL takes it."""

from idxlint.checks.context import Context
from idxlint.model import Fix, Safety, Send
from idxlint.sql.rewrite.rewriting import Rewriting


def fix_by(
    ctx: Context, title: str, rewriting: Rewriting | None, *, safe: bool = False, concurrent: bool = False
) -> Fix | None:
    """A fix out of a rewriting, or none where the file leaves no room for it.

    title: an imperative, without a full stop
    concurrent: what it writes has to stand outside a transaction block and under no timeout
    """
    unit, block = ctx.unit, ctx.session.block
    if rewriting is None or unit.pieces:  # what stands in another language is not ours to rewrite
        return None
    if concurrent and not _may_stand(ctx, rewriting):
        return None
    if concurrent and (timeouts := _timeouts(ctx)):
        rewriting = rewriting.without_timeouts(timeouts)
    wrapped = block is not None and block.opened is None
    edits = ctx.scene.edits(rewriting, leave=concurrent and not wrapped)
    if concurrent and wrapped and unit.directive:
        edits = (unit.directive, *edits)
    beyond = concurrent and unit.lock is not None and not unit.lock.hangs
    return Fix(title, Safety.SAFE if safe else Safety.UNSAFE, edits, beyond) if edits else None


def _may_stand(ctx: Context, rewriting: Rewriting) -> bool:
    """Whether the runner sends what is written so that PostgreSQL takes it."""
    unit, block = ctx.unit, ctx.session.block
    if block is not None and block.opened is None and (unit.directive is None or ctx.begun()):
        return False
    more = bool(rewriting.before or rewriting.after)
    if unit.whole_on_drop and _drops(rewriting) and (more or any(ctx.company(rewriting.statement))):
        return False
    if unit.send is Send.STATEMENT:
        more = more and unit.message(rewriting.statement.start) in ctx.around.held
    return not more and not ctx.sent_beside(rewriting.statement)


def _timeouts(ctx: Context) -> tuple[tuple[str, str], ...]:
    """The timeouts that would still be in force behind the transaction block."""
    return tuple((name, setting.value) for name, setting in ctx.session.timeouts(lasting=True))


def _drops(rewriting: Rewriting) -> bool:
    texts = (*rewriting.before, rewriting.statement.sql, *rewriting.after)
    return any(text[:10].upper() == "DROP INDEX" for text in texts)
