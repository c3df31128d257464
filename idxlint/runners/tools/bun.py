"""Bun (the Go one): the name of a file says whether it runs in a transaction."""

from idxlint.model import Direction, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import foreign
from idxlint.runners.shared.lines import lines
from idxlint.runners.shared.orders import BY_VERSION_TEXT
from idxlint.runners.shared.profile import Place, Profile

_LEAVE = "remove `.tx` from the file name"
_ADVICE = f"only the file name matters; {_LEAVE}"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file (migrate/migration.go), cut at the lines `--bun:split`; each part is one simple query."""
    text, name = source.text, place.path.name
    whole = Span(0, len(text))
    wrapped = name.endswith((".tx.up.sql", ".tx.down.sql"))
    return (
        Unit(
            whole,
            Direction.DOWN if name.endswith(".down.sql") else Direction.UP,
            Wrap.UNIT if wrapped else Wrap.NONE,
            Send.SIMPLE,
            messages=_chunks(text),
            leave=_LEAVE,
            misread=foreign(text, whole, "", _ADVICE) if wrapped else (),
        ),
    )


def _chunks(text: str) -> tuple[Span, ...]:
    chunks: list[Span] = []
    start = 0
    if "--bun:split" in text:
        for line in lines(text):
            if text[line.start : line.end].rstrip("\r\n") == "--bun:split":
                chunks.append(Span(start, line.start))
                start = line.end
    return (*chunks, Span(start, len(text)))


BUN = Profile(
    name="bun",
    title="Bun",
    read=read,
    wrap=Wrap.NONE,
    send=Send.SIMPLE,
    order=BY_VERSION_TEXT,
    leave=_LEAVE,
    source="uptrace/bun: migrate/migration.go, migrate/migrations.go, migrate/sort.go",
    marker=r"^--bun:split$",
    manifests=(("go.mod", "uptrace/bun"),),
    names=r"\d{1,14}_[0-9a-z_-]+(?:\.tx)?\.(?:up|down)\.sql",
    layout=r"(?:^|/)\d{1,14}_[0-9a-z_-]+\.tx\.(?:up|down)\.sql\Z",
)
