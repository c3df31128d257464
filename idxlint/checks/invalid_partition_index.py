"""A partitioned index that is not valid, because a part of it is invalid or missing."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body
from idxlint.model import Hit, value
from idxlint.sql.meaning.operations import AttachIndex, BuildIndex
from idxlint.sql.meaning.step import Step
from idxlint.sql.state.child_indexes import matching, missing_children
from idxlint.sql.state.relations import Index
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name, Statement, place, quoted

_SHOWN = 3


@check("invalid-partition-index", BuildIndex, AttachIndex)
def invalid_partition_index(op: BuildIndex | AttachIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """What is attached unseen may be invalid, and what nobody attaches leaves the parent's index invalid for good."""
    if in_body(op):
        return
    if isinstance(op, AttachIndex):
        parent, index = ctx.schema.resolve_index(op.parent), ctx.schema.index(op.index)
        # The first that is attached speaks for those that follow.
        if index is not None and not ctx.schema.links.has_children(parent) and _unseen(index, ctx):
            yield _not_checked(f"attaching {op.index} to {op.parent}", op.parent, [index], op, stmt)
    elif not op.concurrently and ctx.schema.is_partitioned(op.table):
        yield from _incomplete(op, stmt, ctx) if op.only else _adopting(op, stmt, ctx)


def _adopting(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """CREATE INDEX on the whole table takes an equal index of a partition as it is."""
    if not ctx.around.once("built concurrently", _built_concurrently):
        return
    name = ctx.schema.index_name(op)
    parent = Index(name, ctx.schema.resolve(op.table), op, partitioned=True)
    parts = (index for leaf in ctx.schema.leaves(op.table) for index in matching(ctx.schema, parent, leaf))
    if unseen := [index for index in parts if _unseen(index, ctx)]:
        adopted = ", ".join(quoted(index.name.name) for index in unseen[:_SHOWN])
        more = ", …" if len(unseen) > _SHOWN else ""
        yield _not_checked(f"{quoted(name.name)} takes over {adopted}{more}", name, unseen, op, stmt)


def _unseen(index: Index, ctx: Context) -> bool:
    """Whether an index was built CONCURRENTLY in this file, and nothing has looked at indisvalid since then."""
    ends = ctx.around.once("built concurrently", _built_concurrently)
    end = ends.get(id(index.build)) if index.build else None
    return end is not None and not ctx.around.looked_at_between(end, ctx.steps[ctx.at].statement.start)


def _built_concurrently(steps: Sequence[Step]) -> Mapping[int, int]:
    """Where the statement of each concurrent build ends, by its identity."""
    return {
        id(operation): step.statement.end
        for step in steps
        for operation in step.operations
        if isinstance(operation, BuildIndex) and operation.concurrently
    }


def _not_checked(
    doing: str, parent: Name, parts: Sequence[Index], op: BuildIndex | AttachIndex, stmt: Statement
) -> Hit:
    quotes = ", ".join(f"'{index.name}'::regclass" for index in parts[:_SHOWN])
    invalid = f"EXISTS (SELECT FROM pg_index WHERE NOT indisvalid AND indexrelid IN ({quotes}))"
    return Hit(
        f"{doing} without a look at indisvalid: if its concurrent build failed, {parent} becomes or stays invalid,"
        " and a unique index lets duplicates in",
        at=place(stmt, "INDEX", op.near),
        subject=f"{parent} unchecked",
        help=(
            "between the builds and this statement, stop where one is invalid:",
            f"DO $$ BEGIN IF {invalid} THEN RAISE EXCEPTION 'invalid index'; END IF; END $$;",
            f"afterwards: SELECT indisvalid FROM pg_index WHERE indexrelid = '{parent}'::regclass;",
        ),
    )


def _incomplete(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """An index ON ONLY its table is invalid until each partition has its part; the end of the history tells."""
    name = ctx.schema.index_name(op)
    full = Name(ctx.schema.resolve(op.table).schema, name.name)
    parts = [*islice(ctx.schema.children(ctx.schema.resolve(op.table)), _SHOWN)]
    if not parts:
        return
    yield Hit(
        f"index {quoted(name.name)} on {op.table} stays invalid: not every partition gets an index that is attached"
        " to it",
        at=place(stmt, "INDEX", op.near),
        subject=f"{op.table}.{name.name}",
        help=(
            *_recipe(name, parts),
            f"SELECT indisvalid FROM pg_index WHERE indexrelid = '{name}'::regclass;",
        ),
        lasts=Incomplete(full),
    )


def _recipe(name: Name, parts: Sequence[Name]) -> Iterator[str]:
    yield "for each partition that was there before, where the index is valid:"
    for part in parts:
        child, table = quoted(f"{part.name}_{name.name}"), part.name if part.schema == "public" else str(part)
        yield f"CREATE INDEX CONCURRENTLY {child} ON {table} (…);"
        yield f"ALTER INDEX {name} ATTACH PARTITION {child};"


@value
class Incomplete:
    """Whether a partitioned index stands at the end, and a partition has no index that is attached to it."""

    index: Name

    def __call__(self, schema: Schema) -> bool:
        """Ask the schema at the end of the history."""
        return bool(missing_children(schema, self.index))
