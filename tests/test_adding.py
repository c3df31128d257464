"""What CONTRIBUTING promises: something new is a file or two and one line, and all of idxlint knows it."""

import json
import re
from pathlib import Path

import pytest

from idxlint.live.server.binaries import VARIABLE
from tests.helpers.scratch import Scratch
from tests.live.server import installed

MAJORS = installed()
PAGE = """\
---
id: IDX199
summary: index has the name of nothing
severity: note
kind: blocks
default: true
since: "0.2"
{facts}locks:
  - {{"on": table, mode: SHARE, during: the whole build}}
---
## What happens

Nobody can tell what `idx` is for.

```sql bad
CREATE INDEX idx ON orders (status);
```
"""
CHECK = '''\
"""An index is called idx."""

from collections.abc import Iterator

from idxlint.checks.check import check
from idxlint.checks.context import Context
from idxlint.model import Hit, Span
from idxlint.sql.meaning.operations import BuildIndex
from idxlint.sql.text import Statement


@check("index-without-meaning", BuildIndex)
def index_without_meaning(op: BuildIndex, stmt: Statement, ctx: Context) -> Iterator[Hit]:
    """Its name does not say what it is for."""
    if op.index == "idx":
        yield Hit("idx says nothing about the index", at=Span(stmt.start, stmt.end), subject="idx")
'''
IMPORT = "from idxlint.checks.index_without_meaning import index_without_meaning"
PROFILE = '''\
"""Ledger: a transaction a file."""

from idxlint.model import Send, Source, Span, Unit, Wrap
from idxlint.runners.shared.orders import BY_INTEGER
from idxlint.runners.shared.profile import Place, Profile


def read(source: Source, place: Place) -> tuple[Unit, ...]:
    """The whole file in a transaction."""
    return (Unit(Span(0, len(source.text)), place.direction, Wrap.UNIT, Send.STATEMENT),)


LEDGER = Profile(
    name="ledger",
    title="Ledger",
    read=read,
    wrap=Wrap.UNIT,
    send=Send.STATEMENT,
    order=BY_INTEGER,
    source="its manual",
    configs=("ledger.toml",),
)
'''
REPORTER = '''\
"""A line a finding."""

from collections.abc import Iterator

from idxlint.model import Report, printable


def render(report: Report) -> Iterator[str]:
    """Where, and which rule."""
    for finding in report.findings:
        line = finding.source.position(finding.hit.at.start).line
        yield f"{printable(finding.source.path)} {line} {finding.rule.id}\\n"
'''
MIGRATION = """\
CREATE INDEX idx ON orders (status);
-- idxlint: ignore[index-without-meaning] because the old name was worse
CREATE INDEX idx ON orders (placed);
"""
NAMED = ("--select", "IDX199")


def adding(folder: Path, facts: str = "") -> Scratch:
    """A copy with one more rule: its page, its check, its import and its line in the list of the checks."""
    scratch = Scratch(folder)
    scratch.write("rules/index-without-meaning.md", PAGE.format(facts=facts))
    scratch.write("idxlint/checks/index_without_meaning.py", CHECK)
    scratch.insert("idxlint/checks/__init__.py", "from idxlint.checks.mixed_migration_refused", IMPORT)
    scratch.insert(
        "idxlint/checks/__init__.py", "    concurrently_in_transaction,", "    index_without_meaning,"
    )
    (scratch.work / "1.sql").write_text("CREATE TABLE orders (status text, placed date);\n")
    (scratch.work / "2.sql").write_text(MIGRATION)
    return scratch


def test_a_rule_is_two_files_and_a_line(tmp_path: Path) -> None:
    """Nothing else of the package is touched, and each command knows the rule."""
    scratch = adding(tmp_path)
    report = json.loads(scratch.run("check", "2.sql", *NAMED, "--format", "json").out)

    assert {
        "rules/index-without-meaning.md",
        "idxlint/checks/index_without_meaning.py",
        "idxlint/checks/__init__.py",
    } == scratch.touched()
    assert (
        "IDX199  index-without-meaning            note     index has the name of nothing"
        in scratch.run("rules").out.splitlines()
    )
    assert scratch.run("rule", "idx199").out.startswith(
        "index-without-meaning (IDX199, note)\n\n## What happens"
    )
    assert [("IDX199", "index-without-meaning", "note", 1)] == [
        (finding["id"], finding["rule"], finding["severity"], finding["line"])
        for finding in report["findings"]
    ]
    assert ["IDX199"] == [entry["id"] for entry in report["suppressed"]]
    assert 1 == scratch.run("check", "2.sql", *NAMED, "--fail-on", "note").code
    assert "index-without-meaning" in scratch.run("check", "2.sql", *NAMED, "--format", "sarif").out


