"""Other values than the usual ones, for columns whose checks or partitions want them."""

import re
from collections.abc import Callable, Sequence

from idxlint.live.seed.catalogue import PgType
from idxlint.live.server.connection import quote_literal

Make = Callable[[str], str]
"""From a number, as SQL of type bigint, to an expression."""

FEW, MANY = 8, 60
"""How many constants are tried one by one: of a check, and of the bounds of partitions."""

_LONGEST = 10_000
_MANY = 16
_COMPUTED = frozenset("int2 int4 int8 numeric float4 float8 money".split())
_MOMENTS = frozenset("date time timetz timestamp timestamptz".split())
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_MOMENT = re.compile(r"[\d:. +-]+")

# Shapes that checks on texts ask for; {n} is the number.
_SHAPES = (
    "'v' || {n} || '@example.com'",
    "'https://example.com/' || {n}",
    "upper('v' || {n})",
    "chr((65 + {n} / 26 % 26)::int) || chr((65 + {n} % 26)::int)",
    "chr((65 + {n} / 676 % 26)::int) || chr((65 + {n} / 26 % 26)::int) || chr((65 + {n} % 26)::int)",
    "chr((97 + {n} / 26 % 26)::int) || chr((97 + {n} % 26)::int)",
    "({n})::text",
    "'+1555' || lpad(({n})::text, 7, '0')",
    "'#' || lpad(to_hex({n}), 6, '0')",
    "lpad(to_hex({n}), 40, '0')",
    "md5(({n})::text)::uuid::text",
    "'/v' || {n}",
    "'v-' || {n}",
    "'v' || {n} || '.example.com'",
    "'2024-01-01'",
    "'{}'",
    "''",
)


def same(text: str) -> Make:
    """The same expression for every number."""
    return lambda _: text


def cycle(options: Sequence[str], written: str) -> Make:
    """One of some expressions after the other."""
    row = f"(ARRAY[{', '.join(options)}]::{written}[])"
    return lambda n: f"{row}[1 + ({n} - 1) % {len(options)}]"


def fitting(pg_type: PgType, constants: Sequence[str]) -> list[str]:
    """Those constants that are values of a type, as literals of it; where that cannot be seen, none."""
    name = pg_type.name
    if name in _COMPUTED:
        kept = [text for text in constants if _NUMBER.fullmatch(text)]
    elif name in _MOMENTS:
        kept = [text for text in constants if _MOMENT.fullmatch(text) and ("-" in text or ":" in text)]
    elif pg_type.category == "S":
        kept = list(constants)
    elif pg_type.labels:
        return list(pg_type.labels)
    elif name == "bool":
        kept = ["true", "false"]
    else:
        kept = []
    return [f"{quote_literal(text)}::{pg_type.written}" for text in kept]


def steps(written: str) -> str:
    """The least step of a type that has one, as the server writes the type."""
    if written in ("smallint", "integer", "bigint"):
        return "1"
    if written == "date":
        return "1"
    return "interval '1 second'" if written.startswith("timestamp") else ""


def alternates(pg_type: PgType, make: Make, constants: Sequence[str], most: int = FEW) -> list[Make]:
    """Expressions for a column of a type, the usual one first; constants: those its checks mention."""
    own = fitting(pg_type, constants)
    if pg_type.name in _COMPUTED:
        extra = _numbers(pg_type, own)
    elif pg_type.name in _MOMENTS:
        extra = _moments(pg_type, own)
    elif pg_type.category == "S":
        extra = _texts(constants)
    elif pg_type.category == "A":
        extra = _arrays(make, constants)
    elif pg_type.name in ("json", "jsonb"):
        extra = _documents(constants)
    else:
        extra = []
    cycling = [cycle(own, pg_type.written)] if own else []
    return [make, lambda n: make(f"({n} + 1)"), *cycling, *extra, *map(same, own[:most])]


def _numbers(pg_type: PgType, own: Sequence[str]) -> list[Make]:
    """Above, below, a multiple of, and a little more than each constant, and of nought and one."""
    makes: list[Make] = []
    for text in [*own, "0", "1"][: FEW + 2]:
        near = f"({text})::numeric"

        def add(form: str, near: str = near) -> None:
            makes.append(lambda n: form.replace("{c}", near).replace("{n}", f"({n} % 10000)"))

        add("{c} + 1 + {n} % 20")
        add("{c} - 1 - {n} % 20")
        add("{c} + {n}")
        add("{c} - {n}")
        add("{c} * {n}")
        if pg_type.name not in ("int2", "int4", "int8"):
            add("{c} + 1.0 / (1 + {n})")
        add("{c}")
    return makes


def _moments(pg_type: PgType, own: Sequence[str]) -> list[Make]:
    """After and before each constant."""
    step = "1 day" if pg_type.name == "date" else "1 second"

    def moved(text: str, sign: str) -> Make:
        return lambda n: f"{text} {sign} ({n} % 10000) * interval '{step}'"

    return [moved(text, sign) for text in own[:FEW] for sign in "+-"]


def _texts(constants: Sequence[str]) -> list[Make]:
    """What begins or ends like a constant, is as long as one says, or has a shape that many checks want."""
    numbers = [int(text) for text in constants if text.isdecimal() and int(text) <= _LONGEST]
    forms = [f"lpad(({{n}})::text, {length}, filler)" for length in numbers[:FEW]]
    forms = [form.replace("filler", filler) for form in forms for filler in ("'0'", "'v'")]
    makes: list[Make] = [_form(form) for form in (*forms, *_SHAPES)]
    for text in constants[:FEW]:
        literal = quote_literal(text.replace("%", "").replace("_", "v"))
        makes += [_form("{c} || {n}", literal), _form("{n} || {c}", literal)]
    return makes


def _form(form: str, literal: str = "") -> Make:
    return lambda n: form.replace("{n}", n).replace("{c}", literal)


def _arrays(make: Make, constants: Sequence[str]) -> list[Make]:
    """Empty, of the lengths that a check names, or made of the texts in it."""
    numbers = [int(text) for text in constants if text.isdecimal() and 1 < int(text) <= _MANY]
    texts = [quote_literal(text) for text in constants if not _NUMBER.fullmatch(text)]
    makes = [_repeated(make, many) for many in numbers]
    made = [same(f"ARRAY[{', '.join(texts)}]")] if texts else []
    return [*makes, *made, same("'{}'")]


def _repeated(make: Make, many: int) -> Make:
    return lambda n: " || ".join([make(n)] * many)


def _documents(constants: Sequence[str]) -> list[Make]:
    """Each sort of document, and an object with each key that a check mentions."""
    makes = [same(f"'{text}'") for text in ("{}", "[]", '"v"', "1", "true", "null")]
    for value in ("1", "'v'::text"):
        pairs = ", ".join(f"{quote_literal(text)}, {value}" for text in constants)
        makes.append(same(f"jsonb_build_object({pairs})::text"))
    return makes
