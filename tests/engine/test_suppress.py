"""Ignores: which comments are one, what they are about, and what is said of the wrong ones."""

from pathlib import Path

import pytest

from idxlint.engine import suppress
from idxlint.model import By, Direction, Finding, Gap, Hit, Kind, Reason, Rule, Severity, Source, Span
from idxlint.rulebook import Book
from idxlint.sql.text.scanner import marks

PLAIN = Rule("index-not-concurrent", "IDX101", "", Severity.ERROR, Kind.BLOCKS, default=True, page="")
DROP = Rule("drop-index-not-concurrent", "IDX102", "", Severity.ERROR, Kind.BLOCKS, default=True, page="")
BOOK = Book((PLAIN, DROP))
BECAUSE = "because the table has twelve rows"
PLAIN_IGNORE = f"idxlint: ignore[index-not-concurrent] {BECAUSE}"


def statements(text: str) -> list[Span]:
    """Where the CREATE INDEX statements of a text stand; others do not matter."""
    spans, start = [], None
    for lexeme in marks(text):
        if lexeme.kind == "semicolon" and start is not None:
            spans.append(Span(start, lexeme.start))
            start = None
        elif lexeme.kind == "plain" and start is None and "CREATE" in text[lexeme.start : lexeme.end]:
            start = text.index("CREATE", lexeme.start)
    return spans


def run(text: str, *selected: str) -> suppress.Outcome:
    """Every CREATE INDEX of a text is a finding of index-not-concurrent; then the ignores are applied."""
    source = Source("a.sql", text)
    findings = [
        Finding(PLAIN, Hit("m", span, "t"), Severity.ERROR, source, span, Direction.UP, "psql", True, str(at))
        for at, span in enumerate(statements(text))
    ]
    names = selected or (PLAIN.name, DROP.name)
    return suppress.apply(text, findings, suppress.read(text), statements(text), BOOK, names)


def silenced(text: str) -> list[str]:
    """The fingerprints, which are the numbers, of the statements that were silenced."""
    return [entry.finding.fingerprint for entry in run(text).suppressed]


def said(text: str, *selected: str) -> list[tuple[str, str, str]]:
    """The faults of a text: rule, message and the underlined words."""
    return [(rule, hit.message, text[hit.at.start : hit.at.end]) for rule, hit in run(text, *selected).faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"-- {PLAIN_IGNORE}\nCREATE INDEX a; CREATE INDEX b;", ["0"]),
        (f"/* {PLAIN_IGNORE} */ CREATE INDEX a; CREATE INDEX b;", ["0"]),
        (f"/*\n * {PLAIN_IGNORE}\n */\n\n-- and\n\nCREATE INDEX a;", ["0"]),
        (f"CREATE INDEX a\n-- {PLAIN_IGNORE}\nON t (a);", ["0"]),
        (f"CREATE INDEX a ON t -- {PLAIN_IGNORE}\n(a);", ["0"]),
        (f"CREATE INDEX a; -- {PLAIN_IGNORE}\nCREATE INDEX b;", ["0"]),
        (f"CREATE INDEX a /* x */ ; /* y */ -- {PLAIN_IGNORE}\nCREATE INDEX b;", ["0"]),
        (f"CREATE INDEX a\n-- {PLAIN_IGNORE}\n;\nCREATE INDEX b;", ["0"]),
        (f"CREATE INDEX a\n\n;\n-- {PLAIN_IGNORE}\nCREATE INDEX b;", ["1"]),
        (f"CREATE INDEX a;\r\n-- {PLAIN_IGNORE}\r\nCREATE INDEX b;", ["1"]),
        (f"CREATE INDEX a;\r-- {PLAIN_IGNORE}\rCREATE INDEX b;", ["1"]),
        (f"CREATE INDEX a; INSERT 1; -- {PLAIN_IGNORE}\nCREATE INDEX b;", []),
        (f"INSERT 1; -- {PLAIN_IGNORE}\nCREATE INDEX b;", []),
        (f"-- {PLAIN_IGNORE}\nINSERT 1;\nCREATE INDEX b;", []),
        (f"CREATE INDEX a;\n-- {PLAIN_IGNORE}", []),
        (f"SELECT '\n-- {PLAIN_IGNORE}\n';CREATE INDEX b;", []),
        (f"SELECT $$\n-- {PLAIN_IGNORE}\n$$;CREATE INDEX b;", []),
        (f"-- idxlint:ignore[ idx102,IDX101 ] {BECAUSE}\nCREATE INDEX a;", ["0"]),
        (
            f"-- idxlint: ignore-file[IDX101] {BECAUSE}\nCREATE INDEX a;\nSELECT 1;\nCREATE INDEX b;",
            ["0", "1"],
        ),
        (f"\\set x\n--\n-- idxlint: ignore-file[IDX101] {BECAUSE}\nCREATE INDEX a;", ["0"]),
        (f"CREATE INDEX a;\n-- idxlint: ignore-file[IDX101] {BECAUSE}\n", []),
    ],
)
def test_what_an_ignore_is_about(text: str, expected: list[str]) -> None:
    """The statement around it, before it on its line, or next after it; or the file."""
    assert expected == silenced(text)


