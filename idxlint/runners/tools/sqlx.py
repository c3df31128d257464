"""sqlx: a transaction for each file, and the file as one simple query."""

import re

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.advisory_lock import advisory_lock
from idxlint.runners.shared.foreign_directives import directives, foreign
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile, Versions

_DIRECTIVE = "-- no-transaction"
_FIRST = f"make `{_DIRECTIVE}` the very first characters of the file"
_LEAVE = f"{_FIRST}, with only that statement in the file"
_NEAR = r"--+[ \t]*no-transaction\b"
_LOCK = advisory_lock("a second sqlx")


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file (sqlx-core/src/migrate/source.rs); it opts out if its bytes begin with the directive.

    A byte order mark, a blank line or another comment before it are enough for sqlx not to see it.
    """
    text = source.text
    whole = Span(0, len(text))
    out = Span(0, len(_DIRECTIVE)) if text.startswith(_DIRECTIVE) and not source.bom else None
    return (
        Unit(
            whole,
            Direction.DOWN if place.path.name.endswith(".down.sql") else Direction.UP,
            Wrap.NONE if out else Wrap.UNIT,
            Send.SIMPLE,
            leave=_LEAVE,
            directive=None if out or source.bom else Edit(0, 0, f"{_DIRECTIVE}\n"),
            opted_out=out,
            misread=() if out else _misread(source, whole),
            lock=_LOCK,
        ),
    )


def _misread(source: Source, whole: Span) -> tuple[Misread, ...]:
    """The directive in another place or spelling is a plain comment."""
    own: list[Misread] = []
    for at, comment in directives(source.text, whole):
        near = re.match(_NEAR, comment, re.IGNORECASE)
        if not near:
            continue
        why = f"`{_DIRECTIVE}` must be the very first characters of the file"
        if source.bom:
            why = f"it comes after a byte order mark, which PostgreSQL rejects; {why}"
        elif near[0] != _DIRECTIVE:
            why = f"it is not exactly `{_DIRECTIVE}`, which must be the very first characters of the file"
        own.append(Misread(Span(at, at + near.end()), why))
    return (*own, *foreign(source.text, whole, "sqlx", _FIRST))


SQLX = Profile(
    name="sqlx",
    title="sqlx",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_INTEGER,
    versions=Versions(since=(0, 8, 3)),
    leave=_FIRST,
    alone=True,
    lock=_LOCK,
    source="launchbadge/sqlx: sqlx-core/src/migrate/source.rs",
    configs=("sqlx.toml", ".sqlx"),
    manifests=(("Cargo.toml", "sqlx"),),
    names=r"\d+_.*\.sql",
)
