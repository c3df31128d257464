"""Single statements against a seeded table: what an application would send while something else runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from idxlint.live.seed.catalogue import SeedClient, SeedTable, read_tables, read_types
from idxlint.live.seed.rows import NoRowKnown, RowPlan, RowRequest, plan_rows
from idxlint.live.seed.values import Values
from idxlint.live.server.connection import quote_literal

_FIRST = 1_000_000
_CANDIDATES = 400
_STRIDE = 10
"""Some numbers for each row, since not every number falls into a partition or passes each check."""

_COPIED = range(_FIRST - _STRIDE, _FIRST)
_ATTEMPTS = 5
_PATIENCE = "SET LOCAL lock_timeout = '1s'"
_EACH = "ORDER BY tableoid, ctid"


def insert(connection: psycopg.Connection[Any], table: str, number: int) -> str | None:
    """An INSERT with literals that adds one valid row; None where no row is known.

    Other numbers give other unique values, and none that a seeded row has, as far as the types have so many.
    The statement was tried, and undone, unless the table was locked. It may consume a number of a sequence.
    """
    client = SeedClient(connection)
    target = _table(client, table)
    if target is None:
        return None
    values = Values(client, read_types(client))
    filled = _filled(client, target)
    promised = {} if target.oid in filled else {target.oid: target}
    numbers = range(_FIRST + number * _STRIDE, _FIRST + (number + 1) * _STRIDE)
    for explicit, bare in ((False, False), (True, False), (False, True)):
        try:
            plan = plan_rows(
                client, values, target, RowRequest(filled, numbers, promised, explicit=explicit, bare=bare)
            )
        except (psycopg.Error, NoRowKnown):
            return None
        for usual in _written(client, target, plan, *numbers)[:1]:
            if _accepted(client, usual):
                return usual
    return _free(client, values, target, number, filled)


def update(connection: psycopg.Connection[Any], table: str, offset: int) -> str | None:
    """An UPDATE of one row, by its place in the table, that changes nothing; None if no column can be set."""
    target = _table(SeedClient(connection), table)
    if target is None:
        return None
    linked = frozenset(number for foreign in target.foreigns for number in foreign.columns)
    checked = frozenset(number for check in target.checks for number in check.columns)
    columns = [column for column in target.columns if not column.fixed]
    columns.sort(key=lambda column: (column.number in target.unique | linked, column.number in checked))
    for column in columns:
        return (
            f"UPDATE {target.name} SET {column.quoted} = {column.quoted} WHERE {_row_at(target.name, offset)}"
        )
    return None


def delete(connection: psycopg.Connection[Any], table: str, offset: int) -> str:
    """A DELETE of one row, by its place in the table."""
    target = _table(SeedClient(connection), table)
    name = target.name if target else table
    return f"DELETE FROM {name} WHERE {_row_at(name, offset)}"


def make_duplicates(connection: psycopg.Connection[Any], table: str, columns: Sequence[str]) -> bool:
    """Make two rows equal in these columns, unless two are already; whether there are such rows now.

    columns: bare names. A copy of a row goes in, with other values in the other unique columns; where that is
    refused, a second row takes the values of the first. False where no constraint or trigger allows either.
    """
    client = SeedClient(connection)
    target = _table(client, table)
    if target is None or not columns:
        return False
    by_name = {column.name: column for column in target.columns}
    if not by_name.keys() >= set(columns):
        return False
    chosen = [by_name[name].quoted for name in columns]
    present = " AND ".join(f"{name} IS NOT NULL" for name in chosen)
    texts = ", ".join(f"{name}::text" for name in chosen)
    equal = f"SELECT 1 FROM {target.name} WHERE {present} GROUP BY {texts} HAVING count(*) > 1 LIMIT 1"
    if client.rows(equal):
        return True
    first = f"SELECT {{}} FROM {target.name} WHERE {present} {_EACH} LIMIT 1"
    for statement in (_copy(client, target, columns, first), _overwrite(target, chosen, present)):
        if statement and client.attempt(statement) is not None and client.rows(equal):
            return True
    return False


def _copy(client: SeedClient, table: SeedTable, columns: Sequence[str], first: str) -> str | None:
    """The INSERT of a copy; first: a query for columns of the row to copy."""
    copied = {
        column.number: f"({first.format(column.quoted)})"
        for column in table.columns
        if not column.fixed and (column.name in columns or column.number not in table.unique)
    }
    values = Values(client, read_types(client))
    filled = _filled(client, table)
    for explicit in (False, True):
        try:
            plan = plan_rows(
                client, values, table, RowRequest(filled, _COPIED, explicit=explicit, preset=copied)
            )
        except (psycopg.Error, NoRowKnown):
            return None
        for statement in _written(client, table, plan, *_COPIED):
            if _accepted(client, statement):
                return statement
    return None


def _overwrite(table: SeedTable, chosen: Sequence[str], present: str) -> str:
    """The UPDATE of the second row; nothing of it may be computed."""
    names = ", ".join(chosen)
    rows = f"SELECT {names} FROM {table.name} WHERE {present} {_EACH}"
    return f"UPDATE {table.name} SET ({names}) = ({rows} LIMIT 1) WHERE {_row_at(table.name, 1)}"


def _row_at(name: str, offset: int) -> str:
    return f"(tableoid, ctid) = (SELECT tableoid, ctid FROM {name} {_EACH} LIMIT 1 OFFSET {offset})"


def _table(client: SeedClient, name: str) -> SeedTable | None:
    """A table by its name as SQL writes it."""
    rows = client.attempt(f"SELECT to_regclass({quote_literal(name)})::oid::bigint") or [(None,)]
    return next(iter(read_tables(client, [rows[0][0]])), None) if rows[0][0] else None


def _filled(client: SeedClient, table: SeedTable) -> set[int]:
    """The parents that have rows, and the table itself if it has."""
    sources: Mapping[int, str] = {foreign.parent: foreign.source for foreign in table.foreigns} | {
        table.oid: table.source
    }
    asked = (f"SELECT {oid}::bigint WHERE EXISTS (SELECT FROM {source})" for oid, source in sources.items())
    return {row[0] for row in client.rows(" UNION ALL ".join(asked))}


def _written(
    client: SeedClient, table: SeedTable, plan: RowPlan, *numbers: int, unlike: str = "true"
) -> list[str]:
    """The INSERTs of the rows with some numbers, their values as literals; unlike: a condition on a row s."""
    if not plan.columns:
        return [f"INSERT INTO {table.name} DEFAULT VALUES"]
    texts = ", ".join(f"quote_nullable(s.{column.quoted}::text)" for column in plan.columns)
    head = quote_literal(f"INSERT INTO {table.name} ({plan.names}) VALUES (")
    chosen = f"{head} || array_to_string(ARRAY[{texts}], ', ') || ')'"
    rows = client.attempt(plan.query(f"unnest(ARRAY{list(numbers)}::bigint[])", chosen, unlike))
    return [row[0] for row in rows or []]


def _free(client: SeedClient, values: Values, table: SeedTable, number: int, filled: set[int]) -> str | None:
    """One of the rows that are left where types or parents are few."""
    promised = {} if table.oid in filled else {table.oid: table}
    try:
        plan = plan_rows(
            client, values, table, RowRequest(filled, range(1, _STRIDE), promised, explicit=True)
        )
    except (psycopg.Error, NoRowKnown):
        return None
    made = {column.number: column.quoted for column in plan.columns}
    taken = []
    for key in table.keys:
        same = " AND ".join(
            f"o.{made[column_number]}::text = s.{made[column_number]}::text"
            for column_number in sorted(key & made.keys())
        )
        taken += [f"NOT EXISTS (SELECT FROM {table.name} o WHERE {same})"] if key <= made.keys() else []
    free = _written(client, table, plan, *range(1, _CANDIDATES), unlike=" AND ".join(taken) or "true")
    free = list(dict.fromkeys(free))
    turn = number % len(free) if free else 0
    return next((text for text in (free[turn:] + free[:turn])[:_ATTEMPTS] if _accepted(client, text)), None)


def _accepted(client: SeedClient, statement: str) -> bool:
    """Whether the server takes a statement, which is undone; where a lock is in the way, nobody can know."""
    try:
        with client.undone():
            client.rows(_PATIENCE)
            written = client.count(statement)
            client.rows("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.errors.LockNotAvailable:
        return True
    except psycopg.Error:
        return False
    return written > 0
