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
    """A check and what it is called for; name: that of its page in the rule book."""

    name: str
    forms: tuple[Form, ...]
    run: Run


def check(name: str, *on: type | Form, concurrent: bool | None = None) -> Callable[[Run], Check]:
    """Make a function the check of a rule; registers nothing.

    on: types of operations, or one form of them; concurrent: which form of the types, None for both
    """
    both = (False, True) if concurrent is None else (concurrent,)
    forms = [one if isinstance(one, tuple) else (one, form) for one in on for form in both]
    return lambda function: Check(name, tuple(dict.fromkeys(forms)), function)


def form(subject: object) -> Form:
    """What a check is looked up by: the type of an operation, and whether it says CONCURRENTLY."""
    return type(subject), getattr(subject, "concurrently", False)
