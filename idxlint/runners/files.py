"""From the paths that a user gives to the files that are read."""

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from idxlint.model import Unread, UnreadError
from idxlint.model.regular_file import irregular
from idxlint.runners.detect import detect
from idxlint.runners.folders import folders_under
from idxlint.runners.liquibase.changesets import CHANGELOGS, is_changelog
from idxlint.runners.other_databases import never_run
from idxlint.runners.plan import STDIN, Plan, order, plan
from idxlint.runners.shared.profile import Detected, Profile
from idxlint.runners.tools.psql import PSQL
from idxlint.runners.versions import fitting

_GLOB = "*?["
_HOSTS = (("changelog", (".xml", ".yaml", ".yml", ".json")), ("migrations", (".py",)), ("versions", (".py",)))
"""Where migrations in another language may be; they count only when a tool claims them with evidence."""

_HOST_SUFFIXES = frozenset(end for _, ends in _HOSTS for end in ends)
LIKELY = ("migrat", "changelog", "alembic")


def collect(
    paths: Sequence[str],
    start: Path,
    excluded: Callable[[str], bool],
    configured: Callable[[str], str | None] = lambda _: None,
) -> tuple[list[Plan], list[Unread]]:
    """The files under some paths, in the order in which they run, and what cannot be read.

    A path is a file of any name, a folder (walked for .sql files and changelogs), or a glob.
    configured: the name of the runner that the configuration gives a file, if it does
    """
    plans: dict[str, Plan] = {}
    unread: list[Unread] = []
    for path in paths:
        try:
            for file, shown in _files(path, start):
                if shown not in plans and not excluded(shown):
                    plans[shown] = plan(file, shown)
        except UnreadError as error:
            unread.append(error.unread)
        except OSError as error:  # a name that no file can have
            unread.append(Unread(path, (error.strerror or str(error)).lower()))
    try:
        return sorted(_chained([*_assigned(plans.values(), configured)], start), key=order), unread
    except UnreadError as error:
        return [], [*unread, error.unread]


def _assigned(plans: Iterable[Plan], configured: Callable[[str], str | None]) -> Iterator[Plan]:
    """The plans with their runners, which are looked for once for each history."""
    histories: dict[tuple[str, str], list[Plan]] = {}
    for entry in plans:
        histories.setdefault((entry.history, entry.path.suffix.lower()), []).append(entry)
    for (_, suffix), group in histories.items():
        common = _common(group, configured)
        if suffix in _HOST_SUFFIXES and suffix not in common.profile.suffixes:
            # Programs beside the migrations; what cannot even be looked into is said when it is read.
            yield from (entry for entry in group if irregular(entry.path))
            continue
        arrange = common.profile.arrange
        ordered = arrange([entry.path for entry in group]) if arrange else ()
        ranks = {path: rank for rank, path in enumerate(ordered)}
        owns = [configured(entry.shown) for entry in group]
        runners = [_chosen(own, entry) if own else common for own, entry in zip(owns, group, strict=True)]
        orders = {runner.profile.order for runner in runners}
        for runner, entry in zip(runners, group, strict=True):
            yield replace(
                entry,
                profile=runner.profile,
                assumed=runner.assumed,
                evidence=runner.evidence,
                order=runner.profile.order if len(orders) == 1 else common.profile.order,
                rank=ranks.get(entry.path, 0),
                left_out=never_run(entry.path, entry.shown, runner.profile.skips),
            )


def _common(group: Sequence[Plan], configured: Callable[[str], str | None]) -> Detected:
    """The runner of a history: the one that the configuration gives all of its files, else what is detected."""
    names = {configured(entry.shown) for entry in group}
    if len(names) == 1 and (name := names.pop()):
        return _chosen(name, group[0])
    if group[0].shown == STDIN:
        return Detected(PSQL, "standard input", assumed=True)
    return detected(group)


def _chosen(name: str, entry: Plan) -> Detected:
    """The runner that the configuration names, of the version that the project has."""
    chosen = Detected(named(name), "the configuration")
    return chosen if entry.shown == STDIN else fitting(chosen, entry.path.parent)


def _chained(plans: list[Plan], start: Path) -> list[Plan]:
    """The plans with the order of those tools whose files say it themselves, over all folders."""
    for profile in dict.fromkeys(entry.profile for entry in plans if entry.profile.chains):
        of_tool = {entry.path: entry.shown for entry in plans if entry.profile is profile or entry.assumed}
        chains = profile.chains(of_tool) if profile.chains else ()
        places = {
            file: (rank, shown(str(chain.root), start))
            for chain in chains
            for rank, file in enumerate(chain.files)
        }
        for at, entry in enumerate(plans):
            if entry.path in of_tool:
                plans[at] = _ranked(entry, profile, places.get(entry.path.resolve()))
    return plans


