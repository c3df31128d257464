"""What live mode saw, for a terminal: each proof with its claims, and who waited for whom."""

import sys
from collections.abc import Iterator

from idxlint import __version__
from idxlint.model import printable
from idxlint.model.evidence import Claim, LiveReport, LiveRun, Notice, ObservedStatement, Proof, Status
from idxlint.reporters.live.crash_words import batches, crashed
from idxlint.reporters.live.fold import FoldedProof, fold
from idxlint.reporters.live.words import (
    DEFECT,
    LIMITS,
    MARKS,
    about,
    contradictions,
    seen,
    server,
    summary,
    told,
)
from idxlint.reporters.parts.phrases import NONE, lines, one_line

_ASCII = str.maketrans({"✓": "+", "✗": "x", NONE: "-", "…": "..."})
_CODES = {
    Status.CONFIRMED: "32",
    Status.CONTRADICTED: "31;1",
    Status.INCONCLUSIVE: "33",
    Status.SKIPPED: "2",
    Status.ERROR: "31;1",
}
_RULE = "=" * 72


class _Pen:
    """Writes words in a colour and in signs that the encoding has."""

    def __init__(self, colour: bool, encoding: str) -> None:
        self.colour = colour
        self.plain = not _can("".join(MARKS.values()) + "…", encoding)

    def style(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text

    def safe(self, text: str) -> str:
        """Text from a file or a server."""
        return printable(text)

    def sql(self, text: str) -> str:
        """A statement on one line."""
        return printable(self.own(one_line(text)) if self.plain else one_line(text))

    def own(self, text: str) -> str:
        """Our own signs."""
        return text.translate(_ASCII) if self.plain else text


def render(report: LiveReport, colour: bool = False, encoding: str | None = None) -> Iterator[str]:
    """The runs, one after the other, each with a summary line; the limits at the end.

    encoding: what the text will be written in; that of standard output where none is given
    """
    pen = _Pen(colour, encoding or sys.stdout.encoding or "utf-8")
    for run in report.runs:
        yield from _run(run, pen)
    for line in report.unread:
        yield f"not read: {printable(line)}\n"
    for run in report.runs:
        yield f"{printable(summary(run))}\n"
    yield f"{LIMITS}\n"


def _can(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _run(run: LiveRun, pen: _Pen) -> Iterator[str]:
    yield f"{pen.style('1', printable(server(run)))}, {printable(run.origin)}\n\n"
    if not run.proofs:
        yield "Nothing to test: these files have no index statements.\n\n"
    folded = fold(run)
    for folded_proof in folded.proofs:
        yield from _proof(folded_proof, pen)
        if folded_proof.file:
            yield f"{pen.style('1', printable(folded_proof.proof.path))} with all its fixes\n"
            yield from _claims(folded_proof.file, pen)
            yield "\n"
    yield from _claims(folded.server, pen)
    yield from (f"{pen.safe(aside)}\n" for aside in folded.asides)
    yield "\n" if folded.server or folded.asides else ""
    for unplayed in run.unplayed:
        yield f"{_place(unplayed.path, unplayed.line, pen)} could not be run: {pen.safe(unplayed.reason)}\n"
        yield f"  {pen.sql(unplayed.sql)}\n"
    for table in run.unseeded:
        yield f"{pen.style('1', pen.safe(table.table))} got no rows: {pen.safe(table.reason)}\n"
    if run.unplayed or run.unseeded:
        yield "\n"
    for proof, claim in contradictions(run):
        yield from _defect(run, proof, claim, pen)


def _proof(folded_proof: FoldedProof, pen: _Pen) -> Iterator[str]:
    proof = folded_proof.proof
    status = pen.style(_CODES[proof.status], proof.status)
    yield f"{_place(proof.path, proof.line, pen)} {pen.safe(about(proof))}: {status}\n"
    if folded_proof.again:
        yield "  the statement and the fix above\n"
    else:
        yield from _statements(proof, pen)
    yield from _claims(folded_proof.claims, pen)
    for batch in batches(folded_proof.crashes):
        yield f"  crash: {pen.safe(crashed(batch))}\n"
    yield "\n"


def _statements(proof: Proof, pen: _Pen) -> Iterator[str]:
    if proof.original is None:
        yield f"  {pen.sql(proof.sql)}\n"
    else:
        yield from _observed("original" if proof.rule or proof.fixed else "seen", proof.original, pen)
    for observed in proof.fixed:
        yield from _observed("fixed", observed, pen)


def _claims(claims: tuple[Claim, ...], pen: _Pen) -> Iterator[str]:
    for claim in claims:
        mark = pen.style(_CODES[claim.status], pen.own(MARKS[claim.status]))
        yield f"  {mark} {_claim(claim, pen)}\n"


def _observed(script: str, observed: ObservedStatement, pen: _Pen) -> Iterator[str]:
    yield f"  {pen.sql(observed.sql)}\n"
    yield f"    {pen.style('1', script)}: {pen.safe(seen(observed))}\n"
    yield from (f"    {pen.safe(_said(notice))}\n" for notice in told(observed))


def _said(notice: Notice) -> str:
    return f"the server says: {notice.severity}: {notice.message}"


def _claim(claim: Claim, pen: _Pen) -> str:
    if claim.status is Status.CONFIRMED:
        return pen.safe(claim.text)
    because = f": {pen.safe(claim.reason)}" if claim.reason else ""
    return f"{pen.safe(claim.text)} [{claim.status}]{because}"


def _defect(run: LiveRun, proof: Proof, claim: Claim, pen: _Pen) -> Iterator[str]:
    """What a maintainer has to know, to be copied from the terminal."""
    yield pen.style("31;1", f"{_RULE}\n{DEFECT.upper()}") + "\n"
    yield f"  {pen.safe(server(run))}, idxlint {__version__}, {pen.safe(about(proof))}\n"
    yield f"  claimed: {pen.safe(claim.text)}\n"
    yield f"  seen:    {pen.safe(claim.reason or 'the contrary')}\n"
    yield f"  To reproduce, run everything before {_place(proof.path, proof.line, pen)}, then the original:\n"
    yield from (f"    | {pen.safe(line)}\n" for line in lines(proof.sql))
    if proof.fixed:
        yield "  or instead the fix:\n"
    for observed in proof.fixed:
        yield from (f"    | {pen.safe(line)}\n" for line in lines(observed.sql))
    yield pen.style("31;1", _RULE) + "\n\n"


def _place(path: str, line: int, pen: _Pen) -> str:
    return pen.style("1", f"{printable(path)}:{line}")
