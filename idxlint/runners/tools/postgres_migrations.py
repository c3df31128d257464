"""ThomWright/postgres-migrations: one transaction a file, sent whole."""

from idxlint.model import Edit, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.advisory_lock import advisory_lock
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile

_DIRECTIVE = "-- postgres-migrations disable-transaction"
_ANY = r"\bpostgres-migrations:?\s+(?:disable|no)[ -]?transaction\b"
_FIRST = f"put `{_DIRECTIVE}` on a line at the top of the file"
_LEAVE = f"{_FIRST}, with only that statement below it"
_LOCK = advisory_lock("a second process")


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One message a file; the directive counts anywhere, spelled exactly (`includes` in src/run-migration.ts)."""
    del place
    text = source.text
    at = text.find(_DIRECTIVE)
    out = Span(at, at + len(_DIRECTIVE)) if at >= 0 else None
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE if out else Wrap.UNIT,
            send=Send.SIMPLE,
            leave=_LEAVE,
            directive=None if out else Edit(0, 0, f"{_DIRECTIVE}\n"),
            opted_out=out,
            misread=() if out else misread(text, _LEAVE, "postgres-migrations", _ANY, "it is misspelled"),
            lock=_LOCK,
        ),
    )


POSTGRES_MIGRATIONS = Profile(
    name="postgres-migrations",
    title="postgres-migrations",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_INTEGER,
    leave=_FIRST,
    alone=True,
    lock=_LOCK,
    source="ThomWright/postgres-migrations: src/run-migration.ts, src/files-loader.ts",
    marker=r"^-- postgres-migrations disable-transaction",
    manifests=(("package.json", '"postgres-migrations"'),),
    names=r"[0-9]+[-_].*\.sql",
)
