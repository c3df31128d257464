"""The text and the JSON report: what people read, what machines read, and nothing that a file could fake."""

import json
from dataclasses import replace

import pytest

from idxlint import __version__
from idxlint.model import (
    By,
    Direction,
    Edit,
    FileGap,
    Finding,
    Fix,
    Gap,
    Hit,
    Kind,
    Reason,
    Report,
    Rule,
    Safety,
    Severity,
    Source,
    Span,
    Suppressed,
    Unread,
)
from idxlint.reporters import REPORTERS
from idxlint.reporters.parts.snippet import cut, fixed, underlined
from idxlint.reporters.text import statistics

PLAIN = Rule("index-not-concurrent", "IDX101", "", Severity.ERROR, Kind.BLOCKS, default=True, page="")
NAMELESS = Rule(
    "unnamed-concurrent-index", "IDX403", "", Severity.WARNING, Kind.LEFTOVER, default=True, page=""
)
TEXT = "BEGIN;\n\nCREATE INDEX orders_status_idx ON orders (status);\nCOMMIT;\n"
FIX = Fix("build it CONCURRENTLY", Safety.UNSAFE, (Edit(20, 20, " CONCURRENTLY"),))


def finding(source: Source, start: int, end: int, rule: Rule = PLAIN, fix: Fix | None = FIX) -> Finding:
    """A finding about some words."""
    hit = Hit(
        "building i blocks INSERT until the build ends", Span(start, end), "public.orders", fix, ("first",)
    )
    return Finding(
        rule, hit, rule.severity, source, Span(8, 57), Direction.UP, "psql", True, "0123456789abcdef"
    )


def text(report: Report, colour: bool = False) -> str:
    """The text report."""
    return "".join(REPORTERS["text"](report, colour))


def shown(line: str, word: str) -> str:
    """A line and its underline, as they stand below each other."""
    text, start, width = underlined(Source("a", line), Span(line.index(word), line.index(word) + len(word)))
    return f"{text}\n{' ' * start}{'^' * width}"


def test_a_finding() -> None:
    """Place, rule, message, source, help and the statement that is safe."""
    source = Source("db/0042.sql", TEXT)
    other = finding(source, 8, 14)
    report = Report(
        (finding(source, 15, 20),),
        (Suppressed(other, By.COMMENT, "x"),),
        files=12,
        statements=140,
        judged=139,
    )

    assert text(report) == (
        "db/0042.sql:3:8 IDX101 error: building i blocks INSERT until the build ends [index-not-concurrent]\n"
        "  3 | CREATE INDEX orders_status_idx ON orders (status);\n"
        "    |        ^^^^^\n"
        "  help: first\n"
        "  fix: build it CONCURRENTLY (unsafe)\n"
        "    | CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);\n"
        "\n"
        "idxlint rule index-not-concurrent explains it\n"
        "1 finding (1 error), 1 suppressed, 0 gaps in 12 files, 140 statements (1 not judged)\n"
    )


def test_summary() -> None:
    """Severities in their order, plurals, and a baseline that has aged."""
    source = Source("a.sql", TEXT)
    found = (finding(source, 8, 9, NAMELESS), finding(source, 9, 10), finding(source, 10, 11))

    *_, pages, summary = text(Report(found, files=1, statements=1, judged=1, stale=1)).splitlines()
    assert pages == "idxlint rule NAME explains a rule"
    assert summary == (
        "3 findings (2 errors, 1 warning), 0 suppressed, 0 gaps in 1 file, 1 statement, "
        "1 baseline entry matched nothing"
    )
    assert text(Report()) == "0 findings, 0 suppressed, 0 gaps in 0 files, 0 statements\n"
    assert [*statistics(Report(found))] == [
        "2  IDX101  index-not-concurrent\n",
        "1  IDX403  unnamed-concurrent-index\n",
    ]


