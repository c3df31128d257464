"""The replayed schema knows columns, constraints and what follows from them, whatever was taken back or renamed."""

import pickle
from collections.abc import Callable

import pytest

from idxlint.sql.meaning.column_operations import Filled
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name
from tests.helpers.replayed import replayed

T = Name(None, "t")
TABLE = "CREATE TABLE t (a int, b varchar(10) NOT NULL, c bigserial, PRIMARY KEY (a));"
CHECK = "ALTER TABLE t ADD CONSTRAINT k CHECK (d IS NOT NULL)"


LATER = "ALTER TABLE t ADD CONSTRAINT n NOT NULL d NOT VALID;"
PARENT = "CREATE TABLE p (d int) PARTITION BY LIST (d);"


def ask(schema: Schema) -> object:
    """A question, after which the log is carried out."""
    return schema.catalogue.column(T, "a")


EACH = pytest.mark.parametrize("each", [None, ask], ids=["asked at the end", "asked all the time"])


@pytest.mark.parametrize(
    ("sql", "column", "expected"),
    [
        (TABLE, "a", ("int4", (), True)),
        (TABLE, "b", ("varchar", ("10",), True)),
        (TABLE, "c", ("int8", (), True)),
        (f"{TABLE} ALTER TABLE t ALTER b TYPE text;", "b", ("text", (), True)),
        (f"{TABLE} ALTER TABLE t ADD COLUMN d numeric(10, 2);", "d", ("numeric", ("10", "2"), False)),
        (f"{TABLE} ALTER TABLE t ADD COLUMN IF NOT EXISTS b int;", "b", ("varchar", ("10",), True)),
        (f"{TABLE} ALTER TABLE t RENAME b TO x;", "x", ("varchar", ("10",), True)),
        (f"{TABLE} ALTER TABLE t RENAME b TO x;", "b", None),
        (f"{TABLE} ALTER TABLE t DROP COLUMN b;", "b", None),
        (f"{TABLE} ALTER TABLE t DROP b; ALTER TABLE t ADD b int;", "b", ("int4", (), False)),
        (f"{TABLE} BEGIN; ALTER TABLE t DROP COLUMN b; ROLLBACK;", "b", ("varchar", ("10",), True)),
        (f"{TABLE} DROP TABLE t;", "a", None),
        ("CREATE SCHEMA public CREATE TABLE t (a text);", "a", ("text", (), False)),
        (
            "CREATE TABLE t (a geometry(Point, 4326), b app.kind[]);",
            "a",
            ("geometry", ("point", "4326"), False),
        ),
        ("CREATE TABLE t (LIKE x, a int);", "b", None),
        ("CREATE TABLE t AS SELECT 1 AS a;", "a", None),
        ("ALTER TABLE t ALTER a SET NOT NULL;", "a", (None, (), True)),
    ],
)
@EACH
def test_columns(sql: str, column: str, expected: object, each: Callable[[Schema], object] | None) -> None:
    """A column is what its definition and all that has happened to it say."""
    known = replayed(sql, each).catalogue.column(T, column)

    assert expected == (
        known and (known.type and known.type.name, known.type.modifiers if known.type else (), known.not_null)
    )


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", None),
        ("CREATE TABLE t (d int);", False),
        ("CREATE TABLE t (d int NOT NULL);", True),
        ("CREATE TABLE t (d int PRIMARY KEY);", True),
        ("CREATE TABLE t (d int GENERATED ALWAYS AS IDENTITY);", True),
        ("CREATE TABLE t (d int, CONSTRAINT n NOT NULL d);", True),
        ("CREATE TABLE t (d int); ALTER TABLE t ALTER COLUMN d SET NOT NULL;", True),
        ("CREATE TABLE t (d int NOT NULL); ALTER TABLE t ALTER COLUMN d DROP NOT NULL;", False),
        (
            "CREATE TABLE t (d int); ALTER TABLE t ADD PRIMARY KEY (d); ALTER TABLE t DROP CONSTRAINT t_pkey;",
            True,
        ),
        ("CREATE TABLE t (d int); ALTER TABLE t ADD CONSTRAINT n NOT NULL d NOT VALID;", False),
        (
            f"CREATE TABLE t (d int); {LATER} ALTER TABLE t VALIDATE CONSTRAINT n;",
            True,
        ),
        (
            "CREATE TABLE t (d int); ALTER TABLE t ADD CONSTRAINT n NOT NULL d; ALTER TABLE t DROP CONSTRAINT n;",
            False,
        ),
        ("CREATE UNIQUE INDEX i ON t (d); ALTER TABLE t ADD CONSTRAINT i PRIMARY KEY USING INDEX i;", True),
        (
            "CREATE TABLE p (d int NOT NULL) PARTITION BY LIST (d); CREATE TABLE t PARTITION OF p DEFAULT;",
            True,
        ),
        (
            "CREATE TABLE p (d int) PARTITION BY LIST (d); CREATE TABLE t PARTITION OF p (d NOT NULL) DEFAULT;",
            True,
        ),
        (
            f"{PARENT} CREATE TABLE t PARTITION OF p DEFAULT; ALTER TABLE p ALTER COLUMN d SET NOT NULL;",
            True,
        ),
        ("CREATE TABLE u (d int NOT NULL); ALTER TABLE u RENAME TO t;", True),
        ("CREATE TABLE s.t (d int NOT NULL); ALTER TABLE s.t SET SCHEMA public;", True),
        ("CREATE TABLE t (d int); SAVEPOINT x;", False),
        ("BEGIN; SAVEPOINT x; ALTER TABLE t ALTER d SET NOT NULL; ROLLBACK TO x; COMMIT;", None),
    ],
)
@EACH
def test_not_null(sql: str, expected: object, each: Callable[[Schema], object] | None) -> None:
    """It is known whether a column is NOT NULL, or known that it is not known."""
    assert expected is replayed(sql, each).catalogue.is_not_null(T, "d")


