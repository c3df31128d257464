"""The rule book as SARIF describes rules."""

import re
from typing import Any

from idxlint.model import Kind, Rule

# GitHub shows results with a security-severity as security alerts; a blocked table is none.
_PRECISION = {Kind.REFUSED: "very-high", Kind.SELF: "very-high"}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
_LOCAL_LINK = re.compile(r"\[([^\]]*)\]\((?!https?://)[^)]*\)")
_HEADING = re.compile(r"(?m)^## .*\n+")


def described(rule: Rule) -> dict[str, Any]:
    """A reportingDescriptor: the page's facts, its first paragraph and, as help, the page itself.

    Links between pages lead nowhere outside the rule book, and become their text.
    """
    page = _LOCAL_LINK.sub(r"\1", rule.body.strip("\n"))
    first = _HEADING.sub("", page).partition("\n\n")[0]
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary or rule.name},
        "fullDescription": {"text": first or rule.summary or rule.name},
        "help": {"text": page or rule.name, "markdown": page or rule.name},
        "defaultConfiguration": {"level": rule.severity.word, "enabled": rule.default},
        "properties": {
            "tags": ["postgresql", "migrations", str(rule.kind)],
            "precision": _PRECISION.get(rule.kind, "high"),
            "problem.severity": _PROBLEM[rule.severity.word],
        },
    }
