"""What live mode saw, as one page that needs nothing else: no script, no other file, no network."""

from collections.abc import Iterator

from idxlint import __version__
from idxlint.model.evidence import Claim, LiveReport, LiveRun, ObservedStatement, Proof, Status
from idxlint.reporters.live.crash_words import aftermath
from idxlint.reporters.live.fold import FoldedRun, fold
from idxlint.reporters.live.lanes import worst
from idxlint.reporters.live.proof_picture import article, claim_list, status
from idxlint.reporters.live.style import PAGE, PICTURE
from idxlint.reporters.live.words import (
    DEFECT,
    LIMITS,
    about,
    contradictions,
    server,
    summary,
    verdict,
)
from idxlint.reporters.parts.page import cell, head, place, safe, sql, top
from idxlint.reporters.parts.phrases import NONE, counted, listed, one_line

_Key = tuple[str, int, str, str, int]


def render(report: LiveReport) -> Iterator[str]:
    """The whole page: verdict, defects, a table of proofs by servers, and every proof with its picture."""
    yield from _top(report)
    for run in report.runs:
        for proof, claim in contradictions(run):
            yield from _defect(run, proof, claim)
    folded = [fold(run) for run in report.runs]
    yield from _matrix(report, folded)
    for number, (run, its) in enumerate(zip(report.runs, folded, strict=True)):
        yield from _run(run, its, number)
    yield f"<footer>{safe(LIMITS)} Written by idxlint {__version__}.</footer>\n</main></body></html>\n"


def _top(report: LiveReport) -> Iterator[str]:
    title = _title(report)
    yield from top(f"idxlint live: {title}", PICTURE + PAGE)
    yield f'<header><p class="kicker">idxlint live</p><h1>{safe(title)}</h1>\n'
    yield from (f"<p>{safe(summary(run))}</p>\n" for run in report.runs)
    yield f'<p class="limits">{safe(LIMITS)}</p></header>\n'
    yield from (f'<p class="error">Not read: {safe(line)}</p>\n' for line in report.unread)


def _title(report: LiveReport) -> str:
    """The verdict: the confirmed ones of all, then the others."""
    proofs = [proof for run in report.runs for proof in run.proofs]
    if not proofs:
        return "Nothing was proved"
    counts = {its: sum(proof.status is its for proof in proofs) for its in Status}
    others = [verdict(its, count) for its, count in counts.items() if count and its is not Status.CONFIRMED]
    confirmed = f"{counts[Status.CONFIRMED]} of {counted(len(proofs), 'proof')} confirmed"
    return listed((confirmed, *others))


def _defect(run: LiveRun, proof: Proof, claim: Claim) -> Iterator[str]:
    yield f'<section class="defect"><h2>{DEFECT}</h2>\n'
    yield f"<p>{safe(server(run))}, idxlint {__version__}, {safe(about(proof))}</p>\n"
    yield f"<p>Claimed: {safe(claim.text)}.<br>Seen: {safe(claim.reason or 'the contrary')}.</p>\n"
    yield f"<p>To reproduce, run everything before {place(proof.path, proof.line)}, then the original:</p>"
    yield sql(proof.sql)
    if proof.fixed:
        yield "<p>or instead the fix:</p>"
    yield from (sql(observed.sql) for observed in proof.fixed)
    yield "</section>\n"


def _keys(run: FoldedRun) -> dict[_Key, int]:
    """What makes a proof the same on another server, and its number in this run."""
    numbers: dict[_Key, int] = {}
    for number, proof in enumerate(folded_proof.proof for folded_proof in run.proofs):
        twin = 0
        while (key := (proof.path, proof.line, proof.id, proof.sql, twin)) in numbers:
            twin += 1
        numbers[key] = number
    return numbers


