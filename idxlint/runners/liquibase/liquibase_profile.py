"""Liquibase: changelogs, and formatted SQL: one transaction for each changeset, which its own line opts out of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from idxlint.model import Direction, Edit, Misread, NameGuard, Send, Source, Span, Unit, Wrap, value
from idxlint.runners.liquibase.changesets import CHANGELOGS, ROOT, separator
from idxlint.runners.shared.lines import lines
from idxlint.runners.shared.orders import by_file
from idxlint.runners.shared.profile import Chain, Place, Profile

_LEAVE = "put `runInTransaction:false` on its `--changeset` line"
_HEADER = r"[ \t]*--[ \t]*liquibase[ \t]*formatted"
_CHANGESET = r'\s*--\s*changeset\s+(?:"[^"]+"|[^:]+):\s*(?:"[^"]+"|\S+)'
_NEAR = r"\brun[_-]?in[_-]?transaction\s*[:=]\s*[\"']?false\b[\"']?"
_NOTHING = r"\s*(?:changeset(?:id|author|path):|empty\b|none\b|not required\b|$)"


@value
class _Head:
    """A changeset's own line: what it says of how the changeset is run.

    line: without its line end; out: the opt-out; stays: a runInTransaction:true
    """

    line: Span
    out: Span | None
    stays: Span | None
    whole: bool
    rollback_whole: bool
    delimiter: str
    elsewhere: bool


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The changesets of a file (parser/AbstractFormattedChangeLogParser.java).

    A file without the header is a <sqlFile>, whose changeset stands in another file: taken as psql would.
    """
    if place.path.suffix.lower() in CHANGELOGS:
        from idxlint.runners.liquibase import changelog_reader

        return changelog_reader.read(source, place)
    text = source.text
    if not re.match(_HEADER, text, re.IGNORECASE):
        return (Unit(Span(0, len(text)), place.direction),)
    head_lines = [line for line in lines(text) if re.match(_CHANGESET, _said(text, line), re.IGNORECASE)]
    if not head_lines:
        return ()
    units: list[Unit] = []
    early = _misread_lines(text, Span(0, head_lines[0].start))
    for line, end in zip(head_lines, [*(line.start for line in head_lines[1:]), len(text)], strict=True):
        head = _head(text, line)
        if not head.elsewhere:
            units += _changeset(text, head, Span(line.end, end), early)
            early = ()
    return tuple(units)


def _said(text: str, line: Span) -> str:
    return text[line.start : line.end].rstrip("\r\n")


def _head(text: str, line: Span) -> _Head:
    said = _said(text, line)
    asked = re.match(r".*\b(runInTransaction:(\w+))", said, re.IGNORECASE)
    span = Span(line.start + asked.start(1), line.start + asked.end(1)) if asked else None
    stays = asked is not None and asked[2].lower() == "true"
    delimiter = re.match(r".*\bendDelimiter:(\S*)", said, re.IGNORECASE)
    return _Head(
        Span(line.start, line.start + len(said)),
        out=None if stays else span,
        stays=span if stays else None,
        whole=_is_off("splitStatements", said),
        rollback_whole=_is_off("rollbackSplitStatements", said),
        delimiter=delimiter[1] if delimiter else "",
        elsewhere=_elsewhere(said),
    )


def _is_off(name: str, said: str) -> bool:
    """Whether an attribute is there and not true, as Java's Boolean.parseBoolean has it."""
    attribute = re.match(rf".*{name}:(\w+)", said, re.IGNORECASE)
    return attribute is not None and attribute[1].lower() != "true"


def _elsewhere(said: str) -> bool:
    """Whether the changeset is for other databases only."""
    dbms = re.match(r".*dbms:([^,\s][\w!,]+)", said, re.IGNORECASE)
    names = [name for name in dbms[1].lower().strip("\"'").split(",") if name] if dbms else []
    if not names or "all" in names or "postgresql" in names:
        return False
    return "!postgresql" in names or not all(name.startswith("!") for name in names)


def _changeset(text: str, head: _Head, span: Span, early: tuple[Misread, ...]) -> Iterator[Unit]:
    misread = () if head.out else (*early, *_misread_head(text, head), *_misread_lines(text, span))
    pieces = list(_pieces(text, head, span))
    one_message = head.whole or bool(head.delimiter)
    guard = _guard(text, span)
    for number, piece in enumerate(pieces):
        yield Unit(
            piece,
            Direction.UP,
            Wrap.NONE if head.out else Wrap.UNIT,
            Send.PIPELINE if one_message else Send.STATEMENT,
            leave=_LEAVE,
            directive=_directive(text, head),
            opted_out=head.out if len(pieces) == 1 else None,
            misread=misread if number == 0 else (),
            guard=guard,
        )
    for piece in _rollbacks(text, span):
        yield Unit(
            piece,
            Direction.DOWN,
            Wrap.NONE if head.out else Wrap.UNIT,
            Send.PIPELINE if head.rollback_whole else Send.STATEMENT,
            leave=_LEAVE,
            directive=_directive(text, head),
        )


