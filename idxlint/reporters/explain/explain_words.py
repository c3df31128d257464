"""What explain says, in the words that all its reports for people share."""

from collections.abc import Iterator, Sequence

from idxlint.model import Direction
from idxlint.model.explained import Explained, ExplainedTransaction, Explanation, HeldLock, LockStretch
from idxlint.reporters.explain.explained_parts import HeldThrough
from idxlint.reporters.parts.phrases import counted

LIMITS = (
    "The locks are those of a migration that runs through. Locks on system catalogs and TOAST tables are left out, "
    "and so is ACCESS SHARE, which only ACCESS EXCLUSIVE waits for."
)
UNKNOWN = "not known: idxlint does not know what this statement locks"
REFUSED = "PostgreSQL refuses it here: it cannot run inside a transaction block"
NOBODY = "no query waits for it"

_MOST = 4
_WAIT = ("create-index", "drop-index", "reindex", "reindex-index", "reindex-table", "reindex-schema")
_WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE")
_WORKS = {"update": "updates", "delete": "deletes", "insert": "inserts", "merge": "merges", "copy": "copies"}


def blocked(blocks: Sequence[str]) -> str:
    """Whom a lock blocks, in a few words: reads are SELECT, writes are INSERT, UPDATE, DELETE and MERGE."""
    if "SELECT" in blocks:
        return "blocks reads and writes"
    said = [kind for kind in blocks if kind not in _WRITES]
    return f"blocks {row(['writes', *said])}" if blocks else NOBODY


def row(words: Sequence[str]) -> str:
    """Words in a row, "and" before the last."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def names(locks: Sequence[HeldLock]) -> str:
    """The relations of some locks, not all of them where there are many; JSON has all."""
    said = [f"index {lock.relation}" if lock.index else lock.relation for lock in locks]
    if len(said) > _MOST + 1:
        said = [*said[:_MOST], f"{len(said) - _MOST} more"]
    return row(said)


def blocks(lock: HeldLock | LockStretch) -> str:
    """Whom a lock blocks, in a few words; nobody can be blocked on a table that is new."""
    return "new in this file, nobody uses it yet" if lock.new else blocked(lock.blocks)


def grip(locks: Sequence[HeldLock], statement: Explained) -> str:
    """A lock on some relations, behind its mode: on what, until when, and whom it blocks."""
    lock = locks[0]
    # That of a statement on its own ends with it, which is said above all of them.
    end = "" if lock.until == "statement" else f" until {until(lock, statement.runner)}"
    return f" on {names(locks)}{end}; {blocks(lock)}"


def until(end: HeldLock | LockStretch | ExplainedTransaction, runner: str) -> str:
    """What ends a lock, behind the word "until"."""
    line = f" in line {end.until_line}" if end.until_line else ""
    match end.until:
        case "statement":
            return "the statement ends"
        case "commit" | "rollback":
            return f"{end.until.upper()}{line}"
        case "savepoint":
            return f"ROLLBACK TO{line}"
        case "prepared":
            return f"COMMIT PREPARED, after PREPARE TRANSACTION{line}"
        case "message":
            return "everything sent with it is done"
        case "run":
            return f"the end of the run: {runner} runs all pending files in one transaction"
        case "session":
            return "the session ends, because nothing here ends the transaction"
    return f"{runner} commits, at the end of the file"


def doing(statement: Explained) -> Iterator[str]:
    """What a statement does beside locking, a phrase each."""
    if not statement.known or statement.refused:
        return
    for verb, relations in (
        ("builds", statement.builds),
        ("rewrites", statement.rewrites),
        ("drops", statement.drops),
        ("creates", statement.creates),
    ):
        if relations:
            yield f"{verb} {few(relations)}"
    scanned = [lock.relation for lock in statement.locks if lock.work == "scan"]
    if scanned:
        yield f"scans {few(scanned)}"
    if any(lock.work == "wait" for lock in statement.locks) or (
        statement.refuses_transaction and statement.kind in _WAIT
    ):
        yield "waits for other transactions"
    if statement.rows:
        yield f"{_WORKS.get(statement.kind, 'goes through')} rows without a bound"


def few(relations: Sequence[str]) -> str:
    """Names in a row, not all of them where there are many."""
    more = [f"{len(relations) - _MOST} more"] if len(relations) > _MOST + 1 else []
    return row([*relations[: _MOST if more else None], *more])


def heavy(statement: Explained) -> str:
    """The work of a statement that keeps others waiting, in a few words."""
    told = [words for words in doing(statement) if not words.startswith(("drops", "creates", "waits"))]
    return row(told) or "works"


def under(through: HeldThrough, statements: Sequence[Explained]) -> str:
    """The work of a transaction while a lock is held; "" for none."""
    if not through.works:
        return ""
    told = [f"line {statements[number].line} {heavy(statements[number])}" for number in through.works]
    return "; ".join(told) + (f"; {counted(through.more, 'statement')} more" if through.more else "")


def lasting(through: HeldThrough, statements: Sequence[Explained]) -> str:
    """From which line to what a lock is the strongest one."""
    first = statements[through.lock.first]
    if through.overtaken is not None:
        line = statements[through.overtaken.first].line
        return f"line {first.line} until line {line} takes {through.overtaken.mode}"
    return f"line {first.line} until {until(through.lock, first.runner)}"


def title(transaction: ExplainedTransaction | None, first: Explained) -> str:
    """How the statements of a part run."""
    back = " (down migration)" if first.direction is Direction.DOWN else ""
    if transaction is None:
        return f"each statement on its own, and its locks end with it{back}"
    match transaction.opened:
        case "runner":
            how = f"one transaction, which {first.runner} opens"
        case "message":
            how = "one pipeline" if transaction.runs == "pipeline" else "one message"
            how = f"one transaction: {first.runner} sends the statements in {how}"
        case _:
            how = f"one transaction, BEGIN in line {first.line}"
    return f"{how}{back}"


def summary(explanation: Explanation) -> str:
    """One line: how much was explained, and what was not."""
    sent = explanation.sent
    unknown = sum(not statement.known for statement in sent)
    said = [
        f"{counted(len(sent), 'statement')} in {counted(len(explanation.paths), 'file')}",
    ]
    if explanation.transactions:
        said.append(f"{counted(len(explanation.transactions), 'transaction')} of several statements")
    if unknown:
        said.append(f"{unknown} not known")
    if explanation.gaps:
        said.append(counted(len(explanation.gaps), "gap"))
    if explanation.replayed:
        said.append(f"{counted(explanation.replayed, 'file')} replayed")
    if explanation.left_out:
        said.append(f"{counted(explanation.left_out, 'file')} for other databases left out")
    return ", ".join(said)
