"""Rows for the tables of a throw-away database, so that what is tried on them meets data.

Values are the same each time. A column gets its default where it has one and need not be unique, NULL only where
nothing else is known or allowed.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import psycopg

from idxlint.live.seed.catalogue import SeedClient, SeedTable, read_tables, read_types
from idxlint.live.seed.rows import NoRowKnown, RowPlan, RowRequest, plan_rows
from idxlint.live.seed.values import Values
from idxlint.live.server.connection import quote_literal
from idxlint.model import record

_MORE = 10
_AT_ONCE = 200
_SAMPLE = (1, 2, 3, 5, 8, 13, 20)


@record
class Seeded:
    """table: its qualified name, quoted where needed; rows: how many it got; reason: "", or why it has none."""

    table: str
    rows: int
    reason: str


def seed(
    connection: psycopg.Connection[Any], tables: Collection[str] | None = None, rows: int = 20
) -> tuple[Seeded, ...]:
    """Fill the tables that are empty, parents before those that refer to them.

    connection: in autocommit, of a superuser. tables: names as SQL writes them; a partition stands for the table it
    belongs to; None: every table of the users. A table that has rows already is left alone and not reported.
    No table raises: its reason is one line.
    """
    client = SeedClient(connection)
    wanted, refused = _wanted(client, tables)
    known = {table.oid: table for table in read_tables(client)}
    filled = _filled(client, list(known.values()))
    empty = [table for oid, table in known.items() if oid not in filled and (wanted is None or oid in wanted)]
    seeding = _Seeding(client, Values(client, read_types(client)), filled, rows)
    done = [seeded for group in _ordered(empty) for seeded in seeding.fill(group)]
    return (*done, *refused)


@record
class _Seeding:
    """filled: the tables that have rows by now."""

    client: SeedClient
    values: Values
    filled: set[int]
    rows: int

    def fill(self, group: Sequence[SeedTable]) -> Iterator[Seeded]:
        """Fill one table, or several that cannot be filled without each other."""
        if len(group) == 1:
            yield self._alone(group[0])
            return
        try:
            with self.client.connection.transaction():
                self.client.rows("SET CONSTRAINTS ALL DEFERRED")
                counts = [self._write(table, self._request(group), self.rows) for table in group]
        except NoRowKnown:
            names = " and ".join(table.name for table in group)
            yield from (
                Seeded(table.name, 0, f"{names} refer to each other, so no row can be first")
                for table in group
            )
        except psycopg.Error as error:
            yield from (Seeded(table.name, 0, one_line(error)) for table in group)
        else:
            self.filled.update(table.oid for table in group)
            yield from (Seeded(table.name, count, "") for table, count in zip(group, counts, strict=True))

    def _alone(self, table: SeedTable) -> Seeded:
        reason = ""
        for bare, rows in ((False, self.rows), (False, 2), (True, self.rows), (True, 1)):
            try:
                count = self._write(table, self._request([table], bare=bare), rows)
            except (psycopg.Error, NoRowKnown) as error:
                reason = reason or one_line(error)
                continue
            if count:
                self.filled.add(table.oid)
                return Seeded(table.name, count, "")
            reason = reason or "its constraints, triggers or rules rejected every generated row"
        return Seeded(table.name, 0, reason)

    def _request(self, group: Sequence[SeedTable], *, bare: bool = False) -> RowRequest:
        promised = {table.oid: table for table in group if table.oid not in self.filled}
        return RowRequest(
            self.filled, [number for number in _SAMPLE if number <= self.rows], promised, bare=bare
        )

    def _write(self, table: SeedTable, request: RowRequest, rows: int) -> int:
        """How many rows went in; those that are not unique are left out by the server."""
        plan = plan_rows(self.client, self.values, table, request)
        try:
            with self.client.guarded():
                count = self.client.count(f"{_insert(table, plan, rows)} ON CONFLICT DO NOTHING")
        except (psycopg.errors.ObjectNotInPrerequisiteState, psycopg.errors.FeatureNotSupported):
            # A deferrable key, or a rule on the table: PostgreSQL knows no conflict there.
            count = self.client.count(_insert(table, plan, rows))
        self.filled.update([table.oid] if count else [])
        return count


def _insert(table: SeedTable, plan: RowPlan, rows: int) -> str:
    if not plan.columns:
        return f"INSERT INTO {table.name} SELECT FROM generate_series(1, {rows})"
    series = f"generate_series(1::bigint, {rows * _MORE if plan.picky else rows})"
    chosen = ", ".join(f"s.{column.quoted}" for column in plan.columns)
    return f"INSERT INTO {table.name} ({plan.names}) {plan.query(series, chosen)} LIMIT {rows}"


def one_line(error: Exception) -> str:
    """An error's code and message, in one line."""
    if isinstance(error, psycopg.Error):
        message = error.diag.message_primary or str(error)
        return " ".join(f"{error.sqlstate or ''} {message}".split())
    return str(error)


