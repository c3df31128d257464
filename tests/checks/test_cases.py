"""Cases that would not help a reader of a page: `tests/cases/RULE.md`, in the grammar of the pages."""

from dataclasses import replace
from pathlib import Path

import pytest

from idxlint import rulebook
from idxlint.model import Example, Rule
from tests.conftest import BOOK, lint, selecting

FOLDER = Path(__file__).parent.parent / "cases"
NAMED = {rule.name: rule for rule in BOOK.rules}
CASES = [
    pytest.param(NAMED[path.stem], example, id=f"{path.stem}:{example.line}-{example.kind}")
    for path in sorted(FOLDER.glob("*.md"))
    for example in rulebook.examples(replace(NAMED[path.stem], page=path.read_text("utf-8")))
]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_case(rule: Rule, example: Example) -> None:
    """The rule fires on what is bad, and not on what is good, whatever other rules say of it."""
    found = lint(example.sql, example.before, selecting(rule), runner=rule.runner)

    assert (rule in [finding.rule for finding in found]) == (example.kind == "bad")
