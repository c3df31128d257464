"""`idxlint explain`: what each statement locks, until when, and what it does meanwhile."""

import sys

from idxlint.cli.collect import request_of
from idxlint.cli.options import FileOptions
from idxlint.engine.explain import explain as explanation_of
from idxlint.model import ExitCode, value
from idxlint.model.explained import Explanation
from idxlint.reporters import EXPLAIN_REPORTERS
from idxlint.system import console


@value
class ExplainOptions(FileOptions):
    """`idxlint explain`. html: a file to write the page to, beside the report."""

    format_: str = "text"
    html: str | None = None
    output: str | None = None
    color: str = "auto"


def explain(options: ExplainOptions) -> ExitCode:
    """Explain the files that the options ask for."""
    request = request_of(options)
    explanation = explanation_of(request)
    _show(explanation, options)
    for unread in explanation.unread:
        console.say(str(unread))
    if explanation.unread or not (explanation.paths or explanation.left_out or request.change):
        return ExitCode.NOTHING_READ
    return ExitCode.CLEAN


def _show(explanation: Explanation, options: ExplainOptions) -> None:
    paint = options.output is None and console.coloured(options.color, sys.stdout)
    pieces = EXPLAIN_REPORTERS[options.format_](explanation, paint)
    console.emit(pieces, options.output, utf8=options.format_ != "text")
    if options.html:
        page = EXPLAIN_REPORTERS["html"](explanation, False)
        console.emit(page, options.html, said=f"--html {options.html}")
