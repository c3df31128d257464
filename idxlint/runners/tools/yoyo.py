"""yoyo: a transaction a file, unless a comment before its first statement says otherwise."""

import re
from collections.abc import Iterator
from pathlib import Path

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.lines import lines
from idxlint.runners.shared.profile import Place, Profile

_LEAVE = "put `-- transactional: false` before the first statement"
_ROLLBACK = ".rollback.sql"
_NEAR = r"^[ \t]*(--[ \t]*_*transaction(?:al)?_*[ \t]*[:=][ \t]*false\b[^\r\n]*)"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file, statement by statement; a rollback goes by the directive of its migration."""
    text = source.text
    back = place.path.name.endswith(_ROLLBACK)
    out, header = (None, 0) if source.bom else _directives(text)
    opted = _of_migration(place.path) if back else out is not None
    leave = f"{_LEAVE} of {_migration(place.path).name}" if back else _LEAVE
    unit = Unit(
        Span(0, len(text)),
        Direction.DOWN if back else place.direction,
        Wrap.NONE if opted else Wrap.UNIT,
        Send.STATEMENT,
        leave=leave,
        directive=None if back or opted or source.bom else Edit(0, 0, "-- transactional: false\n"),
        opted_out=None if back else out,
        misread=() if opted else tuple(_misread(text, header, back, leave)),
    )
    return (unit,)


def _directives(text: str) -> tuple[Span | None, int]:
    """The opt-out among the comments before the first statement, and where they end (yoyo/migrations.py)."""
    out: Span | None = None
    for line in lines(text):
        said = text[line.start : line.end].rstrip("\r\n")
        directive = re.match(r"\s*(--\s*transactional\s*:\s*(.*))\Z", said)
        if directive and directive[2].lower() == "false":
            out = Span(line.start + directive.start(1), line.start + directive.end(1))
        elif said.strip() and not said.lstrip().startswith("--"):
            return out, line.start
    return out, len(text)


def _migration(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_ROLLBACK) + ".sql")


def _of_migration(path: Path) -> bool:
    try:
        text = _migration(path).read_text("utf-8", "replace")
    except OSError:
        return False
    return _directives(text)[0] is not None


def _misread(text: str, header: int, back: bool, leave: str) -> Iterator[Misread]:
    for near in re.finditer(_NEAR, text, re.MULTILINE | re.IGNORECASE):
        if back:
            why = f"a rollback uses the setting of its migration; {leave}"
        elif near.start(1) >= header:
            why = "it must come before the first statement"
        else:
            why = "it must be spelled `-- transactional: false`, with the key in lower case and nothing after it"
        yield Misread(Span(*near.span(1)), why)


YOYO = Profile(
    name="yoyo",
    title="yoyo",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    leave=_LEAVE,
    source="yoyo-migrations 9.0.0: yoyo/migrations.py",
    marker=r"^\s*--\s*(?-i:transactional\s*:\s*(?:true|false)|depends\s*:\s*\d[\w.-]*\s*$)",
    configs=("yoyo.ini",),
    manifests=(
        ("pyproject.toml", "yoyo-migrations"),
        ("requirements.txt", "yoyo-migrations"),
        ("setup.py", "yoyo-migrations"),
    ),
)
