"""Spread the rows of the lock table over the relations that the replayed schema knows."""

from collections.abc import Sequence

from idxlint.sql.locks.forms import forms
from idxlint.sql.locks.modes import stronger
from idxlint.sql.locks.outcome import Effects, Taken, Work
from idxlint.sql.locks.partition_indexes import PartitionIndexes
from idxlint.sql.locks.relatives import Cast, Relatives
from idxlint.sql.locks.row import INDEXES, SINGLE, LockRow, On
from idxlint.sql.locks.table import row
from idxlint.sql.meaning import operations as op
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.column_operations import Touch
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.state.schema import Schema
from idxlint.sql.text import Name


class Tally:
    """What the forms of a statement add up to."""

    def __init__(self, schema: Schema, postgres: int, *, wide: bool) -> None:
        self._schema, self._postgres, self._wide = schema, postgres, wide
        self._around = Relatives(schema)
        self._taken: dict[Name, Taken] = {}
        self._under: dict[Name, Name] = {}
        self._lists: dict[str, list[Name]] = {"builds": [], "drops": [], "creates": []}
        self._rows = self._refuses = False

    def effects(self, operations: Sequence[Operation]) -> Effects:
        """All that the operations do; nothing is said where one of them is not in the table."""
        for operation in operations:
            for form, named in forms(operation, self._schema):
                found = row(form, self._postgres)
                if found is None:
                    return Effects(known=False)
                self._take(found, named)
            self._note(operation)
        self._level()
        return Effects(
            taken=tuple(self._taken.values()),
            builds=tuple(self._lists["builds"]),
            rewrites=tuple(
                lock.relation for lock in self._taken.values() if lock.work is Work.REWRITE and not lock.index
            ),
            drops=tuple(self._lists["drops"]),
            creates=tuple(self._lists["creates"]),
            rows=self._rows,
            refuses_transaction=self._refuses,
        )

    def _take(self, found: LockRow, named: Cast) -> None:
        """The locks and the work of one form."""
        self._refuses |= found.refuses_transaction
        for role, mode in found.locks.items():
            if not (self._wide or role in SINGLE):
                continue
            work = found.work.get(role, Work.NONE)
            for relation in self._around.of(role, named):
                if role is On.CHILDREN and named.table:
                    self._under[relation] = named.table
                self._lock(relation, mode, work, index=role in INDEXES)

    def _lock(self, relation: Name, mode: str, work: Work, *, index: bool) -> None:
        if self._wide and not index and self._schema.is_partitioned(relation):
            work = Work.NONE
        taken, before = Taken(relation, mode, work, index), self._taken.get(relation)
        self._taken[relation] = before.joined(taken) if before else taken

    def _level(self) -> None:
        """ALTER TABLE locks children for all its subcommands as hard as the hardest wants the table (ATController)."""
        for child, table in self._under.items():
            below, above = self._taken[child], self._taken.get(table)
            if above is not None:
                mode = stronger(below.mode, above.mode)
                self._taken[child] = Taken(child, mode, below.work, below.index)

    def _note(self, operation: Operation) -> None:
        """What the operation makes, drops, and how much it goes through."""
        schema, lists = self._schema, self._lists
        match operation:
            case op.BuildIndex():
                full = schema.resolve(operation.table)
                lists["builds"].append(Name(full.schema, schema.index_name(operation).name))
            case op.AddConstraint(constraint=constraint) if constraint.builds:
                full = schema.resolve(operation.table)
                lists["builds"].append(Name(full.schema, constraint_name(full, constraint)))
            case op.AttachPartition(parent=parent, partition=child) if self._wide:
                missing = PartitionIndexes(schema).missing(schema.resolve(parent), schema.resolve(child))
                lists["builds"] += missing
            case op.CreateTable(table=table):
                lists["creates"].append(schema.resolve(table))
            case op.DropTable(tables=names):
                lists["drops"] += map(schema.resolve, names)
            case op.DropIndex(indexes=names):
                lists["drops"] += map(schema.resolve_index, names)
            case Touch(unbounded=True):
                self._rows = True
