"""What explain says in each format: to people in words, and nothing but what it is."""

import json
import re
import unicodedata

import pytest
from lxml.etree import Comment

from idxlint.model import printable
from idxlint.model.explained import Explanation
from idxlint.reporters import EXPLAIN_REPORTERS
from idxlint.reporters.explain import explain_text
from tests.helpers.explain_hostile import hostile, rendered
from tests.helpers.explained import explained
from tests.helpers.live_hostile import EVIL
from tests.helpers.reports import commands, prose
from tests.helpers.reports import rendered as as_github
from tests.reporters.live.test_live_page import Page

SQL = """\
SET lock_timeout = '2s';
BEGIN;
CREATE TABLE reviews (a int REFERENCES orders (id));
CREATE INDEX orders_a_idx ON orders (a);
SAVEPOINT s;
DROP TABLE items;
ROLLBACK TO s;
ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0);
UPDATE customers SET a = 1;
COMMIT;
CREATE INDEX CONCURRENTLY i ON orders (a);
DO $$ BEGIN PERFORM f(); END $$;
CREATE INDX;
"""
SEEN = explained(SQL)
TEXT = """\
db/2.sql
  each statement on its own, and its locks end with it
     1  SET lock_timeout = '2s'

  one transaction, BEGIN in line 2
     2  BEGIN
     3  CREATE TABLE reviews (a int REFERENCES orders (id))
          SHARE ROW EXCLUSIVE on public.orders until COMMIT in line 10; blocks
            writes
          creates public.reviews
     4  CREATE INDEX orders_a_idx ON orders (a)
          SHARE on public.orders until COMMIT in line 10; blocks writes
          builds public.orders_a_idx
     5  SAVEPOINT s
     6  DROP TABLE items
          ACCESS EXCLUSIVE on public.items until ROLLBACK TO in line 7; blocks
            reads and writes
          drops public.items
     7  ROLLBACK TO s
     8  ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0)
          ACCESS EXCLUSIVE on public.orders until COMMIT in line 10; blocks
            reads and writes
          scans public.orders
     9  UPDATE customers SET a = 1
          ROW EXCLUSIVE on public.customers until COMMIT in line 10; no query
            waits for it
          updates rows without a bound
    10  COMMIT
  the whole transaction:
    ACCESS EXCLUSIVE on public.items from line 6 until ROLLBACK TO in line 7
    SHARE ROW EXCLUSIVE on public.orders from line 3 until line 8 takes ACCESS
      EXCLUSIVE
      meanwhile: line 4 builds public.orders_a_idx
    ACCESS EXCLUSIVE on public.orders from line 8 until COMMIT in line 10
      meanwhile: line 8 scans public.orders; line 9 updates rows without a bound
    ROW EXCLUSIVE on public.customers from line 9 until COMMIT in line 10

  each statement on its own, and its locks end with it
    11  CREATE INDEX CONCURRENTLY i ON orders (a)
          SHARE UPDATE EXCLUSIVE on public.orders; no query waits for it
          builds public.i and waits for other transactions
    12  DO $$ BEGIN PERFORM f(); END $$
          not known: idxlint does not know what this statement locks
    12    PERFORM f()
            not known: idxlint does not know what this statement locks
    13  CREATE INDX
          not read: syntax error at or near "INDX"

12 statements in 1 file, 1 transaction of several statements, 1 not known, 1 gap
"""


def test_text() -> None:
    """Each statement with its locks, then what the transaction holds and does meanwhile."""
    assert TEXT == "".join(explain_text.render(SEEN, width=80))


@pytest.mark.parametrize("width", [40, 50, 80, 100])
def test_text_fits(width: int) -> None:
    """No line is longer than the terminal is wide, and no word is lost in a narrow one."""
    lines = "".join(explain_text.render(SEEN, width=width)).splitlines()

    assert width >= max(map(len, lines))
    assert "ACCESS EXCLUSIVE on public.orders from line 8 until COMMIT in line 10" in " ".join(
        " ".join(lines).split()
    )


def test_text_without_signs() -> None:
    """Where the encoding has no ellipsis, three dots do."""
    text = "".join(explain_text.render(SEEN, width=40, encoding="ascii"))

    assert text.isascii()
    assert "..." in text


def test_text_with_colours() -> None:
    """Colours stand around words and change none."""
    painted = "".join(explain_text.render(SEEN, True, 80))

    assert TEXT == re.sub(r"\x1b\[[\d;]*m", "", painted)


