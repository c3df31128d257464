"""The tables of a database as seeding needs them, out of PostgreSQL's catalogues.

All names are quoted by the server, and all expressions are printed with an empty search path, so that they mean
the same in every session.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from idxlint.model import record
from idxlint.sql.meaning.expressions import parts

Row = tuple[Any, ...]


@record
class SeedClient:
    """A connection in autocommit, whatever rows it makes for others."""

    connection: psycopg.Connection[Any]

    def rows(self, text: str, *parameters: object) -> list[Row]:
        """The rows of a query."""
        with self.connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(text.encode(self.connection.info.encoding), parameters or None)
            return cursor.fetchall() if cursor.description else []

    def count(self, text: str) -> int:
        """How many rows a statement wrote."""
        return self.connection.execute(text.encode(self.connection.info.encoding)).rowcount

    def attempt(self, text: str) -> list[Row] | None:
        """The rows of a query that may fail; None if it did."""
        try:
            with self.guarded():
                return self.rows(text)
        except psycopg.Error:
            return None

    def guarded(self) -> AbstractContextManager[object]:
        """An error inside leaves the transaction usable, if there is one; else a statement is its own."""
        idle = self.connection.info.transaction_status == TransactionStatus.IDLE
        return nullcontext() if idle else self.connection.transaction()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Nothing that happens inside stays."""
        with self.connection.transaction(force_rollback=True):
            yield


@record
class PgType:
    """A type: its sort (pg_type.typtype), how it is written, and what it is made of."""

    oid: int
    written: str
    name: str
    builtin: bool
    sort: str
    category: str
    element: int
    base: int
    modifier: int
    subtype: int
    range: int
    labels: tuple[str, ...]
    checks: tuple[str, ...]
    fields: tuple[tuple[int, int], ...]


@record
class TableColumn:
    """name: as in the catalogue; quoted and written: the name and the type as SQL; default: its expression."""

    number: int
    name: str
    quoted: str
    type: int
    modifier: int
    written: str
    required: bool
    default: str
    generated: bool
    identity: str

    @property
    def counted(self) -> bool:
        """Whether a sequence fills it."""
        return bool(self.identity) or self.default.startswith("nextval(")

    @property
    def fixed(self) -> bool:
        """Whether no statement may name a value for it."""
        return self.generated or self.identity == "a"


@record
class ForeignKey:
    """A foreign key; parent: how a query reads the table it refers to, where its own rows alone count."""

    columns: tuple[int, ...]
    parent: int
    parent_name: str
    source: str
    referred: tuple[str, ...]
    referred_numbers: tuple[int, ...]
    deferrable: bool


@record
class CheckCondition:
    """A condition on the columns with these numbers; partitions: those of each, if it says that a row is in one."""

    expression: str
    columns: frozenset[int]
    constants: tuple[str, ...]
    partitions: tuple[str, ...] = ()


@record
class SeedTable:
    """A table, or a partition that was asked for. keys: the columns of each unique index."""

    oid: int
    name: str
    source: str
    columns: tuple[TableColumn, ...]
    foreigns: tuple[ForeignKey, ...]
    keys: tuple[frozenset[int], ...]
    checks: tuple[CheckCondition, ...]
    homeless: bool

    @property
    def unique(self) -> frozenset[int]:
        """The columns that take part in a unique index."""
        return frozenset().union(*self.keys)


_TABLES = """
    SELECT c.oid::bigint, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind = 'p',
           CASE WHEN c.relkind = 'p' OR c.relispartition THEN (
               SELECT array_agg(coalesce(pg_get_partition_constraintdef(p.relid), 'true') ORDER BY p.relid)
               FROM pg_partition_tree(c.oid) p JOIN pg_class l ON l.oid = p.relid AND l.relkind = 'r') END
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%%'
      AND CASE WHEN %s::oid[] IS NULL THEN NOT c.relispartition ELSE c.oid = ANY (%s::oid[]) END
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY n.nspname, c.relname"""

_COLUMNS = """
    SELECT a.attrelid::bigint, a.attnum, a.attname, quote_ident(a.attname), a.atttypid::bigint, a.atttypmod,
           format_type(a.atttypid, a.atttypmod), a.attnotnull OR t.typnotnull,
           CASE WHEN a.attgenerated = '' THEN coalesce(pg_get_expr(d.adbin, d.adrelid), '') ELSE '' END,
           a.attgenerated <> '', a.attidentity::text
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ANY (%s::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"""

