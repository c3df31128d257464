"""Migrations made from a seed: the same bytes on every machine, in the shape that real histories have.

A fifth of the statements are about indexes, a quarter are ALTER TABLE, a sixth change rows; half of the files are one
transaction. Names hold together: an index stands on a table that is there and on columns that it has.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SEED = 2070
FILES = 2000

_THINGS = """
account address asset audit basket batch booking campaign category channel claim contact contract coupon
customer delivery device discount document employee event export feature feedback invoice item job ledger
licence location member message metric notice offer order partner payment plan policy price product
profile project quote refund region report review role route schedule session shipment supplier task
tenant ticket token transfer vendor visit voucher warehouse
""".split()
_PARTS = "archive change detail entry history item line link log map note queue rate state step tag".split()
_SCHEMAS = ("", "", "", "public.", "billing.", "app.")
_COLUMNS = (
    ("account_id", "bigint"), ("amount", "numeric(12, 2)"), ("body", "text"), ("code", "varchar(32)"),
    ("created_at", "timestamptz"), ("currency", "char(3)"), ("deleted_at", "timestamptz"),
    ("email", "text"), ("external_id", "uuid"), ("kind", "smallint"), ("name", "varchar(255)"),
    ('"order"', "integer"), ("parent_id", "bigint"), ("payload", "jsonb"), ("position", "integer"),
    ("status", "text"), ("tenant_id", "bigint"), ("title", "text"), ("total", "integer"),
    ("updated_at", "timestamp"), ('"user"', "bigint"), ("verified", "boolean"), ("version", "integer"),
    ("visible", "boolean"),
)  # fmt: skip
_WORDS = """
add and back before both cents change checkout clean column faster for from import invoices keep later
lookup new nightly old orders queries remove report rows same search split states table the total until
user values with for für zusätzlich größer
""".split()
_NAMES = ("Ada", "Bruno", "Chloë", "Dana O''Neill", "Émile", "Fatima", "Jörg", "Mette", "李娜", "Zoë")


@dataclass
class Table:
    """A table as the statements so far have left it."""

    name: str
    columns: dict[str, str]
    indexes: list[str] = field(default_factory=list)

    @property
    def bare(self) -> str:
        """The name without its schema."""
        return self.name.rpartition(".")[2]

    @property
    def schema(self) -> str:
        """The schema with its dot, or nothing."""
        return self.name[: -len(self.bare)]


class Migration(NamedTuple):
    """One file of the corpus."""

    name: str
    text: str
    statements: int


class Written(NamedTuple):
    """What has been put into a folder."""

    files: int
    statements: int
    size: int


class _History:
    """Writes statements, one after another, and remembers what they built."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.tables: list[Table] = []
        self.functions: list[str] = []
        self.transaction = False
        self.made = 0
        self.kinds: tuple[tuple[Callable[[], str], int], ...] = (
            (self.index, 231), (self.alter, 274), (self.rows, 168), (self.create, 110), (self.function, 40),
            (self.trigger, 35), (self.remark, 45), (self.setting, 25), (self.view, 20), (self.grant, 20),
            (self.block, 15), (self.enum, 10), (self.sequence, 7),
        )  # fmt: skip

    def file(self, number: int) -> Migration:
        """The next file."""
        rng = self.rng
        self.transaction = rng.random() < 0.5
        writers, weights = zip(*self.kinds, strict=True)
        count = rng.randint(13, 25)
        pieces = [write() for write in rng.choices(writers, weights, k=count)]
        if rng.random() < 0.2:
            pieces = [piece.lower() for piece in pieces]
        if self.transaction:
            pieces = ["BEGIN", *pieces, "COMMIT"]
        title = self.sentence(5)
        text = f"-- {title}\n\n" + "\n".join(self.comment() + piece + ";\n" for piece in pieces)
        return Migration(f"{number:05}_{title.split()[0]}.sql", text, len(pieces))

    def comment(self) -> str:
        """What stands before a statement: mostly nothing."""
        chance = self.rng.random()
        if chance < 0.12:
            return f"-- {self.sentence(7)}; {self.sentence(3)}\n"
        if chance < 0.15:
            return f"/* {self.sentence(8)}:\n   it's {self.sentence(7)} */\n"
        return ""

    def sentence(self, words: int) -> str:
        """Some words in a row."""
        return " ".join(self.rng.choices(_WORDS, k=words))

    def table(self) -> Table:
        """A table that is there: one of the newest, or any."""
        if not self.tables:
            self.create()  # the text is lost: a table that an older tool made
        newest = self.tables[-3:] if self.rng.random() < 0.3 else self.tables
        return self.rng.choice(newest)

    def column(self, table: Table) -> str:
        """A column of a table, though not its key."""
        return self.rng.choice(list(table.columns)[1:])

    def fresh(self, stem: str) -> str:
        """A name that nothing has yet."""
        self.made += 1
        return f"{stem.replace(chr(34), '')}_{self.made}"

    def create(self) -> str:
        """CREATE TABLE."""
        rng = self.rng
        name = rng.choice(_SCHEMAS) + self.fresh(f"{rng.choice(_THINGS)}_{rng.choice(_PARTS)}")
        columns = {"id": "bigint", **dict(rng.sample(_COLUMNS, rng.randint(4, 9)))}
        lines = ["id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"]
        for column, kind in list(columns.items())[1:]:
            unique = " UNIQUE" if column == "external_id" else ""
            lines.append(f"{column} {kind}{rng.choice(('', '', ' NOT NULL'))}{unique}")
        if "amount" in columns:
            lines.append("CHECK (amount >= 0)")
        if self.tables and rng.random() < 0.4:
            lines.append(f"owner_ref bigint REFERENCES {rng.choice(self.tables).name} (id) ON DELETE CASCADE")
        self.tables.append(Table(name, columns))
        again = rng.choice(("", "", "IF NOT EXISTS "))
        return f"CREATE TABLE {again}{name} (\n    " + ",\n    ".join(lines) + "\n)"

    def concurrently(self) -> str:
        """The word, often where it may stand and seldom where it may not."""
        return "CONCURRENTLY " if self.rng.random() < (0.05 if self.transaction else 0.5) else ""

    def index(self) -> str:
        """A statement about an index: mostly CREATE INDEX."""
        table = self.table()
        if table.indexes and self.rng.random() < 0.35:
            return self.old_index(table)
        rng, column = self.rng, self.column(table)
        name = self.fresh(f"{table.bare[:34]}_{column}_idx")
        unique, method = rng.choice(("", "", "", "UNIQUE ")), ""
        key = rng.choice((column, column, f"{column} DESC"))
        if table.columns[column] == "jsonb":
            unique, method, key = "", "USING gin ", f"{column} jsonb_path_ops"
        elif table.columns[column] == "text" and rng.random() < 0.3:
            key = f"lower({column})"
        elif rng.random() < 0.3:
            key = f"{key}, id"
        where = f" WHERE {self.column(table)} IS NOT NULL" if rng.random() < 0.15 else ""
        include = " INCLUDE (id)" if not method and rng.random() < 0.08 else ""
        again = rng.choice(("", "", "IF NOT EXISTS "))
        table.indexes.append(name)
        return (
            f"CREATE {unique}INDEX {self.concurrently()}{again}{name}\n"
            f"    ON {table.name} {method}({key}){include}{where}"
        )

    def old_index(self, table: Table) -> str:
        """Something done to an index that is there."""
        name = self.rng.choice(table.indexes)
        shown = table.schema + name
        match self.rng.randrange(8):
            case 0:
                return f"REINDEX INDEX {self.concurrently()}{shown}"
            case 1:
                return f"REINDEX TABLE {self.concurrently()}{table.name}"
            case 2:
                table.indexes.remove(name)
                table.indexes.append(self.fresh(name[:40]))
                return f"ALTER INDEX {shown} RENAME TO {table.indexes[-1]}"
        table.indexes.remove(name)
        return f"DROP INDEX {self.concurrently()}{self.rng.choice(('', 'IF EXISTS '))}{shown}"

    def alter(self) -> str:
        """ALTER TABLE, with one action or a few."""
        table = self.table()
        actions = [self.action(table) for _ in range(self.rng.choice((1, 1, 1, 1, 2)))]
        only = self.rng.choice(("", "", "", "ONLY "))
        return f"ALTER TABLE {only}{table.name}\n    " + ",\n    ".join(actions)

    def action(self, table: Table) -> str:
        """What an ALTER TABLE does."""
        column, choice = self.column(table), self.rng.randrange(20)
        if choice < 6:
            return self.new_column(table)
        if choice < 11:
            return self.constraint(table, column)
        if choice == 11 and len(table.columns) > 4:
            del table.columns[column]
            return f"DROP COLUMN {column}"
        return self.rng.choice((
            f"ALTER COLUMN {column} SET NOT NULL",
            f"ALTER COLUMN {column} DROP NOT NULL",
            f"ALTER COLUMN {column} DROP DEFAULT",
            f"ALTER COLUMN {column} SET DEFAULT NULL",
            f"ALTER COLUMN {column} SET STATISTICS 500",
            f"ALTER COLUMN {column} TYPE {table.columns[column]} USING {column}::{table.columns[column]}",
            f"SET (fillfactor = {self.rng.randint(60, 100)}, autovacuum_vacuum_scale_factor = 0.02)",
            "ENABLE ROW LEVEL SECURITY",
            "OWNER TO app_owner",
        ))  # fmt: skip

    def new_column(self, table: Table) -> str:
        """ADD COLUMN."""
        stem, kind = self.rng.choice(_COLUMNS)
        name = self.fresh(stem)
        table.columns[name] = kind
        default = " NOT NULL DEFAULT 0" if kind in {"bigint", "integer", "smallint"} else ""
        again = self.rng.choice(("", "", "IF NOT EXISTS "))
        return f"ADD COLUMN {again}{name} {kind}{default if self.rng.random() < 0.6 else ''}"

    def constraint(self, table: Table, column: str) -> str:
        """ADD CONSTRAINT."""
        name = self.fresh(f"{table.bare[:34]}_{column}_check")
        late = self.rng.choice(("", " NOT VALID"))
        if table.columns[column] == "jsonb":
            return f"ADD CONSTRAINT {name} CHECK (jsonb_typeof({column}) = 'object'){late}"
        if table.columns[column] == "bigint":
            return f"ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {self.table().name} (id){late}"
        if self.rng.random() < 0.3:
            return f"ADD CONSTRAINT {name} UNIQUE ({column})"
        return f"ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL){late}"

    def value(self, kind: str) -> str:
        """A constant of a type."""
        rng = self.rng
        if kind in {"text", "varchar(255)"}:
            return f"'{rng.choice(_NAMES)}; {self.sentence(2)}'"
        if kind == "jsonb":
            return f"""'{{"plan": "{rng.choice(_WORDS)}", "seats": {rng.randint(1, 99)}}}'::jsonb"""
        if kind.startswith("timestamp"):
            return f"'20{rng.randint(10, 29)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)} 12:00:00'"
        fixed = {"boolean": "true", "uuid": "gen_random_uuid()", "char(3)": "'EUR'", "varchar(32)": "'A-17'"}
        return fixed.get(kind) or str(rng.randint(0, 9999))

    def rows(self) -> str:
        """INSERT, UPDATE or DELETE."""
        rng, table = self.rng, self.table()
        column = self.column(table)
        value, low = self.value(table.columns[column]), rng.randint(1, 90_000)
        choice = rng.random()
        if choice < 0.5:
            some = list(table.columns.items())[1:5]
            lines = [f"({', '.join(self.value(kind) for _, kind in some)})" for _ in range(rng.randint(1, 2))]
            return (
                f"INSERT INTO {table.name} ({', '.join(name for name, _ in some)}) VALUES\n    "
                + ",\n    ".join(lines)
                + rng.choice(("", "\nON CONFLICT DO NOTHING"))
            )
        if choice < 0.8:
            where = f"{column} IS NULL AND id BETWEEN {low} AND {low + 999}"
            return f"UPDATE {table.name} SET {column} = {value}\n WHERE {where}"
        return f"DELETE FROM {table.name} WHERE {column} = {value} AND id < {low}"

    def function(self) -> str:
        """A trigger function in dollar quotes."""
        name, quote = self.fresh(f"touch_{self.rng.choice(_THINGS)}"), self.rng.choice(("$$", "$body$"))
        self.functions.append(name)
        return (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger\nLANGUAGE plpgsql AS {quote}\nBEGIN\n"
            f"    -- {self.sentence(4)}; it's {self.sentence(2)}\n"
            "    IF TG_OP = 'UPDATE' AND OLD IS DISTINCT FROM NEW THEN\n"
            f"        INSERT INTO audit_log (source, word, at) VALUES (TG_TABLE_NAME, '{self.sentence(2)};', now());\n"
            "    END IF;\n"
            f"    PERFORM pg_notify('{self.rng.choice(_THINGS)}', NEW.id::text);\n"
            f"    RETURN NEW;\nEND;\n{quote}"
        )

    def trigger(self) -> str:
        """CREATE TRIGGER, of a function that is there."""
        if not self.functions:
            return self.function()
        table, when = self.table(), self.rng.choice(("BEFORE", "AFTER"))
        name = self.fresh(f"{table.bare[:34]}_touch")
        return (
            f"CREATE TRIGGER {name} {when} INSERT OR UPDATE ON {table.name}\n"
            f"    FOR EACH ROW EXECUTE FUNCTION {self.rng.choice(self.functions)}()"
        )

    def block(self) -> str:
        """A DO block; now and then one that builds an index."""
        table = self.table()
        work = f"ANALYZE {table.name}"
        if self.rng.random() < 0.3:
            name = self.fresh(f"{table.bare[:34]}_idx")
            work = f"EXECUTE 'CREATE INDEX {name} ON {table.name} ({self.column(table)})'"
        return (
            f"DO $do$\nBEGIN\n    IF to_regclass('{table.name}') IS NOT NULL THEN\n"
            f"        {work};\n        RAISE NOTICE '{self.sentence(4)}; %', now();\n    END IF;\nEND\n$do$"
        )

    def remark(self) -> str:
        """COMMENT ON."""
        table = self.table()
        words = f"{self.sentence(4)}; it''s {self.sentence(2)}"
        if self.rng.random() < 0.5:
            return f"COMMENT ON TABLE {table.name} IS '{words}'"
        return f"COMMENT ON COLUMN {table.name}.{self.column(table)} IS '{words}'"

    def setting(self) -> str:
        """SET, mostly a timeout."""
        local = "LOCAL " if self.transaction else ""
        name = self.rng.choice(("lock_timeout", "lock_timeout", "statement_timeout", "idle_session_timeout"))
        return f"SET {local}{name} = '{self.rng.randint(1, 60)}s'"

    def view(self) -> str:
        """CREATE VIEW."""
        table = self.table()
        some = ",\n       ".join(f"t.{name}" for name in list(table.columns)[:4])
        return (
            f"CREATE OR REPLACE VIEW {self.fresh(table.bare + '_view')} AS\nSELECT {some}\n"
            f"  FROM {table.name} AS t\n WHERE t.{self.column(table)} IS NOT NULL"
        )

    def grant(self) -> str:
        """GRANT."""
        return f"GRANT {self.rng.choice(('SELECT', 'SELECT, INSERT, UPDATE'))} ON {self.table().name} TO app_reader"

    def enum(self) -> str:
        """CREATE TYPE."""
        words = ", ".join(f"'{word}'" for word in self.rng.sample(_THINGS, 4))
        return f"CREATE TYPE {self.fresh(self.rng.choice(_THINGS) + '_kind')} AS ENUM ({words})"

    def sequence(self) -> str:
        """CREATE SEQUENCE."""
        return f"CREATE SEQUENCE {self.fresh(self.rng.choice(_THINGS) + '_seq')} START WITH 1000 CACHE 10"


