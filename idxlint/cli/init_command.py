"""`idxlint init`: a configuration, today's findings and a CI file, shown before they are written."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from idxlint.cli.ci_files import CI
from idxlint.cli.collect import BASELINE, request_of
from idxlint.cli.options import FileOptions
from idxlint.cli.origin import OWNER, origin
from idxlint.config.configuration import Config
from idxlint.engine import baseline as baselines
from idxlint.engine import run
from idxlint.engine.request import Request
from idxlint.model import ExitCode, Failure, Report, printable, value
from idxlint.runners import STDIN, likely
from idxlint.system import console

CONFIG = "idxlint.yaml"
_SHOWN = 40
"""Lines of a file that are shown; a baseline can have thousands."""


@value
class InitOptions(FileOptions):
    """`idxlint init`. ci: the service whose file is written as well; yes: write without asking."""

    ci: str = "none"
    yes: bool = False


@value
class Proposal:
    """A file to write. addition: what to put into it where it is there already; there: it is."""

    path: str
    text: str
    addition: str = ""
    there: bool = False


def init(options: InitOptions) -> ExitCode:
    """Write what is not there yet: after `yes`, or once that is confirmed on a terminal."""
    paths, ci = options.paths, options.ci
    if STDIN in paths:
        raise Failure("-: init needs files or folders, not standard input")
    request = request_of(options)
    start = request.config.start
    _at_the_top(start, ci)
    report = run.check(request)
    if report.unread:
        for unread in report.unread:
            console.say(str(unread))
        return ExitCode.NOTHING_READ
    wanted = _proposals(request, report, paths, ci, options.runner)
    proposals = [_placed(start, proposal, request.config.file) for proposal in wanted]
    console.emit(_preview(proposals))
    new = [proposal for proposal in proposals if not proposal.there]
    if new and not options.yes:
        if not console.interactive():
            console.emit(["nothing written: not a terminal; pass --yes\n"])
            return ExitCode.CLEAN
        if not console.confirmed(f"Write {', '.join(proposal.path for proposal in new)}?"):
            console.emit(["nothing written\n"])
            return ExitCode.CLEAN
    for proposal in new:
        _write(request.config, proposal)
    console.emit(
        [
            *(f"written: {printable(proposal.path)}\n" for proposal in new),
            *_next(request.config, report, ci, new),
        ]
    )
    return ExitCode.CLEAN


def _at_the_top(start: Path, ci: str) -> None:
    """CI services and pre-commit read their files at the top of a repository and nowhere else."""
    if ci == "none" or (start / ".git").exists():
        return
    top = next((folder for folder in start.parents if (folder / ".git").exists()), None)
    if top is not None:
        raise Failure(f"--ci {ci}: run it in the top folder of the repository, {top}")


def _proposals(
    request: Request, report: Report, paths: Sequence[str], ci: str, runner: str | None
) -> Iterator[Proposal]:
    text = "".join(_configuration([*paths] or likely(request.config.start), runner, request))
    yield Proposal(CONFIG, text, text)
    if report.findings:
        yield Proposal(_accepted(request.config), baselines.rendered(report.findings))
    if ci in CI:
        file = CI[ci](origin())
        yield Proposal(file.path, file.text, file.addition)


def _accepted(config: Config) -> str:
    """Where `check` looks for the baseline, from the working folder on."""
    return _from(config.start, config.baseline or config.root / BASELINE)


def _from(start: Path, path: Path) -> str:
    return os.path.relpath(path, start).replace(os.sep, "/")


def _placed(start: Path, proposal: Proposal, config: Path | None) -> Proposal:
    """The proposal, knowing whether something is in its place; a configuration may be elsewhere."""
    if proposal.path == CONFIG and config is not None:
        return Proposal(_from(start, config), "", there=True)
    return Proposal(
        proposal.path, proposal.text, proposal.addition, there=os.path.lexists(start / proposal.path)
    )


def _configuration(asked: Iterable[str], runner: str | None, request: Request) -> Iterator[str]:
    """The keys that say more than is found without them, and as comments those that may be wanted."""
    yield "# The configuration of idxlint. Its README lists all keys, under Configuration.\n\n"
    yield f"paths: [{', '.join(_quoted(path.replace(os.sep, '/')) for path in asked)}]\n\n"
    if runner:
        yield f"runner: {runner}\n"
    else:
        plans = {plan.history or ".": plan for plan in request.plans}
        yield "# The migration tool of each folder, as `idxlint runners` shows it:\n"
        for folder, plan in plans.items():
            why = f"assumed: {plan.evidence}" if plan.assumed else plan.evidence
            yield f"#   {printable(folder)}: {plan.profile.name} ({printable(why)})\n"
        if any(plan.assumed for plan in plans.values()):
            yield "# If that is wrong, name the tool here (`idxlint runners` lists them):\n"
            yield "# runner: psql\n"
    yield "\n# The oldest PostgreSQL major version you deploy to:\n"
    yield f"# postgres: {request.config.postgres}\n"


def _quoted(text: str) -> str:
    """A text as YAML reads it in double quotes, whatever is in it."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(
        character if character.isprintable() else f"\\U{ord(character):08x}" for character in quoted
    )


def _preview(proposals: Iterable[Proposal]) -> Iterator[str]:
    for proposal in proposals:
        if proposal.there:
            yield f"{printable(proposal.path)} already exists and is not changed"
            yield (
                f"; add this yourself:\n{_lines(proposal.addition, '  ')}\n" if proposal.addition else "\n\n"
            )
        else:
            yield f"--- /dev/null\n+++ {printable(proposal.path)}\n{_lines(proposal.text, '+')}\n"


def _lines(text: str, mark: str) -> str:
    lines = text.splitlines()
    rest = len(lines) - _SHOWN
    shown = [f"{mark}{line}".rstrip() for line in lines[:_SHOWN]]
    return "\n".join([*shown, *([f"{mark}… {rest} more lines"] if rest > 0 else [])]) + "\n"


def _write(config: Config, proposal: Proposal) -> None:
    """Write a new file; one that has come into being meanwhile is left alone."""
    path = config.start / proposal.path
    try:
        if not path.parent.resolve().is_relative_to(config.root.resolve()):
            raise Failure(f"{proposal.path}: its folder is outside {config.root}")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(proposal.text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Failure(f"{proposal.path}: cannot be written: {reason}") from None


def _next(config: Config, report: Report, ci: str, new: Sequence[Proposal]) -> Iterator[str]:
    accepted = _accepted(config)
    yield "next:\n" if new else "nothing to write\n"
    if accepted in {proposal.path for proposal in new}:
        yield f"  idxlint check passes now: {accepted} accepts the current findings ({len(report.findings)})\n"
    if ci == "none":
        yield f"  idxlint init --ci {'|'.join(CI)} adds the CI file\n"
    elif any(OWNER in proposal.text for proposal in new):
        yield f"  {new[-1].path}: replace {OWNER} with the owner of idxlint's repository\n"
    if new:
        yield f"  git add {' '.join(proposal.path for proposal in new)}\n"
