"""The lock table: every form of a statement that locks a relation harder than ACCESS SHARE."""

from collections.abc import Mapping

from idxlint.sql.locks import table_alter, table_indexes, table_others
from idxlint.sql.locks.row import LockRow

ROWS: tuple[LockRow, ...] = (*table_indexes.ROWS, *table_alter.ROWS, *table_others.ROWS)

_BY_FORM: Mapping[tuple[str, int], LockRow] = {
    (row.form, major): row for row in ROWS for major in range(row.since, row.until + 1)
}
_OLDEST, _NEWEST = 12, 18
FORMS = frozenset(row.form for row in ROWS)


def row(form: str, postgres: int) -> LockRow | None:
    """The row of a form; a major that nobody measured counts as the nearest one; None: the form is not known."""
    return _BY_FORM.get((form, min(max(postgres, _OLDEST), _NEWEST)))
