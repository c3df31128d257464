"""The commands that PostgreSQL refuses inside a transaction block, a function or a pipeline."""

from functools import lru_cache

from idxlint.model import value
from idxlint.sql.meaning.chosen_names import index_name
from idxlint.sql.meaning.operations import BuildIndex, DetachPartition, DropIndex, Operation, Reindex, Vacuum

REFUSING = ((BuildIndex, True), (DropIndex, True), (DetachPartition, True), Reindex, Vacuum)
"""The operations that may be such a command: True for those that have to say CONCURRENTLY."""


@value
class Refusing:
    """words: the command; underline: the words that make it one; subject: what it works on; names: bare."""

    words: str
    underline: str
    subject: str = ""
    names: tuple[str, ...] = ()


@lru_cache(maxsize=1)  # several checks ask one after the other
def refusing(operation: Operation) -> Refusing | None:
    """The command, if it is one (PreventInTransactionBlock in src/backend/tcop/utility.c)."""
    match operation:
        case BuildIndex(concurrently=True):
            subject = f"{operation.table}.{index_name(operation).name}"
            return Refusing("CREATE INDEX CONCURRENTLY", "CONCURRENTLY", subject)
        case DropIndex(concurrently=True):
            names = tuple(name.name for name in operation.indexes)
            subject = ", ".join(map(str, operation.indexes))
            return Refusing("DROP INDEX CONCURRENTLY", "CONCURRENTLY", subject, names)
        case Reindex(concurrently=True):
            return Refusing("REINDEX CONCURRENTLY", "CONCURRENTLY", str(operation.target or operation.kind))
        case Reindex(kind="SCHEMA" | "DATABASE" | "SYSTEM"):
            return Refusing(f"REINDEX {operation.kind}", "REINDEX", str(operation.target or ""))
        case DetachPartition(concurrently=True):
            return Refusing("DETACH PARTITION CONCURRENTLY", "CONCURRENTLY", str(operation.partition))
        case Vacuum():
            return Refusing("VACUUM", "VACUUM")
    return None