def _matrix(report: LiveReport, folded: list[FoldedRun]) -> Iterator[str]:
    """A row for each proof, a column for each server."""
    numbers = [_keys(run) for run in folded]
    keys = dict.fromkeys(key for run in numbers for key in run)
    if not keys:
        return
    names = [safe(server(run)) for run in report.runs]
    yield f"<table class=matrix>{head('statement', 'original', 'fixed', *names)}<tbody>\n"
    for key in keys:
        proofs = {
            column: (run.proofs[its[key]].proof, _anchor(column, its[key]))
            for column, (run, its) in enumerate(zip(folded, numbers, strict=True))
            if key in its
        }
        yield from _matrix_row(proofs, names)
    yield "</tbody></table>\n"


def _matrix_row(by_column: dict[int, tuple[Proof, str]], names: list[str]) -> Iterator[str]:
    """The same proof on each server that has it, with its anchor."""
    yield f"<tr><td>{_named(*next(iter(by_column.values())))}</td>"
    proofs = [proof for proof, _ in by_column.values()]
    originals = [proof.original for proof in proofs if proof.original]
    fixed = [observed for proof in proofs for observed in proof.fixed]
    yield cell("original", _outcome(originals, proofs, "original"))
    yield cell("fixed", _outcome(fixed, proofs, "fixed"))
    for column, name in enumerate(names):
        yield cell(name, _linked(*by_column[column]) if column in by_column else NONE)
    yield "</tr>\n"


def _anchor(run: int, proof: int) -> str:
    return f"s{run + 1}p{proof + 1}"


def _named(proof: Proof, anchor: str) -> str:
    rule = safe(about(proof))
    where = place(proof.path, proof.line)
    return f'<a href="#{anchor}">{rule}</a><br>{where}<br><code class="quiet">{safe(one_line(proof.sql, 70))}</code>'


def _linked(proof: Proof, anchor: str) -> str:
    return f'<a href="#{anchor}">{status(proof.status)}</a>'


def _outcome(statements: list[ObservedStatement], proofs: list[Proof], script: str) -> str:
    """What came of some statements, the worst on any server, and of the crashes of their script."""
    if not statements:
        return NONE
    building = [
        statement
        for statement in statements
        if script == "original" or statement.builds or not statement.waited
    ]
    words, style = worst(building or statements)
    said = [f'<span class="{"wait" if style == "bad" else ""}">{safe(words or "ran")}</span>']
    if len(building) < len(statements) and building:
        said.append("blocks only during a catalog change")
    words, well = aftermath([crash for proof in proofs for crash in proof.crashes], script)
    if words:
        said.append(words if well else f'<span class="wait">{words}</span>')
    return "<br>".join(said)


def _run(run: LiveRun, folded: FoldedRun, number: int) -> Iterator[str]:
    yield f"<section><h2>{safe(server(run))}</h2>\n"
    yield f'<p class="quiet">Programs from {safe(run.origin)}. {safe(_sizes(run))}</p>\n'
    for unplayed in run.unplayed:
        where = place(unplayed.path, unplayed.line)
        yield f"<p>{where} could not be run: {safe(unplayed.reason)}</p>{sql(unplayed.sql)}\n"
    for table in run.unseeded:
        yield f"<p><code>{safe(table.table)}</code> got no rows: {safe(table.reason)}</p>\n"
    if not run.proofs:
        yield "<p>Nothing to test: these files have no index statements.</p>\n"
    for which, folded_proof in enumerate(folded.proofs):
        yield from article(folded_proof, _anchor(number, which))
    if folded.server or folded.asides:
        yield '<div class="asides">'
        yield from claim_list(folded.server)
        yield from (f"<p>{safe(aside)}</p>\n" for aside in folded.asides)
        yield "</div>\n"
    yield "</section>\n"


def _sizes(run: LiveRun) -> str:
    seeded = f"{counted(run.tables, 'table')} seeded with {counted(run.rows, 'row')}"
    return f"{counted(run.files, 'file')} replayed, {seeded}, {run.seconds:.1f} s."
