"""The rule book is a test: what a page calls bad fires, fixed is what the tool writes, good stays quiet."""

import pytest

from idxlint import rulebook
from idxlint.checks import CHECKS
from idxlint.model import Example, Rule
from idxlint.sql.rewrite.rewriting import applied
from tests.conftest import BOOK, lint, selecting

PAGES = [
    pytest.param(rule, example, id=f"{rule.name}:{example.line}-{example.kind}")
    for rule in BOOK.rules
    for example in rulebook.examples(rule)
]


def _bad_before(rule: Rule, fixed: Example) -> Example:
    return max(
        (one for one in rulebook.examples(rule) if one.kind == "bad" and one.line < fixed.line),
        key=lambda one: one.line,
    )


@pytest.mark.parametrize(("rule", "example"), PAGES)
def test_example(rule: Rule, example: Example) -> None:
    """Bad fires, good and fixed are silent in the whole book, and fixed is the fix of the bad before it."""
    found = lint(example.sql, example.before, selecting(rule), runner=rule.runner)

    if example.kind == "bad":
        assert rule.name in [finding.rule.name for finding in found]
        return
    assert [] == [finding.rule.name for finding in found]
    if example.kind == "fixed":
        bad = _bad_before(rule, example)
        (finding,) = [
            one for one in lint(bad.sql, bad.before, selecting(rule), runner=rule.runner) if one.rule == rule
        ]
        assert finding.hit.fix is not None
        assert example.sql == applied(bad.sql, finding.hit.fix.edits)


def test_every_page_has_its_check_and_every_check_its_page() -> None:
    """One name, two files."""
    engine_made = {"unused-ignore", "ignore-without-reason"}

    assert {rule.name for rule in BOOK.rules} - engine_made == {check.name for check in CHECKS}


def test_every_page_has_a_bad_and_a_good_example() -> None:
    """A rule that cannot be shown is not understood."""
    for rule in BOOK.rules:
        assert {"bad", "good"} <= {example.kind for example in rulebook.examples(rule)}, rule.name
