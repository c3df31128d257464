"""The order in which Liquibase runs files: that of the includes of a root changelog, over all folders.

A root changelog is one that includes others, and that no other one includes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from idxlint.model import UnreadError
from idxlint.model.regular_file import read_bytes
from idxlint.runners.liquibase.changelog import Node, tree
from idxlint.runners.liquibase.changelog_files import above, included, located, named
from idxlint.runners.liquibase.changesets import CHANGELOGS
from idxlint.runners.shared.profile import Chain
from idxlint.runners.shared.project_files import content
from idxlint.sql.text import decode

_SETTINGS = ("liquibase.properties", "liquibase.docker.properties")
_NAMED = re.compile(
    r"^\s*(?:liquibase\.)?(?:command\.)?change-?log-?file\s*[:=]\s*(\S+)", re.MULTILINE | re.IGNORECASE
)
_LIKELY = ("changelog", "master")


class _Include(NamedTuple):
    """A file that a changelog includes; line: where it says so, 0 for includeAll, which passes over circles."""

    file: Path
    name: str
    line: int


Inside = Sequence[Path | _Include]
"""What a changelog has in its order: itself for its change sets, and what it includes."""


def chains(files: Mapping[Path, str]) -> Sequence[Chain]:
    """The files that root changelogs include, each once. files: the paths, and how they are printed.

    Raises UnreadError for a changelog that includes itself. A changelog that cannot be parsed includes nothing here;
    reading it says why.
    """
    first, others = _outside(files)
    asked = {file.resolve() for file in first}
    graph = _graph([file.resolve() for file in (*first, *files, *others)])
    including = [
        file for file, inside in graph.items() if any(isinstance(entry, _Include) for entry in inside)
    ]
    under = {entry.file for file in including for entry in graph[file] if isinstance(entry, _Include)}
    order = _Order(graph, {file.resolve(): said for file, said in files.items()})
    try:
        for root in sorted(including, key=lambda file: (file in under, file not in asked)):
            order.add(root)
    except RecursionError:
        raise UnreadError(order.shown(root), "includes are nested too deeply") from None
    return [Chain(root, tuple(rows)) for root, rows in order.chains]


def _graph(files: list[Path]) -> dict[Path, Inside]:
    """What changelogs have in their order; those that they include are looked into as well."""
    graph: dict[Path, Inside] = {}
    for file in files:  # which grows
        if file.suffix.lower() in CHANGELOGS and file not in graph:
            graph[file] = tuple(_inside(file))
            files += (entry.file for entry in graph[file] if isinstance(entry, _Include))
    return graph


class _Order:
    """Goes through what roots include. Roots that share files make one order, what is new of the later one last."""

    def __init__(self, graph: Mapping[Path, Inside], said: Mapping[Path, str]) -> None:
        self.chains: list[tuple[Path, list[Path]]] = []
        self._graph, self._said = graph, said
        self._chain: dict[Path, list[Path]] = {}
        self._open: list[Path] = []

    def add(self, root: Path) -> None:
        """Take in what a changelog includes; nothing new where another one has brought it already."""
        if root in self._chain:
            return
        rows: list[Path] = []
        shared = self._walk(root, rows)
        if shared is None:
            self.chains.append((root, rows))
        else:
            shared += rows
            self._chain.update(dict.fromkeys(rows, shared))

    def _walk(self, file: Path, rows: list[Path]) -> list[Path] | None:
        """Add a file and what it includes; the rows of an earlier root that it meets."""
        self._chain[file] = rows
        self._open.append(file)
        shared: list[Path] | None = None
        for entry in self._graph.get(file, (file,)):
            if not isinstance(entry, _Include):
                rows.append(entry)
            elif entry.file not in self._chain:
                shared = self._walk(entry.file, rows) or shared
            elif entry.file in self._open and entry.line:
                words = f"line {entry.line}: include {entry.name} leads back to itself"
                raise UnreadError(self.shown(file), words)
            elif self._chain[entry.file] is not rows:
                shared = self._chain[entry.file]
        self._open.pop()
        return shared

    def shown(self, file: Path) -> str:
        """A file as it is printed."""
        return self._said.get(file, str(file))


def _inside(file: Path) -> Iterator[Path | _Include]:
    """A file's change sets count where the first of them stands."""
    text, nodes = _nodes(file)
    own = False
    for node in nodes:
        if node.name in ("include", "includeAll"):
            line = text.count("\n", 0, node.span.start) + 1 if node.name == "include" else 0
            name, _ = named(node)
            yield from (_Include(there.resolve(), name, line) for there in included(file, node))
        elif node.name == "changeSet" and not own:
            own = True
            yield file
    if not own:
        yield file


def _nodes(file: Path) -> tuple[str, list[Node]]:
    try:
        source, _ = decode(file.name, read_bytes(file))
        root = tree(source, file.suffix.lower()) if "include" in source.text else None
    except (OSError, UnreadError):
        return "", []
    return source.text, root.children if root else []


def _outside(files: Mapping[Path, str]) -> tuple[list[Path], list[Path]]:
    """Changelogs that liquibase.properties names, and those above the files that look like a root."""
    asked: list[Path] = []
    likely: list[Path] = []
    folders = dict.fromkeys(file.parent.absolute() for file in files)
    for place in dict.fromkeys(parent for folder in folders for parent in above(folder)):
        for name in _SETTINGS:
            said = (
                located(place / name, word, beside=True) for word in _NAMED.findall(content(place / name))
            )
            asked += (file for file in said if file and file.is_file())
        for word in _LIKELY:
            likely += sorted(place.glob(f"*{word}*"))
    return asked, [file for file in likely if file.suffix.lower() in CHANGELOGS]
