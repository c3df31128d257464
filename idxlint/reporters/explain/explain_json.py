"""An explanation for machines, shape 1: keys may be added, but never change their meaning."""

from collections.abc import Iterator
from typing import Any

from idxlint import __version__
from idxlint.model import FileGap
from idxlint.model.explained import Explained, ExplainedTransaction, Explanation, HeldLock
from idxlint.reporters.explain.explained_parts import held
from idxlint.reporters.parts.dumped import dumped

VERSION = 1


def render(explanation: Explanation) -> Iterator[str]:
    """The whole explanation as one line of JSON. Offsets are code points, lines and columns count from 1."""
    statements, sent = explanation.statements, explanation.sent
    data = {
        "version": VERSION,
        "tool": {"name": "idxlint", "version": __version__},
        "statements": [_statement(statement) for statement in statements],
        "transactions": [_transaction(one, statements) for one in explanation.transactions],
        "gaps": [_gap(entry) for entry in explanation.gaps],
        "unread": [str(unread) for unread in explanation.unread],
        "summary": {
            "files": len(explanation.paths),
            "statements": len(sent),
            "unknown": sum(not statement.known for statement in sent),
            "gaps": len(explanation.gaps),
            "left_out": explanation.left_out,
            "replayed": explanation.replayed,
            "scope": explanation.scope or None,
        },
    }
    yield dumped(data)
    yield "\n"


def _statement(statement: Explained) -> dict[str, Any]:
    start = statement.source.position(statement.span.start)
    return {
        "path": statement.source.path,
        "line": start.line,
        "column": start.column,
        "start": statement.span.start,
        "end": statement.span.end,
        "sql": statement.sql,
        "kind": statement.kind,
        "direction": statement.direction,
        "runner": statement.runner,
        "runs": statement.runs,
        "transaction": statement.transaction,
        "refuses_transaction": statement.refuses_transaction,
        "known": statement.known,
        "locks": [_lock(lock) for lock in statement.locks],
        "builds": list(statement.builds),
        "rewrites": list(statement.rewrites),
        "drops": list(statement.drops),
        "creates": list(statement.creates),
        "unbounded": statement.rows,
    }


def _lock(lock: HeldLock) -> dict[str, Any]:
    return {
        "relation": lock.relation,
        "mode": lock.mode,
        "blocks": list(lock.blocks),
        "until": lock.until,
        "until_line": lock.until_line,
        "work": lock.work,
        "index": lock.index,
        "new": lock.new,
    }


def _transaction(transaction: ExplainedTransaction, statements: tuple[Explained, ...]) -> dict[str, Any]:
    """A transaction; a statement is meant by its number in the list of statements, counted from 0."""
    first = statements[transaction.first]
    return {
        "transaction": transaction.number,
        "path": first.source.path,
        "line": first.line,
        "runs": transaction.runs,
        "opened": transaction.opened,
        "until": transaction.until,
        "until_line": transaction.until_line,
        "first": transaction.first,
        "last": transaction.last,
        "locks": [
            {
                "relation": lock.relation,
                "mode": lock.mode,
                "blocks": list(lock.blocks),
                "line": statements[lock.first].line,
                "until": lock.until,
                "until_line": lock.until_line,
                "new": lock.new,
                "first": lock.first,
                "last": lock.last,
            }
            for lock in (row.lock for rows in held(transaction) for row in rows if row.strongest)
        ],
        "works": list(transaction.works),
    }


def _gap(entry: FileGap) -> dict[str, Any]:
    start, end = map(entry.source.position, entry.gap.span)
    return {
        "path": entry.source.path,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "reason": entry.gap.reason,
        "message": entry.gap.message,
    }
