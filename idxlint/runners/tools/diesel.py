"""Diesel: a folder for each migration, which says beside the SQL whether it wants a transaction."""

from pathlib import Path

from idxlint.model import Direction, Misread, Send, Source, Span, Unit, Wrap
from idxlint.model.regular_file import read_text
from idxlint.runners.shared.foreign_directives import concurrent, foreign
from idxlint.runners.shared.lines import first_line
from idxlint.runners.shared.orders import BY_VERSION_TEXT
from idxlint.runners.shared.profile import Place, Profile

_DIRECTIVE = "write `run_in_transaction = false` in metadata.toml beside the file"
_LEAVE = f"{_DIRECTIVE}, with only that statement in the file"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file (diesel_migrations/src/file_based_migrations.rs), wrapped as metadata.toml has it.

    A metadata.toml without the key means false, since that is what an absent bool is in Rust; one that
    cannot be read means true, and so does none.
    """
    whole = Span(0, len(source.text))
    wrapped, trouble = _metadata(place.path.parent / "metadata.toml")
    out = None if wrapped or _asked_by_other(source.text, place.path) else first_line(source.text)
    misread = foreign(source.text, whole, "", _DIRECTIVE) if wrapped else ()
    if trouble:
        misread = (Misread(first_line(source.text), f"metadata.toml beside it {trouble}"), *misread)
    return (
        Unit(
            whole,
            Direction.DOWN if place.path.name == "down.sql" else Direction.UP,
            Wrap.UNIT if wrapped else Wrap.NONE,
            Send.SIMPLE,
            leave=_LEAVE,
            opted_out=out,
            misread=misread,
        ),
    )


def _asked_by_other(text: str, file: Path) -> bool:
    """Whether the other direction is what metadata.toml is for: it counts for both."""
    if concurrent(text, Span(0, len(text))):
        return False
    other = file.with_name("up.sql" if file.name == "down.sql" else "down.sql")
    try:
        said = read_text(other)
    except OSError:
        return False
    return concurrent(said, Span(0, len(said)))


def _metadata(file: Path) -> tuple[bool, str]:
    """Whether the migration runs in a transaction, and why Diesel does not take the file as it is meant."""
    try:
        text = read_text(file, errors="strict")
    except (OSError, UnicodeDecodeError):
        return True, ""
    import tomllib

    try:
        said = tomllib.loads(text).get("run_in_transaction", False)
    except tomllib.TOMLDecodeError:
        return True, "is not valid TOML, so it has no effect"
    if not isinstance(said, bool):
        return True, "has a `run_in_transaction` that is neither true nor false, so it has no effect"
    return said, ""


DIESEL = Profile(
    name="diesel",
    title="Diesel",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_VERSION_TEXT,
    leave=_DIRECTIVE,
    alone=True,
    source="diesel-rs/diesel: diesel_migrations/src/{file_based_migrations,migration_harness}.rs",
    configs=("diesel.toml",),
    manifests=(("Cargo.toml", "diesel"),),
    beside=("metadata.toml",),
    names=r"(?:up|down)\.sql",
    layout=r"(?:^|/)\d{4}-\d{2}-\d{2}-\d{6}(?:-\d{4})?_[^/]+/(?:up|down)\.sql\Z",
)