def test_gaps_and_unread() -> None:
    """Gaps are named where no finding is about them; psql's commands are only counted."""
    source = Source("a.sql", TEXT)
    gaps = tuple(
        FileGap(source, Gap(span, reason, "what stands there"))
        for span, reason in (
            (Span(0, 5), Reason.PSQL),
            (Span(8, 14), Reason.SYNTAX),
            (Span(15, 20), Reason.TEMPLATE),
        )
    )
    report = Report(
        (finding(source, 8, 14),), gaps=gaps, unread=(Unread("b.sql", "no \x1bpermission"),), files=1
    )

    assert text(report).splitlines()[-4:] == [
        "a.sql:3:8 gap: what stands there [template]",
        "not read: b.sql: no \\x1bpermission",
        "idxlint rule index-not-concurrent explains it",
        "1 finding (1 error), 0 suppressed, 3 gaps in 1 file, 0 statements",
    ]


def test_colour() -> None:
    """Colours come only when asked for, and change nothing else."""
    report = Report((finding(Source("a.sql", TEXT), 15, 20),), files=1)
    painted = text(report, colour=True)

    assert "\x1b[31;1merror\x1b[0m" in painted
    assert "\x1b" not in text(report)


def test_nothing_raw() -> None:
    """What a file says reaches no terminal as a command, wherever it stands."""
    evil = "\x1b[2J\u202e\u2066\x07\x9b\x7f\u2028\udc80"
    source = Source(f"a{evil}\n::error.sql", f"CREATE{evil} INDEX;")
    hit = Hit(f"m{evil}\nx", Span(0, 9), evil, Fix(evil, Safety.SAFE, (Edit(0, 1, f"{evil}\n"),)), (evil,))
    one = Finding(PLAIN, hit, Severity.ERROR, source, Span(0, 9), Direction.UP, "psql", True, "")
    printed = text(Report((one,)))

    assert {*printed} & {*evil} - {*"[2J"} == set()
    assert printed.startswith("a\\x1b[2J\\u202e\\u2066\\x07\\x9b\\x7f\\u2028\\udc80\\n::error.sql:1:1 IDX101")
    printed.encode("utf-8")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("\tCREATE INDEX i", "    CREATE INDEX i\n           ^^^^^"),
        ("a\tINDEX\tb", "a   INDEX   b\n    ^^^^^"),
        ("'索引' INDEX", "'索引' INDEX\n       ^^^^^"),
        ("'e\u0301' INDEX", "'e\u0301' INDEX\n    ^^^^^"),
        ("\x1b INDEX", "\\x1b INDEX\n     ^^^^^"),
        ("INDEX", "INDEX\n^^^^^"),
    ],
)
def test_underline(line: str, expected: str) -> None:
    """The underline stands under its words, whatever they are made of."""
    assert expected == shown(line, "INDEX")


@pytest.mark.parametrize("before", [0, 5, 60, 94, 95, 96, 99, 100, 101, 1_000_000])
@pytest.mark.parametrize("after", [0, 5, 95, 96, 100, 1_000_000])
def test_long_lines(before: int, after: int) -> None:
    """A long line is cut around the words, never through them."""
    line, under = shown("x" * before + "INDEX" + "y" * after, "INDEX").split("\n")

    assert len(line) <= 102
    assert line[len(under) - 5 : len(under)] == "INDEX"
    assert (before + after + 5 > 100) == ("…" in line)


def test_long_words() -> None:
    """Words longer than a line are shown from their beginning; those of several lines, their first one."""
    source = Source("a", "ab " + "x" * 500 + "\ncd")

    assert (f"…{'x' * 100}…", 1, 100) == underlined(source, Span(3, 400))
    assert underlined(Source("a", "ab cd\nef"), Span(3, 8)) == ("ab cd", 3, 2)
    assert underlined(Source("a", "ab"), Span(2, 2)) == ("ab", 2, 1)
    assert cut("x" * 150) == "x" * 100 + "…"


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([(0, 8, "")], ["CREATE INDEX orders_status_idx ON orders (status);"]),
        ([(0, 7, "")], []),
        (
            [(0, 7, ""), (20, 20, " X"), (59, 67, "")],
            ["CREATE INDEX X orders_status_idx ON orders (status);"],
        ),
        ([(58, 58, "\nRESET x;")], ["CREATE INDEX orders_status_idx ON orders (status);", "RESET x;"]),
        ([(0, 0, "a\r\nb\r\n")], ["a", "b", "BEGIN;"]),
        ([(0, 66, "")], []),
        ([(0, 0, "x\n" * 20)], ["x"] * 12 + ["…"]),
        ([(67, 67, "x\n")], ["x"]),
    ],
)
def test_fixed_lines(edits: list[tuple[int, int, str]], expected: list[str]) -> None:
    """The lines that the edits touch, as they read afterwards."""
    assert expected == [*fixed(Source("a", TEXT), tuple(Edit(*edit) for edit in edits))]


