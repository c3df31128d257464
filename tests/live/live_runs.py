"""Migrations as files, and what live mode says of them on a server."""

from collections.abc import Mapping
from pathlib import Path

from idxlint import rulebook
from idxlint.cli.episodes import episodes
from idxlint.config.configuration import Config
from idxlint.engine.request import Request
from idxlint.live.play.script import script_of
from idxlint.live.proof.history import run_histories
from idxlint.model.evidence import Claim, LiveRun, Proof, Status
from idxlint.runners import collect
from tests.conftest import migration
from tests.live.server import Server

BOOK = rulebook.load()


def request(folder: Path, part: str = "", runners: Mapping[str, str] | None = None) -> Request:
    """All files below a folder, or a part of it. runners: by a part of a file's path; the others are detected."""
    wanted = runners or {}
    plans, unread = collect(
        [str(folder / part)],
        folder,
        lambda _: False,
        lambda shown: next((runner for words, runner in wanted.items() if words in shown), None),
    )
    assert unread == []
    return Request(plans, BOOK, Config(root=folder, start=folder))


def proved(
    server: Server,
    folder: Path,
    files: Mapping[str, str] | None = None,
    *,
    runner: str | None = None,
    crash: bool = False,
    schema: str = "",
    asked: str = "",
) -> LiveRun:
    """What is seen of files in a folder, which are written first. asked: a part of the names of those to prove."""
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    everything = request(folder, runners={"": runner} if runner else None)
    to_prove = episodes(everything, [plan.shown for plan in everything.plans if asked in plan.shown])
    dump = script_of(migration("schema.sql", schema)) if schema else None
    return run_histories(server.live, "test", tuple(to_prove), crash=crash, schema=dump)


def by_rule(run: LiveRun) -> dict[str, Proof]:
    """The proofs of findings, by the id of the rule."""
    return {proof.id: proof for proof in run.proofs if proof.id}


def claim(proof: Proof, words: str) -> Claim:
    """The one claim that has some words in it."""
    (wanted,) = [entry for entry in proof.claims if words in entry.text]
    return wanted


def statuses(run: LiveRun) -> list[tuple[str, Status]]:
    """The ids of the findings and what came of them, in their order."""
    return [(proof.id, proof.status) for proof in run.proofs if proof.id]