def _ranked(entry: Plan, profile: Profile, place: tuple[int, str] | None) -> Plan:
    if place is None:
        if entry.profile is not profile:
            return entry
        return replace(entry, evidence=f"{entry.evidence}; in order of name, because {profile.order.outside}")
    rank, root = place
    evidence = f"{root} includes it" if entry.assumed else f"{entry.evidence}; in the order of {root}"
    told = replace(entry, profile=profile, order=profile.order, history=root, rank=rank)
    return replace(told, assumed=False, evidence=evidence)


def detected(group: Sequence[Plan]) -> Detected:
    """The runner of the files of one history."""
    from idxlint.runners.registry import PROFILES

    files = [entry.path for entry in group]
    suffix = files[0].suffix.lower()
    profiles = [profile for profile in PROFILES if suffix in profile.suffixes or suffix not in _HOST_SUFFIXES]
    folder = files[0].parent
    if group[0].shown.rpartition("/")[0] != group[0].history:
        folder = folder.parent
    return detect(profiles, folder, files, group[0].shown)


def named(name: str) -> Profile:
    """The profile of a name that the configuration has found right."""
    from idxlint.runners.registry import PROFILES

    return next(profile for profile in PROFILES if profile.name == name)


def _files(path: str, start: Path) -> Iterator[tuple[Path, str]]:
    if path == STDIN:
        yield Path(STDIN), STDIN
        return
    place = start / path
    if place.is_dir():
        yield from walk(place, start)
    elif place.exists():
        yield place, shown(str(place), start)
    elif any(char in path for char in _GLOB):
        hits = sorted(glob.glob(str(place), recursive=True))  # noqa: PTH207, absolute patterns
        if not hits:
            raise UnreadError(path, "matches no file")
        for hit in hits:
            if os.path.isdir(hit):  # noqa: PTH112, a string from glob
                yield from walk(Path(hit), start)
            else:
                yield Path(hit), shown(hit, start)
    else:
        raise UnreadError(path, "no such file or folder")


def walk(folder: Path, start: Path) -> Iterator[tuple[Path, str]]:
    """The .sql files under a folder; hidden folders and those of package managers are left out."""

    def failed(error: OSError) -> None:
        raise UnreadError(shown(str(error.filename), start), (error.strerror or str(error)).lower())

    for place, _, names in folders_under(folder, failed):
        hosts = next((ends for word, ends in _HOSTS if word in place.lower()), ())
        wanted = sorted(name for name in names if _is_wanted(place, name, (".sql", *hosts)))
        if wanted:
            here, prefix = Path(place), shown(place, start)
            for name in wanted:
                yield here / name, name if prefix == "." else f"{prefix}/{name}"


def _is_wanted(folder: str, name: str, ends: tuple[str, ...]) -> bool:
    """Whether a file may be a migration: by its name, or as a changelog of Liquibase by how it begins."""
    low = name.lower()
    return low.endswith(ends) or (low.endswith(CHANGELOGS) and is_changelog(Path(folder, name)))


def shown(file: str, start: Path) -> str:
    """A path as it is printed: relative to the working folder where it is under it."""
    absolute = os.path.abspath(file)  # noqa: PTH100, links stay as they are written
    try:
        relative = os.path.relpath(absolute, start)
    except ValueError:  # another drive
        relative = ".."
    return (absolute if relative.startswith("..") else relative).replace(os.sep, "/")


def likely(start: Path) -> list[str]:
    """The folders that look like migrations, for when no path is given and none is configured."""
    migrations: list[str] = []
    for place, folders, names in folders_under(start):
        name = os.path.basename(place).lower()  # noqa: PTH119, a string from os.walk
        if place != str(start) and (any(word in name for word in LIKELY) or _has_changelog(place, names)):
            if any(True for _ in walk(Path(place), start)):
                migrations.append(os.path.relpath(place, start))
            folders.clear()
    return migrations


def _has_changelog(folder: str, names: Iterable[str]) -> bool:
    """Whether a file is named like a changelog, and is one."""
    return any(
        "changelog" in name.lower() and name.lower().endswith(CHANGELOGS) and is_changelog(Path(folder, name))
        for name in names
    )
