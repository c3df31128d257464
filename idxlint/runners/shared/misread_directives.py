"""Directives that do nothing: the tool's own in a wrong form, and those of other tools."""

import re

from idxlint.model import Misread, Span
from idxlint.runners.shared.foreign_directives import foreign
from idxlint.runners.shared.statement_heads import several


def misread(
    text: str, instead: str, runner: str = "", pattern: str = "", own: str = ""
) -> tuple[Misread, ...]:
    """All directives of a text in which none of them has done what it should.

    instead: what would help; runner: the tool, as `foreign` knows it
    pattern: an expression for the tool's own directive in any form; own: what is wrong with it there
    """
    if "--" not in text:
        return ()
    misreads = foreign(text, Span(0, len(text)), runner, instead)
    if pattern:
        comment = rf"^[ \t]*(?P<said>--[^\r\n]*{pattern}[^\r\n]*?)[ \t]*$"
        for match in re.finditer(comment, text, re.IGNORECASE | re.MULTILINE):
            misreads += (Misread(Span(*match.span("said")), f"{own}; {instead}"),)
    return tuple(sorted(misreads, key=lambda entry: entry.span))


def misread_unless_alone(text: str, instead: str) -> tuple[Misread, ...]:
    """The directives of other tools in a file that is sent as one message: above a lone statement they change nothing.

    instead: what would help
    """
    misreads = misread(text, instead)
    return misreads if misreads and several(text) else ()
