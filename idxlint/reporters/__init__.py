"""What a run found, in the formats that people and machines read.

A reporter is given the report and whether to paint, and yields pieces of text, line ends included.
"""

from collections.abc import Callable, Iterable, Mapping

from idxlint.model import Report


def _text(report: Report, colour: bool = False) -> Iterable[str]:
    from idxlint.reporters.text import render

    return render(report, colour)


def _json(report: Report, colour: bool = False) -> Iterable[str]:  # noqa: ARG001, a machine sees no colours
    from idxlint.reporters.json import render

    return render(report)


REPORTERS: Mapping[str, Callable[[Report, bool], Iterable[str]]] = {
    "text": _text,
    "json": _json,
}