def _filled(client: SeedClient, tables: Sequence[SeedTable]) -> set[int]:
    """Those that have rows."""
    filled: set[int] = set()
    for start in range(0, len(tables), _AT_ONCE):
        asked = (
            f"SELECT {table.oid}::bigint WHERE EXISTS (SELECT FROM {table.source})"
            for table in tables[start : start + _AT_ONCE]
        )
        filled.update(row[0] for row in client.rows(" UNION ALL ".join(asked)))
    return filled


def _wanted(client: SeedClient, names: Collection[str] | None) -> tuple[set[int] | None, list[Seeded]]:
    """The tables that are named, the root for a partition; and those that cannot be seeded."""
    if names is None:
        return None, []
    oids: set[int] = set()
    refused: list[Seeded] = []
    for name in names:
        rows = client.attempt(_root(name)) or []
        if not rows:
            refused.append(Seeded(name, 0, "there is no such table"))
        elif rows[0][1] not in "rp" or rows[0][2] == "t":
            refused.append(Seeded(name, 0, "only permanent tables are filled"))
        else:
            oids.add(rows[0][0])
    return oids, refused


def _root(name: str) -> str:
    """A query for the table of a name, or the one whose partition it is."""
    return f"""
        SELECT c.oid::bigint, c.relkind::text, c.relpersistence::text
        FROM to_regclass({quote_literal(name)}) named (oid)
        JOIN pg_class c ON c.oid = coalesce(pg_partition_root(named.oid), named.oid)"""


def _ordered(tables: Sequence[SeedTable]) -> Iterator[list[SeedTable]]:
    """Parents first; of those in a circle, one that can do without goes first, or else they go together."""
    left = {table.oid: table for table in tables}
    while left:
        after = {oid: _parents(table, left.keys()) for oid, table in left.items()}
        needs = {oid: _parents(table, left.keys(), required=True) for oid, table in left.items()}
        ready = [oid for oid in left if not after[oid]] or [oid for oid in left if not needs[oid]][:1]
        for oid in ready:
            yield [left.pop(oid)]
        if not ready:
            yield [left.pop(oid) for oid in _circle(needs)]


def _parents(table: SeedTable, among: Collection[int], *, required: bool = False) -> set[int]:
    """The other tables that it refers to, with no way around it if required."""
    never = {column.number for column in table.columns if column.required}
    return {
        foreign.parent
        for foreign in table.foreigns
        if foreign.parent in among
        and foreign.parent != table.oid
        and (not required or never >= set(foreign.columns))
    }


def _circle(needs: dict[int, set[int]]) -> list[int]:
    """Tables each of which needs the next one, and the last one the first."""
    path = [next(iter(needs))]
    while (step := min(needs[path[-1]])) not in path:
        path.append(step)
    return path[path.index(step) :]