VALIDATE = "ALTER TABLE t VALIDATE CONSTRAINT k;"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"{CHECK};", True),
        (f"{CHECK} NOT VALID;", False),
        (f"{CHECK} NOT ENFORCED;", False),
        (f"{CHECK} NOT VALID; {VALIDATE}", True),
        (f"{CHECK} NOT VALID; BEGIN; {VALIDATE} ROLLBACK;", False),
        (f"{CHECK}; ALTER TABLE t DROP CONSTRAINT k;", False),
        (f"{CHECK} NOT VALID; ALTER TABLE t RENAME CONSTRAINT k TO l; {VALIDATE.replace('k;', 'l;')}", True),
        (f"{CHECK}; ALTER TABLE t RENAME CONSTRAINT k TO l;", True),
        (f"{CHECK.replace('d', 'e')} NOT VALID; ALTER TABLE t RENAME COLUMN e TO d; {VALIDATE}", True),
        (f"{CHECK}; ALTER TABLE t DROP COLUMN d; ALTER TABLE t ADD COLUMN d int;", False),
        ("CREATE TABLE t (d int CHECK (d IS NOT NULL AND d > 1));", True),
        ("CREATE TABLE t (d int CHECK (d IS NOT NULL OR d > 1));", False),
        ("CREATE TABLE t (d int CHECK (d > 1));", False),
        (
            "ALTER TABLE t ADD CHECK (d IS NOT NULL) NOT VALID; ALTER TABLE t VALIDATE CONSTRAINT t_d_check;",
            True,
        ),
    ],
)
@EACH
def test_proofs(sql: str, expected: object, each: Callable[[Schema], object] | None) -> None:
    """A validated CHECK with IS NOT NULL is a proof, as long as it stands."""
    assert expected is replayed(
        sql.replace("ADD CONSTRAINT k", "ADD CONSTRAINT k"), each
    ).catalogue.proves_not_null(T, "d")


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE CHECK (b > 0) REFERENCES u, CHECK (a > b));",
         ["t_pkey", "t_b_key", "t_b_check", "t_b_fkey", "t_check"]),
        ("ALTER TABLE t ADD CHECK (a > 1); ALTER TABLE t ADD CHECK (a > 2); ALTER TABLE t ADD CHECK (a > 3);",
         ["t_a_check", "t_a_check1", "t_a_check2"]),
        ("ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES u;", ["t_a_b_fkey"]),
        ("CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i;", ["k"]),
        ("CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD UNIQUE USING INDEX i;", ["i"]),
        ("ALTER TABLE t ADD CONSTRAINT k UNIQUE (a); ALTER INDEX k RENAME TO l;", ["l"]),
        ("ALTER TABLE t ADD CONSTRAINT k UNIQUE (a, b); ALTER TABLE t DROP COLUMN b;", []),
    ],
)  # fmt: skip
@EACH
def test_constraints(sql: str, names: list[str], each: Callable[[Schema], object] | None) -> None:
    """The constraints of a table have the names that PostgreSQL gives them, and go with their columns."""
    assert names == [one.constraint.name for one in replayed(sql, each).catalogue.constraints(T)]


