"""Ory's popx: a transaction a file, unless its name says autocommit."""

import re
from functools import lru_cache
from pathlib import Path

from idxlint.model import Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.lines import first_line
from idxlint.runners.shared.orders import BY_VERSION_TEXT
from idxlint.runners.shared.profile import Place, Profile

_NAME = r"(\d+)_[^.]+(\.[a-z0-9]+)?(\.autocommit)?\.(up|down)\.sql"
_AUTOCOMMIT = ".autocommit"
_DIALECTS = (".postgres", ".postgresql", ".pg")
_LEAVE = "rename the file so that `.autocommit` is directly before `.up.sql` or `.down.sql`"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file as one message (popx/match.go, popx/migrator.go); a file for PostgreSQL replaces one for all."""
    text, name = source.text, place.path.name
    parts = re.fullmatch(_NAME, name)
    if parts is None:  # testdata and the like
        return ()
    if parts[2] in (None, _AUTOCOMMIT) and (parts[1], parts[4]) in _specific(place.path.parent):
        return ()
    out = _AUTOCOMMIT in (parts[2], parts[3])
    near = not out and "autocommit" in name.lower()
    unit = Unit(
        Span(0, len(text)),
        place.direction,
        Wrap.NONE if out else Wrap.UNIT,
        Send.SIMPLE,
        leave=_LEAVE,
        opted_out=first_line(text) if out else None,
        misread=(Misread(first_line(text), f"`autocommit` is in the wrong place of the file name; {_LEAVE}"),)
        if near
        else (),
    )
    return (unit,)


@lru_cache(maxsize=64)
def _specific(folder: Path) -> frozenset[tuple[str, str]]:
    """The versions and directions that have a file for PostgreSQL (popx/migration_info.go, sortAndFilter)."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    matches = (re.fullmatch(_NAME, name) for name in names)
    return frozenset((match[1], match[4]) for match in matches if match and match[2] in _DIALECTS)


POPX = Profile(
    name="popx",
    title="popx (Ory)",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_VERSION_TEXT,
    leave=_LEAVE,
    alone=True,
    source="ory/hydra 83127c5: oryx/popx/match.go, migrator.go, migration_info.go",
    manifests=(("go.mod", "github.com/ory/x"),),
    names=_NAME,
    skips=_NAME,
    layout=r"(?:^|/)persistence/sql/migrations/",
)
