"""Conditions that ask whether an index has a name, and not whether it is valid.

A failed concurrent build leaves an invalid index of that name, which such a condition takes for a finished one.
"""

import re

from idxlint.model import NameGuard, Span

_ASKS = re.compile(
    r"\b(?:pg_indexes|pg_class|pg_index|to_regclass|pg_stat_(?:user|all)_indexes|regclass)\b", re.IGNORECASE
)
_MISSING = re.compile(
    r"\bnot\s+exists\b|\bis\s+null\b|=\s*0\b|<\s*1\b|\bnot\s+in\b|^\s*not\s+\w+\s*$", re.IGNORECASE
)
_IF = re.compile(
    r"\b(?:ELS)?IF\b(?P<test>(?:(?!\bTHEN\b|;).)*)\bTHEN\b(?P<leaves>\s*RETURN\b)?", re.IGNORECASE | re.DOTALL
)
_COMMAND = re.compile(r"\\(?P<name>if|elif|else|endif|gset)\b[ \t]*:?(?P<variable>\w*)")


def asks(text: str) -> bool:
    """Whether a text speaks of a catalogue that has the names of indexes."""
    return _ASKS.search(text) is not None


def asks_for_name(text: str) -> bool:
    """Whether a query looks an index up in the catalogues without looking at indisvalid."""
    return asks(text) and "indisvalid" not in text.lower()


def is_of_missing(text: str) -> bool:
    """Whether a condition holds where there is no such index."""
    return _MISSING.search(text) is not None


def in_body(text: str, start: int, base: int, *, nested: bool) -> NameGuard | None:
    """The IF of a PL/pgSQL body that decides whether the place at `start` is come to.

    base: where the body begins in the file; nested: the place stands inside an IF
    """
    for match in reversed([*_IF.finditer(text, 0, start)]):
        test = match["test"]
        wanted = nested if is_of_missing(test) else match["leaves"] is not None
        test += _answered(text[: match.start()], test)
        if wanted and asks_for_name(test) and "indisvalid" not in text:
            return NameGuard(Span(base + match.start(), base + match.end("test")), "the IF", test)
    return None


def _answered(text: str, test: str) -> str:
    """The last query whose answer a variable of the test holds; "" where there is none."""
    names = "|".join(map(re.escape, re.findall(r"[A-Za-z_]\w*", test)))
    kept = re.compile(rf"\bINTO\s+(?:STRICT\s+)?(?:{names})\b|\b(?:{names})\s*:=", re.IGNORECASE)
    queries = (query for query in reversed(text.split(";")) if names and kept.search(query))
    return next(queries, "")


def in_psql(text: str) -> list[tuple[int, NameGuard | None]]:
    r"""Where the text begins that an `\if` of psql decides on, and where it does not, in order.

    There is a guard where a query before the `\if` has asked for a name, and `\gset` has kept the answer.
    """
    queries: dict[str, str] = {}
    opened: list[tuple[str, NameGuard | None]] = []
    parts: list[tuple[int, NameGuard | None]] = []
    for command in _COMMAND.finditer(text):
        name = command["name"]
        if name == "gset":
            at = command.start()
            query = text[max(text.rfind(";", 0, at), text.rfind("\\", 0, at)) + 1 : at]
            queries.update(dict.fromkeys(re.findall(r"\w+", query), query))
            continue
        before = opened.pop()[0] if opened and name != "if" else ""
        if name != "endif":
            variable = before if name == "else" else command["variable"]
            outer = opened[-1][1] if opened else None
            opened.append((variable, _decides(command, queries.get(variable, "")) or outer))
        parts.append((command.end(), opened[-1][1] if opened else None))
    return parts


def _decides(command: re.Match[str], query: str) -> NameGuard | None:
    """The command, if what is behind it runs only where the query has found no index."""
    if not asks_for_name(query) or is_of_missing(query) is (command["name"] == "else"):
        return None
    return NameGuard(Span(*command.span()), f"the \\{command['name']}", query)
