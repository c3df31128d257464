"""PostgreSQL's regression suite against the lock table: a live server and `effects` have to agree.

    python -m tests.live.regression_suite FOLDER

FOLDER has the suite's sql files (src/test/regress/sql of a server, or libpg_query's copy of them). They are
run in the order of the suite in one database; each statement runs in a transaction of its own, unless the
file opens one, and what it holds at its end is compared with what `effects` says of the replayed schema.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pglast
import psycopg
from pglast import parser

from idxlint.model import LOCK_MODES
from idxlint.sql.locks.effects import Effects, effects
from idxlint.sql.meaning.operations import BuildIndex, Operation, Transaction
from idxlint.sql.state.relations import TEMP
from idxlint.sql.state.replay import apply
from idxlint.sql.state.schema import Schema
from idxlint.sql.state.search_path import PUBLIC
from idxlint.sql.state.transaction import Session
from idxlint.sql.text import Name, Statement
from idxlint.sql.whole.complete import describe_all

from .observed import Observer, Relation

FIRST = ("test_setup", "create_index", "create_misc", "create_view")
"""What other files build on, as far as it runs without the suite's data and its C functions."""

SKIPPED = frozenset(
    "largeobject tablespace regproc psql infinite_recurse event_trigger_login password roleattributes"
    " sanity_check opr_sanity type_sanity oidjoins misc_sanity stats vacuum_parallel numeric_big"
    " reindex_catalog".split()
)
"""Files that ask the catalogue, or need a server of their own."""

