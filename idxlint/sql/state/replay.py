"""Carry out operations on the replayed schema."""

from dataclasses import replace

from idxlint.sql.meaning import operations as op
from idxlint.sql.meaning.chosen_names import constraint_name
from idxlint.sql.state.gone import Gone
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
                schema.drop_index(schema.resolve_index(name))
        case op.AddConstraint():
            _add_constraint(schema, operation, session.transaction)
        case op.DropConstraint(table=table, name=name):
            schema.drop_index(Name(schema.resolve(table).schema, name))
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
    parent = schema.resolve(operation.parent) if operation.parent else None
    table = Relation(
        full,
        operation.made,
        path,
        operation.sure,
        operation.partitioned,
        parent if operation.parent else None,
        session.transaction,
        operation.with_data or operation.made is not op.Made.MATVIEW,
    )
    again = session.repeats or operation.where is op.Where.FUNCTION
    schema.add_table(table, if_not_exists=operation.if_not_exists, again=again)
    for constraint in operation.constraints:
        if constraint.builds:
            name = Name(full.schema, constraint_name(full, constraint))
            schema.add_index(Index(name, full, constraint=constraint, partitioned=operation.partitioned))


def _refresh(schema: Schema, operation: op.Refresh) -> None:
    view, populated = schema.table(operation.view), operation.with_data
    if view is not None and view.populated != populated:
        schema.put(schema.tables, view.name, replace(view, populated=populated))


def _build_index(schema: Schema, operation: op.BuildIndex, transaction: int) -> None:
    full = schema.resolve(operation.table)
    name = Name(full.schema, cut(schema.index_name(operation).name))
    if operation.if_not_exists and schema.indexes.get(name) is not None:
        return
    partitioned = schema.is_partitioned(full)
    schema.add_index(Index(name, full, build=operation, partitioned=partitioned, transaction=transaction))


def _add_constraint(schema: Schema, operation: op.AddConstraint, transaction: int) -> None:
    full, constraint = schema.resolve(operation.table), operation.constraint
    if constraint.kind not in op.INDEXED:
        return
    name = Name(full.schema, cut(constraint_name(full, constraint)))
    build = None
    if constraint.using_index:
        old = Name(full.schema, constraint.using_index)
        if (standing := schema.indexes.get(old)) is not None:
            build = standing.build
        name = name if constraint.name else old
        schema.drop_index(old)
    partitioned = schema.is_partitioned(full)
    schema.add_index(Index(name, full, build, constraint, partitioned, transaction))


def _rename(schema: Schema, operation: op.Rename, gone: Gone | None) -> None:
    match operation.kind:
        case "table" if schema.index(operation.old) is None or schema.table(operation.old):
            old = schema.resolve(operation.old)
            schema.move_table(
                old, Name(old.schema, operation.new), gone if schema.knows(operation.old) else None
            )
        case "table" | "index":  # ALTER TABLE also renames an index
            _rename_index(schema, schema.resolve_index(operation.old), operation.new)
        case "constraint" if operation.table:
            owner = schema.resolve(operation.table)
            _rename_index(schema, Name(owner.schema, operation.old.name), operation.new)
        case "schema":
            for full in schema.tables_in(operation.old.name):
                schema.move_table(full, Name(operation.new, full.name), gone)
            schema.ended.doubt()  # what is unknown in it has come along


def _rename_index(schema: Schema, old: Name, new: str) -> None:
    index = schema.index(old)
    schema.drop_index(old)
    if index is not None:
        schema.add_index(replace(index, name=Name(old.schema, new)))
    else:
        schema.ended.end(Name(old.schema, new), None)
