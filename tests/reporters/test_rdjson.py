"""Reviewdog's format: columns in bytes, and one suggestion a fix."""

import json
from typing import Any

from idxlint.model import Edit, Fix, Report, Safety, Source
from tests.helpers.reports import FULL, written
from tests.reporters.test_reporters import TEXT, finding


def read(report: Report) -> list[dict[str, Any]]:
    """The diagnostics of a report."""
    data = json.loads(written("rdjson", report))

    assert {"source", "diagnostics"} == data.keys()
    assert {"name": "idxlint"} == data["source"]
    found: list[dict[str, Any]] = data["diagnostics"]
    return found


def span(line: int, column: int, end_line: int, end_column: int) -> dict[str, Any]:
    """A range."""
    return {"start": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}}


def test_everything() -> None:
    """What was not read, the findings, and the gaps."""
    unread, found, unfixed, gap = read(FULL)

    assert unread == {
        "message": "not read: db/0043.sql: permission denied",
        "location": {"path": "db/0043.sql"},
        "severity": "ERROR",
        "code": {"value": "not-read"},
    }
    assert found == {
        "message": "building i blocks INSERT until the build ends\nfirst",
        "location": {"path": "db/0042.sql", "range": span(3, 8, 3, 13)},
        "severity": "ERROR",
        "code": {"value": "IDX101"},
        "suggestions": [{"range": span(3, 13, 3, 13), "text": " CONCURRENTLY"}],
    }
    assert ("WARNING", False) == (unfixed["severity"], "suggestions" in unfixed)
    assert ("INFO", span(4, 1, 4, 7)) == (gap["severity"], gap["location"]["range"])


def test_bytes() -> None:
    """Columns count bytes of UTF-8, those of a byte order mark too."""
    text = "-- é\n/* 索引𐐀 */ CREATE INDEX"
    at = text.index("INDEX")
    for bom, prefix in ((b"", ""), (b"\xef\xbb\xbf", "\ufeff")):
        source = Source("a.sql", text, bom=bom)
        (found,) = read(Report((finding(source, at, at + 5),)))
        (first,) = read(Report((finding(source, 3, 4),)))
        lines = (prefix + text).encode().split(b"\n")
        for one, word in ((found, "INDEX"), (first, "é")):
            start, end = one["location"]["range"].values()

            assert word.encode() == lines[start["line"] - 1][start["column"] - 1 : end["column"] - 1]


def test_one_suggestion() -> None:
    """Several edits are one suggestion, because reviewdog takes several for alternatives."""
    fix = Fix("f", Safety.SAFE, (Edit(57, 58, ";\nRESET x;"), Edit(8, 8, "SET x = 1;\n"), Edit(20, 20, " C")))
    (found,) = read(Report((finding(Source("a", TEXT), 15, 20, fix=fix),)))
    (suggestion,) = found["suggestions"]

    assert span(3, 1, 3, 51) == suggestion["range"]
    assert "SET x = 1;\nCREATE INDEX C orders_status_idx ON orders (status);\nRESET x;" == suggestion["text"]
