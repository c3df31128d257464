"""Whether PostgreSQL or the runner refuses a concurrent command where it stands, so that it never begins."""

from idxlint.checks.check import Check, form
from idxlint.checks.concurrent_on_partitioned import concurrent_on_partitioned
from idxlint.checks.concurrently_in_function import concurrently_in_function
from idxlint.checks.concurrently_in_transaction import concurrently_in_transaction
from idxlint.checks.concurrently_not_alone import concurrently_not_alone
from idxlint.checks.context import Context
from idxlint.checks.drop_concurrently_refused import drop_concurrently_refused
from idxlint.checks.expression_not_immutable import expression_not_immutable
from idxlint.checks.mixed_migration_refused import mixed_migration_refused
from idxlint.checks.reindex_concurrently_refused import reindex_concurrently_refused
from idxlint.model import Severity
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.text import Statement

_REFUSALS: tuple[Check, ...] = (
    concurrently_in_transaction,
    concurrently_not_alone,
    concurrently_in_function,
    mixed_migration_refused,
    concurrent_on_partitioned,
    drop_concurrently_refused,
    reindex_concurrently_refused,
    expression_not_immutable,
)


def is_refused(op: Operation, stmt: Statement, ctx: Context) -> bool:
    """Whether a rule says that the statement is refused, selected or not: what it would do then needs no finding."""
    return any(
        hit.severity is not Severity.WARNING  # first in a pipeline: PostgreSQL takes it
        for check in _REFUSALS
        if form(op) in check.forms
        for hit in check.run(op, stmt, ctx)
    )