@EACH
def test_columns_of_constraints(each: Callable[[Schema], object] | None) -> None:
    """A constraint and an index have the names that their columns have now."""
    catalogue = replayed(
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a IS NOT NULL AND b > 1); CREATE INDEX i ON t (b, lower(c)) INCLUDE (a);"
        "ALTER TABLE t RENAME a TO b1; ALTER TABLE t RENAME b TO a; CREATE UNIQUE INDEX u ON t (a);"
        "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u; ALTER TABLE t RENAME a TO z;",
        each,
    ).catalogue
    check = catalogue.constraint(T, "k")

    assert check is not None
    assert (("b1", "z"), ("b1",)) == (check.constraint.columns, check.constraint.not_nulls)
    assert (("z", None, "b1"), ("z",)) == (catalogue.index_columns(T, "i"), catalogue.index_columns(T, "u"))


def test_transactions() -> None:
    """A constraint tells in which transaction it was added, and whether it is valid by now."""
    schema = replayed(f"BEGIN; COMMIT; BEGIN; {CHECK} NOT VALID; COMMIT; BEGIN; {VALIDATE}")
    standing = schema.catalogue.constraint(T, "k")

    assert standing is not None
    assert (2, False) == (standing.transaction, standing.constraint.not_valid)


def test_foreign_keys() -> None:
    """The foreign keys of a table name the table that they need."""
    schema = replayed(
        "CREATE TABLE t (a int REFERENCES s.u); ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES v (id);"
    )
    keys = [one.constraint for one in schema.catalogue.foreign_keys(T)]

    assert [(("a",), "s.u"), (("b",), "v")] == [(key.columns, str(key.references)) for key in keys]


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("", Filled.NULL),
        ("DEFAULT NULL", Filled.NULL),
        ("DEFAULT 1", Filled.CONSTANT),
        ("DEFAULT now()", Filled.CONSTANT),
        ("DEFAULT CURRENT_TIMESTAMP", Filled.CONSTANT),
        ("DEFAULT pg_catalog.now() + interval '1 day'", Filled.CONSTANT),
        ("DEFAULT '{}'::jsonb", Filled.CONSTANT),
        ("DEFAULT gen_random_uuid()", Filled.VOLATILE),
        ("DEFAULT extensions.uuid_generate_v4()", Filled.VOLATILE),
        ("DEFAULT pg_catalog.clock_timestamp()", Filled.VOLATILE),
        ("DEFAULT md5(random()::text)", Filled.VOLATILE),
        ("DEFAULT nextval('s')", Filled.VOLATILE),
        ("DEFAULT ulid()", Filled.UNKNOWN),
        ("DEFAULT app.now()", Filled.UNKNOWN),
        ("GENERATED ALWAYS AS (a + 1) STORED", Filled.STORED),
        ("GENERATED ALWAYS AS (a + 1) VIRTUAL", Filled.VIRTUAL),
        ("GENERATED BY DEFAULT AS IDENTITY", Filled.IDENTITY),
    ],
)
def test_filled(default: str, expected: Filled) -> None:
    """What a new column holds follows from its default."""
    known = replayed(f"ALTER TABLE t ADD COLUMN a int {default}").catalogue.column(T, "a")

    assert known is not None
    assert expected is known.filled


def test_copies() -> None:
    """A copy, and what another process is handed, know the same and go ways of their own."""
    schema = replayed(f"{TABLE} {CHECK};")
    schema.catalogue.column(T, "a")
    copies = (schema.copy(), pickle.loads(pickle.dumps(schema)))  # noqa: S301, our own
    schema.drop_table(Name("public", "t"))

    assert [(True, True)] * 2 == [
        (copy.catalogue.is_not_null(T, "a"), copy.catalogue.proves_not_null(T, "d")) for copy in copies
    ]


def test_circle_of_partitions() -> None:
    """A broken history that attaches in a circle has an answer."""
    schema = replayed("ALTER TABLE t ATTACH PARTITION u DEFAULT; ALTER TABLE u ATTACH PARTITION t DEFAULT;")

    assert None is schema.catalogue.is_not_null(T, "a")