def test_reason_is_kept() -> None:
    """What is silenced says by what and why, and the rest stays."""
    outcome = run(f"-- {PLAIN_IGNORE}\nCREATE INDEX a;\nCREATE INDEX b;")

    assert [
        (entry.by, f"because {entry.reason.removeprefix('because ')}") for entry in outcome.suppressed
    ] == [(By.COMMENT, "because the table has twelve rows")]
    assert [finding.fingerprint for finding in outcome.kept] == ["1"]
    assert outcome.faults == ()


@pytest.mark.parametrize("reason", ["", " because", " because …", " the table is small", " -- because x"])
def test_without_a_reason(reason: str) -> None:
    """It does not count, whatever else stands there, and says so at the comment."""
    text = f"-- idxlint: ignore[IDX101]{reason}\nCREATE INDEX a;"

    assert silenced(text) == []
    assert said(text) == [
        (
            "ignore-without-reason",
            "ignore of IDX101 gives no reason, so it has no effect",
            f"idxlint: ignore[IDX101]{reason}",
        )
    ]


def test_unused() -> None:
    """A name that matched nothing is said, one that is no rule too, with the nearest."""
    text = f"-- idxlint: ignore[IDX102, index-not-concurrent, index-not-concurent] {BECAUSE}\nCREATE INDEX a;"

    assert silenced(text) == ["0"]
    assert said(text) == [
        ("unused-ignore", "ignore of IDX102 matches nothing in its statement", "IDX102"),
        (
            "unused-ignore",
            "index-not-concurent is not a rule; did you mean index-not-concurrent?",
            "index-not-concurent",
        ),
    ]


def test_not_selected_is_not_unused() -> None:
    """An ignore of a rule that did not run can have matched nothing."""
    text = f"-- idxlint: ignore[IDX102] {BECAUSE}\nCREATE INDEX a;"

    assert said(text, PLAIN.name) == []


def test_file_ignore_too_late() -> None:
    """Behind the first statement it does not count."""
    ((rule, message, _),) = said(f"INSERT 1;\n-- idxlint: ignore-file[IDX101] {BECAUSE}\nCREATE INDEX a;")

    assert rule == "unused-ignore"
    assert message == "ignore-file of IDX101 comes after the first statement, so it has no effect"


@pytest.mark.parametrize(
    ("comment", "name"),
    [
        ("idxlint: ignore index-not-concurrent because x", "index-not-concurrent"),
        ("idxlint-ignore[IDX101] because x", "index-not-concurrent"),
        ("idxlint: disable", "NAME"),
        ("idxlint disable=IDX102", "drop-index-not-concurrent"),
        ("idxlint: ignore[] because x", "NAME"),
        ("twelve rows; idxlint: ignore[IDX101] because x", "index-not-concurrent"),
    ],
)
def test_misspelt(comment: str, name: str) -> None:
    """What is meant as an ignore and is none is told the right spelling."""
    ((rule, message, _),) = said(f"-- {comment}\nCREATE INDEX a;")

    assert rule == "unused-ignore"
    assert message == f"comment ignores nothing; the syntax is `idxlint: ignore[{name}] because REASON`"


def test_prose() -> None:
    """A comment may speak of idxlint."""
    assert (
        suppress.read("-- idxlint is a linter; see the page of idxlint: it says why\nSELECT 'idxlint:'") == ()
    )


def test_visible() -> None:
    """An apostrophe in COPY data opens no literal, so that comments behind it are read; places stay."""
    text = f"COPY t FROM stdin;\nit's\r\n\\.\n-- {PLAIN_IGNORE}\nCREATE INDEX a;"
    data = Gap(Span(19, 27), Reason.PSQL, "data of COPY")
    seen = suppress.visible(text, [data])

    assert (len(text), 0) == (len(seen), len(suppress.read(text)))
    assert silenced(seen) == ["0"]
    assert suppress.visible("SELECT 1", [data]) == "SELECT 1"


def test_no_ignores(tmp_path: Path) -> None:
    """Without a single one nothing happens to the findings."""
    path = tmp_path / "a.sql"
    path.write_text("CREATE INDEX a;", "utf-8")
    outcome = run(path.read_text("utf-8"))

    assert (len(outcome.kept), outcome.suppressed, outcome.faults) == (1, (), ())
