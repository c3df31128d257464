"""graphile-migrate: one transaction a file, the body of which is sent whole."""

import re

from idxlint.model import Edit, Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.lines import lines
from idxlint.runners.shared.misread_directives import misread
from idxlint.runners.shared.orders import BY_LOCALE
from idxlint.runners.shared.profile import Place, Profile

_FIRST = "put `--! no-transaction` on the first line of its body"
_LEAVE = f"{_FIRST}, with only that statement below it"


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """One message a file; the directive counts in the first line of the trimmed body only (runStringMigration).

    The body of a committed file is under its hash: it can be changed only after `graphile-migrate uncommit`.
    A folder `current` must not have the directive, a file `current.sql` may.
    """
    text = source.text
    start, committed = _body(text)
    line = re.match(r"--![^\S\r\n]*no-transaction\b[^\r\n]*", text[start:])
    out = Span(start, start + line.end()) if line else None
    leave = _LEAVE
    if committed:
        leave = f"run `graphile-migrate uncommit`, then {_LEAVE}"
    elif place.path.parent.name == "current":
        leave = f"move it into current.sql, then {_LEAVE}"
    own = "it is not the first line of the body"
    return (
        Unit(
            Span(0, len(text)),
            wrap=Wrap.NONE if out else Wrap.UNIT,
            send=Send.SIMPLE,
            leave=leave,
            directive=Edit(start, start, "--! no-transaction\n") if leave == _LEAVE and not out else None,
            opted_out=out,
            misread=() if out else misread(text, leave, "graphile-migrate", r"!\s*no-transaction\b", own),
        ),
    )


def _body(text: str) -> tuple[int, bool]:
    """Where the body begins, behind header and white space, and whether the header has a hash (parseMigrationText)."""
    start, committed = 0, False
    for line in lines(text):
        header = re.match(r"--! ([A-Z][A-Za-z0-9_]*)(?::|\s*\Z)", text[line.start : line.end])
        if not header:
            break
        committed = committed or header[1] == "Hash"
        start = line.end
    rest = text[start:]
    return start + len(rest) - len(rest.lstrip()), committed


GRAPHILE_MIGRATE = Profile(
    name="graphile-migrate",
    title="graphile-migrate",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.SIMPLE,
    order=BY_LOCALE,
    leave=_FIRST,
    alone=True,
    source="graphile/migrate: src/migration.ts",
    marker=r"^--! (?:Previous|Hash): ",
    configs=(".gmrc", ".gmrc.js", ".gmrc.cjs", ".gmrc.jsonc"),
    names=r"[0-9]+(?:-[-_a-zA-Z0-9]*)?\.sql|current\.sql",
)
