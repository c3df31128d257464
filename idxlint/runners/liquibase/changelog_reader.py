"""The units of a Liquibase changelog in XML, YAML or JSON: one for each change set."""

import re
from collections.abc import Iterator
from pathlib import Path

from idxlint.model import Direction, Piece, Send, Source, Span, Unit, Wrap
from idxlint.model.regular_file import irregular, read_bytes
from idxlint.runners.liquibase.changelog import Node, refused, tree
from idxlint.runners.liquibase.changelog_files import located, named
from idxlint.runners.liquibase.changelog_sql import sql
from idxlint.runners.liquibase.changesets import separator
from idxlint.runners.liquibase.preconditions import precondition
from idxlint.runners.shared.profile import Place
from idxlint.sql.text import decode
from idxlint.sql.text.scanner import marks

_LEAVE = {".xml": 'put `runInTransaction="false"` on its `<changeSet>`'}
_LEAVE_ELSE = "put `runInTransaction: false` in its `changeSet`"
_OTHERS = frozenset(
    "mysql mariadb h2 hsqldb oracle mssql sqlite db2 sybase asany derby firebird informix snowflake".split()
)


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The change sets of a file for PostgreSQL that send something; none where it is no changelog."""
    suffix = place.path.suffix.lower()
    root = tree(source, suffix)
    if root is None:
        return ()
    reader = _Reader(source, place.path, _LEAVE.get(suffix, _LEAVE_ELSE))
    units: list[Unit] = []
    for node in root.children:
        if node.name in ("include", "includeAll"):
            reader.included(node)
        elif node.name == "changeSet" and (unit := reader.unit(node)) is not None:
            units.append(unit)
    return tuple(units)


def _elsewhere(node: Node) -> bool:
    """Whether it is for other databases only."""
    names = [name.strip() for name in node.get("dbms").lower().split(",") if name.strip()]
    if not names or "all" in names or "postgresql" in names or any("${" in name for name in names):
        return node.get("context").lower() in _OTHERS or node.get("contextFilter").lower() in _OTHERS
    return "none" in names or "!postgresql" in names or not all(name.startswith("!") for name in names)


class _Reader:
    def __init__(self, source: Source, path: Path, leave: str) -> None:
        self._source, self._path, self._leave = source, path, leave

    def unit(self, node: Node) -> Unit | None:
        """A change set."""
        if _elsewhere(node):
            return None
        out = not node.says("runInTransaction", default=True)
        pieces: list[Piece] = []
        whole = False
        for change in self._changes(node):
            pieces += self._pieces(change)
            whole = whole or not _plain(change)
        if not pieces:
            return None
        return Unit(
            Span(node.span.start, node.end),
            Direction.UP,
            Wrap.NONE if out else Wrap.UNIT,
            Send.PIPELINE if whole else Send.STATEMENT,
            leave=self._leave,
            opted_out=node.places.get("runInTransaction") if out else None,
            pieces=tuple(pieces),
            guard=next(
                (guard for child in node.all("preConditions") if (guard := precondition(child))), None
            ),
        )

    def _changes(self, node: Node) -> Iterator[Node]:
        for child in node.children:
            if child.name == "changes":
                yield from child.children
            else:
                yield child

    def _pieces(self, change: Node) -> Iterator[Piece]:
        if change.name in ("sql", "sqlFile"):
            if not _elsewhere(change):
                text = self._file(change) if change.name == "sqlFile" else change.get("sql") or change.text
                yield from self._cut(change, text)
            return
        for statement in sql(change):
            yield Piece(change.span, statement)

    def _cut(self, change: Node, text: str) -> Iterator[Piece]:
        """The messages of a text, each where it stands letter by letter if it does."""
        at = change.span.start
        for part in _split(change, text):
            said = part.strip()
            if not said:
                continue
            start = -1 if change.name == "sqlFile" else self._source.text.find(said, at, change.end)
            if start < 0:
                yield Piece(change.span, said)
            else:
                at = start + len(said)
                yield Piece(Span(start, at), said, verbatim=True)

    def _file(self, change: Node) -> str:
        """The text of a <sqlFile>; what a property names is not known."""
        name = change.get("path")
        if not name or "${" in name:
            return ""
        there = located(self._path, name, beside=change.says("relativeToChangelogFile", default=False))
        if there is None or there.is_dir():
            raise refused(self._source, self._line(change), f"sqlFile {name} does not exist")
        try:
            source, _ = decode(name, read_bytes(there))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise refused(self._source, self._line(change), f"sqlFile {name}: {why}") from None
        return source.text

    def included(self, node: Node) -> None:
        """Whether the file is there that a changelog includes; another module's jar may hold it."""
        name, beside = named(node)
        jars = not beside and (":" in name or "/resources/" in self._path.as_posix())
        optional = node.get("errorIfMissing") or node.get("errorIfMissingOrEmpty")
        if not name or "${" in name or jars or optional.lower() == "false":
            return
        there = located(self._path, name, beside=beside)
        why = "does not exist" if there is None else irregular(there)
        if why:
            raise refused(self._source, self._line(node), f"{node.name} {name} {why}")

    def _line(self, node: Node) -> int:
        return self._source.position(node.span.start).line


def _plain(change: Node) -> bool:
    """Whether each of its statements is a message of its own."""
    return change.says("splitStatements", default=True) and change.get("endDelimiter") in ("", ";", r"\;")


def _split(change: Node, text: str) -> Iterator[str]:
    """A text as Liquibase cuts it: at its delimiter, which stands in no literal and no comment."""
    if not change.says("splitStatements", default=True):
        yield text
        return
    if not _plain(change):
        mark = separator(change.get("endDelimiter"))
        yield from re.split(mark, text, flags=re.MULTILINE | re.IGNORECASE) if mark else (text,)
        return
    start = 0
    for lexeme in marks(text):
        if lexeme.end - lexeme.start == 1 and text[lexeme.start] == ";":
            yield text[start : lexeme.start]
            start = lexeme.end
    yield text[start:]
