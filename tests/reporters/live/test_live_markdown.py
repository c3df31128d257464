"""The comment of live mode: found again, short enough, and nothing but what it says."""

import re

import pytest

from idxlint.model import printable
from tests.helpers.live_hostile import EVIL, hostile, only, rendered
from tests.helpers.live_report import PROOFS, REPORT

OURS = ("<details>", "<summary>", "</summary>", "</details>", '<pre lang="sql">', "</pre>")


def test_markdown_begins_with_its_marker() -> None:
    """A later run finds its own comment by the first line."""
    text = rendered("markdown", REPORT)

    assert text.startswith("<!-- idxlint-live -->\n")
    assert (
        "| `migrations/0002_filter_orders.sql:4` | IDX101 index-not-concurrent | INSERT, UPDATE, DELETE waited "
        "| nobody waited | ✓ confirmed |\n"
    ) in text
    assert (
        "left INVALID public.customers&#95;email&#95;key | still INVALID public.customers&#95;email&#95;key"
        in text
    )


def test_markdown_fits_into_a_comment() -> None:
    """What GitHub would refuse is left out, details first, and the report says so."""
    text = rendered("markdown", only(*PROOFS * 20))

    assert len(text.encode()) < 65_536
    assert len(rendered("markdown", only(*PROOFS * 90)).encode()) < 65_536
    assert text.count("<details>") == text.count("</details>") > 0
    assert 20 == text.count("`migrations/0006_add_coupons.sql:3` |")
    assert re.search(r"\n\d+ more parts did not fit into a comment; .*\n\Z", text)


def test_markdown_means_itself() -> None:
    """A reader of GitHub's dialect finds no markup but ours, and each row has its cells."""
    reader = pytest.importorskip("markdown_it", reason="comes with rich, which the extra live brings")
    tokens = reader.MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(
        rendered("markdown", hostile())
    )
    inner = [token for part in tokens if part.type == "inline" for token in part.children or ()]
    blocks = "".join(token.content for token in tokens if token.type == "html_block")
    inline = {token.content for token in inner if token.type == "html_inline"}
    rows = [token.type for token in tokens if token.type in ("tr_open", "td_open", "th_open")]
    said = "".join(token.content for token in inner if token.type == "text")

    assert {"<!-- idxlint-live -->", *OURS} == set(re.findall(r"<[^>]*>", blocks))
    assert {"<br>"} == inline
    assert {"strong_open", "strong_close", "softbreak"} >= {token.type for token in inner} - {
        "text",
        "code_inline",
        "html_inline",
        "text_special",
    }
    assert 2 * (2 + 2) == rows.count("tr_open")
    assert 2 * 2 * (5 + 5) == len(rows) - rows.count("tr_open")
    assert printable(EVIL) in {token.content for token in inner if token.type == "code_inline"}
    assert "@octocat" not in said
    assert "www." not in said
    assert "://" not in said
