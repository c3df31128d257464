"""Annotations on GitHub: the commands, their limits, and nothing lost."""

import pytest

from idxlint.model import Report, Severity, Source
from tests.helpers.reports import FULL, SOURCE, Command, commands, many, written
from tests.reporters.test_reporters import FIX, TEXT, finding

SUMMARY = "2 findings (1 error, 1 warning), 1 suppressed, 1 gap in 1 file, 4 statements (1 not judged)"


def test_everything() -> None:
    """A finding, an input that was not read and a gap are annotations; the counts come last."""
    place = {"file": "db/0042.sql", "line": "3", "endLine": "3", "col": "8", "endColumn": "13"}
    message = "building i blocks INSERT until the build ends\nfirst"
    log = written("github", FULL)

    assert commands(log) == [
        Command("error", {"title": "not read"}, "db/0043.sql: permission denied"),
        Command(
            "error",
            {**place, "title": "IDX101 index-not-concurrent"},
            f"{message}\nfix: build it CONCURRENTLY (unsafe)",
        ),
        Command("warning", {**place, "title": "IDX403 unnamed-concurrent-index"}, message),
        Command(
            "notice",
            {
                "file": "db/0042.sql",
                "line": "4",
                "endLine": "4",
                "col": "1",
                "endColumn": "7",
                "title": "not judged (template)",
            },
            "nobody knows",
        ),
    ]
    assert log.splitlines()[4:] == [SUMMARY]


def test_several_lines() -> None:
    """The runner takes no columns that are on two lines, and standard input is no file."""
    (command,) = commands(written("github", Report((finding(Source("-", TEXT), 8, 60, fix=FIX),))))

    assert {"line": "3", "endLine": "4", "title": "IDX101 index-not-concurrent"} == command.properties


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("count", [9, 10, 11, 12, 75])
def test_limits(severity: Severity, count: int) -> None:
    """GitHub drops the eleventh of a level in silence; here it is in the log, and an annotation says so."""
    log = written("github", many(count, severity))
    found = commands(log)
    plain = [line for line in log.splitlines() if f"IDX101 {severity.word}: m " in line and line[0] != ":"]
    annotated = [command for command in found if command.properties["title"] != "idxlint"]

    assert all(sum(one.name == level for one in found) <= 10 for level in ("error", "warning", "notice"))
    assert count == len(annotated) + len(plain)
    assert bool(plain) == (count > 10) == (len(found) > len(annotated))
    if plain:
        assert found[-1].data.startswith(f"{len(plain)} {severity.word}{'s' * (len(plain) > 1)} more: ")
        assert plain[-1] == f"{count - 1}.sql:3:8 IDX101 {severity.word}: m {count - 1}"


def test_the_worst_first() -> None:
    """A warning in an early file does not push an error out."""
    warnings, errors = many(30, Severity.WARNING), many(3)
    found = commands(written("github", Report((*warnings.findings, *errors.findings))))

    assert [one.name for one in found] == ["error"] * 3 + ["warning"] * 10 + ["notice"]


def test_escaping() -> None:
    """Whatever a path holds, the runner reads that path."""
    for path in ("a,b:c%0A.sql", "::error::x.sql", "a\nb.sql", "100%.sql", "a=b;].sql"):
        (command,) = commands(written("github", Report((finding(Source(path, TEXT), 15, 20),))))

        assert path == command.properties["file"]
    assert SOURCE.path == commands(written("github", FULL))[1].properties["file"]
