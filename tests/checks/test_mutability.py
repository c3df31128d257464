"""Which expressions are refused in an index, by what is known of functions, casts and columns."""

import pytest

from tests.conftest import names

RULE = "expression-not-immutable"
TABLE = """\
CREATE TABLE v (id bigint, at timestamptz, at2 timestamp with time zone, ts timestamp, day date, hour time,
  span interval, name text, code varchar(10), letters char(3), data jsonb, tags text[], amount numeric,
  price money, flag bool, owner uuid);
"""
REFUSED = [
    "(now())",
    "(at - now())",
    "(CURRENT_DATE - day)",
    "(random() * id)",
    "(current_user || name)",
    "(at::date)",
    "CAST(at AS date)",
    "(date(at))",
    "(at::timestamp)",
    "(ts::timestamptz)",
    "(day::timestamptz)",
    "(hour::timetz)",
    "(at::time)",
    "(at::text)",
    "(ts::text)",
    "(day::text)",
    "(price::text)",
    "(tags::text)",
    "(name::date)",
    "(code::timestamp)",
    "(letters::timestamptz)",
    "(name::interval)",
    "(name::text[])",
    "((data ->> 'at')::date)",
    "((data ->> 'at')::timestamptz)",
    "((data #>> '{a,b}')::timestamp)",
    "(lower(name)::date)",
    "(date_trunc('day', at))",
    "(date_trunc('month', day))",
    "(pg_catalog.date_trunc('day', at2))",
    "(extract(hour FROM at))",
    "(date_part('epoch', at))",
    "(date_trunc('day', ts AT TIME ZONE 'UTC'))",
    "(to_char(ts, 'YYYY'))",
    "(to_char(amount, '999'))",
    "(to_date(name, 'YYYY'))",
    "(to_timestamp(name, 'YYYY'))",
    "(concat(name, code))",
    "(concat_ws(' ', name, code))",
    "(format('%s', name))",
    "(array_to_string(tags, ' '))",
    "(to_json(name)::text)",
    "(to_jsonb(tags))",
    "(jsonb_build_object('a', id))",
    "(age(at))",
    "(age(ts))",
    "(to_tsvector(name))",
    "(to_tsvector(data))",
    "(plainto_tsquery(name))",
    "(at + interval '1 day')",
    "(at - span)",
    "(coalesce(name, to_char(day, 'YYYY')))",
    "(CASE WHEN flag THEN now() ELSE at END)",
    "id) WHERE (at > now()",
    "id) WHERE (at > CURRENT_TIMESTAMP - interval '1 day'",
    "id) WHERE (day = CURRENT_DATE AND flag",
    "id) WHERE (at > '2024-01-01'::date",
    "id) WHERE (at >= DATE '2024-01-01'",
    "id) WHERE (at::date = '2024-01-01'",
    "id) WHERE (owner = gen_random_uuid()",
    "id) WHERE (name = current_setting('a.b')",
]
TAKEN = [
    "(at AT TIME ZONE 'UTC')",
    "((at AT TIME ZONE 'UTC')::date)",
    "(date_trunc('day', at AT TIME ZONE 'UTC'))",
    "(date_trunc('day', ts))",
    "(date_trunc('day', span))",
    "(extract(hour FROM ts))",
    "(extract(epoch FROM span))",
    "(extract(year FROM day))",
    "(date_part('year', day))",
    "(ts::date)",
    "(ts::time)",
    "(day::timestamp)",
    "(date(ts))",
    "(id::text)",
    "(amount::text)",
    "(flag::text)",
    "(hour::text)",
    "(owner::text)",
    "(data::text)",
    "(name::int)",
    "(name::varchar(5))",
    "(code::text)",
    "(letters::text)",
    "((data ->> 'n')::numeric)",
    "((data ->> 'n')::int)",
    "(data -> 'at')",
    "(lower(name))",
    "(name || ' ' || code)",
    "(to_tsvector('english', name))",
    "(to_tsvector('simple'::regconfig, data))",
    "(to_timestamp(id))",
    "(age(at, at2))",
    "(at - at2)",
    "(ts + interval '1 day')",
    "(day + 1)",
    "(day - day)",
    "(CASE WHEN flag THEN at ELSE at2 END)",
    "(md5(name))",
    "(tags[1])",
    "(cardinality(tags))",
    "id) WHERE (at > '2024-01-01'",
    "id) WHERE (at > '2024-01-01'::timestamptz",
    "id) WHERE (at < TIMESTAMP WITH TIME ZONE '2024-01-01'",
    "id) WHERE (day > '2024-01-01'::date",
    "id) WHERE (day > '2024-01-01'::timestamp",
    "id) WHERE (name = 'now()'",
    "id) WHERE (length(name) > 3 AND flag",
]


def index(expression: str) -> str:
    """A build of an index on an expression, or with the predicate that follows it."""
    return f"CREATE INDEX CONCURRENTLY i ON v ({expression});"


@pytest.mark.parametrize("expression", REFUSED)
def test_refused(expression: str) -> None:
    """What depends on the clock, the time zone, or another setting."""
    assert [RULE] == names(index(expression), TABLE)


@pytest.mark.parametrize("expression", TAKEN)
def test_taken(expression: str) -> None:
    """What depends on its arguments alone."""
    assert [] == names(index(expression), TABLE)


@pytest.mark.parametrize(
    "expression",
    ["(at::date)", "(date_trunc('day', at))", "(at::text)", "(at + interval '1 day')", "(mine.now())"],
)
def test_unknown(expression: str) -> None:
    """A column that no file makes may be of any type, and a function of another schema may do anything."""
    assert [] == names(index(expression))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("ALTER TABLE v ALTER COLUMN ts TYPE timestamptz", [RULE]),
        ("ALTER TABLE v ALTER COLUMN at TYPE its_own", []),
        ("ALTER TABLE v ADD COLUMN when_ timestamptz; ALTER TABLE v RENAME COLUMN when_ TO ts2", []),
        ("ALTER TABLE v DROP COLUMN ts; ALTER TABLE v RENAME COLUMN at TO ts", [RULE]),
    ],
)
def test_type_as_of_now(change: str, found: list[str]) -> None:
    """The history decides which type a column has."""
    assert found == names(index("(ts::date)"), f"{TABLE}{change};")
