"""For each type an SQL expression that makes a value out of a number: other numbers, other values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from idxlint.live.seed.alternates import Make, alternates, cycle
from idxlint.live.seed.catalogue import PgType, SeedClient
from idxlint.model import record
from idxlint.sql.meaning.expressions import parts

_DAY = 86400
_TRIED_WITH = 7

# {n} is a bigint of 1 or more. The names are those of pg_type.typname; what takes a length is in _SIZED.
_PLAIN: Mapping[str, str] = {
    "int2": "{n} % 32767",
    "int4": "{n} % 2147483647",
    "int8": "{n}",
    "float4": "{n}",
    "float8": "{n}",
    "money": "({n})::numeric",
    "text": "'v' || {n}",
    "name": "'v' || {n}",
    "refcursor": "'v' || {n}",
    "bytea": "decode(md5(({n})::text), 'hex')",
    "uuid": "md5(({n})::text)",
    "date": "date '2024-01-01' + ({n})::int",
    "time": f"time '00:00:00' + {{n}} % {_DAY} * interval '1 second'",
    "timetz": f"timetz '00:00:00+00' + {{n}} % {_DAY} * interval '1 second'",
    "timestamp": "timestamp '2024-01-01 00:00:00' + {n} * interval '1 hour'",
    "timestamptz": "timestamptz '2024-01-01 00:00:00+00' + {n} * interval '1 hour'",
    "interval": "{n} * interval '1 minute'",
    "json": "json_build_object('n', {n})",
    "jsonb": "jsonb_build_object('n', {n})",
    "jsonpath": "'$.v' || {n}",
    "inet": "inet '10.0.0.0' + {n}",
    "cidr": "inet '10.0.0.0' + {n}",
    "macaddr": "lpad(to_hex({n}), 12, '0')",
    "macaddr8": "lpad(to_hex({n}), 16, '0')",
    "point": "point(10 * {n}, 0)",
    "box": "box(point(10 * {n}, 0), point(10 * {n} + 1, 1))",
    "lseg": "lseg(point(10 * {n}, 0), point(10 * {n} + 1, 1))",
    "line": "line(point(0, {n}), point(1, {n}))",
    "path": "'[(0,0),(' || {n} || ',1)]'",
    "polygon": "polygon(box(point(10 * {n}, 0), point(10 * {n} + 1, 1)))",
    "circle": "circle(point(10 * {n}, 0), 1)",
    "tsvector": "to_tsvector('simple', 'v' || {n})",
    "tsquery": "plainto_tsquery('simple', 'v' || {n})",
    "pg_lsn": "'0/' || to_hex({n})",
    "tid": "'(' || {n} || ',1)'",
    "txid_snapshot": "{n} || ':' || {n} || ':'",
    "pg_snapshot": "{n} || ':' || {n} || ':'",
    **dict.fromkeys(("xid", "xid8", "cid", "oid", "int2vector", "oidvector"), "({n} % 32767)::text"),
    **dict.fromkeys(
        (
            "regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure "
            "regrole regtype"
        ).split(),
        "({n})::oid",
    ),
}

# Texts that types of extensions and rare ones of the server may take; {0}: zeros up to the dimensions of a vector.
_TRIED = (
    "'v' || {n}",
    "({n})::text",
    "'<n>' || {n} || '</n>'",
    "'v=>' || {n}",
    "'[' || {n} % 10000 || '{0}]'",
    "{n} || '.0.0'",
    "'POINT(' || {n} % 90 || ' 0)'",
    "'SRID=4326;POINT(' || {n} % 90 || ' 0)'",
    "''",
)

_ORDERED = frozenset("int2 int4 int8 float4 float8 numeric date timestamp timestamptz".split())
_LETTERS = 8
_DIGITS = 9
_BITS = 32


@record
class ValueGenerator:
    """make: the expression for a number (as SQL of type bigint); capacity: how many values, None: more than enough."""

    make: Make
    capacity: int | None = None


@dataclass(slots=True)
class Values:
    """The generators of all types of a database; each is worked out once."""

    client: SeedClient
    types: Mapping[int, PgType]
    _known: dict[tuple[int, int], ValueGenerator | None] = field(default_factory=dict)

    def of(self, oid: int, modifier: int = -1) -> ValueGenerator | None:
        """The generator for a type with its modifier (pg_attribute.atttypmod); None: no value is known."""
        if (oid, modifier) not in self._known:
            pg_type = self.types.get(oid)
            self._known[oid, modifier] = self._find(pg_type, modifier) if pg_type else None
        return self._known[oid, modifier]

    def _find(self, pg_type: PgType, modifier: int) -> ValueGenerator | None:
        if pg_type.builtin and pg_type.name in _SIZED:
            return _SIZED[pg_type.name](modifier)
        if pg_type.builtin and pg_type.name in _PLAIN:
            return _cast(_template(_PLAIN[pg_type.name]), pg_type.written)
        if pg_type.builtin and pg_type.name == "bool":
            return ValueGenerator(lambda n: f"({n} % 2 = 1)", 2)
        if pg_type.labels:
            return ValueGenerator(cycle(pg_type.labels, pg_type.written), len(pg_type.labels))
        match pg_type.sort:
            case "d":
                return self._domain(pg_type)
            case "c":
                return self._composite(pg_type)
            case "r":
                return self._range(pg_type)
            case "m":
                return _map(self.of(pg_type.range), lambda inner: f"{pg_type.written}({inner})")
        if pg_type.category == "A" and pg_type.element:
            return _map(
                self.of(pg_type.element, modifier), lambda inner: f"ARRAY[{inner}]::{pg_type.written}"
            )
        return self._tried(pg_type, modifier)

    def _tried(self, pg_type: PgType, modifier: int) -> ValueGenerator | None:
        zeros = ",0" * (max(modifier, 3) - 1)
        for text in _TRIED:
            generator = _cast(_template(text.replace("{0}", zeros)), pg_type.written)
            if self.client.attempt(f"SELECT {generator.make(str(_TRIED_WITH))}") is not None:
                return generator
        return None

    def _composite(self, pg_type: PgType) -> ValueGenerator | None:
        fields = [self.of(oid, modifier) for oid, modifier in pg_type.fields]
        known = [generator for generator in fields if generator is not None]
        if len(known) < len(fields):
            return None
        return _cast(lambda n: f"ROW({', '.join(generator.make(n) for generator in known)})", pg_type.written)

    def _range(self, pg_type: PgType) -> ValueGenerator | None:
        """Ranges that do not overlap; one value only where the order of the values is not known."""
        inner = self.of(pg_type.subtype)
        if inner is None:
            return None
        make = inner.make
        if self.types[pg_type.subtype].name in _ORDERED:
            return ValueGenerator(
                lambda n: f"{pg_type.written}({make(f'(2 * {n})')}, {make(f'(2 * {n} + 1)')})"
            )
        return ValueGenerator(lambda n: f"{pg_type.written}({make(n)}, {make(n)}, '[]')")

    def _domain(self, pg_type: PgType) -> ValueGenerator | None:
        """What the base type has and all checks of the domain allow, and of the domains below it."""
        checks, base, modifier = list(pg_type.checks), self.types[pg_type.base], pg_type.modifier
        while base.sort == "d":
            checks += base.checks
            base, modifier = self.types[base.base], base.modifier
        inner = self.of(base.oid, modifier)
        if inner is None or not checks:
            return inner and _cast(inner.make, pg_type.written, inner.capacity)
        constants = [text for check in checks for text in parts(check).constants]
        makes = alternates(base, inner.make, constants)
        passed = self._passing(base, makes, checks)
        return _cast(makes[passed], pg_type.written, inner.capacity) if passed is not None else None

    def _passing(self, base: PgType, makes: Sequence[Make], checks: Sequence[str]) -> int | None:
        """Which of some expressions the checks of a domain let through most often."""
        for tried in (makes, makes[:1]):
            options = ", ".join(f"({at}, ({make('n')})::{base.written})" for at, make in enumerate(tried))
            allowed = " AND ".join(f"({check}) IS NOT FALSE" for check in checks)
            rows = self.client.attempt(f"""
                SELECT choice FROM unnest(ARRAY[1, 2, 3, 20, 1000000, 1000057, 21000099]::bigint[]) n
                CROSS JOIN LATERAL (VALUES {options}) options (choice, value) WHERE {allowed}
                GROUP BY choice ORDER BY count(*) DESC, count(DISTINCT value::text) DESC, choice LIMIT 1""")
            if rows is not None:
                return rows[0][0] if rows else None
        return None


def _template(text: str) -> Make:
    return lambda n: text.replace("{n}", n)


def _cast(make: Make, written: str, capacity: int | None = None) -> ValueGenerator:
    return ValueGenerator(lambda n: f"({make(n)})::{written}", capacity)


def _map(generator: ValueGenerator | None, wrap: Callable[[str], str]) -> ValueGenerator | None:
    if generator is None:
        return None
    make = generator.make
    return ValueGenerator(lambda n: wrap(make(n)), generator.capacity)


def _text(modifier: int) -> ValueGenerator:
    """As many letters as a short column takes; the modifier counts four bytes more than the length."""
    length = modifier - 4
    if modifier < 0 or length >= _LETTERS:
        return ValueGenerator(_template("('v' || {n})"))
    letters = " || ".join(f"chr((97 + {{n}} / {26**place} % 26)::int)" for place in reversed(range(length)))
    return ValueGenerator(_template(f"({letters})"), 26**length)


def _numeric(modifier: int) -> ValueGenerator:
    """Whole numbers where at least seven digits stand before the point, else all digits are used.

    The modifier packs precision and scale (src/backend/utils/adt/numeric.c); the scale has eleven bits since 15.
    """
    if modifier < 0:
        return ValueGenerator(_template("({n})::numeric"))
    precision = (modifier - 4) >> 16 & 0xFFFF
    scale = ((modifier - 4 & 0x7FF) ^ 1024) - 1024
    if precision - scale >= 7 and scale >= 0:
        return ValueGenerator(_template(f"({{n}} % {10 ** min(precision - scale, _DIGITS)})::numeric"))
    digits = 10 ** min(precision, _DIGITS)
    return ValueGenerator(_template(f"(({{n}} % {digits}) * 1e{-scale}::numeric)"), digits)


def _bits(modifier: int) -> ValueGenerator:
    length = 1 if modifier < 0 else modifier
    return ValueGenerator(_template(f"({{n}})::bit({length})"), 2 ** min(length, _BITS))


def _some_bits(modifier: int) -> ValueGenerator:
    length = _BITS if modifier < 0 else min(modifier, _BITS)
    return ValueGenerator(_template(f"({{n}})::bit({length})::varbit"), 2**length)


_SIZED: Mapping[str, Callable[[int], ValueGenerator]] = {
    "varchar": _text,
    "bpchar": _text,
    "char": lambda _: ValueGenerator(_template('(chr((97 + {n} % 26)::int)::"char")'), 26),
    "numeric": _numeric,
    "bit": _bits,
    "varbit": _some_bits,
}