def test_edits_far_apart() -> None:
    """Lines between two edits that nobody touches are left out."""
    source = Source("a", "a\nb\nc\nd\ne")

    assert [*fixed(source, (Edit(8, 9, "E"), Edit(0, 1, "A")))] == ["A", "…", "E"]


def test_json() -> None:
    """Shape 1, key by key and in this order."""
    source = Source("db/0042.sql", TEXT)
    found = finding(source, 15, 20)
    gap = FileGap(source, Gap(Span(0, 6), Reason.SYNTAX, "what"))
    report = Report(
        (found,), (Suppressed(found, By.BASELINE, "why"),), (gap,), (Unread("b", "no"),), 12, 140, 139
    )
    one = {
        "rule": "index-not-concurrent",
        "id": "IDX101",
        "severity": "error",
        "message": "building i blocks INSERT until the build ends",
        "path": "db/0042.sql",
        "line": 3,
        "column": 8,
        "end_line": 3,
        "end_column": 13,
        "statement": TEXT[8:57],
        "subject": "public.orders",
        "direction": "up",
        "runner": "psql",
        "fix": {
            "title": "build it CONCURRENTLY",
            "safety": "unsafe",
            "edits": [{"path": "db/0042.sql", "start": 20, "end": 20, "text": " CONCURRENTLY"}],
        },
        "fingerprint": "0123456789abcdef",
        "help": ["first"],
        "runner_assumed": True,
    }
    place = {"line": 1, "column": 1, "end_line": 1, "end_column": 7}
    expected = {
        "version": 1,
        "tool": {"name": "idxlint", "version": __version__},
        "findings": [one],
        "suppressed": [{**one, "by": "baseline", "reason": "why"}],
        "gaps": [{"path": "db/0042.sql", **place, "reason": "syntax", "message": "what"}],
        "summary": {
            "files": 12,
            "statements": 140,
            "judged": 139,
            "error": 1,
            "warning": 0,
            "note": 0,
            "suppressed": 1,
            "gaps": 1,
            "left_out": 0,
            "replayed": 0,
            "scope": None,
        },
        "unread": ["b: no"],
    }

    assert json.dumps(expected) + "\n" == "".join(REPORTERS["json"](report, False))


def test_json_of_odd_text() -> None:
    """Letters stay letters, and a path that is no UTF-8 still makes JSON that is."""
    for path, expected in (("é.sql", '"é.sql"'), ("\udce9.sql", '"\\udce9.sql"')):
        printed = "".join(REPORTERS["json"](Report((finding(Source(path, TEXT), 15, 20),)), False))
        assert expected in printed
        printed.encode("utf-8")
        assert path == json.loads(printed)["findings"][0]["path"]


def test_json_has_a_long_statement_whole() -> None:
    """Programs key on the statement's text, however long it is."""
    source = Source("a.sql", "x" * 100_000)
    report = Report(findings=(replace(finding(source, 0, 1), statement=Span(0, 100_000)),))

    (shown,) = json.loads("".join(REPORTERS["json"](report, False)))["findings"]
    assert source.text == shown["statement"]


@pytest.mark.parametrize("distance", [0, 150, 250, 5_000])
def test_fix_in_a_long_line(distance: int) -> None:
    """What a fix makes of a line is cut as it was when all of the line was put together."""
    source = Source("a.sql", f"{'x' * distance} CREATE INDEX i ON t (a); {'y' * distance}\nz\n")
    edits = (
        Edit(distance + 1, distance + 1, "SET a = 1;\n"),
        Edit(distance + 13, distance + 13, " CONCURRENTLY"),
    )
    whole = f"{'x' * distance} SET a = 1;\nCREATE INDEX CONCURRENTLY i ON t (a); {'y' * distance}"

    assert [cut(line) for line in whole.split("\n")] == [*fixed(source, edits)]
