"""The index that is a table's replica identity goes, and leaves the table without one."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.model import Hit
from idxlint.sql.meaning.column_operations import AlterColumn, ColumnChange, ReplicaIdentity
from idxlint.sql.meaning.operations import DropConstraint, DropIndex, DropTable, Operation
from idxlint.sql.meaning.step import Step
from idxlint.sql.text import Name, Statement, place

_WORDS = {DropIndex: "INDEX", DropConstraint: "CONSTRAINT", AlterColumn: "DROP"}


@check("replica-identity-lost", DropIndex, DropConstraint, AlterColumn)
def replica_identity_lost(
    op: DropIndex | DropConstraint | AlterColumn, stmt: Statement, ctx: Context
) -> Iterator[Hit]:
    """UPDATE and DELETE on a published table fail from then on (55000)."""
    for index in _dropped(op, ctx):
        table = ctx.schema.links.identifies(index)
        if table is None or ctx.is_new(table) or _has_another(table, ctx):
            continue
        shown = table.short
        yield Hit(
            f"{when(op)}dropping {_what(op, index)} leaves {shown} without a replica identity:"
            " UPDATE and DELETE on it fail (55000) while a publication has it",
            at=place(stmt, _WORDS[type(op)], op.near),
            subject=f"{shown}.{index.name}",
            help=(
                "before that, name another unique index of NOT NULL columns, or take the whole row:",
                f"ALTER TABLE {shown} REPLICA IDENTITY FULL;",
                f"what has it: SELECT pubname FROM pg_publication_tables WHERE tablename = '{table.name}';",
            ),
        )


def _dropped(op: DropIndex | DropConstraint | AlterColumn, ctx: Context) -> Iterator[Name]:
    """The full names of the indexes that go."""
    if isinstance(op, DropIndex):
        yield from map(ctx.schema.resolve_index, op.indexes)
        return
    full = ctx.schema.resolve(op.table)
    identity = ctx.schema.links.replica_identity(full)
    if identity is None:
        return
    if isinstance(op, DropConstraint):
        names: Sequence[str] = [op.name]
    else:
        drops = op.change is ColumnChange.DROP
        names = ctx.schema.catalogue.indexes_over(full, op.column) if drops else []
    if identity.name in names:
        yield identity


def _what(op: Operation, index: Name) -> str:
    if isinstance(op, AlterColumn):
        return f"column {op.column} with index {index.name}"
    return f"constraint {index.name}" if isinstance(op, DropConstraint) else f"index {index.name}"


def _has_another(table: Name, ctx: Context) -> bool:
    """Whether the same transaction gives the table another identity, or drops it, before anybody can see it without."""
    if ctx.session.block is None:
        return False
    last = ctx.around.once("identities", _last).get(table.name)
    return last is not None and last[0] >= ctx.at and ctx.schema.resolve(last[1]) == table


def _last(steps: Sequence[Step]) -> dict[str, tuple[int, Name]]:
    """The last statement that gives a table another identity, or drops it, by the table's bare name."""
    found: dict[str, tuple[int, Name]] = {}
    for at, step in enumerate(steps):
        for operation in step.operations:
            names: Sequence[Name] = ()
            if isinstance(operation, ReplicaIdentity):
                names = (operation.table,)
            elif isinstance(operation, DropTable):
                names = operation.tables
            found.update({name.name: (at, name) for name in names})
    return found