def _guard(text: str, span: Span) -> NameGuard | None:
    """The precondition of a changeset that asks for an index's name; most changesets have none."""
    if "precondition" not in text[slice(*span)].lower():
        return None
    from idxlint.runners.liquibase.preconditions import in_comments

    return in_comments(text, span)


def _pieces(text: str, head: _Head, span: Span) -> Iterator[Span]:
    """The SQL of a changeset, cut where its own delimiter stands and where lines are left out."""
    cuts = [r"^--\s*ignoreLines:start\b(?:.|\n)*?^--\s*ignoreLines:end\b.*$"]
    if head.delimiter not in ("", ";", r"\;"):
        cuts.append(separator(head.delimiter))
    start = span.start
    for cut in re.finditer("|".join(cuts), text[span.start : span.end], re.MULTILINE | re.IGNORECASE):
        yield Span(start, span.start + cut.start())
        start = span.start + cut.end()
    yield Span(start, span.end)


def _rollbacks(text: str, span: Span) -> Iterator[Span]:
    """What takes the changeset back. A statement over several `--rollback` lines is no text of the file."""
    open_: list[Span] = []
    for line in lines(text, span):
        rollback = re.match(r"\s*--\s*rollback (.*)", _said(text, line), re.IGNORECASE)
        if not rollback or re.match(_NOTHING, rollback[1], re.IGNORECASE):
            continue
        open_.append(Span(line.start + rollback.start(1), line.start + rollback.end(1)))
        if rollback[1].rstrip().endswith(";"):
            if len(open_) == 1:
                yield open_[0]
            open_ = []
    if len(open_) == 1:
        yield open_[0]
    for block in re.finditer(
        r"^\s*/\*\s*liquibase\s*rollback\s*$((?:.|\n)*?)\*/",
        text[span.start : span.end],
        re.MULTILINE | re.IGNORECASE,
    ):
        yield Span(span.start + block.start(1), span.start + block.end(1))


def _directive(text: str, head: _Head) -> Edit | None:
    if head.out:
        return None
    if head.stays:
        return Edit(*head.stays, "runInTransaction:false")
    if near := next(_near(text, head.line), None):
        return Edit(*near, "runInTransaction:false")
    end = head.line.start + len(text[head.line.start : head.line.end].rstrip())
    return Edit(end, end, " runInTransaction:false")


def _near(text: str, span: Span) -> Iterator[Span]:
    for match in re.finditer(_NEAR, text[span.start : span.end], re.IGNORECASE):
        yield Span(span.start + match.start(), span.start + match.end())


def _misread_head(text: str, head: _Head) -> tuple[Misread, ...]:
    message = "it must have a colon, no space and no quotes; write `runInTransaction:false`"
    return tuple(Misread(span, message) for span in _near(text, head.line))


def _misread_lines(text: str, span: Span) -> tuple[Misread, ...]:
    """A directive that stands on a line of its own is a comment."""
    message = f"it applies only on the line of its changeset; {_LEAVE}"
    return tuple(
        Misread(near, message)
        for line in lines(text, span)
        if re.match(rf"\s*--+\s*(?:{_NEAR}|liquibase\s+formatted)", _said(text, line), re.IGNORECASE)
        for near in _near(text, line)
    )


def chains(files: Mapping[Path, str]) -> Sequence[Chain]:
    """The order that root changelogs give their files."""
    from idxlint.runners.liquibase import changelog_order

    return changelog_order.chains(files)


LIQUIBASE = Profile(
    name="liquibase",
    title="Liquibase",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=by_file("the includes of the root changelog", "no root changelog includes it"),
    leave=_LEAVE,
    source="liquibase/liquibase: liquibase-standard/…/parser/AbstractFormattedChangeLogParser.java",
    marker=rf"\A{_HEADER}|{ROOT}",
    configs=("liquibase.properties", "liquibase.flowfile.yaml"),
    manifests=(
        ("pom.xml", "liquibase-core"),
        ("build.gradle", "liquibase-core"),
        ("build.gradle.kts", "liquibase-core"),
    ),
    suffixes=(".sql", *CHANGELOGS),
    chains=chains,
)
