"""GitLab's code quality report."""

import json
from typing import Any

import jsonschema

from idxlint.model import Report, Severity, Unread
from tests.helpers.reports import FOUND, FULL, many, written

# What GitLab requires and what it can show, in our words: its documentation of the report format, and the
# schema it parses with (app/validators/json_schemas/codeclimate.json), which no package ships.
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^\\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def read(report: Report) -> list[dict[str, Any]]:
    """The report as GitLab reads it, and held against its schema."""
    found: list[dict[str, Any]] = json.loads(written("gitlab", report))
    jsonschema.validate(found, SCHEMA)
    return found


def test_everything() -> None:
    """An entry for an input that was not read, each finding and each gap, with a line and no column."""
    place = {"path": "db/0042.sql", "lines": {"begin": 3}}

    assert [
        ("blocker", "not-read", {"path": "db/0043.sql", "lines": {"begin": 1}}),
        ("critical", "index-not-concurrent", place),
        ("major", "unnamed-concurrent-index", place),
        ("info", "not-judged", {"path": "db/0042.sql", "lines": {"begin": 4}}),
    ] == [(one["severity"], one["check_name"], one["location"]) for one in read(FULL)]


def test_fingerprints() -> None:
    """The fingerprint is idxlint's own, and no two are the same: GitLab shows one of two that are."""
    assert "0123456789abcdef" == read(FULL)[1]["fingerprint"]
    for report in (
        FULL,
        Report((FOUND,) * 3),
        many(5, Severity.NOTE),
        Report(unread=(Unread("a", "b"),) * 2),
    ):
        found = read(report)

        assert len(found) == len({one["fingerprint"] for one in found}) > 1


def test_nothing() -> None:
    """A report without findings is an empty list, by which GitLab knows that they are gone."""
    assert [] == read(Report())
