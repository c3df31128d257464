"""Atlas (versioned): a transaction a file, which a directive in the header turns off."""

import re
from collections.abc import Iterator

from idxlint.model import Edit, Misread, Send, Source, Span, Unit, Wrap, value
from idxlint.runners.shared.lines import lines
from idxlint.runners.shared.orders import BY_TEXT
from idxlint.runners.shared.profile import Place, Profile

_LEAVE = "put `-- atlas:txmode none` on the first line, with a blank line after it"
_ASKED = r"^[ \t]*(?:--|#|/\*)[^\r\n]*?\batlas:[ \t]*tx[_-]?mode\b[^\r\n]*"
_MARK = "the header comes after a byte order mark"
_FILE = r"[^\r\n]*atlas:txmode +file\s*\Z"


@value
class _Header:
    """The comment lines from the first byte on; detached: they are the file's, not the first statement's."""

    lines: tuple[Span, ...]
    end: int
    detached: bool
    windows: bool


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file (sql/migrate/dir.go, comments), one Exec for each statement."""
    text = source.text
    header = _header("" if source.bom else text)
    out = next((line for line in header.lines if header.detached and _asks(text, line)), None)
    misread = () if out else tuple(_misread(text, header, _MARK if source.bom else ""))
    unit = Unit(
        Span(0, len(text)),
        place.direction,
        Wrap.NONE if out else Wrap.UNIT,
        Send.STATEMENT,
        messages=_chunks(text),
        leave=_LEAVE,
        directive=None if out or source.bom else _directive(text, header),
        opted_out=out,
        misread=misread,
    )
    return (unit,)


def _header(text: str) -> _Header:
    comments: list[Span] = []
    end = 0
    while text.startswith(("#", "--"), end):
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop
        comments.append(Span(end, end + len(text[end:stop].rstrip())))
        end = min(stop + 1, len(text))
    rest = re.compile(r"[ \t]*(\r?\n)?").match(text, end)
    blank = rest[1] if rest else None
    return _Header(tuple(comments), end, blank == "\n" or end == len(text), blank == "\r\n")


def _asks(text: str, line: Span) -> bool:
    said = text[line.start : line.end].strip()
    directive = re.match(r"[ -~]*atlas:(\w+)(?: +(.+))*", said)
    return directive is not None and directive[1] == "txmode" and directive[2] == "none"


def _directive(text: str, header: _Header) -> Edit:
    if not header.detached and any(_asks(text, line) for line in header.lines):
        return Edit(header.end, header.end, "\n")
    return Edit(
        0, 0, "-- atlas:txmode none\n" if header.lines and header.detached else "-- atlas:txmode none\n\n"
    )


def _misread(text: str, header: _Header, why: str) -> Iterator[Misread]:
    for near in re.finditer(_ASKED, text, re.MULTILINE | re.IGNORECASE):
        if re.match(_FILE, near[0]):
            continue
        span = Span(near.start() + len(near[0]) - len(near[0].lstrip()), near.end())
        yield Misread(span, why or _why(text, header, span))


def _why(text: str, header: _Header, span: Span) -> str:
    if span.start >= header.end:
        return f"it applies only in the header; {_LEAVE}"
    if not _asks(text, span):
        return "it must be spelled `-- atlas:txmode none`"
    if header.windows:
        return "the blank line after the header must end with a line feed only; use line feeds in the file"
    return "no blank line follows, so it belongs to the first statement; add a blank line after it"


def _chunks(text: str) -> tuple[Span, ...]:
    """What the file's own delimiter makes one Exec of (sql/migrate/lex.go)."""
    head = text.partition("\n")[0]
    delimiter = re.match(r"-- atlas:delimiter +([^\r]+)", head)
    if not delimiter:
        return ()
    mark = delimiter[1].replace(r"\n", "\n").replace(r"\r", "\r").replace(r"\t", "\t")
    start = next(lines(text)).end
    spans: list[Span] = []
    while (at := text.find(mark, start)) >= 0:
        spans.append(Span(start, at))
        start = at + len(mark)
    return (*spans, Span(start, len(text)))


ATLAS = Profile(
    name="atlas",
    title="Atlas",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=BY_TEXT,
    leave=_LEAVE,
    source="ariga/atlas: sql/migrate/dir.go, sql/migrate/lex.go, cmd/atlas/internal/cmdapi/migrate.go",
    marker=r"^-- atlas:(?:txmode|delimiter|checkpoint|import|sum)\b",
    configs=("atlas.sum", "atlas.hcl"),
    names=r"(?!.*\.(?:up|down)\.sql\Z|(?:[VUB][0-9][0-9._]*|R)__).*\.sql",
)