@pytest.mark.parametrize(("facts", "code"), [("", 0), ("unjudged: true\n", 1)])
def test_a_page_decides_for_strict(tmp_path: Path, facts: str, code: int) -> None:
    """Whether --strict fails on a rule is said on its page and nowhere else."""
    scratch = adding(tmp_path, facts)

    assert code == scratch.run("check", "2.sql", *NAMED, "--strict").code


@pytest.mark.live
@pytest.mark.skipif(not MAJORS, reason="no PostgreSQL binaries; name their bin folders in " + VARIABLE)
@pytest.mark.parametrize(
    ("facts", "claims"),
    [
        (
            "",
            [
                ("it takes SHARE on the table", "confirmed", ""),
                ("INSERT, UPDATE and DELETE wait for the original", "confirmed", ""),
            ],
        ),
        (
            "no_proof: names mean nothing to a server\n",
            [("the original causes the problem", "skipped", "names mean nothing to a server")],
        ),
    ],
    ids=["locks", "no proof"],
)
def test_a_page_says_what_live_mode_proves(
    tmp_path: Path, facts: str, claims: list[tuple[str, str, str]]
) -> None:
    """Live mode holds a server against what the new page claims, or says why it cannot."""
    scratch = adding(tmp_path, facts)
    ran = scratch.run("live", "2.sql", *NAMED, "--format", "json", "--pg-bin", str(MAJORS[-1].bin))
    proofs = [proof for run in json.loads(ran.out)["runs"] for proof in run["proofs"]]
    said = [proof["claims"] for proof in proofs if proof["rule"] == "index-without-meaning"]

    assert [claims] == [
        [
            (claim["text"], claim["status"], claim["reason"])
            for claim in those
            if claim["text"] != "the fix is safe"
        ]
        for those in said
    ]


def test_a_runner_is_a_file_and_a_line(tmp_path: Path) -> None:
    """A profile in the list is detected, listed and judged by, and no other file of the package changes."""
    scratch = Scratch(tmp_path)
    scratch.write("idxlint/runners/tools/ledger.py", PROFILE)
    scratch.insert(
        "idxlint/runners/registry.py",
        "from idxlint.runners.tools.migratus",
        "from idxlint.runners.tools.ledger import LEDGER",
    )
    scratch.insert("idxlint/runners/registry.py", "    MIGRATUS,", "    LEDGER,")
    (scratch.work / "ledger.toml").touch()
    (scratch.work / "1.sql").write_text("CREATE INDEX CONCURRENTLY i ON t (a);\n")
    report = json.loads(scratch.run("check", ".", "--format", "json").out)

    assert {"idxlint/runners/tools/ledger.py", "idxlint/runners/registry.py"} == scratch.touched()
    assert scratch.run("runners", ".").out.startswith(".: Ledger (ledger.toml)\n")
    assert ["ledger"] == re.findall(r"^  (ledger) +Ledger$", scratch.run("runners", ".").out, re.MULTILINE)
    assert [("IDX201", "ledger")] == [(finding["id"], finding["runner"]) for finding in report["findings"]]


def test_a_format_is_a_file_and_a_word(tmp_path: Path) -> None:
    """A reporter in the list is offered, writes, and goes to a file; no other file of the package changes."""
    scratch = Scratch(tmp_path)
    scratch.write("idxlint/reporters/lines.py", REPORTER)
    scratch.replace("idxlint/reporters/__init__.py", '"rdjson")', '"rdjson", "lines")')
    (scratch.work / "1.sql").write_text("\nCREATE INDEX i ON t (a);\n")

    assert {"idxlint/reporters/lines.py", "idxlint/reporters/__init__.py"} == scratch.touched()
    assert (1, "1.sql 2 IDX101\n", "") == scratch.run("check", "1.sql", "--format", "lines")
    assert "rdjson, lines." in " ".join(scratch.run("check", "--help").out.split())
    scratch.run("check", "1.sql", "--format", "lines=found.txt")
    assert "1.sql 2 IDX101\n" == (scratch.work / "found.txt").read_text()
