"""A statement with its operations, and the statements in its body."""

from collections.abc import Mapping
from typing import Any

from idxlint.model import NameGuard, value
from idxlint.sql.meaning.operations import Operation, Where
from idxlint.sql.text import Statement


@value
class Step:
    """What one statement does.

    body: for a DO block, what it does when it runs; for a function, what it would do when it is called
    guard: what has to hold for it to be sent
    """

    statement: Statement
    operations: tuple[Operation, ...]
    body: tuple["Step", ...] = ()
    where: Where = Where.TOP
    guard: NameGuard | None = None


Placeholders = Mapping[str, str]
Common = Mapping[str, Any]