_FOREIGN = """
    SELECT k.conrelid::bigint, k.conkey, k.confrelid::bigint,
           quote_ident(n.nspname) || '.' || quote_ident(p.relname), CASE p.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END,
           (SELECT array_agg(quote_ident(a.attname) ORDER BY u.at) FROM unnest(k.confkey) WITH ORDINALITY u (number, at)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number),
           k.confkey, k.condeferrable
    FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
    WHERE k.contype = 'f' AND k.conrelid = ANY (%s::oid[])
      AND NOT EXISTS (SELECT FROM pg_constraint u WHERE u.oid = k.conparentid AND u.conrelid = k.conrelid)
    ORDER BY k.conrelid, k.conname"""

_KEYS = """
    SELECT i.indrelid::bigint, i.indkey::int2[], coalesce(pg_get_expr(i.indexprs, i.indrelid), '')
    FROM pg_index i WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid = ANY (%s::oid[])
    ORDER BY i.indrelid, i.indexrelid"""

_CHECKS = """
    SELECT k.conrelid::bigint, pg_get_expr(k.conbin, k.conrelid), k.conkey
    FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = ANY (%s::oid[]) ORDER BY k.conrelid, k.conname"""

_TYPES = """
    SELECT t.oid::bigint, format_type(t.oid, -1), t.typname, n.nspname = 'pg_catalog', t.typtype::text,
           t.typcategory::text, t.typelem::bigint, t.typbasetype::bigint, t.typtypmod,
           coalesce(r.rngsubtype, 0)::bigint,
           coalesce(m.rngtypid, 0)::bigint,
           (SELECT array_agg(quote_literal(enumlabel) ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
           CASE WHEN t.typtype = 'd' THEN (SELECT array_agg(pg_get_expr(conbin, 0) ORDER BY conname)
               FROM pg_constraint WHERE contypid = t.oid AND contype = 'c') END,
           CASE WHEN t.typtype = 'c' THEN (SELECT array_agg(ARRAY[atttypid::bigint, atttypmod] ORDER BY attnum)
               FROM pg_attribute WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) END
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_range r ON r.rngtypid = t.oid
    LEFT JOIN pg_range m ON to_jsonb(m) ->> 'rngmultitypid' = t.oid::text
    WHERE n.nspname NOT IN ('information_schema', 'pg_toast') AND t.typtype <> 'p'
      AND NOT (n.nspname = 'pg_catalog' AND (t.typtype = 'c' OR t.typname LIKE '\\_pg\\_%'))"""


def read_types(client: SeedClient) -> dict[int, PgType]:
    """Every type of the database, but for the rows of catalogues."""
    with client.connection.transaction():
        client.rows("SET LOCAL search_path = ''")
        rows = client.rows(_TYPES)
    return {row[0]: _type(*row) for row in rows}


def _type(*row: Any) -> PgType:
    labels, checks, fields = (each or () for each in row[11:])
    made = (*row[:11], tuple(labels), tuple(checks), tuple((oid, modifier) for oid, modifier in fields))
    return PgType(*made)


def read_tables(client: SeedClient, oids: Collection[int] | None = None) -> list[SeedTable]:
    """The tables with some oids, or all that are no partitions; never an extension's or a temporary one."""
    wanted = None if oids is None else list(oids)
    with client.connection.transaction():
        client.rows("SET LOCAL search_path = ''")
        tables = client.rows(_TABLES, wanted, wanted)
        table_oids = [row[0] for row in tables]
        groups = [_grouped(client.rows(query, table_oids)) for query in (_COLUMNS, _FOREIGN, _KEYS, _CHECKS)]
    return [_table(row, *(group[row[0]] for group in groups)) for row in tables]


def _grouped(rows: list[Row]) -> defaultdict[int, list[Row]]:
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[0]].append(row[1:])
    return groups


def _table(
    row: Row, attributes: list[Row], foreign: list[Row], keys: list[Row], checks: list[Row]
) -> SeedTable:
    oid, name, partitioned, bounds = row
    columns = tuple(TableColumn(*attribute) for attribute in attributes)
    numbers = {column.name: column.number for column in columns}

    def referred(expression: str) -> frozenset[int]:
        return frozenset(numbers[name] for name in parts(expression).columns if name in numbers)

    conditions = [
        CheckCondition(expression, frozenset(key or ()), parts(expression).constants)
        for expression, key in checks
    ]
    if bounds:
        somewhere = " OR ".join(f"({bound})" for bound in bounds)
        constants = parts(somewhere).constants
        conditions.append(CheckCondition(somewhere, referred(somewhere), constants, tuple(bounds)))
    return SeedTable(
        oid,
        name,
        name if partitioned else f"ONLY {name}",
        columns,
        tuple(
            ForeignKey(
                tuple(key), parent, parent_name, only + parent_name, tuple(names), tuple(their), deferrable
            )
            for key, parent, parent_name, only, names, their, deferrable in foreign
        ),
        tuple(frozenset(key) - {0} | referred(f"ROW({expression})") for key, expression in keys),
        tuple(conditions),
        partitioned and not bounds,
    )
