"""What people are told once: the same evidence is shown one time, and what has nothing to say is counted.

Only JSON repeats itself, and has everything.
"""

import re
from collections.abc import Iterator, Sequence

from idxlint.model import record
from idxlint.model.evidence import Claim, Crash, LiveRun, Proof, Status
from idxlint.reporters.live.words import nothing_to_drop
from idxlint.reporters.parts.phrases import counted, listed

_WHOLE = re.compile(r"all (\d+ )?indexes are valid afterwards\Z")
"""The first claim that is about the whole file with all its fixes, and not about one statement."""

_AMCHECK = "amcheck"


@record
class FoldedProof:
    """A proof as people see it.

    claims, crashes: those that no other part of the report says
    again: its statement and its fix are those of the proof in front of it
    file: what holds for the whole file, behind the last proof that shares it
    """

    proof: Proof
    claims: tuple[Claim, ...]
    crashes: tuple[Crash, ...]
    again: bool = False
    file: tuple[Claim, ...] = ()


@record
class FoldedRun:
    """A run as people see it: findings first.

    server: what could not be checked on this server at all
    asides: a sentence for each sort of statement that had nobody to block
    """

    proofs: tuple[FoldedProof, ...]
    server: tuple[Claim, ...]
    asides: tuple[str, ...]


def fold(run: LiveRun) -> FoldedRun:
    """Say everything once."""
    idle = [proof for proof in run.proofs if _unseen(proof) and _harmless(proof)]
    rest = sorted((proof for proof in run.proofs if proof not in idle), key=lambda proof: not proof.rule)
    server = dict.fromkeys(claim for proof in rest for claim in proof.claims if _of_server(claim))
    return FoldedRun(tuple(_folded(rest)), tuple(server), _asides(idle))


def _folded(proofs: Sequence[Proof]) -> Iterator[FoldedProof]:
    """Each proof without what the one before it says, and without what the last one of its file will say."""
    files = [(proof.path, _whole(proof)) for proof in proofs]
    for number, (proof, file) in enumerate(zip(proofs, files, strict=True)):
        before = proofs[number - 1] if number else None
        known = before if before is not None and _evidence(before) == _evidence(proof) else None
        whole = file[1]
        alone = files.count(file) == 1
        last = file not in files[number + 1 :]
        claims = _own(proof) + (whole if alone else ())
        yield FoldedProof(
            proof,
            tuple(claim for claim in claims if not _said(claim, known)),
            tuple(crash for crash in proof.crashes if known is None or crash not in known.crashes),
            again=known is not None,
            file=whole if last and not alone else (),
        )


def _asides(idle: Sequence[Proof]) -> tuple[str, ...]:
    """A sentence for each sort of statement that had nobody to block."""
    dropping = [proof for proof in idle if _nothing(proof)]
    new = [proof for proof in idle if not _nothing(proof)]
    return (
        *_aside(new, "index statement on a new table", "index statements on new tables", "nobody to block"),
        *_aside(dropping, "DROP", "DROPs", "nothing to drop"),
    )


def _said(claim: Claim, known: Proof | None) -> bool:
    """Whether a claim stands in the proof before; what is not confirmed is said again."""
    return known is not None and claim.status is Status.CONFIRMED and claim in known.claims


def _unseen(proof: Proof) -> bool:
    """Whether no rule speaks about a statement and no other session could see its table."""
    original = proof.original
    alone = not proof.rule and not proof.fixed and not proof.crashes and proof.status is Status.SKIPPED
    return alone and original is not None and not (original.table or original.stops or original.sqlstate)


def _nothing(proof: Proof) -> bool:
    return proof.original is not None and nothing_to_drop(proof.original)


def _harmless(proof: Proof) -> bool:
    return _nothing(proof) or (proof.original is not None and not proof.original.notices)


def _aside(proofs: Sequence[Proof], singular: str, plural: str, what: str) -> tuple[str, ...]:
    """How many there are and where, the files in the order in which they run."""
    files: dict[str, list[str]] = {}
    for proof in proofs:
        files.setdefault(proof.path, []).append(str(proof.line))
    places = listed(tuple(f"{path}:{','.join(lines)}" for path, lines in files.items()))
    return (f"{counted(len(proofs), singular, plural)}: {what} ({places})",) if files else ()


def _evidence(proof: Proof) -> tuple[object, ...]:
    return proof.path, proof.line, proof.sql, proof.original, proof.fixed


def _split(proof: Proof) -> int:
    places = [number for number, claim in enumerate(proof.claims) if _WHOLE.match(claim.text)]
    return places[0] if places and proof.rule else len(proof.claims)


def _own(proof: Proof) -> tuple[Claim, ...]:
    return proof.claims[: _split(proof)]


def _whole(proof: Proof) -> tuple[Claim, ...]:
    return tuple(claim for claim in proof.claims[_split(proof) :] if not _of_server(claim))


def _of_server(claim: Claim) -> bool:
    """Whether a check is missing because the server has no amcheck, or does not let us have it."""
    return claim.status is Status.SKIPPED and _AMCHECK in claim.text and _AMCHECK in claim.reason
