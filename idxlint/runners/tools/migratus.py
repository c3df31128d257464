"""migratus: a transaction for each file, and its parts between `--;;` one after another."""

import re

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import directives, foreign
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile

_DIRECTIVE = "-- :disable-transaction"
_LEAVE = f"make `{_DIRECTIVE}` the very first characters of the file"
_NEAR = r"--+[ \t]*:?disable-transaction\b"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file (src/migratus/migration/sql.clj), cut at the lines with `--;;` in them.

    The directive has to be what the text begins with. pgjdbc sends a part with several statements as a pipeline.
    """
    text = source.text
    whole = Span(0, len(text))
    out = Span(0, len(_DIRECTIVE)) if text.startswith(_DIRECTIVE) and not source.bom else None
    return (
        Unit(
            whole,
            Direction.DOWN if ".down." in place.path.name else Direction.UP,
            Wrap.NONE if out else Wrap.UNIT,
            Send.PIPELINE,
            messages=_chunks(text),
            leave=_LEAVE,
            directive=None if out or source.bom else Edit(0, 0, f"{_DIRECTIVE}\n"),
            opted_out=out,
            misread=() if out else _misread(source, whole),
        ),
    )


def _chunks(text: str) -> tuple[Span, ...]:
    chunks: list[Span] = []
    start = 0
    for line in re.finditer(r"^.*--;;.*\r?\n", text, re.MULTILINE):
        chunks.append(Span(start, line.start()))
        start = line.end()
    return (*chunks, Span(start, len(text)))


def _misread(source: Source, whole: Span) -> tuple[Misread, ...]:
    """The directive in another place or spelling is a plain comment."""
    before = "it comes after a byte order mark; " if source.bom else ""
    message = f"{before}`{_DIRECTIVE}` must be the very first characters of the file"
    own = (
        Misread(Span(at, at + near.end()), message)
        for at, comment in directives(source.text, whole)
        if (near := re.match(_NEAR, comment, re.IGNORECASE))
    )
    return (*own, *foreign(source.text, whole, "migratus", _LEAVE))


MIGRATUS = Profile(
    name="migratus",
    title="migratus",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.PIPELINE,
    order=BY_INTEGER,
    leave=_LEAVE,
    source="yogthos/migratus: src/migratus/migration/sql.clj, src/migratus/{core,migrations}.clj",
    marker=r"^.*--;;",
    manifests=(("project.clj", "migratus"), ("deps.edn", "migratus")),
    names=r"\d+-[^.]+\.(?:up|down)\.sql",
)
