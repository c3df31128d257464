"""What a run found, in the formats that people and machines read.

A reporter is given the report and whether to paint, and yields pieces of text, line ends included.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from idxlint.model import Report

if TYPE_CHECKING:
    from idxlint.model.live import LiveReport


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


def _live_text(report: "LiveReport", colour: bool = False) -> Iterable[str]:
    from idxlint.reporters.live_text import render

    return render(report, colour)


def _live_json(report: "LiveReport", colour: bool = False) -> Iterable[str]:  # noqa: ARG001
    from idxlint.reporters.live_json import render

    return render(report)


def _live_markdown(report: "LiveReport", colour: bool = False) -> Iterable[str]:  # noqa: ARG001
    from idxlint.reporters.live_markdown import render

    return render(report)


def _live_html(report: "LiveReport", colour: bool = False) -> Iterable[str]:  # noqa: ARG001
    from idxlint.reporters.live_html import render

    return render(report)


LIVE_REPORTERS: Mapping[str, Callable[["LiveReport", bool], Iterable[str]]] = {
    "text": _live_text,
    "json": _live_json,
    "markdown": _live_markdown,
    "html": _live_html,
}
"""What live mode saw, in the same manner."""
