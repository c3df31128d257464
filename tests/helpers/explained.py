"""What explain says of a text, as plain values."""

from idxlint.config.configuration import Config
from idxlint.engine.explained_file import Explainer
from idxlint.engine.judge import Selection, replay
from idxlint.engine.parsed_file import parse_file
from idxlint.model import FileGap
from idxlint.model.explained import Explained, Explanation
from idxlint.sql.state.schema import Schema
from tests.conftest import BOOK, migration

Held = tuple[int, str, str, str, int | None]


def explained(
    sql: str, before: str = "", runner: str = "psql", path: str = "db/2.sql", postgres: int = 14
) -> Explanation:
    """The explanation of a text as a runner reads it, after another file has built the schema."""
    selection, schema = Selection.of(BOOK.rules, Config(postgres=postgres)), Schema()
    if before:
        replay(parse_file(migration("db/1.sql", before)), schema, selection)
    explainer = Explainer(selection)
    parsed = parse_file(migration(path, sql, runner), every=True)
    explainer.file(parsed, schema)
    return Explanation(
        tuple(explainer.statements),
        tuple(explainer.transactions),
        tuple(FileGap(parsed.migration.source, gap) for gap in parsed.gaps),
        paths=(path,),
    )


def locks(explanation: Explanation) -> list[Held]:
    """Line, mode, relation, what ends the lock, and its line, for each lock on a table."""
    return [
        (statement.line, lock.mode, lock.relation, lock.until, lock.until_line)
        for statement in explanation.statements
        for lock in statement.locks
        if not lock.index
    ]


def runs(explanation: Explanation) -> list[tuple[str, str, int]]:
    """Kind, how it runs, and in which transaction, for each statement."""
    return [(one.kind, one.runs, one.transaction) for one in explanation.statements]


def only(explanation: Explanation) -> Explained:
    """The statement of an explanation that has one."""
    (statement,) = explanation.statements
    return statement
