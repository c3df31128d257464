"""golang-migrate: the whole file as one simple query, without a transaction of its own."""

from idxlint.model import Direction, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.advisory_lock import advisory_lock
from idxlint.runners.shared.misread_directives import misread_unless_alone
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile

_LOCK = advisory_lock("a second golang-migrate")
_ADVICE = (
    "golang-migrate has no opt-out, and sends the file as one message, which is a transaction if there are two"
    " statements; put the statement into a file of its own"
)


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One message a file (Run in database/postgres/postgres.go); directions have files of their own.

    Only x-multi-statement=true in the database's URL, which no file shows, makes it cut the text.
    A directive above a lone statement asks for what is so anyway.
    """
    whole = Span(0, len(source.text))
    return (
        Unit(
            whole,
            Direction.DOWN if ".down." in place.path.name else Direction.UP,
            Wrap.NONE,
            Send.SIMPLE,
            misread=misread_unless_alone(source.text, _ADVICE),
            lock=_LOCK,
        ),
    )


GOLANG_MIGRATE = Profile(
    name="golang-migrate",
    title="golang-migrate",
    read=read,
    wrap=Wrap.NONE,
    send=Send.SIMPLE,
    order=BY_INTEGER,
    alone=True,
    lock=_LOCK,
    source="golang-migrate/migrate: source/parse.go, source/migration.go, database/postgres/postgres.go",
    manifests=(
        ("go.mod", "golang-migrate/migrate"),
        ("*compose*.y*ml", "migrate/migrate"),
        ("Makefile", "migrate -path"),
    ),
    names=r"[0-9]+_.*\.(?:down|up)\.sql",
)
