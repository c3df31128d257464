"""The comment of live mode: found again, short enough, and nothing but what it says."""

import re

from lxml.etree import Comment

from idxlint.model import printable
from tests.helpers.live_hostile import EVIL, hostile, only, rendered
from tests.helpers.live_report import PROOFS, REPORT
from tests.helpers.reports import prose
from tests.helpers.reports import rendered as as_github

OURS = {*"div blockquote h2 h3 p br strong code pre ul li table thead tbody tr th td details summary".split()}


def test_markdown_begins_with_its_marker() -> None:
    """A later run finds its own comment by the first line."""
    text = rendered("markdown", REPORT)

    assert text.startswith("<!-- idxlint-live -->\n")
    assert (
        "| `migrations/0002_filter_orders.sql:4` | IDX101 index-not-concurrent | INSERT, UPDATE, DELETE waited "
        "| nobody waited | ✓ confirmed |\n"
    ) in text
    assert (
        "left INVALID public.customers\\_email\\_key | still INVALID public.customers\\_email\\_key" in text
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
    """GitHub finds no markup but ours in it, each row has its cells, and each name shows as it is."""
    page = as_github(rendered("markdown", hostile()))
    shown = " ".join(prose(page).replace("\u200b", "").split())
    rows = [len(row.findall("*")) for row in page.iter("tr")]

    assert OURS == {element.tag for element in page.iter() if isinstance(element.tag, str)}
    assert [] == [*page.iter(Comment)]  # the marker stands in front of all
    assert 2 * [5, 5, 5, 5] == rows
    assert printable(EVIL) in {code.text for code in page.iter("code")}
    for places in ("summary", "li", "td"):
        texts = ["".join(place.itertext()).replace("\u200b", "") for place in page.iter(places)]
        assert 2 <= sum(printable(EVIL) in text for text in texts)
    assert f"Finding: {printable(EVIL)}" in shown
    assert [] == re.findall(r"@\w|#\d|://|www\.", prose(page))
