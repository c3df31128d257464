"""refinery: every file in a transaction, as one simple query, and no way out."""

from idxlint.model import Direction, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import foreign
from idxlint.runners.shared.profile import Place, Profile

_ADVICE = "refinery has no opt-out and wraps every file in a transaction: run the statement by hand, outside refinery"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file (refinery_core/src/drivers/tokio_postgres.rs); U files are out of order, not down."""
    del place
    whole = Span(0, len(source.text))
    misread = foreign(source.text, whole, "", _ADVICE)
    return (Unit(whole, Direction.UP, Wrap.UNIT, Send.SIMPLE, misread=misread),)


REFINERY = Profile(
    name="refinery",
    title="refinery",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    source="rust-db/refinery: refinery_core/src/util.rs, refinery_core/src/drivers/tokio_postgres.rs",
    configs=("refinery.toml",),
    manifests=(("Cargo.toml", "refinery"),),
    names=r"[UV]\d+(?:\.\d+)?__\w+\.sql",
)
