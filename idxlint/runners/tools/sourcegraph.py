"""Sourcegraph's migrator: a folder for each migration, with what it asks for in metadata.yaml."""

from typing import Any

from idxlint.model import Direction, Misread, Send, Source, Span, Unit, UnreadError, Wrap
from idxlint.runners.shared.lines import first_line
from idxlint.runners.shared.profile import Place, Profile

_FILE, _KEY = "metadata.yaml", "createIndexConcurrently"
_LEAVE = f"set `{_KEY}: true` in {_FILE}"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file as one message; only the way up can leave the transaction."""
    text = source.text
    down = place.direction is Direction.DOWN
    said = {} if down else _metadata(source, place)
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


def _metadata(source: Source, place: Place) -> dict[Any, Any]:
    import yaml

    try:
        said = yaml.safe_load((place.path.parent / _FILE).read_bytes())
    except OSError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise UnreadError(source.path, f"its {_FILE} is not valid YAML{line}") from None
    return said if isinstance(said, dict) else {}


def _misread(text: str, said: dict[Any, Any]) -> tuple[Misread, ...]:
    """Keys that look like the one that is read."""
    return tuple(
        Misread(first_line(text), f"{_FILE} says `{key}`; {_LEAVE}")
        for key, wanted in said.items()
        if key != _KEY and wanted and str(key).lower().replace("_", "").replace("-", "") == _KEY.lower()
    )


SOURCEGRAPH = Profile(
    name="sourcegraph",
    title="Sourcegraph's migrator",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    leave=_LEAVE,
    alone=True,
    source="sourcegraph/sourcegraph: internal/database/migration",
    configs=("sg.config.yaml",),
    beside=(_FILE,),
    names=r"(?:up|down)\.sql",
)
