"""Many fixes at once: as few passes as can be, with the result of one after another."""

import re

import pytest

from idxlint.fix.apply import Linted, improve
from idxlint.fix.line_diff import diff
from idxlint.model import Safety, Source
from tests.helpers.fixes import judged


def counted(text: str) -> tuple[str, int]:
    """A text after its fixes, and how often it was linted for that."""
    texts: list[str] = []

    def lint(new: str) -> Linted:
        texts.append(new)
        return judged(new)

    return improve(text, lint, Safety.UNSAFE).text, len(texts)


def test_a_block_is_left_at_once() -> None:
    """Forty builds leave a block in their order, in a few passes; the block goes with the last of them."""
    builds = [f"CREATE INDEX i{number} ON t (a);" for number in range(40)]
    fixed, lints = counted("\n".join(["BEGIN;", *builds, "COMMIT;", ""]))
    order = [line.split()[3] for line in fixed.splitlines() if line.startswith("CREATE")]

    assert [f"i{number}" for number in range(40)] == order
    assert "BEGIN" not in fixed
    assert lints < 6


def test_constraints_of_one_statement_leave_at_once() -> None:
    """Forty constraints become forty indexes and forty statements, in a few passes."""
    columns = ", ".join(f"ADD COLUMN a{number} int UNIQUE" for number in range(40))
    fixed, lints = counted(f"ALTER TABLE t {columns};\n")
    order = [line.split()[4] for line in fixed.splitlines() if line.startswith("CREATE")]

    assert [f"t_a{number}_key" for number in range(40)] == order
    assert lints < 8


def test_a_missing_semicolon_is_put_in_once() -> None:
    """Two statements that go behind a COMMIT without one are behind the same one."""
    fixed, _ = counted("BEGIN;\nSELECT 1;\nCREATE INDEX i ON t (a);\nCREATE INDEX k ON t (b);\nCOMMIT")

    assert fixed.count(";;") == fixed.count(";\n;") == 0
    assert fixed.index(" i ON") < fixed.index(" k ON")


def patched(text: str, lines: list[str]) -> str:
    """A text after a unified diff, whose lines have to fit."""
    before, after, at = text.splitlines(keepends=True), list[str](), 0
    for line in lines[2:]:
        if hunk := re.match(r"@@ -(\d+)", line):
            start = int(hunk[1]) - 1
            after += before[at:start]
            at = start
        elif line[0] == "+":
            after.append(line[1:])
        else:
            assert line[1:] == before[at]
            after += [before[at]] if line[0] == " " else []
            at += 1
    return "".join((*after, *before[at:]))


@pytest.mark.parametrize("count", [10, 300])
def test_a_diff_is_right_however_long(count: int) -> None:
    """Whoever applies it gets the fixed file, whether difflib has found it or the edits say it."""
    text = "".join(f"BEGIN;\nCREATE INDEX i{at} ON t (a);\nSELECT {at};\nCOMMIT;\n" for at in range(count))
    result = improve(text, judged, Safety.UNSAFE)
    lines = [*diff(Source("a.sql", text), result.text, result.passes)]

    assert ["--- a.sql\n", "+++ a.sql\n"] == lines[:2]
    assert result.text == patched(text, lines)
    assert count == sum(line[0] == "-" for line in lines[2:])
