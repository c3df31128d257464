"""yoyo: a transaction a file, unless a comment before its first statement says otherwise."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.model.regular_file import read_text
from idxlint.runners.shared.lines import lines
from idxlint.runners.shared.orders import BY_TEXT, by_file
from idxlint.runners.shared.profile import Place, Profile
from idxlint.runners.shared.project_files import content

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
    return path.with_name(path.name.removesuffix(_ROLLBACK).removesuffix(".sql") + ".sql")


def _of_migration(path: Path) -> bool:
    try:
        text = read_text(_migration(path))
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


def arrange(files: Sequence[Path]) -> Sequence[Path]:
    """By name, but after what a migration depends on; post-apply scripts last (yoyo/topologicalsort.py)."""
    ordered = sorted(files, key=lambda file: (file.name.startswith("post-apply"), _migration(file).name))
    stems = dict.fromkeys(_migration(file).stem for file in ordered)
    waiting = {stem: _depends(files[0].with_name(f"{stem}.sql")) & stems.keys() - {stem} for stem in stems}
    done: dict[str, int] = {}
    while waiting:
        following = next(
            (stem for stem, needs in waiting.items() if needs <= done.keys()), next(iter(waiting))
        )
        done[following] = len(done)
        waiting.pop(following)
    return sorted(ordered, key=lambda file: (done[_migration(file).stem], file.name.endswith(_ROLLBACK)))


def _depends(file: Path) -> set[str]:
    head = re.match(r"(?:\s*--[^\n]*\n?)*", content(file))
    said = re.findall(r"^\s*--\s*depends\s*:(.*)$", head[0] if head else "", re.MULTILINE)
    return {name for line in said for name in line.split()}


YOYO = Profile(
    name="yoyo",
    title="yoyo",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=by_file("`depends:` in the files, then names as text", otherwise=BY_TEXT),
    leave=_LEAVE,
    source="yoyo-migrations 9.0.0: yoyo/migrations.py, yoyo/topologicalsort.py",
    marker=r"^\s*--\s*(?-i:transactional\s*:\s*(?:true|false)|depends\s*:\s*\d[\w.-]*\s*$)",
    configs=("yoyo.ini",),
    arrange=arrange,
    manifests=(
        ("pyproject.toml", "yoyo-migrations"),
        ("requirements*.txt", "yoyo-migrations"),
        ("requirements/*.txt", "yoyo-migrations"),
        ("setup.py", "yoyo-migrations"),
        ("setup.cfg", "yoyo-migrations"),
        ("Pipfile", "yoyo-migrations"),
    ),
)
