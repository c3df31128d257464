"""What an index is: its definition, with defaults filled in, so that two can be compared."""

from idxlint.model import record
from idxlint.sql.meaning import normal_form
from idxlint.sql.meaning.operations import BuildIndex, Constraint
from idxlint.sql.state.relations import Index

Key = tuple[str | None, str, str, str, str]
"""Column or expression, order, operator class and collation."""


@record
class Definition:
    """An index without its name and its table. Storage parameters and the tablespace are no part of it.

    include: in no order; predicate: in normal form, "" without one
    immediate: uniqueness is checked at once, as for an index that no DEFERRABLE constraint owns
    """

    method: str
    keys: tuple[Key, ...]
    include: frozenset[str] = frozenset()
    predicate: str = ""
    unique: bool = False
    nulls_not_distinct: bool = False
    immediate: bool = True

    def is_served_by(self, other: "Definition") -> bool:
        """Whether another index with the same keys does all that this one does."""
        if self.method != other.method or self.keys != other.keys or self.predicate != other.predicate:
            return False
        if self.include != other.include:
            return False
        return not self.unique or (
            other.unique
            and other.nulls_not_distinct == self.nulls_not_distinct
            and (other.immediate or not self.immediate)
        )

    def leads(self, other: "Definition") -> bool:
        """Whether a B-tree begins with the keys of another, plain one and has all that this includes."""
        return (
            self.method == other.method == "btree"
            and not self.unique
            and self.predicate == other.predicate
            and len(self.keys) <= len(other.keys)
            and self.keys == other.keys[: len(self.keys)]
            and self.include <= other.include | {key[0] for key in other.keys}
        )


def definition(index: Index) -> Definition | None:
    """The definition of a standing index; None where the history does not tell it whole."""
    if index.build is not None:
        return of_build(index.build, index.constraint)
    return of_constraint(index.constraint) if index.constraint else None


def of_build(build: BuildIndex, constraint: Constraint | None = None) -> Definition | None:
    """The definition that a CREATE INDEX gives; constraint: the one that owns the index by now."""
    if build.partial and not build.predicate:
        return None
    return Definition(
        build.method,
        tuple(
            (column.name, column.expression, column.order, column.opclass, column.collation)
            for column in build.columns
        ),
        frozenset(build.include),
        normal_form.of_text(build.predicate) if build.predicate else "",
        build.unique,
        build.nulls_not_distinct,
        constraint is None or not constraint.deferrable,
    )


def of_constraint(constraint: Constraint) -> Definition | None:
    """The definition of the index that PRIMARY KEY or UNIQUE builds."""
    if constraint.kind not in ("PRIMARY KEY", "UNIQUE") or constraint.temporal or not constraint.columns:
        return None
    return Definition(
        "btree",
        tuple((column, "", "", "", "") for column in constraint.columns),
        frozenset(constraint.include),
        unique=True,
        nulls_not_distinct=constraint.nulls_not_distinct,
        immediate=not constraint.deferrable,
    )
