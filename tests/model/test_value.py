"""Values are what dataclasses would be."""

import pickle
from dataclasses import KW_ONLY, field, fields, replace

import pytest

from idxlint.model import record, value


@value
class Base:
    """Something with fields that are passed by name."""

    _: KW_ONLY
    near: int = 0
    names: list[str] = field(default_factory=list)


@value
class Derived(Base):
    """Something more."""

    table: str
    index: str | None = None

    @property
    def both(self) -> str:
        """A property stays."""
        return f"{self.table}.{self.index}"


@record
class Place:
    """Compared by its content."""

    line: int
    column: int = 1
    hidden: str = field(default="", repr=False, compare=False)


def test_fields_and_defaults() -> None:
    """Fields of the base are passed by name, and each instance has a default of its own."""
    first, second = Derived("t", near=3), Derived("t", "i")
    first.names.append("x")

    assert (3, ["x"], "t.None", 0, [], "t.i") == (
        first.near, first.names, first.both, second.near, second.names, second.both,
    )  # fmt: skip


@pytest.mark.parametrize("arguments", [(), ("t", "i", 3)])
def test_wrong_arguments(arguments: tuple[str, ...]) -> None:
    """What is missing or too much is refused."""
    with pytest.raises(TypeError, match=r"__init__\(\)"):
        Derived(*arguments)


def test_equality() -> None:
    """A value is itself; a record is what it holds."""
    assert (False, True, False, 1) == (
        Derived("t") == Derived("t"), Place(1) == Place(1), Place(1) == Place(2), len({Place(1), Place(1)}),
    )  # fmt: skip
    assert Place(1, hidden="x") == Place(1)
    assert repr(Place(1, hidden="x")) == "Place(line=1, column=1)"


def test_no_other_attributes() -> None:
    """Slots hold the fields and nothing else."""
    with pytest.raises(AttributeError):
        Place(1).file = "a.sql"  # type: ignore[attr-defined]


def test_replace_and_fields() -> None:
    """The functions of `dataclasses` know them, before and after they have been asked."""
    changed = replace(replace(Derived("t", near=3), index="i"), table="u")

    assert ("u", "i", 3) == (changed.table, changed.index, changed.near)
    assert ["near", "names", "table", "index"] == [part.name for part in fields(Derived)]


def test_matching_and_pickling() -> None:
    """A pattern binds by place, and a copy out of another process is equal."""
    match Derived("t", "i"):
        case Derived(table, index):
            assert (table, index) == ("t", "i")
    assert Place(1, 2) == pickle.loads(pickle.dumps(Place(1, 2)))  # noqa: S301 - our own
