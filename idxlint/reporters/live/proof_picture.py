"""One proof on the page of live mode: the picture, and all that was seen as text."""

from collections.abc import Iterator

from idxlint.model.evidence import Claim, Crash, IndexState, ObservedStatement, Proof, Status, Stop
from idxlint.reporters.live.crash_words import batches, halted, left, rerun
from idxlint.reporters.live.fold import FoldedProof
from idxlint.reporters.live.timeline import NARROW, WIDE, caption, panels, timeline
from idxlint.reporters.live.words import MARKS, about, seen, sent, stop_name, stop_seen, told
from idxlint.reporters.parts.page import cell, head, place, safe, sql
from idxlint.reporters.parts.phrases import one_line, sentence


def article(folded_proof: FoldedProof, anchor: str) -> Iterator[str]:
    """A proof as an HTML article. anchor: the id that links lead to."""
    proof = folded_proof.proof
    yield f'<article id="{anchor}"><h3>{status(proof.status)} {safe(about(proof))}</h3>\n'
    yield f"<p>{place(proof.path, proof.line)}</p>\n"
    if proof.message:
        yield f"<p>{safe(proof.message)}</p>\n"
    if folded_proof.again:
        yield "<p>The statement and the fix above.</p>\n"
    elif picture := timeline(proof, WIDE):
        words = safe(" ".join(caption(proof)))
        yield f"<figure><figcaption>{words}</figcaption>{picture}{timeline(proof, NARROW)}</figure>\n"
    yield from claim_list(folded_proof.claims)
    if not folded_proof.again:
        yield from _evidence(proof)
    yield from _crashes(folded_proof.crashes)
    if folded_proof.file:
        yield f"<h4>{names(proof.path)} with all its fixes</h4>"
        yield from claim_list(folded_proof.file)
    yield "</article>\n"


def _evidence(proof: Proof) -> Iterator[str]:
    if not proof.original and not proof.fixed:
        yield f"<h4>The statement</h4>{sql(proof.sql)}\n"
    for name, statements in panels(proof):
        yield from _script(name, statements)
    yield from _indexes(proof)


def names(text: str) -> str:
    """The same, where long names may break behind a dot or an underscore."""
    return safe(text).replace(".", ".<wbr>").replace("_", "_<wbr>")


def status(its: Status) -> str:
    """A status as a mark and a word, so that neither colour nor mark has to be known."""
    return f'<span class="status {its}"><span aria-hidden="true">{MARKS[its]}</span> {its}</span>'


def claim_list(claims: tuple[Claim, ...]) -> Iterator[str]:
    """Claims with their marks; nothing where there are none."""
    if not claims:
        return
    yield '<ul class="claims">'
    for claim in claims:
        mark = f'<span class="mark {claim.status}" aria-hidden="true">{MARKS[claim.status]}</span>'
        word = f'<span class="{claim.status}">{claim.status}</span>'
        because = f' <span class="quiet">({safe(claim.reason)})</span>' if claim.reason else ""
        yield f"<li>{mark}{safe(claim.text)}: {word}{because}</li>"
    yield "</ul>\n"


def _script(name: str, statements: tuple[ObservedStatement, ...]) -> Iterator[str]:
    yield f"<h4>{name if name != 'Seen' else 'The statement'}</h4>"
    number = 0
    for observed in statements:
        yield f"{sql(observed.sql)}<p class=quiet>{safe(sent(observed))}</p>"
        if not observed.stops:
            yield f"<p>{_sentence(seen(observed))}</p>"
            continue
        yield from _stops(observed.stops, number + 1)
        number += len(observed.stops)
        if observed.sqlstate:
            yield f"<p class=wait>Failed with {safe(observed.sqlstate)}: {safe(observed.error)}</p>"
    for observed in statements:
        for notice in told(observed):
            yield f"<p>The server says: {safe(notice.severity)}: {safe(notice.message)}</p>"
    yield "\n"


def _stops(stops: tuple[Stop, ...], first: int) -> Iterator[str]:
    """The stops with the numbers of the picture; what all of them have seen is said once."""
    said = [stop_seen(stop) for stop in stops]
    same = len(stops) > 1 and len(set(said)) == 1
    yield f'<ol start="{first}">'
    for stop, words in zip(stops, said, strict=True):
        yield f"<li>{_sentence(stop_name(stop))}{'' if same else f' {_sentence(words)}'}</li>"
    yield "</ol>"
    if same:
        yield f"<p>At each of them: {safe(said[0])}.</p>"


def _sentence(words: str) -> str:
    """Words with a capital and a full stop."""
    return safe(sentence(words)) + "."


def _indexes(proof: Proof) -> Iterator[str]:
    if not proof.original_indexes and not proof.fixed_indexes:
        return
    yield f"<h4>Indexes afterwards</h4><table>{head('index', 'after the original', 'after the fix')}<tbody>"
    before, after = (
        {index.name: index for index in indexes} for indexes in (proof.original_indexes, proof.fixed_indexes)
    )
    for name in {**before, **after}:
        index = after.get(name) or before[name]
        title = f"<code>{safe(name)}</code><br><span class=quiet>{safe(one_line(index.definition))}</span>"
        states = cell("after the original", _state(before.get(name))) + cell(
            "after the fix", _state(after.get(name))
        )
        yield f"<tr><td>{title}</td>{states}</tr>"
    yield "</tbody></table>\n"


def _state(index: IndexState | None) -> str:
    if index is None:
        return "not there"
    if index.valid:
        return "valid"
    return f'<strong class="wait">INVALID</strong>{", but maintained by writes" if index.ready else ""}'


def _crashes(crashes: tuple[Crash, ...]) -> Iterator[str]:
    if not crashes:
        return
    titles = head("script", "stopped", "left", "run again")
    yield f"<h4>Interrupted, then run again</h4><table class=crashes>{titles}<tbody>"
    for batch in batches(crashes):
        script = f"{safe(batch[0].script)}<br><code>{safe(one_line(batch[0].sql, 60))}</code>"
        again = names(rerun(batch))
        bad = batch[0].first and not batch[0].repaired
        yield (
            f"<tr><td>{script}</td>{cell('stopped', names(halted(batch)))}{cell('left', names(left(batch)))}"
            f"{cell('run again', f'<strong class=wait>{again}</strong>' if bad else again)}</tr>"
        )
    yield "</tbody></table>\n"
