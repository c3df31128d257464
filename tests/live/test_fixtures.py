"""Live mode over every runner's fixture: idxlint is right about all of them, and live mode about idxlint."""

from pathlib import Path

import pytest

from idxlint.cli.episodes import episodes
from idxlint.live.proof.history import run_histories
from idxlint.model.evidence import Status
from tests.live.live_runs import request
from tests.live.server import Server

pytestmark = pytest.mark.live

FIXTURES = Path(__file__).parents[2] / "fixtures"
FOLDERS = sorted(path.name for path in FIXTURES.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", FOLDERS)
def test_nothing_is_contradicted(newest: Server, name: str) -> None:
    """What idxlint says of a file is what the server does when it gets it in the runner's own way."""
    asked = request(FIXTURES / name)
    run = run_histories(newest.live, "test", [*episodes(asked, [plan.shown for plan in asked.plans])])
    wrong = [
        (proof.path, claim.text, claim.reason)
        for proof in run.proofs
        for claim in proof.claims
        if claim.status in (Status.CONTRADICTED, Status.ERROR)
    ]

    assert wrong == []
