"""What has to be true of a database after a migration, asked of the server."""

from collections.abc import Iterator, Sequence

import psycopg

from idxlint.live.seed import probes
from idxlint.live.server.connection import DatabaseSession
from idxlint.model.evidence import Claim, FileRun, Status

_BTREES = """
SELECT c.oid::pg_catalog.regclass::text, c.oid::pg_catalog.int8
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_am a ON a.oid = c.relam JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.amname = 'btree' AND c.relkind = 'i' AND i.indisvalid AND n.nspname !~ '^pg_'
  AND n.nspname || '.' || c.relname = ANY(%s)"""
_UNIQUE = """
SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
  pg_catalog.quote_ident(tn.nspname) || '.' || pg_catalog.quote_ident(t.relname),
  coalesce((SELECT pg_catalog.quote_ident(o.conname) FROM pg_catalog.pg_constraint o
            WHERE o.conindid = c.oid AND o.contype IN ('p', 'u')), ''),
  ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(i.indkey) k
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k AND k > 0)
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indimmediate
  AND n.nspname || '.' || c.relname = ANY(%s)"""


def valid(played: FileRun) -> Claim:
    """No index is left that queries cannot use; partitions and their parents count each."""
    text = "all indexes are valid afterwards"
    if played.invalid:
        return Claim(text, Status.CONTRADICTED, f"INVALID: {', '.join(played.invalid)}")
    return Claim(f"all {len(played.indexes)} indexes are valid afterwards", Status.CONFIRMED)


def same(original: FileRun, before: frozenset[str], after: frozenset[str]) -> Claim:
    """The fix leaves the indexes and constraints that the original leaves, definition by definition."""
    text = "the fix leaves the same indexes and constraints as the original"
    if original.failed or original.invalid:
        return Claim(text, Status.SKIPPED, "the original does not finish")
    if before == after:
        return Claim(text, Status.CONFIRMED)
    return Claim(text, Status.CONTRADICTED, "; ".join(sorted(before ^ after)))


def complete(session: DatabaseSession, indexes: Sequence[str]) -> Claim:
    """Every row is in every btree that was built (amcheck's bt_index_check with heapallindexed)."""
    text = "every row is in the index (amcheck)"
    session.rows("BEGIN")
    try:
        session.rows("CREATE EXTENSION IF NOT EXISTS amcheck SCHEMA pg_catalog")
        trees = session.rows(_BTREES, list(indexes))
        for _, oid in trees:
            session.rows(
                "SELECT pg_catalog.bt_index_check(%s::pg_catalog.oid::pg_catalog.regclass, true)", oid
            )
    except psycopg.errors.IndexCorrupted as error:
        return Claim(text, Status.CONTRADICTED, (error.diag.message_primary or "").strip())
    except psycopg.Error as error:
        return Claim(text, Status.SKIPPED, (error.diag.message_primary or str(error)).strip())
    finally:
        session.rows("ROLLBACK")
    if not trees:
        return Claim(text, Status.SKIPPED, "no B-tree index was built")
    return Claim(text, Status.CONFIRMED)


def unique(session: DatabaseSession, indexes: Sequence[str]) -> Iterator[Claim]:
    """A unique index refuses a second row with the same values, which the table takes without it."""
    for name, table, constraint, columns in session.rows(_UNIQUE, list(indexes)):
        text = f"{name} rejects a duplicate"
        drop = (
            f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE"
            if constraint
            else f"DROP INDEX {name}"
        )
        if not _takes(session, table, columns, drop):
            yield Claim(text, Status.SKIPPED, "no duplicate could be made, even without it")
        elif _takes(session, table, columns):
            yield Claim(text, Status.CONTRADICTED, "it accepted one")
        else:
            yield Claim(text, Status.CONFIRMED)


def _takes(session: DatabaseSession, table: str, columns: Sequence[str], *first: str) -> bool:
    """Whether a table takes two rows that are equal in some columns; nothing stays of the attempt."""
    session.rows("BEGIN")
    try:
        for sql in first:
            session.rows(sql)
        return probes.make_duplicates(session.connection, table, columns)
    except psycopg.Error:
        return False
    finally:
        session.rows("ROLLBACK")
