"""A report in the formats that people and machines read, one module for each. Imports `model` only.

A reporter is given the report and whether to paint, and yields pieces of text, line ends included.
Its module is imported when its format is asked for, so that a plain check loads one of them.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from idxlint.model import Report

if TYPE_CHECKING:
    from idxlint.model.evidence import LiveReport
    from idxlint.model.explained import Explanation

FORMATS = ("text", "json", "github", "gitlab", "sarif", "junit", "markdown", "rdjson")


def _render(name: str, report: Report, colour: bool = False) -> Iterable[str]:
    module = import_module(f"idxlint.reporters.{name}")
    pieces: Iterable[str] = module.render(report, colour) if name == "text" else module.render(report)
    return pieces


REPORTERS: Mapping[str, Callable[[Report, bool], Iterable[str]]] = {
    name: partial(_render, name) for name in FORMATS
}


def _render_live(name: str, report: "LiveReport", colour: bool = False) -> Iterable[str]:
    module = import_module(f"idxlint.reporters.live.live_{name}")
    pieces: Iterable[str] = module.render(report, colour) if name == "text" else module.render(report)
    return pieces


LIVE_REPORTERS: Mapping[str, Callable[["LiveReport", bool], Iterable[str]]] = {
    name: partial(_render_live, name) for name in ("text", "json", "markdown", "html")
}
"""What live mode saw, in the same manner."""


def _render_explanation(name: str, explanation: "Explanation", colour: bool = False) -> Iterable[str]:
    module = import_module(f"idxlint.reporters.explain.explain_{name}")
    pieces: Iterable[str] = (
        module.render(explanation, colour) if name == "text" else module.render(explanation)
    )
    return pieces


EXPLAIN_REPORTERS: Mapping[str, Callable[["Explanation", bool], Iterable[str]]] = {
    name: partial(_render_explanation, name) for name in ("text", "markdown", "json", "html")
}
"""What explain says, in the same manner."""
