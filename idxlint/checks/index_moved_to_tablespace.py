"""An index is moved to another tablespace."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body, when
from idxlint.checks.fixes import fix_by
from idxlint.checks.no_relation import no_relation
from idxlint.model import Hit
from idxlint.sql.meaning.column_operations import Touch
from idxlint.sql.rewrite.recipes import reindex_into_tablespace
from idxlint.sql.state.relations import Index
from idxlint.sql.text import Name, Statement, place, quoted

_ONE, _ALL = "ALTER INDEX SET TABLESPACE", "ALTER INDEX ALL IN TABLESPACE"
_FIRST_14 = 14
_LISTED = (
    "SELECT c.oid::regclass FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace"
    " WHERE c.relkind = 'i' AND t.spcname = 'old_tablespace';"
)


@check("index-moved-to-tablespace", Touch)
def index_moved_to_tablespace(op: Touch, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The copy is made under ACCESS EXCLUSIVE on the index, which planning opens for every query of the table."""
    if op.form == _ALL:
        yield Hit(
            f"{when(op)}moving all indexes of a tablespace copies one after another, and blocks reads and writes"
            f" of their tables until {ctx.until(op)}",
            at=place(stmt, "ALTER INDEX", op.near),
            subject="all",
            help=_each(ctx),
        )
    if op.form != _ONE or op.index is None:
        return
    index = ctx.schema.index(op.index)
    if index and (index.partitioned or ctx.is_new(index.table)):
        return  # a partitioned index has no file
    at, subject = place(stmt, "ALTER INDEX", op.near), str(op.index)
    if refused := no_relation("to move it", op, op.index, at, ctx, subject):
        yield refused
        return
    rewriting = None
    if ctx.postgres >= _FIRST_14 and not in_body(op) and not _excludes(index):
        rewriting = reindex_into_tablespace(ctx.source.text, stmt)
    table = str(index.table) if index else "its table"
    yield Hit(
        f"{when(op)}moving {op.index} to another tablespace copies it, and blocks reads and writes of {table}"
        f" until {ctx.until(op)}",
        at=at,
        subject=subject,
        fix=fix_by(ctx, "rebuild it CONCURRENTLY in the new tablespace", rewriting, concurrent=True),
        help=_advice(op.index, index, ctx),
    )


def _excludes(index: Index | None) -> bool:
    """Whether no form of REINDEX CONCURRENTLY takes the index."""
    constraint = index.constraint if index else None
    return constraint is not None and (constraint.kind == "EXCLUDE" or constraint.temporal)


def _advice(name: Name, index: Index | None, ctx: Context) -> tuple[str, ...]:
    if _excludes(index):
        return ("the index of an exclusion constraint has no concurrent move: use a maintenance window",)
    if ctx.postgres >= _FIRST_14:
        return (f"REINDEX (TABLESPACE its_tablespace, CONCURRENTLY) INDEX {name};",)
    if index and index.constraint:
        return (f"PostgreSQL {ctx.postgres} has no concurrent move (14 has): use a maintenance window",)
    again = quoted(f"{name.name}_moved")
    return (
        f"PostgreSQL {ctx.postgres} has no concurrent move (14 has); build the index once more, and drop this one:",
        f"CREATE INDEX CONCURRENTLY {again} ON {index.table if index else 'its_table'} (…) TABLESPACE its_tablespace;",
        f"DROP INDEX CONCURRENTLY {name};",
        f"ALTER INDEX {again} RENAME TO {quoted(name.name)};",
    )


def _each(ctx: Context) -> tuple[str, ...]:
    if ctx.postgres < _FIRST_14:
        return (f"PostgreSQL {ctx.postgres} has no concurrent move (14 has): use a maintenance window",)
    return (
        "move one index at a time:",
        _LISTED,
        "REINDEX (TABLESPACE new_tablespace, CONCURRENTLY) INDEX its_name;",
    )
