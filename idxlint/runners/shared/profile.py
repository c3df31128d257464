"""How a migration tool runs a file: its profile, and what a reader is given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import NamedTuple

from idxlint.model import Direction, Lock, Send, Source, Unit, Wrap, record
from idxlint.runners.shared.orders import Order


@record
class Place:
    """Where a file stands, for readers that have to look at its neighbours.

    path: where it can be opened; direction: what its name says
    """

    path: Path
    direction: Direction


Read = Callable[[Source, Place], tuple[Unit, ...]]
Version = tuple[int, ...]


@record
class Versions:
    """Which versions of its tool a profile is true of, and where a project says which one it has.

    since: the first; before: the first that it is not true of any more; empty where there is no such bound
    older: the profile of the versions before `since`
    packages: names under which package.json and lock files have the tool, the most telling first
    action: the GitHub action that installs it, to which a workflow gives a version
    """

    since: Version = ()
    before: Version = ()
    older: "Profile | None" = None
    packages: tuple[str, ...] = ()
    action: str = ""

    def __str__(self) -> str:
        """The range in words."""
        since, before = (".".join(map(str, bound)) for bound in (self.since, self.before))
        return f"{since} and later" if since else f"before {before}"


class Chain(NamedTuple):
    """Files, real paths, that run one after another because a file names them; root: that file."""

    root: Path
    files: tuple[Path, ...]


@record
class Profile:
    """A migration tool.

    name: as the configuration names it; title: as its makers write it
    versions: those that this is true of, where it is not true of all
    wrap, send: what it does with a file that says nothing
    order: the order in which it runs its files, as far as their names say it
    leave: how a file opts out, exactly as it has to be written; "" where there is no way
    alone: a command without transaction has to be the only statement even then
    lock: its own, where it gets into the way of a concurrent build
    source: the file or page of the tool that this was read in

    Evidence that it runs a folder, the strongest first:
    marker: an expression for text in a migration (multi-line mode)
    configs: files beside or above the migrations
    manifests: pairs of a file beside or above, and a word in it
    names: an expression for the whole name of a migration file
    layout: an expression for the path of a migration, from the working folder on
    suffixes: what its migrations end in
    skips: an expression for the names of files that it never runs on PostgreSQL, if a part says another database
    beside: files that say how one migration runs; {} stands for the migration's whole name
    arrange: puts the files of a history into the order in which they run; None, and nothing, go by names
    chains: finds the order of files of several folders, which get printed as it is told
    """

    name: str
    title: str
    read: Read
    wrap: Wrap
    send: Send
    source: str
    order: Order = field(kw_only=True)
    versions: Versions | None = None
    leave: str = ""
    alone: bool = False
    lock: Lock | None = None
    marker: str = ""
    configs: tuple[str, ...] = ()
    manifests: tuple[tuple[str, str], ...] = ()
    names: str = ""
    layout: str = ""
    skips: str = ""
    suffixes: tuple[str, ...] = (".sql",)
    beside: tuple[str, ...] = ()
    arrange: Callable[[Sequence[Path]], Sequence[Path]] | None = None
    chains: Callable[[Mapping[Path, str]], Sequence[Chain]] | None = None

    @property
    def full(self) -> str:
        """The tool and its versions."""
        return f"{self.title} {self.versions}" if self.versions else self.title


@record
class Detected:
    """Which tool runs a folder; evidence: what says so; assumed: nothing does."""

    profile: Profile
    evidence: str
    assumed: bool = False
