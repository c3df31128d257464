"""The name of an index or a constraint is longer than PostgreSQL stores."""

from collections.abc import Iterator, Sequence

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Hit, Severity, Span
from idxlint.sql.meaning.operations import AddConstraint, BuildIndex, CreateTable, Rename
from idxlint.sql.text import MAX_BYTES, Name, Statement, Token, cut, folded, quoted, tokens

_LABELS = ("idx", "key", "pkey", "fkey", "uniq", "unique", "check", "excl", "fk", "pk", "uk")

Named = BuildIndex | AddConstraint | CreateTable | Rename


@check("name-too-long", BuildIndex, AddConstraint, CreateTable, Rename)
def name_too_long(op: Named, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """PostgreSQL cuts it to 63 bytes with a NOTICE; the cut name may be that of another index."""
    for stored in _names(op):
        if len(stored) < 15 or len(stored.encode()) < MAX_BYTES - 3:  # a character has at most four bytes
            continue
        token = next((one for one in tokens(stmt.sql) if _is_cut(one, stmt.sql, stored)), None)
        if token is None:
            continue
        written = folded(stmt.sql[token.start : token.end])
        taken = _taken(op, stored, ctx)
        yield Hit(
            f"{quoted(written)} has {len(written.encode())} bytes: PostgreSQL cuts it to"
            f" {quoted(cut(stored))}{f', which is {taken}' if taken else ''}",
            at=Span(stmt.start + token.start, stmt.start + token.end)
            if stmt.verbatim
            else Span(stmt.start, stmt.end),
            subject=written,
            help=(f"a name that fits: {quoted(shorter(written))}",),
            severity=Severity.ERROR if taken else None,
        )


def _names(op: Named) -> Sequence[str]:
    """The names that a statement gives."""
    if isinstance(op, CreateTable):
        return [constraint.name for constraint in op.constraints if constraint.name]
    if isinstance(op, Rename):
        return (op.new,) if op.kind in ("index", "constraint") else ()
    name = op.index if isinstance(op, BuildIndex) else op.constraint.name
    return (name,) if name else ()


def _is_cut(token: Token, sql: str, stored: str) -> bool:
    """Whether a word is what a name was cut from."""
    if token.end - token.start <= MAX_BYTES // 4:
        return False
    written = folded(sql[token.start : token.end])
    return len(written.encode()) > MAX_BYTES and cut(written) == cut(stored)


def _taken(op: Named, stored: str, ctx: Context) -> str:
    """What has the cut name already, in words; an index that IF NOT EXISTS may mean itself does not count."""
    if not isinstance(op, BuildIndex):
        return ""
    table = ctx.schema.resolve(op.table)
    standing = ctx.schema.index(Name(table.schema, cut(stored)))
    if standing is None or (op.if_not_exists and _equal(standing.build, op)):
        return ""
    return f"the name of an index of {quoted(standing.table.name)}"


def _equal(standing: BuildIndex | None, build: BuildIndex) -> bool:
    return standing is not None and [one.name for one in standing.columns] == [
        one.name for one in build.columns
    ]


def shorter(name: str) -> str:
    """A name of at most 63 bytes: its head, a checksum of the whole, and the label that it ends in."""
    from binascii import crc32

    _, _, last = name.rpartition("_")
    tail = f"_{crc32(name.encode()):08x}" + (f"_{last}" if last in _LABELS else "")
    raw = name.encode()[: MAX_BYTES - len(tail)]
    return raw.decode("utf-8", "ignore").rstrip("_") + tail
