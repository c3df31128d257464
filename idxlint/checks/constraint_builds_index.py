"""A constraint builds its index under ACCESS EXCLUSIVE."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context, in_body, when
from idxlint.checks.fixes import fix_by
from idxlint.checks.no_relation import no_relation
from idxlint.checks.partition_keys import without_key
from idxlint.model import Hit
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.operations import AddConstraint
from idxlint.sql.text import Statement, place


@check("constraint-builds-index", AddConstraint)
def constraint_builds_index(op: AddConstraint, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """ADD PRIMARY KEY, UNIQUE or EXCLUDE builds an index while nobody may read or write the table."""
    if not op.constraint.builds or ctx.is_new(op.table) or any(without_key(op, ctx)):
        return
    kind, name = op.constraint.kind, constraint_name(op.table, op.constraint)
    at, subject = place(stmt, kind.split()[0], op.near), f"{op.table}.{name}"
    if refused := no_relation(f"to add {kind} {name}", op, op.table, at, ctx, subject):
        if not op.if_exists:
            yield refused
        return
    partitioned = ctx.schema.is_partitioned(op.table)
    fix = None
    if not in_body(op) and not partitioned:
        from idxlint.sql.rewrite.by_index import constraint_by_index  # the costliest recipe, and rare

        rewriting = constraint_by_index(ctx.source.text, stmt, op)
        fix = fix_by(
            ctx, "build the index CONCURRENTLY, then add the constraint with it", rewriting, concurrent=True
        )
    yield Hit(
        f"{when(op)}adding {kind} {name} builds an index and blocks reads and writes of {op.table}"
        f" until {ctx.until(op)}",
        at=at,
        subject=subject,
        fix=fix,
        help=_advice(op, partitioned=partitioned),
    )


def _advice(op: AddConstraint, *, partitioned: bool) -> tuple[str, ...]:
    if op.constraint.kind == "EXCLUDE" or op.constraint.temporal:
        return ("it cannot be added online: use a new table or a maintenance window",)
    if op.column and op.constraint.kind == "PRIMARY KEY":
        return ("add the column first, fill it, then add the primary key with an index built CONCURRENTLY",)
    if partitioned:
        return (
            "add it to each partition with an index built CONCURRENTLY, then to the parent, which reuses those indexes",
        )
    return ()
