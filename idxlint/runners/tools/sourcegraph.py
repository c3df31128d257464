"""Sourcegraph's migrator: a folder for each migration, with what it asks for in metadata.yaml."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from idxlint.model import Direction, Merging, Misread, Send, Source, Span, Unit, UnreadError, Wrap
from idxlint.model.regular_file import read_bytes
from idxlint.runners.shared.lines import first_line
from idxlint.runners.shared.orders import BY_INTEGER, Key, by_file, number
from idxlint.runners.shared.profile import Place, Profile

_FILE, _KEY = "metadata.yaml", "createIndexConcurrently"
_LEAVE = f"set `{_KEY}: true` in {_FILE}"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file as one message; only the way up can leave the transaction."""
    text = source.text
    down = place.direction is Direction.DOWN
    said = {} if down else _metadata(source.path, place.path.parent)
    out = said.get(_KEY) is True
    unit = Unit(
        Span(0, len(text)),
        place.direction,
        Wrap.NONE if out else Wrap.UNIT,
        Send.SIMPLE,
        leave="" if down else _LEAVE,
        opted_out=first_line(text) if out else None,
        misread=() if out else _misread(text, said),
    )
    return (unit,)


def _metadata(shown: str, folder: Path) -> dict[Any, Any]:
    import yaml

    class MergingLoader(Merging, yaml.SafeLoader):
        """The safe loader, in which a mapping that is merged often is merged once."""

    try:
        said = yaml.load(read_bytes(folder / _FILE), MergingLoader)  # noqa: S506, made from the safe one
    except OSError:
        return {}
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise UnreadError(shown, f"its {_FILE} is not valid YAML{line}") from None
    return said if isinstance(said, dict) else {}


def _misread(text: str, said: dict[Any, Any]) -> tuple[Misread, ...]:
    """Keys that look like the one that is read."""
    return tuple(
        Misread(first_line(text), f"{_FILE} says `{key}`; {_LEAVE}")
        for key, wanted in said.items()
        if key != _KEY and wanted and str(key).lower().replace("_", "").replace("-", "") == _KEY.lower()
    )


def arrange(files: Sequence[Path]) -> Sequence[Path]:
    """Parents before children, else by version (internal/database/migration/definition/read.go)."""
    ordered = sorted(files, key=lambda file: (BY_INTEGER.key(file.parent.name), file.name != "up.sql"))
    folders = {BY_INTEGER.key(file.parent.name): file.parent for file in ordered}
    waiting = {version: _parents(folder) & folders.keys() for version, folder in folders.items()}
    done: dict[Key, int] = {}
    while waiting:
        following = next((version for version, needs in waiting.items() if needs <= done.keys()), None)
        done[following or next(iter(waiting))] = len(done)
        waiting.pop(following or next(iter(waiting)))
    return sorted(ordered, key=lambda file: done[BY_INTEGER.key(file.parent.name)])


def _parents(folder: Path) -> set[Key]:
    try:
        said = _metadata("", folder)
    except UnreadError:  # reading the migration says so
        return set()
    parents = said.get("parents") or [said.get("parent")]
    return (
        {(number(parent),) for parent in parents if isinstance(parent, int)}
        if isinstance(parents, list)
        else set()
    )


SOURCEGRAPH = Profile(
    name="sourcegraph",
    title="Sourcegraph's migrator",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=by_file("`parents:` in metadata.yaml, then the number in front", otherwise=BY_INTEGER),
    leave=_LEAVE,
    alone=True,
    source="sourcegraph/sourcegraph: internal/database/migration/definition/read.go",
    configs=("sg.config.yaml",),
    beside=(_FILE,),
    arrange=arrange,
    names=r"(?:up|down)\.sql",
)
