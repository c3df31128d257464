"""psql -f, and what else sends a file statement by statement without a transaction around it."""

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.orders import BY_NUMBERS
from idxlint.runners.shared.profile import Place, Profile

_DROP = "drop `-1` (`--single-transaction`) from the psql command"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file is one unit, sent statement by statement."""
    return (Unit(Span(0, len(source.text)), place.direction),)


def read_single(source: Source, place: Place) -> tuple[Unit, ...]:
    """The same inside psql's own BEGIN and COMMIT."""
    return (Unit(Span(0, len(source.text)), place.direction, Wrap.UNIT, Send.STATEMENT, leave=_DROP),)


def read_command(source: Source, place: Place) -> tuple[Unit, ...]:
    """The text of a -c is one simple query."""
    return (Unit(Span(0, len(source.text)), place.direction, Wrap.NONE, Send.SIMPLE),)


PSQL = Profile(
    name="psql",
    title="psql -f",
    read=read,
    wrap=Wrap.NONE,
    send=Send.STATEMENT,
    order=BY_NUMBERS,
    source="https://www.postgresql.org/docs/current/app-psql.html",
)

PSQL_SINGLE = Profile(
    name="psql-1",
    title="psql -1 -f",
    read=read_single,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=BY_NUMBERS,
    leave=_DROP,
    source="https://www.postgresql.org/docs/current/app-psql.html",
)

PSQL_COMMAND = Profile(
    name="psql-c",
    title="psql -c",
    read=read_command,
    wrap=Wrap.NONE,
    send=Send.SIMPLE,
    order=BY_NUMBERS,
    alone=True,
    source="https://www.postgresql.org/docs/current/app-psql.html",
)
