"""Live mode over the rule book: what each page claims is what each major does, in the runner's own way."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idxlint.cli.episodes import episodes
from idxlint.live.proof.history import run_histories
from idxlint.model.evidence import LiveRun, Status
from tests.live.database import TABLES
from tests.live.live_runs import request
from tests.live.pages import BLOCKS, PAGES, Block
from tests.live.server import Server

if TYPE_CHECKING:
    from idxlint.live.proof.episode import Episode

pytestmark = pytest.mark.live

WRONG = (Status.CONTRADICTED, Status.INCONCLUSIVE, Status.ERROR)
NEEDS_14 = "(CONCURRENTLY FALSE)"


def shown(block: Block, major: int) -> bool:
    """Whether a block is SQL that this major can read, in a file that its runner would run."""
    page = PAGES[block.page]
    if major not in page.majors:
        return False
    elsewhere = "TABLESPACE" in block.sql  # which the servers of live mode do not have
    return page.facts["kind"] != "self" and not elsewhere and not (NEEDS_14 in block.sql and major < 14)


def files(block: Block) -> dict[str, str]:
    """What is deployed, and the example behind it."""
    words = {*(block.before + block.sql).replace("(", " ").replace(";", " ").split()}
    made = [
        sql
        for name, sql in TABLES.items()
        if name in words and f"CREATE TABLE {name} " not in block.before + block.sql
    ]
    return {"1_before.sql": ";\n".join((*made, block.before)), "2_example.sql": block.sql}


def ran(server: Server, folder: Path, blocks: list[Block]) -> LiveRun:
    """Each block as a history of its own, all in one run."""
    to_prove: list[Episode] = []
    for block in blocks:
        name = f"{block.page}-{block.line}-{block.kind}"
        runner = PAGES[block.page].facts.get("runner", "psql")
        for file, text in files(block).items():
            (folder / name).mkdir(exist_ok=True)
            (folder / name / file).write_text(text)
        asked = request(folder, name, {"1_before": "psql", "2_example": runner})
        to_prove += episodes(asked, [plan.shown for plan in asked.plans if "2_example" in plan.shown])
    return run_histories(server.live, "test", to_prove)


def wrong(run: LiveRun) -> dict[str, list[tuple[str, str]]]:
    """The claims that were not confirmed, by example; that there was nothing to drop is the example's own affair."""
    claims: dict[str, list[tuple[str, str]]] = {}
    for proof in run.proofs:
        for claim in proof.claims:
            if claim.status in WRONG and not claim.reason.endswith("does not exist, skipping"):
                claims.setdefault(proof.path.partition("/")[0], []).append((claim.text, claim.reason))
    return claims


def test_bad_examples(server: Server, tmp_path: Path) -> None:
    """A bad example does what its page says, and its fix blocks nobody and leaves only valid indexes."""
    blocks = [block for block in BLOCKS if block.kind == "bad" and shown(block, server.major)]
    run = ran(server, tmp_path, blocks)

    assert wrong(run) == {}
    proved = {proof.rule for proof in run.proofs if proof.status is Status.CONFIRMED}
    unproved = {name for name, page in PAGES.items() if "no_proof" in page.facts}
    assert {block.page for block in blocks} - unproved <= proved


def test_good_examples(newest: Server, tmp_path: Path) -> None:
    """What a page recommends blocks nobody while it builds, sent as its runner sends it."""
    blocks = [block for block in BLOCKS if block.kind in ("fixed", "good") and shown(block, newest.major)]
    run = ran(newest, tmp_path, blocks)

    assert wrong(run) == {}
    assert run.unplayed == ()