def scaled(files: int, seed: int = SEED) -> Iterator[Migration]:
    """So many migrations of one history; a longer one begins with the shorter."""
    history = _History(seed)
    for number in range(1, files + 1):
        yield history.file(number)


def write(folder: Path, files: int = FILES, seed: int = SEED) -> Written:
    """Put a history into a new folder."""
    folder.mkdir(parents=True)
    statements = size = 0
    for migration in scaled(files, seed):
        data = migration.text.encode()
        (folder / migration.name).write_bytes(data)
        statements += migration.statements
        size += len(data)
    return Written(files, statements, size)


_HEAD = """--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.users (
    id bigint NOT NULL,
    name text,
    score integer,
    joined_at timestamp with time zone
);

--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: app
--

"""
_MIDDLE = "\nCREATE INDEX users_name_idx ON public.users USING btree (name);\n\n"


def dump(path: Path, size: int, seed: int = SEED) -> Written:
    """Write a dump of at least so many bytes: INSERTs, one a line, before and after one CREATE INDEX."""
    rng = random.Random(seed)
    count, built = 4, False
    with path.open("wb") as file:
        written = file.write(_HEAD.encode())
        while written < size or not built:
            if not built and written >= size // 2:
                written += file.write(_MIDDLE.encode())
                count, built = count + 1, True
            name, score = f"{rng.choice(_NAMES)} {rng.randrange(10**6)}", rng.randrange(10**9)
            day = f"20{rng.randint(10, 29)}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}"
            line = f"INSERT INTO public.users VALUES ({count}, '{name}', {score}, '{day} 12:00:00+00');\n"
            written += file.write(line.encode())
            count += 1
    return Written(1, count, written)
