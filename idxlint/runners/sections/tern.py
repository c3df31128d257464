"""tern: up above a line, down below it, a transaction each."""

import re

from idxlint.model import Direction, Edit, Misread, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.advisory_lock import advisory_lock
from idxlint.runners.shared.foreign_directives import concurrent, directives, foreign
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile

_BETWEEN = "---- create above / drop below ----"
_DIRECTIVE = "---- tern: disable-tx ----"
_NEAR = r"--+[ \t]*(?:tern:[ \t]*)?disable-tx\b"
_LOCK = advisory_lock("a second tern")


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The two sections of a file (migrate/migrate.go), each with its own directive.

    A section in a transaction is sent whole; after the directive its statements are sent one by one.
    """
    del place
    text = source.text
    middle = text.find(_BETWEEN)
    if middle < 0:
        return (_unit(text, Span(0, len(text)), Direction.UP),)
    up = _unit(text, Span(0, middle), Direction.UP)
    down = Span(middle + len(_BETWEEN), len(text))
    return (up, _unit(text, down, Direction.DOWN, up.opted_out))


def _unit(text: str, span: Span, direction: Direction, above: Span | None = None) -> Unit:
    out = _directive(text, span)
    misread = () if out else _misread(text, span, direction)
    if above and not out and concurrent(text, span):
        message = f"it applies only to the upper section; repeat `{_DIRECTIVE}` in the lower one"
        misread = (*misread, Misread(above, message))
    return Unit(
        span,
        direction,
        Wrap.NONE if out else Wrap.UNIT,
        Send.STATEMENT,
        leave=_leave(direction),
        directive=None if out else _edit(text, span),
        opted_out=out,
        misread=misread,
        lock=_LOCK,
    )


def _leave(direction: Direction) -> str:
    where = "above" if direction is Direction.UP else "below"
    return f"put `{_DIRECTIVE}` on a line of its own, {where} `{_BETWEEN}`"


def _directive(text: str, span: Span) -> Span | None:
    """The directive fills its line; tern cuts white space off the section first, but no carriage return."""
    part = text[slice(*span)]
    start = span.start + len(part) - len(part.lstrip())
    match = re.search(rf"^{_DIRECTIVE}$", part.strip(), re.MULTILINE)
    return Span(start + match.start(), start + match.end()) if match else None


def _edit(text: str, span: Span) -> Edit | None:
    """The directive at the start of its section; in a file with carriage returns tern would not read it."""
    if "\r" in text:
        return None
    if span.start == 0:
        return Edit(0, 0, f"{_DIRECTIVE}\n")
    return Edit(span.start, span.start, f"\n\n{_DIRECTIVE}")


def _misread(text: str, span: Span, direction: Direction) -> tuple[Misread, ...]:
    """Anything else on the line, a carriage return included, makes it a comment."""
    own: list[Misread] = []
    for at, comment in directives(text, span):
        if re.match(_NEAR, comment, re.IGNORECASE):
            returned = comment == _DIRECTIVE and text.startswith("\r", at + len(comment))
            why = "its line ends with a carriage return; use line feeds only"
            if not returned:
                why = f"the line must be exactly `{_DIRECTIVE}`"
            own.append(Misread(Span(at, at + len(comment.rstrip())), why))
    return (*own, *foreign(text, span, "tern", _leave(direction)))


TERN = Profile(
    name="tern",
    title="tern",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=BY_INTEGER,
    leave=f"put `{_DIRECTIVE}` on a line of its own in the section",
    lock=_LOCK,
    source="jackc/tern: migrate/migrate.go",
    marker=rf"^{_BETWEEN}",
    configs=("tern.conf",),
    manifests=(("go.mod", "jackc/tern"),),
    names=r"\d+_.+\.sql",
)
