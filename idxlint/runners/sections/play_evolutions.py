"""Play evolutions: sections for up and down, statement by statement without a transaction."""

import re
from functools import lru_cache
from pathlib import Path

from idxlint.model import Direction, Send, Source, Span, Unit, Wrap
from idxlint.model.regular_file import read_text
from idxlint.runners.shared.lines import lines
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile

_LEAVE = "set `play.evolutions.autocommit = true` in conf/application.conf"
_SETTING = r"^\s*play\.evolutions\.(?:db\.[\w-]+\.)?autocommit\s*[=:]\s*\"?(true|false)\b"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The sections of a file (EvolutionsApi.scala, evolutions); what stands before the first is not run."""
    text, sections = source.text, list[tuple[Direction, int, int]]()
    wrap = Wrap.RUN if _transactional(place.path.parent) else Wrap.NONE
    for line in lines(text):
        said = text[line.start : line.end].strip()
        marker = re.match(r"(?:#|--).*!(Ups|Downs)", said)
        if marker:
            if sections:
                sections[-1] = (sections[-1][0], sections[-1][1], line.start)
            down = re.match(r"(?:#|--).*!Ups", said) is None
            sections.append((Direction.DOWN if down else Direction.UP, line.end, len(text)))
    return tuple(
        Unit(Span(start, end), direction, wrap, Send.STATEMENT, leave=_LEAVE)
        for direction, start, end in sections
    )


@lru_cache(maxsize=64)
def _transactional(folder: Path) -> bool:
    """Whether the application turns autocommit off, in the flat form of the setting."""
    for parent in (folder, *folder.parents[:3]):
        try:
            text = read_text(parent / "application.conf")
        except OSError:
            continue
        said = re.findall(_SETTING, text, re.MULTILINE)
        return bool(said) and said[-1] == "false"
    return False


PLAY = Profile(
    name="play",
    title="Play evolutions",
    read=read,
    wrap=Wrap.NONE,
    send=Send.STATEMENT,
    order=BY_INTEGER,
    leave=_LEAVE,
    source="playframework/playframework: play-jdbc-evolutions/…/EvolutionsApi.scala",
    marker=r"^(?:#|--).*!(?:Ups|Downs)",
    names=r"\d+\.sql",
    layout=r"(?:^|/)conf/evolutions/",
)
