"""What another session can see of a migration that is running: pg_locks, progress, the catalogue."""

import time
from collections.abc import Callable, Container, Iterator

from idxlint.live.server.connection import DatabaseSession
from idxlint.model.evidence import IndexState, Stop, TableLock

PATIENCE = 5.0
"""Seconds until something that has to happen is given up."""

_USER = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_NAME = "n.nspname || '.' || c.relname"
_LOCKS = f"""
SELECT DISTINCT {_NAME}, l.mode
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_class c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = %s AND l.granted AND l.locktype = 'relation'
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
  AND {_USER} ORDER BY 1, 2"""
_INDEXES = f"""
SELECT {_NAME}, tn.nspname || '.' || t.relname, pg_catalog.pg_get_indexdef(c.oid), i.indisvalid, i.indisready,
  i.indislive
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE {_USER} ORDER BY 1"""
_DEFINITIONS = f"""
SELECT pg_catalog.concat_ws(' ', pg_catalog.pg_get_indexdef(c.oid), CASE WHEN i.indisprimary THEN 'primary' END,
         CASE WHEN NOT i.indimmediate THEN 'deferrable' END, CASE WHEN i.indisreplident THEN 'replica identity' END,
         (SELECT spcname FROM pg_catalog.pg_tablespace s WHERE s.oid = c.reltablespace),
         pg_catalog.obj_description(c.oid, 'pg_class'))
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE {_USER}
UNION ALL
SELECT pg_catalog.concat_ws(' ', o.conrelid::pg_catalog.regclass, o.conname, pg_catalog.pg_get_constraintdef(o.oid))
FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_namespace n ON n.oid = o.connamespace
WHERE o.conrelid <> 0 AND {_USER}"""
_STORAGE = f"""
SELECT c.oid, {_NAME}, c.relfilenode, coalesce(i.indrelid, c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE c.relkind IN ('r', 'm', 'i') AND {_USER}"""

Storage = dict[int, tuple[str, int, int]]
"""By oid: the printable name, the file, and the oid of the table."""


def mode(name: str) -> str:
    """A lock mode as the manual writes it: AccessExclusiveLock is ACCESS EXCLUSIVE (Explicit Locking)."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in name.removesuffix("Lock"))
    return words.strip().upper()


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait for something that stays true once it is; False where it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


class Monitor:
    """Looks at a running migration from a session of its own."""

    def __init__(self, session: DatabaseSession) -> None:
        self.session = session

    def locks(self, pid: int) -> tuple[TableLock, ...]:
        """What a session holds on relations that others can see, which are those that stood before it began."""
        return tuple(TableLock(name, mode(held)) for name, held in self.session.rows(_LOCKS, pid))

    def blockers(self, pid: int) -> frozenset[int]:
        """The sessions that one waits for, those before it in the queue included (pg_blocking_pids)."""
        return frozenset(self.session.rows("SELECT pg_catalog.pg_blocking_pids(%s)", pid)[0][0])

    def phase(self, pid: int) -> str:
        """Where a CREATE INDEX or REINDEX is (CREATE INDEX Progress Reporting); "" for other statements."""
        rows = self.session.rows(
            "SELECT phase FROM pg_catalog.pg_stat_progress_create_index WHERE pid = %s", pid
        )
        return str(rows[0][0]) if rows else ""

    def stop(self, name: str, pid: int, at: float) -> Stop:
        """What a migration that stands still holds, and where it is; probes are somebody else's."""
        return Stop(name, at, self.phase(pid), self.locks(pid))

    def indexes(self) -> tuple[IndexState, ...]:
        """Every index, those of partitioned tables and partitions included."""
        return tuple(IndexState(*row) for row in self.session.rows(_INDEXES))

    def definitions(self) -> frozenset[str]:
        """Every index and constraint as the server would write it, valid or not."""
        return frozenset(row[0] for row in self.session.rows(_DEFINITIONS))

    def relations(self) -> frozenset[int]:
        """The oids of all relations that others than the session that made them can see."""
        return frozenset(row[0] for row in self.session.rows("SELECT oid FROM pg_catalog.pg_class"))


def storage(session: DatabaseSession) -> Storage:
    """The files of all relations, as a session sees them."""
    return {oid: (name, file, table) for oid, name, file, table in session.rows(_STORAGE)}


def new_storage(before: Storage, after: Storage) -> tuple[str, ...]:
    """What was given new storage: indexes of standing tables that were built, tables that were rewritten."""
    return tuple(after[oid][0] for oid in _changed(before, after))


def built_and_rewritten(
    before: Storage, after: Storage, standing: Container[int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same as indexes that were built for themselves, and tables that were rewritten with all their indexes."""
    new = [oid for oid in _changed(before, after) if after[oid][2] in standing]
    rewritten = {oid for oid in new if after[oid][2] == oid}
    indexes = [after[oid][0] for oid in new if after[oid][2] not in rewritten]
    return tuple(indexes), tuple(after[oid][0] for oid in new if oid in rewritten)


def _changed(before: Storage, after: Storage) -> Iterator[int]:
    for oid, (_, file, table) in after.items():
        if table in before and file and before.get(oid, ("", 0, 0))[1] != file:
            yield oid
