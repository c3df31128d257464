"""What a check is: a function for one page of the rule book, and the operations that it is called for."""

from collections.abc import Callable, Iterator
from typing import Any

from idxlint.checks.context import Context
from idxlint.model import Hit, value
from idxlint.sql.text import Statement

Form = tuple[type, bool]
Run = Callable[[Any, Statement, Context], Iterator[Hit]]


@value
class Check:
    """A check and what it is called for.

    name: that of its page in the rule book
    concurrent: only the form with CONCURRENTLY, or only the one without; None for both
    """

    name: str
    on: tuple[type, ...]
    run: Run
    concurrent: bool | None = None


def check(name: str, *on: type, concurrent: bool | None = None) -> Callable[[Run], Check]:
    """Make a function the check of a rule; registers nothing."""
    return lambda function: Check(name, on, function, concurrent)


def form(subject: object) -> Form:
    """What a check is looked up by: the type of an operation, and whether it says CONCURRENTLY."""
    return type(subject), getattr(subject, "concurrently", False)
