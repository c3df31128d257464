"""Whether ALTER COLUMN … TYPE rewrites a table: measured on PostgreSQL 12 to 18 (ATColumnChangeRequiresRewrite)."""

from idxlint.sql.meaning.column_operations import ColumnType

_TEXT = ("varchar", "text")
_LENGTHS = ("varchar", "varbit")
_PRECISIONS = ("timestamp", "timestamptz", "time", "timetz", "interval")
_BINARY = frozenset(
    (
        ("varchar", "text"),
        ("text", "varchar"),
        ("cidr", "inet"),
        ("int4", "oid"),
        ("oid", "int4"),
        ("xml", "text"),
        ("citext", "text"),
        ("text", "citext"),
        ("varchar", "citext"),
        ("citext", "varchar"),
    )
)
"""Pairs whose values are the same bytes (pg_cast.castmethod b)."""


def rewrites(old: ColumnType | None, new: ColumnType | None, *, using: bool) -> bool:
    """Whether a change of a column's type writes every row again; what is not known does.

    timestamp and timestamptz are the same bytes where TimeZone is UTC, which no migration can know.
    """
    if old is None or new is None or using or old.array != new.array:
        return True
    if old.name == new.name:
        return not _widens(old, new)
    if old.array or (old.name, new.name) not in _BINARY:
        return True
    return not _fits(old, new)


def _widens(old: ColumnType, new: ColumnType) -> bool:
    """The same type, with room for all that the old one has."""
    if old.modifiers == new.modifiers:
        return True
    if old.array:
        return False
    if not new.modifiers:
        return old.name in (*_LENGTHS, *_PRECISIONS, "numeric")
    if not old.modifiers:
        return old.name in _PRECISIONS and new.modifiers == ("6",)
    match old.name:
        case "varchar" | "varbit" | "timestamp" | "timestamptz" | "time" | "timetz":
            return _number(new.modifiers[0]) >= _number(old.modifiers[0])
        case "interval":  # its fields, then its precision
            same = old.modifiers[0] == new.modifiers[0]
            return same and _number(new.modifiers[-1]) >= _number(old.modifiers[-1])
        case "numeric":
            (before, scale), (after, new_scale) = _digits(old), _digits(new)
            return after >= before and scale == new_scale
    return False


def _fits(old: ColumnType, new: ColumnType) -> bool:
    """Whether a type of the same bytes takes all values of the old one."""
    if not new.modifiers:
        return True
    return (
        bool(old.modifiers)
        and old.name == "varchar"
        and _number(new.modifiers[0]) >= _number(old.modifiers[0])
    )


def _digits(numeric: ColumnType) -> tuple[int, int]:
    precision, *scale = numeric.modifiers
    return _number(precision), _number(scale[0]) if scale else 0


def _number(modifier: str) -> int:
    return int(modifier) if modifier.lstrip("-").isdigit() else -1
