"""The checks: one small function for each page of the rule book, in the order of their ids.

They import `model` and `sql`: a check cannot read a file, an option or a clock.
"""

from idxlint.checks.attach_partition_builds_index import attach_partition_builds_index
from idxlint.checks.check import Check, Form, Run, form
from idxlint.checks.commit_ends_runner_transaction import commit_ends_runner_transaction
from idxlint.checks.concurrent_on_partitioned import concurrent_on_partitioned
from idxlint.checks.concurrently_in_function import concurrently_in_function
from idxlint.checks.concurrently_in_transaction import concurrently_in_transaction
from idxlint.checks.concurrently_not_alone import concurrently_not_alone
from idxlint.checks.constraint_builds_index import constraint_builds_index
from idxlint.checks.context import Context
from idxlint.checks.detach_partition_blocks import detach_partition_blocks
from idxlint.checks.drop_concurrently_refused import drop_concurrently_refused
from idxlint.checks.drop_index_not_concurrent import drop_index_not_concurrent
from idxlint.checks.drop_takes_index_along import drop_takes_index_along
from idxlint.checks.duplicate_index import duplicate_index
from idxlint.checks.expression_index_needs_analyze import expression_index_needs_analyze
from idxlint.checks.expression_not_immutable import expression_not_immutable
from idxlint.checks.if_not_exists_hides_invalid import if_not_exists_hides_invalid
from idxlint.checks.index_moved_to_tablespace import index_moved_to_tablespace
from idxlint.checks.index_not_concurrent import index_not_concurrent
from idxlint.checks.invalid_partition_index import invalid_partition_index
from idxlint.checks.lock_held_to_commit import lock_held_to_commit
from idxlint.checks.lock_held_while_working import lock_held_while_working
from idxlint.checks.many_tables_locked import many_tables_locked
from idxlint.checks.mixed_migration_refused import mixed_migration_refused
from idxlint.checks.name_too_long import name_too_long
from idxlint.checks.newer_than_target import newer_than_target
from idxlint.checks.no_lock_timeout import no_lock_timeout
from idxlint.checks.not_judged import not_judged
from idxlint.checks.not_parsed import not_parsed
from idxlint.checks.opt_out_not_read import opt_out_not_read
from idxlint.checks.opt_out_without_concurrently import opt_out_without_concurrently
from idxlint.checks.partition_key_missing import partition_key_missing
from idxlint.checks.primary_key_scans_for_nulls import primary_key_scans_for_nulls
from idxlint.checks.redundant_index import redundant_index
from idxlint.checks.refresh_not_concurrent import refresh_not_concurrent
from idxlint.checks.reindex_concurrently_refused import reindex_concurrently_refused
from idxlint.checks.reindex_does_nothing import reindex_does_nothing
from idxlint.checks.reindex_not_concurrent import reindex_not_concurrent
from idxlint.checks.replica_identity_lost import replica_identity_lost
from idxlint.checks.retry_not_safe import retry_not_safe
from idxlint.checks.rewrite_rebuilds_indexes import rewrite_rebuilds_indexes
from idxlint.checks.runner_lock_blocks_concurrently import runner_lock_blocks_concurrently
from idxlint.checks.set_local_without_transaction import set_local_without_transaction
from idxlint.checks.table_scanned_under_lock import table_scanned_under_lock
from idxlint.checks.timeout_kills_concurrent_build import timeout_kills_concurrent_build
from idxlint.checks.unindexed_foreign_key import unindexed_foreign_key
from idxlint.checks.unique_concurrent_build import unique_concurrent_build
from idxlint.checks.unnamed_concurrent_index import unnamed_concurrent_index
from idxlint.checks.using_index_refused import using_index_refused
from idxlint.checks.using_index_renames import using_index_renames
from idxlint.sql.rewrite.surroundings import Surroundings

CHECKS: tuple[Check, ...] = (
    index_not_concurrent,
    drop_index_not_concurrent,
    reindex_not_concurrent,
    constraint_builds_index,
    rewrite_rebuilds_indexes,
    primary_key_scans_for_nulls,
    attach_partition_builds_index,
    index_moved_to_tablespace,
    refresh_not_concurrent,
    drop_takes_index_along,
    lock_held_to_commit,
    concurrently_in_transaction,
    concurrently_not_alone,
    concurrently_in_function,
    opt_out_not_read,
    runner_lock_blocks_concurrently,
    opt_out_without_concurrently,
    mixed_migration_refused,
    commit_ends_runner_transaction,
    concurrent_on_partitioned,
    drop_concurrently_refused,
    reindex_concurrently_refused,
    using_index_refused,
    newer_than_target,
    expression_not_immutable,
    partition_key_missing,
    unique_concurrent_build,
    if_not_exists_hides_invalid,
    unnamed_concurrent_index,
    invalid_partition_index,
    name_too_long,
    using_index_renames,
    replica_identity_lost,
    retry_not_safe,
    reindex_does_nothing,
    duplicate_index,
    redundant_index,
    unindexed_foreign_key,
    expression_index_needs_analyze,
    timeout_kills_concurrent_build,
    no_lock_timeout,
    set_local_without_transaction,
    table_scanned_under_lock,
    lock_held_while_working,
    detach_partition_blocks,
    many_tables_locked,
    not_parsed,
    not_judged,
)

__all__ = ["CHECKS", "Check", "Context", "Form", "Run", "Surroundings", "form"]
