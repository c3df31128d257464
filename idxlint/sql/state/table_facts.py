"""The columns and constraints of one table, as its operations leave them."""

from collections.abc import Iterator
from dataclasses import replace

from idxlint.sql.meaning import operations as op
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.column_operations import (
    AddColumn,
    AlterColumn,
    Column,
    ColumnChange,
    ValidateConstraint,
)
from idxlint.sql.state.journal import Journal
from idxlint.sql.state.relations import Standing
from idxlint.sql.state.written_table import written_table
from idxlint.sql.text import Name, cut

Key = tuple[bool, str]
"""An index (True) or a constraint (False) by its name; they may have the same."""

PARTITION_KEY: Key = (False, "")
"""The partition key, as if it were a constraint with a name that none can have."""

Numbers = tuple[int | None, ...]
"""The columns of an index or a constraint; None for an expression."""


class TableFacts:
    """What is known of one table.

    Columns have numbers, as in pg_attribute, so that what stands over a column stays as it is when the column gets
    another name. A column that is only mentioned has a number and nothing else.

    indexes_only: nothing is asked but `over` and `index_key`, of indexes
    """

    def __init__(self, *, indexes_only: bool = False) -> None:
        self._indexes_only = indexes_only
        self._journal = Journal()
        self._number: dict[str, int] = {}
        self._name: dict[int, str] = {}
        self._column: dict[int, Column] = {}
        self._not_null: dict[int, bool] = {}
        self._standing: dict[str, Standing] = {}
        self._keys: dict[Key, Numbers] = {}
        self._over: dict[int, dict[Key, None]] = {}
        self._proofs: dict[int, dict[Key, None]] = {}
        self._reached: dict[str, int] = {}

    def mark(self) -> int:
        """A point to come back to."""
        return self._journal.mark()

    def rollback(self, mark: int) -> None:
        """Take back everything since the mark."""
        self._journal.rollback(mark)

    # -- questions

    def column(self, name: str) -> Column | None:
        """A column as it is now; None where nothing is known of it."""
        number = self._number.get(name, -1)
        known, not_null = self._column.get(number), self._not_null.get(number)
        if known is None:
            return None if not_null is None else Column(name, not_null=not_null)
        return replace(known, name=name, not_null=bool(not_null))

    def is_not_null(self, name: str) -> bool | None:
        """Whether a column is NOT NULL; None where that is not known."""
        return self._not_null.get(self._number.get(name, -1))

    def proves_not_null(self, name: str) -> bool:
        """Whether a validated CHECK says that a column IS NOT NULL."""
        return bool(self._proofs.get(self._number.get(name, -1)))

    def constraint(self, name: str) -> Standing | None:
        """A constraint with the names that its columns have now."""
        standing = self._standing.get(name)
        if standing is None:
            return None
        before, columns = standing.constraint.columns, self.key(False, name)
        if before == columns:
            return standing
        named = tuple(column for column in columns if column is not None)
        now = dict(zip(before, named, strict=False))
        not_nulls = tuple(now.get(column, column) for column in standing.constraint.not_nulls)
        return replace(standing, constraint=replace(standing.constraint, columns=named, not_nulls=not_nulls))

    def constraints(self) -> Iterator[Standing]:
        """All that stand, in the order in which they came."""
        return (standing for name in [*self._standing] if (standing := self.constraint(name)))

    def key(self, is_index: bool, name: str) -> tuple[str | None, ...]:
        """The columns of an index or a constraint; None for an expression."""
        numbers = self._keys.get((is_index, name), ())
        return tuple(None if number is None else self._name[number] for number in numbers)

    def index_key(self, name: str) -> tuple[str | None, ...]:
        """The columns of an index, also of one that a constraint owns."""
        return self.key(True, name) or self.key(False, name)

    def partition_key(self) -> tuple[str | None, ...]:
        """The columns of the partition key; None for an expression."""
        return self.key(*PARTITION_KEY)

    def over(self, column: str) -> list[str]:
        """The names of the indexes and constraints that have a column."""
        return [name for _, name in self._over.get(self._number.get(column, -1), ())]

    # -- changes

    def carry_out(self, operation: op.Operation, table: Name, transaction: int, name: str) -> None:
        """Do what an operation does; see Entry for the rest."""
        match operation:
            case op.CreateTable():
                self._define(operation, table, transaction)
            case AddColumn(column=column, if_not_exists=again):
                if not (again and column.name in self._number):
                    self._add(column)
            case AlterColumn():
                self._alter(operation)
            case op.AddConstraint(constraint=constraint):
                self._constrain(table, constraint, transaction, name)
            case op.BuildIndex():
                columns = [*(column.name for column in operation.columns), *operation.include]
                self._put_key(
                    (True, name),
                    tuple(None if column is None else self._mention(column) for column in columns),
                )
            case op.DropIndex():
                self._forget((True, name))
            case op.DropConstraint(name=dropped):
                self._drop_constraint(cut(dropped))
            case op.Rename(kind=kind, old=old, new=new):
                self._rename((kind != "constraint", cut(old.name)), cut(new))
            case ValidateConstraint(name=validated):
                self._validate(cut(validated))

    def _define(self, operation: op.CreateTable, table: Name, transaction: int) -> None:
        if self._indexes_only:
            for constraint in operation.constraints:
                if constraint.builds:
                    self._constrain(table, constraint, transaction, "")
            self._put_partition_key(operation)
            return
        read = written_table(operation.text, operation.placeholders, operation.table.name)
        for column in read.columns:
            if column.type is not None or read.whole:
                self._add(column)
            elif column.not_null:  # of a partition, or a typed table: the rest is its parent's
                self._journal.put(self._not_null, self._mention(column.name), True)
        for constraint in read.constraints:
            valid = replace(constraint, not_valid=False) if constraint.not_valid else constraint
            self._constrain(table, valid, transaction, "")
        self._put_partition_key(operation)

    def _put_partition_key(self, operation: op.CreateTable) -> None:
        if columns := operation.partition_key:
            numbers = tuple(self._mention(column) if column else None for column in columns)
            self._put_key(PARTITION_KEY, numbers)

    def _add(self, column: Column) -> None:
        name, number = cut(column.name), len(self._name)
        self._journal.put(self._number, name, number)
        self._journal.put(self._name, number, name)
        self._journal.put(self._column, number, column)
        self._journal.put(self._not_null, number, column.not_null)

    def _mention(self, column: str) -> int:
        """The number of a column that something names."""
        name = cut(column)
        if name not in self._number:
            number = len(self._name)
            self._journal.put(self._number, name, number)
            self._journal.put(self._name, number, name)
        return self._number[name]

    def _alter(self, operation: AlterColumn) -> None:
        number = self._mention(operation.column)
        match operation.change:
            case ColumnChange.DROP:
                for key in [*self._over.get(number, ())]:
                    self._forget(key)
                self._journal.remove(self._number, cut(operation.column))
            case ColumnChange.RENAME:
                self._journal.remove(self._number, cut(operation.column))
                self._journal.put(self._number, cut(operation.new), number)
                self._journal.put(self._name, number, cut(operation.new))
            case ColumnChange.TYPE:
                known = self._column.get(number, Column(operation.column))
                self._journal.put(self._column, number, replace(known, type=operation.type))
            case ColumnChange.SET_NOT_NULL | ColumnChange.DROP_NOT_NULL as change:
                self._journal.put(self._not_null, number, change is ColumnChange.SET_NOT_NULL)

    def _constrain(self, table: Name, constraint: op.Constraint, transaction: int, index: str) -> None:
        numbers: Numbers = tuple(self._mention(column) for column in constraint.columns)
        if constraint.using_index:
            numbers = self._keys.get((True, constraint.using_index), ())
            self._forget((True, constraint.using_index))
        name = cut(index or constraint.name or self._choose(constraint_name(table, constraint)))
        named = constraint if constraint.name == name else replace(constraint, name=name)
        self._journal.put(self._standing, name, Standing(named, transaction))
        self._put_key((False, name), numbers)
        if constraint.kind == "PRIMARY KEY":
            self._set_not_null(numbers)
        if not constraint.not_valid:
            self._hold(name)

    def _choose(self, name: str) -> str:
        """The name, or that with the first number that is free (ChooseConstraintName)."""
        number = self._reached.get(name, 0)
        while (False, chosen := f"{name}{number or ''}") in self._keys:
            number += 1
        if number:
            self._journal.put(self._reached, name, number)
        return chosen

    def _validate(self, name: str) -> None:
        standing = self._standing.get(name)
        if standing and standing.constraint.not_valid:
            valid = replace(standing.constraint, not_valid=False)
            self._journal.put(self._standing, name, replace(standing, constraint=valid))
            self._hold(name)

    def _hold(self, name: str) -> None:
        """What follows from a constraint that holds for all rows."""
        constraint, numbers = self._standing[name].constraint, self._keys[False, name]
        if constraint.kind == "NOT NULL":
            self._set_not_null(numbers)
        for column, number in zip(constraint.columns, numbers, strict=False):
            if column in constraint.not_nulls:
                self._journal.enter(self._proofs, number, (False, name))

    def _set_not_null(self, numbers: Numbers) -> None:
        for number in numbers:
            self._journal.put(self._not_null, number, True)

    def _drop_constraint(self, name: str) -> None:
        """A constraint goes; the columns of a primary key stay NOT NULL."""
        standing = self._standing.get(name)
        if standing and standing.constraint.kind == "NOT NULL":
            for number in self._keys[False, name]:
                self._journal.put(self._not_null, number, False)
        self._forget((False, name))

    def _rename(self, old: Key, new: str) -> None:
        """An index or a constraint gets another name, and with an index the constraint that owns it."""
        key = old if old in self._keys else (False, old[1])
        numbers, standing = self._keys.get(key, ()), self._standing.get(key[1])
        proved = [number for number in numbers if number is not None and key in self._proofs.get(number, ())]
        self._forget(key)
        self._put_key((key[0], new), numbers)
        if standing and not key[0]:
            named = replace(standing, constraint=replace(standing.constraint, name=new))
            self._journal.put(self._standing, new, named)
            for number in proved:
                self._journal.enter(self._proofs, number, (False, new))

    def _put_key(self, key: Key, numbers: Numbers) -> None:
        self._journal.put(self._keys, key, numbers)
        for number in numbers:
            if number is not None:
                self._journal.enter(self._over, number, key)

    def _forget(self, key: Key) -> None:
        """An index or a constraint goes."""
        for number in self._keys.get(key, ()):
            self._journal.leave(self._over, number, key)
            self._journal.leave(self._proofs, number, key)
        self._journal.remove(self._keys, key)
        if not key[0]:
            self._journal.remove(self._standing, key[1])
