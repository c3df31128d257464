"""The comment on a pull request, in Markdown and as GitHub renders it."""

import re

import pytest
from lxml import html

from idxlint.model import Direction, Edit, Finding, Fix, Hit, Report, Safety, Severity, Source, Span, Unread
from idxlint.reporters.markdown import LIMIT
from tests.helpers.reports import FULL, many, prose, rendered, written
from tests.reporters.test_reporters import PLAIN, TEXT, finding


def test_everything() -> None:
    """A marker, the counts, what was not read, each finding with statement and fix, and the gaps."""
    assert written("markdown", FULL) == (
        "<!-- idxlint -->\n"
        "### idxlint: 1 error, 1 warning\n\n"
        "| errors | warnings | notes | suppressed | gaps | not read | files | statements |\n"
        "|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        "| 1 | 1 | 0 | 1 | 1 | 1 | 1 | 4 |\n\n"
        "**not read:** db/0043.sql: permission denied\n\n"
        "**error** IDX101 index-not-concurrent in `db/0042.sql:3:8`  \n"
        "building i blocks INSERT until the build ends\n\n"
        "```text\n"
        "3 | CREATE INDEX orders_status_idx ON orders (status);\n"
        "  |        ^^^^^\n"
        "```\n\n"
        "- first\n\n"
        "Fix: build it CONCURRENTLY (unsafe)\n\n"
        "```diff\n"
        "-CREATE INDEX orders_status_idx ON orders (status);\n"
        "+CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);\n"
        "```\n\n"
        "**warning** IDX403 unnamed-concurrent-index in `db/0042.sql:3:8`  \n"
        "building i blocks INSERT until the build ends\n\n"
        "```text\n"
        "3 | CREATE INDEX orders_status_idx ON orders (status);\n"
        "  |        ^^^^^\n"
        "```\n\n"
        "- first\n\n"
        "**not judged** in `db/0042.sql:4:1`: nobody knows\n\n"
        "<sub>`idxlint rule NAME` explains a rule and its fix.</sub>\n"
    )


def test_rendered() -> None:
    """GitHub makes a table, code blocks and paragraphs of it."""
    page = rendered(written("markdown", FULL))

    assert ["1", "1", "0", "1", "1", "1", "1", "4"] == [cell.text for cell in page.iter("td")]
    assert ["text", "diff", "text"] == [block.get("lang") for block in page.iter("pre")]
    assert "idxlint: 1 error, 1 warning" == page.find(".//h3").text


def test_nothing() -> None:
    """A run without findings says so, so that an old comment can be brought up to date."""
    assert written("markdown", Report(files=2)).startswith(
        "<!-- idxlint -->\n### idxlint: nothing found\n\n|"
    )


@pytest.mark.parametrize("count", [1, 10, 11, 150, 1000])
@pytest.mark.parametrize("message", ["m", "<" * 2000, "𐐀" * 900])
def test_size(count: int, message: str) -> None:
    """However many findings, GitHub takes the comment, and those that are left out are counted."""
    text = written("markdown", many(count, message=message))
    shown = len(re.findall(r"(?m)^\*\*error\*\* ", text))
    told = re.search(r"\*\*(\d+) findings? more:\*\*", text)

    assert len(text.encode("utf-16-le")) // 2 <= LIMIT
    assert count == shown + (int(told[1]) if told else 0)
    assert max(0, shown - 10) == len(list(rendered(text).iter("details")))


def test_the_worst_first() -> None:
    """An error behind a thousand notes is in the comment."""
    report = Report((*many(1000, Severity.NOTE).findings, *many(1).findings))

    assert written("markdown", report).index("**error** IDX101") < written("markdown", report).index(
        "**note**"
    )


def test_long_fix() -> None:
    """A fix of many lines is folded, and cut where nobody reads on."""
    for lines, more in ((30, ""), (300, "@@ 260 more lines")):
        fix = Fix("f", Safety.SAFE, (Edit(58, 58, "\nSELECT 1;" * (lines - 1)),))
        text = written("markdown", Report((finding(Source("a", TEXT), 15, 20, fix=fix),)))
        (block,) = rendered(text).iter("details")

        assert more in "".join(block.itertext())
        assert text.count("SELECT 1;") == min(lines - 1, 39)


def test_far_edits() -> None:
    """What lies between two edits is left out of the diff."""
    fix = Fix("f", Safety.SAFE, (Edit(0, 1, "A"), Edit(8, 9, "E")))
    text = written("markdown", Report((finding(Source("a", "a\nb\nc\nd\ne"), 0, 1, fix=fix),)))

    assert "```diff\n-a\n+A\n@@\n-e\n+E\n```" in text


@pytest.mark.parametrize(
    "text",
    [
        "@octocat and a@b.c, org/repo#12, #12, GH-12, https://x.y www.x.y _www.x.y :tada:",
        "<img src=x onerror=alert(1)> &lt; &#64;octocat <!-- idxlint -->",
        "`code` **bold** _it_ ~~gone~~ [a](http://b) ![a](b) $x$ | a | \\ \\* [ref]: x",
        "- [ ] x",
        "+ x",
        "12. x",
        "# x",
        "> x",
        "=====",
        "'i'::regclass a::int[] x_y_z",
        "```",
    ],
)
def test_escaping(text: str) -> None:
    """Prose shows the very text, and nothing of it is a link, a tag, a mention or a reference."""
    source = Source("a", TEXT)
    hit = Hit(text, Span(15, 20), "s", None, (text,))
    found = Finding(PLAIN, hit, PLAIN.severity, source, Span(8, 57), Direction.UP, "psql", True, "")
    page = rendered(written("markdown", Report((found,), unread=(Unread("a", text),))))
    shown = prose(page)

    assert 3 == shown.replace("\u200b", "").count(text)
    assert [] == [*page.iter("a", "img", "em", "del", "input", "ol")]
    assert [] == re.findall(r"@\w|#\d|(?i:gh)-\d|://|www\.|(?<!:):\w+:", shown)


def test_fences() -> None:
    """SQL and paths full of backticks end neither a fence nor a code span."""
    source = Source("``a`.sql", "````\n/* ``` */ INDEX /* ````` */")
    page = rendered(written("markdown", Report((finding(source, 15, 20, fix=None),))))

    assert "``a`.sql:2:11" in [code.text for code in page.iter("code")]
    assert ["2 | /* ``` */ INDEX /* ````` */\n  |           ^^^^^\n"] == [
        html.HtmlElement.text_content(block) for block in page.iter("pre")
    ]
