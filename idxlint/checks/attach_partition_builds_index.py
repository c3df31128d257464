"""ATTACH PARTITION builds the indexes that the partition lacks, under ACCESS EXCLUSIVE."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, when
from idxlint.model import Hit
from idxlint.sql.meaning.operations import AttachPartition
from idxlint.sql.state.child_indexes import matching
from idxlint.sql.state.definitions import Definition, definition
from idxlint.sql.state.relations import Index
from idxlint.sql.text import Name, Statement, chosen, place, quoted


@check("attach-partition-builds-index", AttachPartition)
def attach_partition_builds_index(op: AttachPartition, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Each index of the parent needs one of its own definition on the partition, or PostgreSQL builds it."""
    if ctx.is_new(op.partition) or not _tells_indexes(op.partition, ctx):
        return
    schema = ctx.schema
    child = schema.resolve(op.partition)
    indexes = [*schema.standing(schema.resolve(op.parent))]
    missing = [index for index in indexes if next(matching(schema, index, child), None) is None]
    if not missing:
        return
    names = ", ".join(quoted(index.name.name) for index in missing)
    yield Hit(
        f"{when(op)}attaching {op.partition} builds its part of {names}, and blocks reads and writes of"
        f" {op.partition} until {ctx.until(op)}",
        at=place(stmt, "ATTACH PARTITION", op.near),
        subject=f"{op.parent}.{op.partition}",
        help=tuple(line for index in missing for line in _build(index, op.partition)),
    )


def _tells_indexes(table: Name, ctx: Context) -> bool:
    """Whether the history has all indexes of a table: it made it without LIKE, and it was never a partition."""
    made, there = ctx.schema.catalogue.made(table), ctx.schema.table(table)
    return made is not None and there is not None and not there.joined and "like" not in made.text.lower()


def _build(index: Index, table: Name) -> Iterator[str]:
    """The statements that build a partition's part of an index without blocking it."""
    known = definition(index)
    if known is None or (index.constraint and index.constraint.kind == "EXCLUDE"):
        yield f"build an index like {index.name} on {table} first"
        return
    keys = ", ".join(map(_key, known.keys))
    labels = tuple(column or "expr" for column, *_ in known.keys)
    name = quoted(chosen(table.name, labels, "key" if index.constraint else "idx"))
    unique = "UNIQUE " if known.unique else ""
    method = "" if known.method == "btree" else f"USING {known.method} "
    yield f"CREATE {unique}INDEX CONCURRENTLY {name} ON {table} {method}({keys}){_rest(known)};"
    if index.constraint:
        yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {index.constraint.kind} USING INDEX {name};"


def _key(key: tuple[str | None, str, str, str, str]) -> str:
    column, expression, order, opclass, collation = key
    collate = f'COLLATE "{collation}"' if collation else ""
    words = (quoted(column) if column else f"({expression})", collate, opclass, order)
    return " ".join(word for word in words if word)


def _rest(known: Definition) -> str:
    include = f" INCLUDE ({', '.join(map(quoted, sorted(known.include)))})" if known.include else ""
    distinct = " NULLS NOT DISTINCT" if known.nulls_not_distinct else ""
    return f"{include}{distinct}{' WHERE …' if known.predicate else ''}"