NOT_DDL = frozenset(
    "SelectStmt InsertStmt UpdateStmt DeleteStmt MergeStmt CopyStmt ExplainStmt VariableSetStmt VariableShowStmt"
    " TransactionStmt PrepareStmt ExecuteStmt DeallocateStmt DeclareCursorStmt FetchStmt ClosePortalStmt DoStmt"
    " CallStmt ListenStmt UnlistenStmt NotifyStmt DiscardStmt CheckPointStmt LoadStmt ConstraintsSetStmt"
    " PLAssignStmt ReturnStmt".split()
)
_DATA = re.compile(
    r"^\s*copy\b[^;]*\bfrom\s+stdin[^;]*;[^\n]*\n.*?^\\\.\s*$", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_STREAM = re.compile(r"\b(?:stdin|stdout)\b", re.IGNORECASE)
_TIMEOUT = re.compile(r"^[^;]*\bset\b[^;]*_timeout\b", re.IGNORECASE)
_META = re.compile(r"\\(?:gset|gexec|g|crosstabview|gdesc|bind)\b[^\n]*")


@dataclass
class Tally:
    """What came of the statements."""

    known: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    unmeasured: int = 0
    disagreements: list[str] = field(default_factory=list)
    forms: Counter[str] = field(default_factory=Counter)


def statements(text: str) -> Iterator[str]:
    """The statements of a psql script, without its data and its own commands."""
    text = _DATA.sub(r"", text)
    text = re.sub(r"^\\[^\n]*$", "", text, flags=re.MULTILINE)
    text = _META.sub(";", text)
    try:
        pieces = pglast.split(text, with_parser=False)
    except pglast.Error:
        return
    for sql in pieces:
        if sql.strip() and not re.search(r"(?<![:\w]):[\"']?\w", sql):
            yield sql


def kind_of(sql: str) -> str | None:
    """The node of a statement, or None for a text that the grammar refuses."""
    try:
        row = json.loads(parser.parse_sql_json(sql))["stmts"]
    except pglast.Error:
        return None
    return next(iter(row[0]["stmt"])) if len(row) == 1 else None


class Suite:
    """One run over one database."""

    def __init__(self, postgres: int) -> None:
        self.postgres = postgres
        self.session = Session(Schema(), {})
        self.tally = Tally()
        self.file = ""
        self.relations: dict[int, Relation] | None = None

    def play(self, path: Path, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        """All statements of one file."""
        schema = self.session.schema
        self.file, self.connection, self.observer = path.stem, connection, Observer(connection)
        self.session, schema.search_path = Session(schema, {}), PUBLIC
        self.relations = None
        for sql in statements(path.read_text("utf-8", "replace")):
            kind = kind_of(sql)
            streams = kind == "CopyStmt" and _STREAM.search(sql)
            if kind is not None and not streams and not _TIMEOUT.search(sql):
                try:
                    self._statement(sql, kind)
                except psycopg.Error as error:
                    self.tally.refused += 1
                    print(f"{path.stem}: {sql[:80]!r}: {error}", file=sys.stderr)
                    self._execute("ROLLBACK")
        self._execute("ROLLBACK")
        self.session.close()
        schema.drop_schema(TEMP)
        schema.settle()

    def _execute(self, sql: str) -> bool:
        self.relations = None
        try:
            self.connection.execute(sql.encode())
        except (psycopg.Error, UnicodeError):
            return False
        return True

    @property
    def _open(self) -> bool:
        return self.connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    def _statement(self, sql: str, kind: str) -> None:
        try:
            operations = describe_all(sql)
        except Exception as error:
            self.tally.disagreements.append(f"{self.file}: {sql[:200]!r}: {error!r}")
            return
        if kind in ("TransactionStmt", "VariableSetStmt"):
            was_open = self._open
            if self._execute(sql):
                self._replay(operations, sql)
            elif was_open and not self._open:  # a COMMIT that a deferred constraint refuses
                self._replay(describe_all("ROLLBACK"), "ROLLBACK")
            return
        expected = effects(operations, self.session.schema, self.postgres)
        if expected.refuses_transaction or kind in ("CreatedbStmt", "DropdbStmt", "AlterSystemStmt"):
            if not self._open and (self._execute(sql) or self._left(operations)):
                self.tally.unmeasured += 1
                self._replay(operations, sql)
            return
        self._measured(sql, kind, operations, expected)

    def _left(self, operations: tuple[Operation, ...]) -> bool:
        """Whether a concurrent build that failed has left its index."""
        names = [operation.name for operation in operations if isinstance(operation, BuildIndex)]
        if not names or names[0] is None:
            return False
        row = self.connection.execute("SELECT to_regclass(%s)", [str(names[0])]).fetchone()
        return row is not None and row[0] is not None

    def _committed(self) -> bool:
        try:
            self.connection.execute("COMMIT")
        except psycopg.Error:
            return False
        return True

    def _there(self) -> dict[int, Relation]:
        """The relations before a statement; asked for only after one that may have made or ended some."""
        if self.relations is None:
            self.relations = self.observer.relations()
        return self.relations

    def _measured(self, sql: str, kind: str, operations: tuple[Operation, ...], expected: Effects) -> None:
        own = not self._open
        if own:
            self.connection.execute("BEGIN")
        elif self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            return
        before = self.observer.locks()
        if not own:
            self.connection.execute("SAVEPOINT suite")
        try:
            seen = self.observer.taken(sql, self._there())
        except (psycopg.Error, UnicodeError):
            self.tally.refused += 1
            self._execute("ROLLBACK" if own else "ROLLBACK TO suite")
            return
        if not own:
            self.connection.execute("RELEASE suite")
        elif not self._committed():
            return
        if kind not in NOT_DDL or kind in ("DoStmt", "CallStmt", "ExecuteStmt"):
            self.relations = None
        self._compare(sql, kind, seen, expected, alone=own and not before)
        self._replay(operations, sql)

    def _replay(self, operations: tuple[Operation, ...], sql: str) -> None:
        for operation in operations:
            apply(self.session, operation, Statement(0, len(sql), sql), self.file)
            if isinstance(operation, Transaction) and operation.verb in ("COMMIT", "ROLLBACK"):
                self.session.schema.settle()

    def _compare(self, sql: str, kind: str, seen: dict[Name, str], expected: Effects, *, alone: bool) -> None:
        counts = self.tally.known if expected.known else self.tally.unknown
        counts["dml" if kind in NOT_DDL else "ddl"] += 1
        if not expected.known:
            self.tally.forms[kind] += 1
            return
        said = {taken.relation: taken.mode for taken in expected.taken}
        wrong = difference(said, seen, rows=kind in NOT_DDL, alone=alone)
        if wrong:
            text = " ".join(sql.split())[:180]
            self.tally.disagreements.append(f"{self.file} [{kind}] {text}\n      {'; '.join(wrong)}")


def difference(said: dict[Name, str], seen: dict[Name, str], *, rows: bool, alone: bool) -> list[str]:
    """What the two do not agree on.

    rows: a statement on rows locks no more than said, for it may meet no row, or prune partitions
    alone: nothing was locked before in its transaction
    """
    seen = dict(seen)
    said = {name: mode for name, mode in said.items() if mode != LOCK_MODES[0]}
    wrong = []
    for name in [name for name in said if name.schema is None]:  # a relation that the replay does not know
        mode = said.pop(name)
        match = next((one for one, held in seen.items() if held == mode and one not in said), None)
        if match:
            seen.pop(match)
        elif alone:
            wrong.append(f"said {name} {mode}")
    for name in sorted({*said, *seen}, key=str):
        if said.get(name) == seen.get(name):
            continue
        if name not in seen and (rows or not alone):
            continue
        if (
            not alone
            and name in said
            and name in seen
            and LOCK_MODES.index(said[name]) > LOCK_MODES.index(seen[name])
        ):
            continue
        wrong.append(f"{name}: said {said.get(name, '-')}, is {seen.get(name, '-')}")
    return wrong


def ordered(folder: Path) -> list[Path]:
    """The files in an order in which they can run."""
    files = {path.stem: path for path in sorted(folder.glob("*.sql"))}
    names = [name for name in FIRST if name in files]
    names += [name for name in files if name not in FIRST and name not in SKIPPED]
    return [files[name] for name in names]


def run(dsn: str, folder: Path, postgres: int, only: tuple[str, ...] = (), *, verbose: bool = False) -> Tally:
    """Play the suite on an empty database, each file in a session of its own."""
    suite = Suite(postgres)
    for path in ordered(folder):
        if not only or path.stem in only or path.stem in FIRST:
            with psycopg.connect(dsn, autocommit=True, prepare_threshold=None) as connection:
                connection.execute("SET statement_timeout = '10s'; SET lock_timeout = '1s'")
                began = time.monotonic()
                suite.play(path, connection)
                if verbose:
                    print(f"{path.stem}: {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    return suite.tally


def report(tally: Tally) -> str:
    """The figures, the forms that are not known, and every disagreement."""
    known, unknown = tally.known, tally.unknown
    ddl = known["ddl"] + unknown["ddl"]
    lines = [
        f"DDL: {known['ddl']} of {ddl} known ({100 * known['ddl'] / max(ddl, 1):.1f} %)",
        f"others: {known['dml']} of {known['dml'] + unknown['dml']} known",
        f"refused by the server: {tally.refused}; run outside a transaction: {tally.unmeasured}",
        f"not known: {dict(tally.forms.most_common())}",
        f"disagreements: {len(tally.disagreements)}",
        *tally.disagreements,
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    from .server import installed, running

    (binaries,) = [one for one in installed() if one.major == 17]
    with running(binaries) as server:
        print(report(run(server.dsn(), Path(sys.argv[1]), 17, tuple(sys.argv[2:]), verbose=True)))
