"""Carry out operations on the replayed schema."""

from dataclasses import replace

from idxlint.sql.meaning import operations as op
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.meaning.column_operations import (
    AddColumn,
    AlterColumn,
    ColumnChange,
    Hang,
    ReplicaIdentity,
    ValidateConstraint,
)
from idxlint.sql.state.gone import Gone
from idxlint.sql.state.index_columns import mentions, renamed
from idxlint.sql.state.relations import TEMP, Index, Relation
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.search_path import first
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import Name, Statement, cut


def apply(session: Session, operation: op.Operation, statement: Statement, path: str) -> None:
    """Do to the session and its schema what the server would do; path: the file that does it."""
    schema = session.schema
    gone = _ended(session, operation, statement, path)
    match operation:
        case op.Transaction():
            session.control(operation, statement)
        case op.SetParameter():
            session.set(operation, statement)
        case op.CreateTable():
            _create_table(session, operation, path)
        case op.Refresh():
            _refresh(schema, operation)
        case op.DropTable(tables=tables):
            for name in tables:
                full = schema.resolve(name)
                schema.drop_table(full, gone if schema.knows(name) else None)
        case op.BuildIndex():
            _build_index(schema, operation, session.transaction)
        case op.DropIndex(indexes=indexes):
            for name in indexes:
                _drop_index(schema, operation, schema.resolve_index(name))
        case op.AddConstraint():
            _add_constraint(schema, operation, session.transaction)
        case op.DropConstraint():
            _drop_constraint(schema, operation)
        case op.AttachPartition() | op.DetachPartition():
            change = schema.attach if isinstance(operation, op.AttachPartition) else schema.detach
            change(schema.resolve(operation.parent), schema.resolve(operation.partition))
        case op.Rename():
            _rename(schema, operation, gone)
        case op.SetSchema(table=table, schema=new):
            old = schema.resolve(table)
            schema.move_table(old, Name(new, old.name), gone if schema.knows(table) else None)
        case op.DropSchema(schemas=schemas):
            for dropped in schemas:
                schema.drop_schema(dropped, gone)
        case _:
            _define(schema, operation)


def _define(schema: Schema, operation: op.Operation) -> None:
    """What changes no table or index, only what is known of them."""
    match operation:
        case AlterColumn():
            _alter_column(schema, operation)
        case AddColumn(table=table) | ValidateConstraint(table=table):
            schema.catalogue.note(schema.resolve(table), operation)
        case ReplicaIdentity(table=table, index=index):
            full = schema.resolve(table)
            schema.links.identify(full, Name(full.schema, cut(index)) if index else None)
        case op.AttachIndex(parent=parent, index=index):
            schema.links.attach(schema.resolve_index(parent), schema.resolve_index(index))
        case Hang(one=one, other=other):
            schema.kinship.link(replace(operation, one=schema.resolve(one), other=schema.resolve(other)))


_ENDS: dict[type, str] = {
    op.DropTable: "drops",
    op.DropSchema: "drops",
    op.Rename: "renames",
    op.SetSchema: "moves",
}


def _ended(session: Session, operation: op.Operation, statement: Statement, path: str) -> Gone | None:
    """The statement as what ends a relation, if it certainly does."""
    verb = _ENDS.get(type(operation))
    return Gone(verb, path, statement.start) if verb and operation.sure and session.complete else None


def _create_table(session: Session, operation: op.CreateTable, path: str) -> None:
    schema = session.schema
    place = TEMP if operation.temporary else operation.table.schema or first(schema.search_path)
    full = Name(place, cut(operation.table.name))
    parent, joined = None, 0
    if operation.parent:
        parent, joined = schema.resolve(operation.parent), schema.tick()
    table = Relation(
        full,
        operation.made,
        path,
        operation.sure,
        operation.partitioned,
        parent,
        session.transaction,
        operation.with_data or operation.made is not op.Made.MATVIEW,
        joined,
    )
    if operation.if_not_exists and schema.tables.get(full):
        return
    again = session.repeats or operation.where is op.Where.FUNCTION
    schema.add_table(table, operation, session.transaction, again=again)
    for constraint in operation.constraints:
        if constraint.builds:
            name = Name(full.schema, constraint_name(full, constraint))
            schema.add_index(Index(name, full, constraint=constraint, partitioned=operation.partitioned))
        elif constraint.kind == "FOREIGN KEY":
            schema.foreign_keys.add(full, cut(constraint_name(full, constraint)), constraint.columns)


