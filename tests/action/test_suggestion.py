"""A fix as a suggestion: the lines that it replaces are whole, and stand in one hunk of the patch as in the file."""

import json
import re
from typing import Any

import pytest

from idxlint.action import suggestion
from tests.conftest import lint

BEFORE = "CREATE TABLE t (a int);\nCREATE TABLE u (a int);"
INDEX = "CREATE INDEX t_a ON t (a);"


def finding(text: str) -> dict[str, Any]:
    """The first finding in a text, as it stands in the report."""
    from idxlint.model import Report
    from idxlint.reporters.json import render

    report = json.loads("".join(render(Report(tuple(lint(text, BEFORE))))))
    return dict(report["findings"][0])


def patch(text: str, first: int = 1, count: int | None = None) -> str:
    """A patch that adds some lines of a text."""
    lines = text.rstrip("\n").split("\n")[first - 1 :][:count]
    return "\n".join([f"@@ -0,0 +{first},{len(lines)} @@ {INDEX}", *(f"+{line}" for line in lines)])


def applied(text: str, made: dict[str, Any]) -> str:
    """The text once somebody has taken the suggestion."""
    inside = re.search(r"(?ms)^(`{3,})suggestion\n(.*?)^\1$", made["body"])
    assert inside
    lines = text.split("\n")
    lines[made.get("start_line", made["line"]) - 1 : made["line"]] = inside[2].removesuffix("\n").split("\n")
    return "\n".join(lines)


def fixed(text: str, found: dict[str, Any]) -> str:
    """The text once the fix is applied."""
    for edit in sorted(found["fix"]["edits"], key=lambda edit: -edit["start"]):
        text = text[: edit["start"]] + edit["text"] + text[edit["end"] :]
    return text


@pytest.mark.parametrize(
    "text",
    [
        f"{INDEX}\n",
        INDEX,
        f"SELECT 1; {INDEX} SELECT 2;\n",
        f"-- é \U0001f980\n\n{INDEX}\nSELECT 2;\n",
        "CREATE INDEX t_a\n  ON t\n  (a);\nSELECT 2;\n",
        f"SET lock_timeout = '2s';\n{INDEX}\n{INDEX.replace('t_a', 't_b')}\n",
        f"{INDEX} -- ```\n",
        f"\x0c{INDEX}\n",
    ],
)
def test_taken(text: str) -> None:
    """Who takes a suggestion has what the fix writes."""
    found = finding(text)
    made = suggestion.comment(found, text, patch(text))

    assert made is not None
    assert fixed(text, found) == applied(text, made)
    assert made.get("start_line", 0) < made["line"]


@pytest.mark.parametrize(
    ("text", "diff"),
    [
        (f"{INDEX}\n", ""),
        (f"SELECT 1;\n{INDEX}\n", patch(f"SELECT 1;\n{INDEX}\n", 1, 1)),
        ("CREATE INDEX t_a\n  ON t (a);\n", patch("CREATE INDEX t_a\n  ON t (a);\n", 1, 1)),
        (f"SELECT 1;\n{INDEX}\n", patch(f"{INDEX}\nSELECT 2;\n")),
        (f"{INDEX}\n", f"@@ -1 +0,0 @@\n-{INDEX}"),
        (f"{INDEX}\r\n", patch(f"{INDEX}\r\n")),
        (f"{INDEX}\n", "Binary files differ"),
    ],
    ids=["no patch", "other lines", "half", "shifted", "removed", "CRLF", "binary"],
)
def test_not_shown(text: str, diff: str) -> None:
    """What the patch does not show as it is in the file gets no suggestion."""
    assert suggestion.comment(finding(text), text, diff) is None


@pytest.mark.parametrize("words", ["@mona", "`a` ``b``", "<b>#1</b>", "a\n# b", "`"])
def test_words_of_a_migration(words: str) -> None:
    """A name is shown as code that it cannot leave."""
    shown = suggestion.code(words)
    ticks = re.match("`+", shown)
    assert ticks
    inside = shown[len(ticks[0]) : -len(ticks[0])]

    assert " ".join(words.split()) == (
        inside[1:-1] if inside.startswith(" `") or inside.endswith("` ") else inside
    )
    assert ticks[0] not in re.findall("`+", inside)
    assert "\n" not in shown
