"""refinery: every file in a transaction, as one simple query, and no way out."""

import re

from idxlint.model import Direction, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.foreign_directives import foreign
from idxlint.runners.shared.orders import Key, Order, last, number
from idxlint.runners.shared.profile import Place, Profile

_ADVICE = "refinery has no opt-out and wraps every file in a transaction: run the statement by hand, outside refinery"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file (refinery_core/src/drivers/tokio_postgres.rs); U files are out of order, not down."""
    del place
    whole = Span(0, len(source.text))
    misread = foreign(source.text, whole, "", _ADVICE)
    return (Unit(whole, Direction.UP, Wrap.UNIT, Send.SIMPLE, misread=misread),)


def _version(name: str) -> Key:
    """The version behind V or U, which are sorted together (refinery_core/src/runner.rs, Ord for Migration)."""
    version = re.match(r"[UV]?([0-9]+(?:\.[0-9]+)?)", name)
    return tuple(number(part) for part in version[1].split(".")) if version else last(name)


REFINERY = Profile(
    name="refinery",
    title="refinery",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=Order("the number after V or U", _version),
    source="rust-db/refinery: refinery_core/src/util.rs, refinery_core/src/drivers/tokio_postgres.rs,"
    " refinery_core/src/runner.rs",
    configs=("refinery.toml",),
    manifests=(("Cargo.toml", "refinery"),),
    names=r"[UV]\d+(?:\.\d+)?__\w+\.sql",
)
