"""JUnit XML: a test case for each file, which fails at the threshold."""

from dataclasses import replace

from lxml import etree

from idxlint.model import Report, Severity
from tests.helpers.reports import FULL, SOURCE, many, written
from tests.reporters.test_reporters import finding


def read(report: Report) -> etree._Element:
    """The suite of a report."""
    root = etree.fromstring(written("junit", report).encode())
    (suite,) = root
    return suite


def test_everything() -> None:
    """An input that was not read is an error, a file with findings a failure, one without a pass."""
    suite = read(replace(FULL, paths=("0001.sql", "db/0042.sql")))
    unread, clean, failed = suite.findall("testcase")

    assert [("3", "1", "1")] == [(suite.get("tests"), suite.get("failures"), suite.get("errors"))]
    assert ("db/0043.sql", "not read") == (unread.get("name"), unread.get("classname"))
    assert ["db/0043.sql: permission denied"] == [error.get("message") for error in unread]
    assert ("0001.sql", "(root)", 0) == (clean.get("name"), clean.get("classname"), len(clean))
    assert ("0042.sql", "db") == (failed.get("name"), failed.get("classname"))
    (failure, out) = failed
    assert "index-not-concurrent" == failure.get("type")
    assert "IDX101 error: building i blocks INSERT until the build ends (and 1 more finding)" == failure.get(
        "message"
    )
    assert failure.text == (
        "3:8 IDX101 error: building i blocks INSERT until the build ends [index-not-concurrent]\n"
        "  help: first\n"
        "  fix: build it CONCURRENTLY (unsafe)\n"
        "3:8 IDX403 warning: building i blocks INSERT until the build ends [unnamed-concurrent-index]\n"
        "  help: first"
    )
    assert ("system-out", "4:1 gap: nobody knows") == (out.tag, out.text)


def test_threshold() -> None:
    """What does not fail the run does not fail a test case, but it is told."""
    for threshold, failures in ((Severity.NOTE, 3), (Severity.WARNING, 0), (None, 0)):
        suite = read(replace(many(3, Severity.NOTE), threshold=threshold))

        assert str(failures) == suite.get("failures")
        assert 3 - failures == len(suite.findall("testcase/system-out"))


def test_characters() -> None:
    """What XML cannot hold is shown as text, and not left out."""
    source = replace(SOURCE, path="a\x1b\ufffe\udce9&<.sql")
    suite = read(Report((finding(source, 15, 20),)))

    assert "a\\x1b\\ufffe\\udce9&<.sql" == suite[-1].get("name")
