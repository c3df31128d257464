"""What of a text PostgreSQL can never read, and which gap a character belongs to where two claim it."""

import re

from idxlint.model import Gap, Reason, Span

_NULS = re.compile("\0+")
_SURROGATES = re.compile("[\ud800-\udfff]+")

NUL = "a NUL character, which PostgreSQL refuses"
"""The message of a gap that holds NUL characters."""

COPY_ROWS = "rows of COPY, not SQL"
"""The message of a gap that holds the rows which a COPY … FROM stdin reads."""


def readable(text: str) -> str:
    """The text with stand-ins for what cannot be handed to PostgreSQL's parser, equally long."""
    text = text.replace("\0", " ")
    return text if _encodable(text) else _SURROGATES.sub(lambda run: "\ufffd" * len(run[0]), text)


def unreadable(text: str) -> list[Gap]:
    """The gaps of a text that are no characters to PostgreSQL."""
    gaps = list(nul_gaps(text))
    if not _encodable(text):
        gaps += [
            Gap(Span(*run.span()), Reason.ENCODING, "half a UTF-16 character")
            for run in _SURROGATES.finditer(text)
        ]
    return gaps


def nul_gaps(text: str) -> tuple[Gap, ...]:
    """A gap for each run of NUL characters."""
    if "\0" not in text:
        return ()
    return tuple(Gap(Span(*run.span()), Reason.ENCODING, NUL) for run in _NULS.finditer(text))


def outside(gaps: list[Gap], spans: list[Span]) -> list[Gap]:
    """The gaps that do not begin inside one of the spans; both are in order."""
    kept: list[Gap] = []
    ahead = iter(spans)
    span = next(ahead, None)
    for gap in gaps:
        while span and span.end <= gap.span.start:
            span = next(ahead, None)
        if span is None or gap.span.start < span.start:
            kept.append(gap)
    return kept


def _encodable(text: str) -> bool:
    """Whether there is no half of a UTF-16 pair in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