def test_markdown() -> None:
    """What a transaction holds is a table; its statements stand behind a click."""
    text = rendered("markdown", SEEN)

    assert text.startswith("<!-- idxlint-explain -->\n")
    assert (
        "| SHARE ROW EXCLUSIVE | `public.orders` | line 3 until line 8 takes ACCESS EXCLUSIVE | blocks writes "
        "| line 4 builds public.orders\\_a\\_idx |\n"
    ) in text
    assert "| 9 | `UPDATE customers SET a = 1` | ROW EXCLUSIVE on public.customers until" in text
    assert 1 == text.count("<details>") == text.count("</details>")


def test_markdown_fits_into_a_comment() -> None:
    """What GitHub would refuse is counted and left out."""
    many = "".join(f"CREATE INDEX i{number} ON t{number} (a);\n" for number in range(800))
    for sql in (many, f"BEGIN;\n{many}COMMIT;\n", "BEGIN;\nDROP TABLE a;\nCOMMIT;\n" * 400):
        text = rendered("markdown", explained(sql))
        assert 60_000 < len(text.encode()) < 65_536
        assert re.search(r"\n[\d,]+ rows have no room in a comment; ", text)
        assert text.count("<details>") == text.count("</details>")


def test_html_is_one_closed_page() -> None:
    """Tags close in order, and nothing is loaded or run."""
    for explanation in (SEEN, hostile(), Explanation()):
        html = rendered("html", explanation)
        page = Page(html)

        assert [] == page.open
        assert {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in page.tags} == set()
        assert [] == page.values("src") + page.values("href") + page.values("onclick")
        assert "url(" not in html
        assert ["default-src 'none'; style-src 'unsafe-inline'"] == [
            attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv")
        ]


def test_html_says_all_without_its_bars() -> None:
    """Whoever cannot see the bars reads the same in the text: they are hidden from a screen reader."""
    page = Page(rendered("html", SEEN))
    bars = [attrs for _, attrs in page.tags if (attrs.get("class") or "").startswith("bar ")]
    items = [attrs for _, attrs in page.tags if attrs.get("role") == "listitem"]

    assert {"true"} == {attrs["aria-hidden"] for attrs in bars}
    assert len(SEEN.statements) + len(SEEN.gaps) == len(items)
    assert "ACCESS EXCLUSIVE on public.orders until COMMIT in line 10; blocks reads and writes" in page.text


def test_html_bars() -> None:
    """A lane for each table, and bars over the rows of the statements that have the lock."""
    html = rendered("html", SEEN)
    places = re.findall(
        r'class="bar (\w+)" style="grid-column:(\d);grid-row:(\d+)/(\d+)" title="([^;"]*)', html
    )

    assert [
        ("writers", "2", "3", "8", "SHARE ROW EXCLUSIVE on public.orders"),
        ("readers", "2", "8", "11", "ACCESS EXCLUSIVE on public.orders"),
        ("readers", "1", "6", "8", "ACCESS EXCLUSIVE on public.items"),
        ("nobody", "3", "9", "11", "ROW EXCLUSIVE on public.customers"),
    ] == sorted(
        (place for place in places if "CONCURRENTLY" not in place[4] and place[4][:12] != "SHARE UPDATE"),
        key=lambda place: TEXT.index(f"{place[4].split(' on ')[1]} ") * 1000 + int(place[2]),
    )


@pytest.mark.parametrize("name", EXPLAIN_REPORTERS)
def test_hostile(name: str) -> None:
    """Nothing reaches a terminal but text, and no CI server finds a command in it."""
    for text in (rendered(name, hostile()), rendered(name, hostile(), colour=False)):
        kinds = {unicodedata.category(c) for c in text if c not in "\n\t"}

        assert set() == kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        assert [] == commands(text)
        assert not re.search(r"(?i)##(vso|teamcity)?\[", text)


def test_hostile_markdown_means_itself() -> None:
    """GitHub finds no markup but ours in it, and each row has its cells."""
    page = as_github(rendered("markdown", hostile()))
    rows = {len(row.findall("*")) for row in page.iter("tr")}

    assert {*"div h2 h3 p br strong code table thead tbody tr th td details summary".split()} >= {
        element.tag for element in page.iter() if isinstance(element.tag, str)
    }
    assert [] == [*page.iter(Comment)]
    assert {4, 5} == rows
    assert printable(EVIL) in {code.text for code in page.iter("code")}
    assert [] == re.findall(r"@\w|#\d|://|www\.", prose(page))


def test_hostile_page_means_itself() -> None:
    """A name is text in the page, and no attribute or tag."""
    page = Page(rendered("html", hostile()))

    assert printable(EVIL) in page.text
    assert {None} == {attrs.get("onclick") for _, attrs in page.tags}


def test_hostile_json() -> None:
    """Names are what they are, letter by letter."""
    answer = json.loads(rendered("json", hostile()))

    assert EVIL == answer["statements"][0]["sql"] == answer["statements"][0]["locks"][0]["relation"]
