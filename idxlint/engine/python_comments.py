"""Comments of a Python file in the shape that those of SQL have, for the ignores in them."""

import ast
import re
import tokenize
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from io import StringIO

from idxlint.model import Source, Span, UnreadError
from idxlint.runners.python.host import Host
from idxlint.runners.shared.lines import lines


def translated(source: Source, spans: Sequence[Span]) -> tuple[str, list[Span]]:
    """A text of equal length with `--` for each `#` and no other quote or mark, and whole statements for spans."""
    try:
        host = Host(source)
    except UnreadError:
        return source.text, list(spans)
    parts: list[str] = []
    at = 0
    for comment in _comments(source.text):
        said = source.text[comment.start : comment.end]
        parts += [_masked(source.text[at : comment.start]), re.sub(r"\A#[ \t#]", "--", said)]
        at = comment.end
    simple = sorted(_simple(host), key=lambda span: span.start)
    starts = [span.start for span in simple]
    places = []
    for span in spans:
        near = bisect_right(starts, span.start) - 1
        inside = near >= 0 and span.start < simple[near].end
        places.append(simple[near] if inside else span)
    return "".join((*parts, _masked(source.text[at:]))), sorted(set(places))


def _masked(code: str) -> str:
    return re.sub(r"\S", "x", code)


def _comments(text: str) -> Iterator[Span]:
    starts = [line.start for line in lines(text)]
    try:
        for token in tokenize.generate_tokens(StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                start = starts[token.start[0] - 1] + token.start[1]
                yield Span(start, start + len(token.string))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return


def _simple(host: Host) -> Iterator[Span]:
    """The statements that contain no other."""
    for node in ast.walk(host.tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield host.span(node)
