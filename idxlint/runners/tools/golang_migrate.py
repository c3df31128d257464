"""golang-migrate: the whole file as one simple query, without a transaction of its own."""

from idxlint.model import Direction, Lock, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import foreign
from idxlint.runners.shared.profile import Place, Profile
from idxlint.runners.shared.statement_heads import several

_LOCK = Lock(
    "a second golang-migrate waits in pg_advisory_lock() with a snapshot that the build waits for, and PostgreSQL"
    " kills one of them (40P01); let only one run at a time"
)
_ADVICE = (
    "golang-migrate has no directive, and sends the file as one message: a transaction as soon as there are two"
    " statements; put the statement alone into a file of its own"
)


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One message a file (Run in database/postgres/postgres.go); directions have files of their own.

    Only x-multi-statement=true in the database's URL, which no file shows, makes it cut the text.
    A directive above a lone statement asks for what is so anyway.
    """
    whole = Span(0, len(source.text))
    found = foreign(source.text, whole, "", _ADVICE)
    return (
        Unit(
            whole,
            Direction.DOWN if ".down." in place.path.name else Direction.UP,
            Wrap.NONE,
            Send.SIMPLE,
            misread=found if found and several(source.text) else (),
            lock=_LOCK,
        ),
    )


GOLANG_MIGRATE = Profile(
    name="golang-migrate",
    title="golang-migrate",
    read=read,
    wrap=Wrap.NONE,
    send=Send.SIMPLE,
    alone=True,
    lock=_LOCK,
    source="golang-migrate/migrate: source/parse.go, database/postgres/postgres.go",
    manifests=(("go.mod", "golang-migrate/migrate"),),
    names=r"[0-9]+_.*\.(?:down|up)\.sql",
)
