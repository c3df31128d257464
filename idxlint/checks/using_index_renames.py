"""ADD CONSTRAINT … USING INDEX gives the index the constraint's name."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.checks.using_index import refusal
from idxlint.model import Hit, Severity
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, DropIndex, Operation, Reindex, Rename
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Statement, cut, place, quoted


@check("using-index-renames", AddConstraint)
def using_index_renames(op: AddConstraint, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """What says the index's old name later does not find it."""
    old, new = op.constraint.using_index, op.constraint.name
    if not old or not new or cut(old) == cut(new) or refusal(op, ctx):
        return
    later = ctx.around.once("index names", _Uses).after(old, ctx.at)
    told = f"; line {ctx.source.position(later.start).line} still says {quoted(old)}" if later else ""
    advice = f"write {quoted(new)} there, or " if later else ""
    yield Hit(
        f"{when(op)}adding constraint {quoted(new)} renames its index {quoted(old)} to {quoted(new)}{told}",
        at=place(stmt, "USING INDEX", op.near),
        subject=f"{op.table}.{new}",
        help=(f"{advice}give both one name: build the index as {quoted(new)}",),
        severity=Severity.WARNING if later else None,
    )


class _Uses:
    """The statements of a unit that work on an index by its name."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._places: dict[str, list[tuple[int, Statement, bool]]] = {}
        for at, step in enumerate(steps):
            for operation in step.operations:
                for name, makes in _named(operation):
                    self._places.setdefault(name, []).append((at, step.statement, makes))

    def after(self, name: str, at: int) -> Statement | None:
        """The next statement on the index, unless that makes one of this name again."""
        for number, statement, makes in self._places.get(name, ()):
            if number > at:
                return None if makes else statement
        return None


def _named(operation: Operation) -> Iterator[tuple[str, bool]]:
    """The indexes that an operation names, and whether it makes them."""
    match operation:
        case BuildIndex(index=name) if name:
            yield name, True
        case DropIndex(indexes=indexes):
            yield from ((name.name, False) for name in indexes)
        case Reindex(kind="INDEX", target=target) if target:
            yield target.name, False
        case Rename(kind="index", old=old):
            yield old.name, False
