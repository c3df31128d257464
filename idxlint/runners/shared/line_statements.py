"""Statements found line by line, as goose and sql-migrate do it: neither looks into strings or bodies."""

import re
from typing import NamedTuple

from idxlint.model import Span
from idxlint.runners.shared.lines import lines

_LONERS = ("index", "vacuum", "unique", "primary")


class Sent(NamedTuple):
    """What is sent in one call each; held: the blocks among it, which stay one whatever is written into them."""

    messages: tuple[Span, ...] = ()
    held: tuple[Span, ...] = ()


def sent(text: str, span: Span, command: str) -> Sent:
    """What is sent in one call: up to a line that ends in a semicolon, or a block between two commands.

    command: an expression whose first group is StatementBegin or StatementEnd in a line that is one
    Nothing is cut where there is no work that could have to be sent alone, now or after a fix.
    """
    said = text[slice(*span)].lower()
    if not any(word in said for word in _LONERS):
        return Sent()
    messages, held = list[Span](), list[Span]()
    start, block = span.start, False
    for line in lines(text, span):
        words = text[line.start : line.end]
        marked = re.match(command, words) if words.startswith("--") else None
        word = marked[1].lower() if marked else ""
        if word == "statementbegin":
            start, block = line.end, True
        elif word == "statementend" and block:
            held.append(Span(start, line.start))
            messages.append(held[-1])
            start, block = line.end, False
        elif not block and _ends(words):
            messages.append(Span(start, line.end))
            start = line.end
    return Sent((*messages, Span(start, span.end)), tuple(held))


def _ends(line: str) -> bool:
    """Whether the last word before a word that begins a comment ends in a semicolon."""
    last = ""
    if ";" in line:
        for word in line.split():
            if word.startswith("--"):
                break
            last = word
    return last.endswith(";")