def _refresh(schema: Schema, operation: op.Refresh) -> None:
    view, populated = schema.table(operation.view), operation.with_data
    if view is not None and view.populated != populated:
        schema.put(schema.tables, view.name, replace(view, populated=populated))


def _build_index(schema: Schema, operation: op.BuildIndex, transaction: int) -> None:
    full = schema.resolve(operation.table)
    name = Name(full.schema, cut(schema.index_name(operation).name))
    if operation.if_not_exists and schema.indexes.get(name) is not None:
        return
    made = schema.tick() if operation.only else 0
    partitioned = schema.is_partitioned(full)
    schema.add_index(Index(name, full, operation, None, partitioned, transaction, made))
    schema.catalogue.note(full, operation, transaction, name.name)


def _drop_index(schema: Schema, operation: op.DropIndex, full: Name) -> None:
    if (index := schema.index(full)) is not None:
        schema.catalogue.note(index.table, operation, 0, full.name)
    schema.drop_index(full)


def _alter_column(schema: Schema, operation: AlterColumn) -> None:
    """DROP COLUMN takes the indexes of the column along; after RENAME they are about the new name."""
    full, column = schema.resolve(operation.table), operation.column
    indexes = [*schema.standing(full)] if operation.change in _MOVING and schema.has_indexes(full) else []
    schema.catalogue.note(full, operation)
    if operation.change is ColumnChange.DROP:
        schema.kinship.release(full, column=column)
        schema.foreign_keys.drop_column(full, column)
        for index in indexes:
            if mentions(index, column):
                schema.drop_index(index.name)
    elif operation.change is ColumnChange.RENAME:
        schema.foreign_keys.rename_column(full, column, operation.new)
        for index in indexes:
            schema.put(schema.indexes, index.name, renamed(index, column, operation.new))


_MOVING = (ColumnChange.DROP, ColumnChange.RENAME)


def _add_constraint(schema: Schema, operation: op.AddConstraint, transaction: int) -> None:
    full, constraint = schema.resolve(operation.table), operation.constraint
    if constraint.kind == "FOREIGN KEY":
        schema.foreign_keys.add(full, cut(constraint_name(full, constraint)), constraint.columns)
    if constraint.kind not in op.INDEXED:
        schema.catalogue.note(full, operation, transaction)
        return
    name = Name(full.schema, cut(constraint_name(full, constraint)))
    build = None
    if constraint.using_index:
        old = Name(full.schema, constraint.using_index)
        if (standing := schema.indexes.get(old)) is not None:
            build = standing.build
        name = name if constraint.name else old
        if name != old:
            schema.links.rename(old, name)
            schema.drop_index(old)
    schema.catalogue.note(full, operation, transaction, name.name)
    partitioned = schema.is_partitioned(full)
    schema.add_index(Index(name, full, build, constraint, partitioned, transaction))


def _drop_constraint(schema: Schema, operation: op.DropConstraint) -> None:
    full = schema.resolve(operation.table)
    schema.catalogue.note(full, operation)
    schema.foreign_keys.drop(full, operation.name)
    schema.kinship.release(full, label=operation.name)
    schema.drop_index(Name(full.schema, operation.name))


def _rename(schema: Schema, operation: op.Rename, gone: Gone | None) -> None:
    match operation.kind:
        case "table" if schema.index(operation.old) is None or schema.table(operation.old):
            old = schema.resolve(operation.old)
            schema.move_table(
                old, Name(old.schema, operation.new), gone if schema.knows(operation.old) else None
            )
        case "table" | "index":  # ALTER TABLE also renames an index
            old = schema.resolve_index(operation.old)
            if (index := schema.index(old)) is not None:
                schema.catalogue.note(index.table, operation)
            _rename_index(schema, old, operation.new)
        case "constraint" if operation.table:
            owner = schema.resolve(operation.table)
            schema.catalogue.note(owner, operation)
            schema.foreign_keys.rename(owner, operation.old.name, operation.new)
            schema.kinship.relabel(owner, operation.old.name, operation.new)
            if (index := schema.index(old := Name(owner.schema, operation.old.name))) and index.constraint:
                _rename_index(schema, old, operation.new)
        case "schema":
            for full in schema.tables_in(operation.old.name):
                schema.move_table(full, Name(operation.new, full.name), gone)
            schema.ended.doubt()  # what is unknown in it has come along


def _rename_index(schema: Schema, old: Name, new: str) -> None:
    index = schema.index(old)
    if index is not None:
        schema.rename_index(index, Name(old.schema, new), index.table)
    else:
        schema.links.rename(old, Name(old.schema, new))
        schema.drop_index(old)
        schema.ended.end(Name(old.schema, new), None)
