"""`--since` and `--staged`: which migrations are reported on, while what comes before them is replayed.

A migration has changed when its content is not what the commit had under its path, or when a file beside it
that says how it runs is not (metadata.toml, <script>.conf). Settings for a whole folder (alembic.ini, env.py,
flyway.conf, a Liquibase changelog that includes a file) do not count: one line there would bring up the past.
Nor does a changelog count for a <sqlFile> of its that has changed: the file itself is judged.

A file that was only renamed has not changed: it was judged under its old name. It has if its old name was that
of no migration, as when a draft is moved into the folder.

With --staged the content of the index is judged, and replayed, for every migration that git knows; those that
it does not know are no part of the commit. Files beside them are read in the working tree.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from idxlint.config.configuration import Config
from idxlint.engine.request import Change, Request
from idxlint.git.base_ref import since as since_ref
from idxlint.git.repository import Difference, GitError, Repository
from idxlint.model import ExitCode, Failure, matches
from idxlint.runners import STDIN, Plan
from idxlint.runners.files import LIKELY, shown
from idxlint.runners.plan import plan as planned
from idxlint.system import console


def refuse(since: str | None, paths: Sequence[str], *, staged: bool, fix: bool) -> None:
    """Failure for options that contradict each other."""
    option = "--staged" if staged else "--since"
    if since is not None and staged:
        why = "--since and --staged cannot be used together"
    elif since is not None and not since.strip():
        why = "--since: empty; pass a branch, a tag, a commit or auto"
    elif STDIN in paths:
        why = f"{option}: cannot be used with standard input; pass files or folders"
    elif staged and fix:
        why = "--staged: fixes change files, not the index; use --diff, or --fix without --staged"
    else:
        return
    raise Failure(why)


def narrowed(request: Request, since: str | None, asked: Sequence[str]) -> Request:
    """The request for what has changed since a ref; for None, for what is staged."""
    try:
        return _narrowed(request, since, asked)
    except GitError as error:
        raise Failure(f"{'--staged' if since is None else '--since'}: {error}") from None


def _narrowed(request: Request, since: str | None, asked: Sequence[str]) -> Request:
    start = request.config.start
    keys = {entry.shown: _keys(entry.path) for entry in request.plans}
    repository = Repository.at(_inside(keys.values(), start))
    places = {name: inside for name, paths in keys.items() if (inside := _places(paths, repository.root))}
    _foreign([entry.shown for entry in request.plans if entry.shown not in places], repository, bool(places))
    folders = {f"/{os.path.dirname(place)}" for inside in places.values() for place in inside}  # noqa: PTH120
    folder = os.path.commonpath(folders)[1:]
    if since is None:
        name, difference = "in the index", repository.staged(folder)
        _all_there(difference, asked, request)
    else:
        base, difference = since_ref(repository, since, folder)
        name = f"since {base}"
    plans = [
        plan for plan in request.plans if plan.shown not in places or _kept(difference, places[plan.shown])
    ]
    changed, added = _fates(plans, places, difference, request.config)
    plans = _needed(plans, changed)
    contents: dict[str, bytes] = {}
    if since is None:
        blobs = {
            plan.shown: difference.new(places[plan.shown][-1])
            for plan in plans
            if len(places.get(plan.shown, ()))
            == len(keys[plan.shown])  # a link may lead out of the repository
        }
        held = repository.contents(blobs.values())
        contents = {path: held[blob] for path, blob in blobs.items()}
    change = Change(frozenset(changed), frozenset(added), name, contents)
    return replace(request, plans=plans, change=change)


def _keys(path: Path) -> tuple[str, ...]:
    """Where a file is with the links above it resolved; for a link, then what it leads to."""
    whole = os.path.join(_resolved(str(path.parent)), path.name)  # noqa: PTH118
    return (whole, os.path.realpath(whole)) if os.path.islink(whole) else (whole,)  # noqa: PTH114


@lru_cache(maxsize=4096)
def _resolved(folder: str) -> str:
    return os.path.realpath(folder)


def _inside(keys: Iterable[tuple[str, ...]], start: Path) -> Path:
    """A folder of the repository to ask: the working folder if it holds the files, else where they are."""
    if "GIT_DIR" in os.environ:
        return start
    try:
        common = os.path.commonpath([os.path.dirname(paths[0]) for paths in keys])  # noqa: PTH120
    except ValueError:  # on several drives
        return start
    here = Path(os.path.realpath(start))
    root = next((place for place in (here, *here.parents) if (place / ".git").exists()), None)
    return start if root is not None and Path(common).is_relative_to(root) else Path(common)


def _places(paths: Sequence[str], root: str) -> tuple[str, ...]:
    """Those of some paths that are in the repository, from its root on."""
    inside = (path[len(root) :] for path in paths if _owns(root, os.path.dirname(path)))  # noqa: PTH120
    return tuple(path.replace(os.sep, "/").lstrip("/") for path in inside)


@lru_cache(maxsize=4096)
def _owns(root: str, folder: str) -> bool:
    """Whether a folder belongs to the repository, and not to one inside it, such as a submodule."""
    if folder == root:
        return True
    parent = os.path.dirname(folder)  # noqa: PTH120
    return parent != folder and not os.path.lexists(f"{folder}/.git") and _owns(root, parent)


def _foreign(names: Sequence[str], repository: Repository, others: bool) -> None:
    """Say which files git says nothing about; with no other, there is nothing to go by."""
    if not names:
        return
    count = f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}"
    if not others:
        raise GitError(
            f"{count}: not in the repository at {repository.root}; run idxlint in its own repository"
        )
    console.say(f"{count}: in another repository, such as a submodule; treated as unchanged")


def _all_there(difference: Difference, asked: Sequence[str], request: Request) -> None:
    """Failure for what is staged and cannot be planned, because the working tree has it no more."""
    suffixes = {entry.path.suffix for entry in request.plans} | {".sql"}
    for place in difference.indexed:
        absolute = f"{difference.root}/{place}"
        if not difference.new(place) or Path(place).suffix not in suffixes or os.path.lexists(absolute):
            continue
        start = Path(os.path.realpath(request.config.start))
        name = shown(absolute, start)
        if not request.config.excluded(name) and any(_asks(path, absolute, name, start) for path in asked):
            why = "staged, but not in the working tree, so it cannot be checked"
            raise Failure(f"{name}: {why}", ExitCode.NOTHING_READ)


def _asks(path: str, absolute: str, name: str, start: Path) -> bool:
    """Whether a path that was given means a file."""
    return Path(absolute).is_relative_to(os.path.realpath(start / path)) or matches(path, name)


def _kept(difference: Difference, places: Sequence[str]) -> bool:
    """Whether a file is part of what is compared: with --staged, only what git knows is."""
    return not difference.staged or places[-1] in difference.index


def _fates(
    plans: Sequence[Plan], places: Mapping[str, Sequence[str]], difference: Difference, config: Config
) -> tuple[set[str], set[str]]:
    """The files that have changed, and those of them that are new."""
    changed: set[str] = set()
    added: set[str] = set()
    gone: dict[str, list[str]] | None = None
    for entry in plans:
        for place in places.get(entry.shown, ()):
            origin = place
            if not difference.old(place) and (new := difference.new(place)):
                gone = difference.gone() if gone is None else gone
                origin = _renamed(entry, gone.get(new, []), difference.root, config) or place
            pairs = zip(_with_beside(entry, origin), _with_beside(entry, place), strict=True)
            if any(difference.old(before) != difference.new(after) for before, after in pairs):
                changed.add(entry.shown)
                if not difference.old(origin):
                    added.add(entry.shown)
    return changed, added


def _renamed(entry: Plan, gone: list[str], root: str, config: Config) -> str | None:
    """Take out of the files with this content that are gone the one that was a migration, if there is one."""
    for path in gone:
        name = shown(f"{root}/{path}", Path(os.path.realpath(config.start)))
        folder = name.rpartition("/")[0].lower()
        same = planned(Path(path), name).history == entry.history
        if not config.excluded(name) and (same or any(word in folder for word in LIKELY)):
            gone.remove(path)
            return path
    return None


def _with_beside(entry: Plan, place: str) -> Iterator[str]:
    """A file and those beside it that say how it runs."""
    folder, _, name = place.rpartition("/")
    yield place
    for pattern in entry.profile.beside:
        beside = pattern.format(name)
        yield f"{folder}/{beside}" if folder else beside


def _needed(plans: Sequence[Plan], changed: set[str]) -> list[Plan]:
    """The files up to the last that has changed in each history: what comes later changes nothing before it."""
    last = {entry.history: number for number, entry in enumerate(plans) if entry.shown in changed}
    return [entry for number, entry in enumerate(plans) if number <= last.get(entry.history, -1)]
