"""The steps that lint and that prove."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from idxlint.action import event, workflow
from idxlint.action.inputs import Inputs
from idxlint.action.install import packages
from idxlint.model import ExitCode, Failure
from idxlint.system import shell

_SECONDS = 6 * 60 * 60  # the longest that a hosted job may take
_ENDINGS = ("log", "json", "md", "sarif")
_SPOKE = (ExitCode.CLEAN, ExitCode.FINDINGS)


def home() -> Path:
    """The folder of this run of the action: packages and reports."""
    return Path(os.environ["IDXLINT_HOME"])


def step(inputs: Inputs) -> int:
    """Lint: annotations, summary, outputs, SARIF. Its exit code is that of `idxlint check`."""
    annotations, report, markdown, sarif = (home() / f"report.{ending}" for ending in _ENDINGS)
    formats = [f"github={annotations}", f"json={report}", f"markdown={markdown}"]
    if inputs.sarif_file:
        formats.append(f"sarif={sarif}")
    words = [f"--format={format_}" for format_ in formats]
    ran = _idxlint("check", *words, *_options(inputs), *inputs.args, "--", *inputs.paths)
    counts = _summary(report) if ran.code in _SPOKE else None
    if counts is None:
        return _failed(ran)
    workflow.words(ran.err + ran.out)
    workflow.commands(annotations.read_text("utf-8"))
    if inputs.sarif_file:
        _put(sarif, Path(inputs.sarif_file))
        workflow.output("sarif", inputs.sarif_file)
    workflow.output("findings", sum(counts[severity] for severity in ("error", "warning", "note")))
    workflow.output("errors", counts["error"])
    workflow.output("report", str(report))
    workflow.output("code", ran.code)
    if markdown.exists():  # there is none where nothing has changed
        workflow.summary(markdown.read_text("utf-8"))
    return ran.code


def live(inputs: Inputs) -> int:
    """Prove what is said of the same migrations, with a summary. Its exit code is that of `idxlint live`."""
    markdown = home() / "live.md"
    options = [f"--runner={inputs.runner}"] if inputs.runner else []
    options += event.since(inputs.since)
    ran = _idxlint("live", "--format=markdown", f"--output={markdown}", *options, "--", *inputs.paths)
    if ran.code not in _SPOKE:
        return _failed(ran)
    workflow.words(ran.err + ran.out)
    workflow.output("code", ran.code)
    if markdown.exists():  # there is none where nothing has changed
        workflow.summary(markdown.read_text("utf-8"))
    return ran.code


def _options(inputs: Inputs) -> Iterator[str]:
    yield from event.since(inputs.since)
    for name, said in (("runner", inputs.runner), ("postgres", inputs.postgres), ("fail-on", inputs.fail_on)):
        if said:
            yield f"--{name}={said}"


def _idxlint(*words: str) -> shell.Ran:
    """Run what was installed; -P and -s: it imports nothing out of the checkout, nor what the job has installed."""
    environment = {**os.environ, "PYTHONPATH": str(packages(home()))}
    try:
        return shell.run(
            (sys.executable, "-P", "-s", "-m", "idxlint", *words), env=environment, seconds=_SECONDS
        )
    except shell.Stopped as error:
        raise Failure(str(error)) from None


def _failed(ran: shell.Ran) -> int:
    """Say why there is no report: the last line of what idxlint said."""
    said = ran.err.decode("utf-8", "backslashreplace").splitlines() or ["idxlint: no report"]
    workflow.words("\n".join(said[:-1]).encode())
    workflow.error(said[-1].removeprefix("idxlint: "))
    return ExitCode.NOTHING_READ if ran.code in _SPOKE else ran.code


def _summary(report: Path) -> dict[str, Any] | None:
    try:
        return dict(json.loads(report.read_bytes())["summary"])
    except (OSError, ValueError, KeyError):
        return None


def _put(made: Path, wanted: Path) -> None:
    """Copy a file into the checkout; a link that stands there is replaced, never followed."""
    try:
        if wanted.is_symlink():
            wanted.unlink()
        shutil.copyfile(made, wanted)
    except OSError as error:
        raise Failure(f"sarif-file: {wanted}: {(error.strerror or str(error)).lower()}") from None
