"""All that a statement does, that included which only locks: for who asks of every statement.

`describe` knows what checks need, and `read` skips what no check needs. Here nothing is skipped: a statement
of which something is not known gets a Touch with a form that no lock table has.
"""

import json
from collections.abc import Mapping
from typing import Any

from pglast import parser

from idxlint.sql.meaning.column_operations import Touch
from idxlint.sql.meaning.describe import READERS
from idxlint.sql.meaning.operations import Operation
from idxlint.sql.meaning.tree import Node, Tree, kind
from idxlint.sql.whole import describe_alter, describe_rows, describe_touch
from idxlint.sql.whole.describe_kin import hangs


def describe_all(
    sql: str, placeholders: Mapping[str, str] | None = None, common: Mapping[str, Any] | None = None
) -> tuple[Operation, ...]:
    """The operations of one statement, with those that only lock. Raises pglast's ParseError."""
    tree = Tree(sql, placeholders or {}, common or {})
    operations: list[Operation] = []
    for statement in json.loads(parser.parse_sql_json(sql))["stmts"]:
        operations += _statement(tree, *kind(statement["stmt"]))
    return tuple(operations)


def _statement(tree: Tree, name: str, node: Node) -> list[Operation]:
    return [*_does(tree, name, node), *hangs(tree, name, node)]


def _does(tree: Tree, name: str, node: Node) -> list[Operation]:
    if name == "AlterTableStmt":
        return describe_alter.alter(tree, node)
    reader, touches = READERS.get(name), _TOUCHES.get(name)
    operations = reader(tree, node) if reader else []
    if touches:
        operations += touches(tree, node)
    elif not reader and name not in _NOTHING:
        operations.append(Touch(form=name, **tree.at()))
    return operations


_TOUCHES = {**describe_touch.READERS, **describe_rows.READERS}

_NOTHING = frozenset(
    """AlterOwnerStmt AlterObjectSchemaStmt
    AlterDatabaseRefreshCollStmt AlterDatabaseSetStmt AlterDatabaseStmt AlterDefaultPrivilegesStmt AlterEnumStmt
    AlterEventTrigStmt AlterFdwStmt AlterForeignServerStmt AlterFunctionStmt AlterOpFamilyStmt AlterOperatorStmt
    AlterRoleSetStmt AlterRoleStmt AlterStatsStmt AlterSubscriptionStmt AlterSystemStmt AlterTSConfigurationStmt
    AlterTSDictionaryStmt AlterTypeStmt AlterUserMappingStmt CheckPointStmt ClosePortalStmt CompositeTypeStmt
    ConstraintsSetStmt CreateAmStmt CreateCastStmt CreateConversionStmt CreateDomainStmt CreateEnumStmt
    CreateEventTrigStmt CreateFdwStmt CreateForeignServerStmt CreateOpClassStmt
    CreateOpFamilyStmt CreatePLangStmt CreateRangeStmt CreateRoleStmt CreateSeqStmt CreateSubscriptionStmt
    CreateTableSpaceStmt CreateTransformStmt CreateUserMappingStmt CreatedbStmt DeallocateStmt DefineStmt
    AlterCollationStmt AlterTableSpaceOptionsStmt AlterObjectDependsStmt
    DiscardStmt DropRoleStmt DropSubscriptionStmt DropTableSpaceStmt DropUserMappingStmt DropdbStmt FetchStmt
    GrantRoleStmt GrantStmt ListenStmt LoadStmt NotifyStmt UnlistenStmt VariableShowStmt""".split()
)
"""What locks no table, view, sequence or index harder than ACCESS SHARE."""
