"""REINDEX CONCURRENTLY of what PostgreSQL cannot rebuild concurrently."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Hit
from idxlint.sql.meaning.operations import Reindex
from idxlint.sql.state.relations import TEMP
from idxlint.sql.text import Statement, place


@check("reindex-concurrently-refused", Reindex, concurrent=True)
def reindex_concurrently_refused(op: Reindex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """System catalogues and the index of an exclusion constraint have no concurrent rebuild."""
    if in_body(op):
        return
    why = _why(op, ctx)
    if why is None:
        return
    what = op.kind.lower() if op.target is None else f"{op.kind.lower()} {op.target}"
    yield Hit(
        f"REINDEX CONCURRENTLY of {what} fails: {why}",
        at=place(stmt, "CONCURRENTLY", op.near),
        subject=what,
        help=("plain REINDEX blocks reads and writes: run it in a maintenance window",),
    )


def _why(op: Reindex, ctx: Context) -> str | None:
    if op.kind == "SYSTEM":
        return "system catalogs cannot be rebuilt concurrently"
    if op.kind in ("TABLE", "INDEX") and op.target and _catalogue(op.target.schema, op.target.name):
        return "a system catalog cannot be rebuilt concurrently"
    index = ctx.schema.index(op.target) if op.kind == "INDEX" and op.target else None
    if index is None or index.table.schema == TEMP:  # rebuilt plainly (ReindexIndex in indexcmds.c)
        return None
    if index.constraint and (index.constraint.kind == "EXCLUDE" or index.constraint.temporal):
        return f"the exclusion constraint {index.name.name} owns the index"
    return None


def _catalogue(schema: str | None, name: str) -> bool:
    """Whether it is a catalogue or a catalogue's index; user tables cannot be made in pg_catalog."""
    return schema == "pg_catalog" or (schema is None and name.startswith("pg_"))
