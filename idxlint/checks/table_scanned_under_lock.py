"""A statement reads all of a table while it keeps the writers out."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.checks.doing import blocked, cause, until, where_written, words_of
from idxlint.model import Hit
from idxlint.sql.locks.effects import Effects, Taken, Work
from idxlint.sql.locks.modes import blocks_writers, stronger
from idxlint.sql.meaning.column_operations import AddColumn, AlterColumn, ValidateConstraint
from idxlint.sql.meaning.operations import AddConstraint, AttachPartition, CreateTable, Operation, Refresh
from idxlint.sql.text import Name, Statement, quoted


@check("table-scanned-under-lock", Effects)
def table_scanned_under_lock(done: Effects, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """The lock that stops the writers is kept for as long as the scan takes, and longer."""
    scanned = _scanned(done, ctx)
    if scanned is None:
        return
    lock, line = scanned
    op = cause(stmt, ctx, lambda effects: any(taken.work is Work.SCAN for taken in effects.taken))
    if isinstance(op, AddColumn | Refresh):  # the first row ends it; nobody writes a view
        return
    if isinstance(op, AddConstraint) and op.constraint.using_index:  # primary-key-scans-for-nulls speaks
        return
    table = _shown(lock.relation, op)
    before = f" under the lock that line {line} took" if line else ""
    yield Hit(
        f"{words_of(op)} scans {table}{before} and blocks {blocked(lock.mode)} until {until(stmt, ctx)}",
        at=where_written(op, stmt),
        subject=f"{table}.{words_of(op)}",
        help=_advice(op, table),
    )


def _scanned(done: Effects, ctx: Context) -> tuple[Taken, int] | None:
    """The first existing table that is scanned while its writers wait; the line that took the lock, 0 for this one."""
    heavier = any(lock.work in (Work.BUILD, Work.REWRITE) for lock in done.taken)
    for lock in done.taken:
        if lock.work is not Work.SCAN or lock.index or ctx.is_new(lock.relation):
            continue
        if blocks_writers(lock.mode):
            return None if heavier else (lock, 0)
        held = ctx.held.locks.get(lock.relation)
        if held is not None:
            line = ctx.source.position(held.statement.start).line
            mode = stronger(held.mode, lock.mode)
            return Taken(lock.relation, mode, lock.work), line
    return None


def _shown(table: Name, op: Operation) -> Name:
    """The table as the statement writes it, if it is the one that the statement names first."""
    match op:
        case AttachPartition(partition=partition) if partition.name == table.name:
            return partition
    written = getattr(op, "table", None)
    return written if isinstance(written, Name) and written.name == table.name else table


def _advice(op: Operation, table: Name) -> tuple[str, ...]:
    """What to write instead."""
    match op:
        case AlterColumn(column=column, change="SET NOT NULL"):
            return _not_null(table, column)
        case AddConstraint(constraint=constraint):
            name = quoted(constraint.name) if constraint.name else "…"
            return (
                "add it NOT VALID, and validate it in a transaction of its own, which blocks nobody:",
                f"ALTER TABLE {op.table} ADD CONSTRAINT {name} {constraint.kind} … NOT VALID;",
                f"ALTER TABLE {op.table} VALIDATE CONSTRAINT {name};",
            )
        case ValidateConstraint(name=name):
            return (
                "validate it in a transaction of its own, behind the COMMIT of this one:",
                f"ALTER TABLE {op.table} VALIDATE CONSTRAINT {quoted(name)};",
            )
        case AttachPartition() | CreateTable():
            return _bounds(table)
    return ("run it in a maintenance window",)


def _not_null(table: Name, column: str) -> tuple[str, ...]:
    name, check = quoted(column), quoted(f"{table.name}_{column}_not_null")
    return (
        "prove it first with a constraint whose validation blocks nobody, in transactions of their own:",
        f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID;",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {check};",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL;",
        f"ALTER TABLE {table} DROP CONSTRAINT {check};",
    )


def _bounds(table: Name) -> tuple[str, ...]:
    check = quoted(f"{table.name}_bounds")
    return (
        "prove the bounds first with a validated CHECK, which then makes the scan unnecessary:",
        f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK (…) NOT VALID;",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {check};",
    )
