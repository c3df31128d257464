"""What live mode saw, for a pull request: a table of the proofs, and behind a click what was seen.

What comes from files stands in code, where GitHub looks for no mention, link, HTML or table cell
(https://github.github.com/gfm/#code-spans); what claims and servers say in words is escaped.
"""

from collections.abc import Iterable, Iterator, Sequence

from idxlint.model.evidence import Claim, Crash, LiveReport, LiveRun, ObservedStatement, Proof
from idxlint.reporters.live.crash_words import aftermath, batches, halted, left, rerun
from idxlint.reporters.live.fold import FoldedProof, FoldedRun, fold
from idxlint.reporters.live.words import (
    DEFECT,
    LIMITS,
    MARKS,
    about,
    contradictions,
    nothing_to_drop,
    seen,
    server,
    summary,
    told,
)
from idxlint.reporters.parts import gfm
from idxlint.reporters.parts.gfm import block, cell, prose
from idxlint.reporters.parts.phrases import NONE, one_line

MARKER = "<!-- idxlint-live -->"
LIMIT = 65_000
"""GitHub takes 65,536 characters; counted in bytes here, which are never fewer."""

_FOLD = 90


def render(report: LiveReport) -> Iterator[str]:
    """A comment that GitHub takes: what does not fit is counted and left out, the details first."""
    room = LIMIT
    dropped = 0
    for piece in _pieces(report):
        size = len(piece.encode())
        if size > room - 200:
            dropped += 1
            continue
        room -= size
        yield piece
    if dropped:
        yield f"\n{dropped} more parts did not fit into a comment; `--format json` and `--html` have all of them.\n"


def _pieces(report: LiveReport) -> Iterator[str]:
    """The parts that stand or fall as a whole, the most important first."""
    yield f"{MARKER}\n## idxlint live\n\n"
    for run in report.runs:
        yield f"{prose(summary(run))}\n\n"
    yield f"{LIMITS}\n\n"
    for run in report.runs:
        yield from _defects(run)
    for line in report.unread:
        yield f"Not read: {code(line)}\n\n"
    folded = [fold(run) for run in report.runs]
    for run, its in zip(report.runs, folded, strict=True):
        yield from _table(run, its)
    for run, its in zip(report.runs, folded, strict=True):
        yield from (_details(run, folded_proof) for folded_proof in its.proofs)


def _defects(run: LiveRun) -> Iterator[str]:
    for proof, claim in contradictions(run):
        where = code(f"{proof.path}:{proof.line}")
        yield (
            f"> [!CAUTION]\n> **{DEFECT}** On {prose(server(run))}, {prose(about(proof))} at {where}: "
            f"it claims that {prose(claim.text)}. Seen: {prose(claim.reason or 'the contrary')}.\n\n"
        )


def _table(run: LiveRun, folded: FoldedRun) -> Iterator[str]:
    yield f"### {prose(server(run))}\n\n"
    if folded.proofs:
        yield "| place | rule | original | fixed | status |\n|---|---|---|---|---|\n"
    for proof in (folded_proof.proof for folded_proof in folded.proofs):
        fixed = _outcome(proof.fixed, proof, "fixed")
        original = _outcome([proof.original] if proof.original else [], proof, "original")
        status = f"{MARKS[proof.status]} {proof.status}"
        yield f"| {cell(f'{proof.path}:{proof.line}')} | {prose(about(proof))} | {original} | {fixed} | {status} |\n"
    yield "\n"
    for unplayed in run.unplayed:
        yield f"* {code(f'{unplayed.path}:{unplayed.line}')} could not be run: {code(unplayed.reason)}\n"
    for table in run.unseeded:
        yield f"* {code(table.table)} got no rows: {code(table.reason)}\n"
    yield from _claims(folded.server)
    yield from (f"* {prose(aside)}\n" for aside in folded.asides)
    yield "\n"


def _outcome(statements: Sequence[ObservedStatement], proof: Proof, script: str) -> str:
    """What each statement did to others, and what crashes came to."""
    told_statements = [statement for statement in statements if not nothing_to_drop(statement)] or statements
    outcomes = [_brief(statement, fixed=script == "fixed") for statement in told_statements]
    if script == "fixed":
        outcomes = list(dict.fromkeys(outcomes))
    words, _ = aftermath(proof.crashes, script)
    return "<br>".join(prose(outcome) for outcome in (*outcomes, words) if outcome) or NONE


def _brief(observed: ObservedStatement, *, fixed: bool) -> str:
    """A statement in a few words; fixed: it is part of a fix, which may lock as long as nothing is built."""
    if observed.sqlstate:
        return f"refused with {observed.sqlstate}"
    if observed.waited:
        short = fixed and not observed.builds
        return f"{', '.join(observed.waited)} waited{' while nothing was built' if short else ''}"
    return "nobody waited" if observed.passed else "ran"


def _details(run: LiveRun, folded_proof: FoldedProof) -> str:
    proof = folded_proof.proof
    title = f"{proof.path}:{proof.line} {about(proof)}: {proof.status}, {server(run)}"
    if folded_proof.again:
        statements: Iterable[str] = ("The statement and the fix above.\n\n",)
    else:
        statements = (
            *_observed("Original", [proof.original] if proof.original else []),
            *_observed("Fixed", proof.fixed),
        )
    return "".join(
        (
            f"<details><summary>{gfm.inner(title)}</summary>\n\n",
            *([f"Finding: {prose(proof.message)}\n\n"] if proof.message else []),
            *statements,
            *_claims(folded_proof.claims),
            *_crashes(folded_proof.crashes),
            *([f"\n{code(proof.path)} with all its fixes:\n\n"] if folded_proof.file else []),
            *_claims(folded_proof.file),
            "\n</details>\n\n",
        )
    )


def _claims(claims: Iterable[Claim]) -> Iterator[str]:
    for claim in claims:
        because = f" ({prose(claim.reason)})" if claim.reason else ""
        yield f"* {MARKS[claim.status]} {claim.status}: {prose(claim.text)}{because}\n"


def _observed(name: str, statements: Iterable[ObservedStatement]) -> Iterator[str]:
    for observed in statements:
        yield f"{name}: {prose(seen(observed))}\n\n{block(observed.sql)}\n"
        for notice in told(observed):
            yield f"The server says: {prose(notice.severity)}: {code(notice.message)}\n\n"


def _crashes(crashes: tuple[Crash, ...]) -> Iterator[str]:
    if not crashes:
        return
    yield "\n| script | statement | stopped | left | run again |\n|---|---|---|---|---|\n"
    for batch in batches(crashes):
        cells = (
            prose(batch[0].script),
            cell(one_line(batch[0].sql, _FOLD)),
            *map(prose, (halted(batch), left(batch), rerun(batch))),
        )
        yield f"| {' | '.join(cells)} |\n"


def code(text: str) -> str:
    """Text as a code span, outside of tables; there is none for nothing."""
    return gfm.code(text) if text.strip() else ""
