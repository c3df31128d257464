"""Which changes of a column's type write the table again; tests/live/test_lock_matrix.py measures the same."""

import pytest

from idxlint.sql.locks.type_changes import rewrites
from idxlint.sql.meaning.column_operations import ColumnType


def written(text: str) -> ColumnType | None:
    """A type as name:modifier,modifier."""
    name, _, modifiers = text.partition(":")
    return ColumnType(name, tuple(modifiers.split(",")) if modifiers else ()) if text else None


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("varchar:50", "varchar:100", False),
        ("varchar:50", "varchar", False),
        ("varchar:50", "text", False),
        ("varchar:50", "varchar:10", True),
        ("text", "varchar:10", True),
        ("text", "varchar", False),
        ("int4", "int8", True),
        ("int4", "int4", False),
        ("numeric:10,2", "numeric:12,2", False),
        ("numeric:10,2", "numeric:12,3", True),
        ("numeric:10,2", "numeric:8,2", True),
        ("numeric:10,2", "numeric", False),
        ("timestamp", "timestamptz", True),
        ("timestamp:3", "timestamp", False),
        ("timestamp:3", "timestamp:1", True),
        ("varbit:4", "varbit:8", False),
        ("bpchar:4", "bpchar:8", True),
        ("cidr", "inet", False),
        ("", "int8", True),
    ],
)
def test_change_of_type(old: str, new: str, *, expected: bool) -> None:
    """Wider is only the catalogue; narrower, other bytes and an unknown type are a rewrite."""
    assert expected is rewrites(written(old), written(new), using=False)


def test_using_is_an_expression_that_may_do_anything() -> None:
    """With USING every row is computed again."""
    assert rewrites(ColumnType("varchar"), ColumnType("text"), using=True)
