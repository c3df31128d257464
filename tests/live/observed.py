"""What a server says that one statement locked, rewrote, scanned and built, before its transaction ends."""

import re
from dataclasses import dataclass, field
from typing import Any

import psycopg

from idxlint.model import LOCK_MODES
from idxlint.sql.text import Name

from .database import mode_name

OURS = """
    SELECT c.oid, CASE WHEN n.nspname LIKE 'pg_temp%' THEN 'pg_temp' ELSE n.nspname END, c.relname, c.relkind,
        CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_filenode(c.oid) END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'"""
MINE = """
    SELECT relation, mode FROM pg_locks
    WHERE locktype = 'relation' AND pid = pg_backend_pid() AND mode <> 'SIReadLock'"""


Relation = tuple[Name, str, int | None]
"""Its name, its kind, and the number of its file where it has rows."""


@dataclass(frozen=True, slots=True)
class Observed:
    """The strongest mode on each relation that was there before, those rewritten, and what was done to which table."""

    modes: dict[Name, str]
    rewritten: frozenset[Name]
    worked: frozenset[tuple[str, str]] = frozenset()


@dataclass
class Observer:
    """One session that looks at itself."""

    connection: psycopg.Connection[tuple[Any, ...]]
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Messages of level debug1 tell what ALTER TABLE does with the rows."""
        self.connection.add_notice_handler(
            lambda notice: (
                self.said.append(notice.message_primary or "")
                if (notice.severity_nonlocalized or "").startswith("DEBUG")
                else None
            )
        )

    def relations(self) -> dict[int, Relation]:
        """Every relation that a migration can name: its kind and its file."""
        rows = self.connection.execute(OURS).fetchall()
        return {oid: (Name(schema, name), kind, node) for oid, schema, name, kind, node in rows}

    def locks(self) -> dict[tuple[int, str], None]:
        """What this session holds, by relation."""
        return {(oid, mode_name(mode)): None for oid, mode in self.connection.execute(MINE).fetchall()}

    def run(self, sql: str) -> Observed:
        """Run a statement in the transaction that is open. Raises psycopg.Error where the server refuses it."""
        before = self.relations()
        self.said.clear()
        self.connection.execute("SET LOCAL client_min_messages = debug1")
        modes = self.taken(sql, before)
        there = {name.name for name, _, _ in before.values()}
        done = [work for text in self.said for work in _work(text)]
        worked = frozenset((kind, name) for kind, name in done if kind == "validate" or name in there)
        self.connection.execute("SET LOCAL client_min_messages = warning")
        after = self.relations()
        rewritten = frozenset(
            name for oid, (name, _, node) in before.items() if node and oid in after and after[oid][2] != node
        )
        return Observed(modes, rewritten, worked)

    def taken(self, sql: str, before: dict[int, Relation]) -> dict[Name, str]:
        """Run a statement in the transaction that is open: the strongest new mode on each of the relations."""
        held = self.locks()
        self.connection.execute(sql.encode())
        modes: dict[Name, str] = {}
        for oid, mode in self.locks():
            if oid in before and (oid, mode) not in held and mode != LOCK_MODES[0]:
                name = before[oid][0]
                modes[name] = max(modes.get(name, mode), mode, key=LOCK_MODES.index)
        return modes


def _work(text: str) -> list[tuple[str, str]]:
    if match := re.match(r'(verifying|rewriting) table "(.*)"', text):
        return [({"verifying": "scan", "rewriting": "rewrite"}[match[1]], match[2])]
    if match := re.match(r'building index "(.*)" on table "(.*)" ', text):
        return [("build", match[2])] if not match[2].startswith("pg_toast") else []
    if match := re.match(r'validating foreign key constraint "(.*)"', text):
        return [("validate", match[1])]
    return []
